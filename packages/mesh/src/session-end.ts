/** Why a session ended. Nothing that a peer does throws: it ends the session with one of these. */

/** Codes of session ends. The wire numbers are the places in this list; it only grows. */
export const SESSION_ENDS = [
  'SESSION_CLOSED', // Somebody closed it on purpose.
  'SESSION_LOST', // The link broke.
  'SESSION_TIMEOUT', // The handshake or a sign of life took too long.
  'SESSION_UNKNOWN_TAG', // The other side greets under a secret that we do not hold.
  'SESSION_VERSION', // The other side speaks another version.
  'SESSION_HANDSHAKE', // A handshake message is not one of a holder of the secret.
  'SESSION_DECRYPT', // A frame was altered, replayed, reordered or reflected.
  'SESSION_MALFORMED', // A frame or message is not of this protocol.
  'SESSION_FLOOD', // More than the credit or a limit allows.
  'SESSION_HOSTILE', // Blocks that no honest peer can hold.
  'SESSION_REPLACED', // A newer session took its place.
  'SESSION_SELF', // We have met ourselves.
  'SESSION_READS_ONLY', // Somebody has written into a mailbox that was opened for reading.
] as const;

/** Why a session ended. */
export type SessionEnd = (typeof SESSION_ENDS)[number];

/** Ends after which the same peer is left alone for a while. */
export const HOSTILE_ENDS: readonly SessionEnd[] = [
  'SESSION_HANDSHAKE',
  'SESSION_DECRYPT',
  'SESSION_MALFORMED',
  'SESSION_FLOOD',
  'SESSION_HOSTILE',
];
