/** What a try of digits is bound to, computed alike on both sides. */
import { hash } from '@atoll/crypto';
import type { Bytes } from './statements.ts';

/** Channel identifier and session id of CPace: this invitation, this line, this set of digits. */
export function tryBinding(
  invitation: Uint8Array,
  handshakeHash: Uint8Array,
  set: number,
): { readonly channel: Bytes; readonly sessionId: Bytes } {
  return {
    channel: hash('invitation-channel', invitation, handshakeHash),
    sessionId: hash('invitation-try', handshakeHash, Uint8Array.of(set)),
  };
}
