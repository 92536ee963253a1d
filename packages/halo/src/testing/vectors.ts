/** Golden bytes of statements and invitations, from the samples. `spec/vectors` holds what they must be. */
import { agreementPublic } from './keys.ts';
import {
  invitationId,
  invitationPsk,
  invitationRoom,
  mailboxSeed,
  postingSeed,
  readingSecret,
  roomTag,
  sessionPsk,
  sessionTagKey,
} from '../derive.ts';
import { encodeInvitationRecord } from '../invitation-record.ts';
import { formatInvitationCode, hostFingerprint } from '../invitation-code.ts';
import { encodePairing } from '../pairing-messages.ts';
import { encodeStatements } from '../statement-codec.ts';
import { credentialIdOf } from '../codec-grants.ts';
import {
  identityEntryOf,
  invitationIdOf,
  rootCredential,
  rotationId,
  spaceIdOf,
} from '../statement-ids.ts';
import { zoneIdOf } from '../statements-zones.ts';
import type { Statement } from '../statements.ts';
import { encodeTicket } from '../ticket.ts';
import { tryBinding } from '../try-binding.ts';
import { parseId, toHex } from '@atoll/kernel';
import { samples } from './samples.ts';

/** JSON of a value: bytes as hex. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** Name that follows from a statement's body, where it has one. */
export function nameOf(statement: Statement): string | undefined {
  switch (statement.kind) {
    case 'space-genesis':
      return spaceIdOf(statement);
    case 'identity-genesis':
    case 'device-admission':
    case 'device-suspension':
    case 'device-revocation':
    case 'recovery-change':
    case 'device-countersignature':
      return identityEntryOf(statement);
    case 'grant':
      return credentialIdOf(statement);
    case 'invitation':
      return invitationIdOf(statement);
    case 'rotation':
      return rotationId(statement);
    case 'zone':
    case 'open-zone':
      return zoneIdOf(statement);
    default:
      return undefined;
  }
}

/** Content of `spec/vectors/credentials.json`. */
export async function credentialVectors(): Promise<unknown> {
  const { deviceTicket, statements, ticket } = await samples();
  const membershipKey = bytes(0x11);
  const [posting, halo] = [bytes(0x33), bytes(0x22)];
  const { space } = ticket;
  return {
    about: 'Sections of one statement each; see spec/credentials.md. Bytes are hex.',
    statements: statements.map((statement) => ({
      section: toHex(encodeStatements([statement])),
      fields: plain(statement),
      ...(nameOf(statement) === undefined ? {} : { name: nameOf(statement) }),
    })),
    section: toHex(encodeStatements(statements)),
    rootCredential: { space, credential: rootCredential(space) },
    keyRing: toHex(ticket.keys.export()),
    tickets: [toHex(encodeTicket(ticket)), toHex(encodeTicket(deviceTicket))],
    derived: {
      membershipKey: toHex(membershipKey),
      haloSecret: toHex(halo),
      space,
      kube: 'kube.example',
      day: 20454,
      sessionPsk: toHex(sessionPsk(membershipKey)),
      sessionTagKey: toHex(sessionTagKey(membershipKey)),
      mailboxSeed: toHex(mailboxSeed(membershipKey, 'kube.example')),
      posting: toHex(posting),
      postingSeed: toHex(postingSeed(posting)),
      roomTag: toHex(roomTag(membershipKey, 'kube.example', 20454)),
      readingSecret: toHex(readingSecret(halo, parseId('space', space))),
    },
  };
}

/** Content of `spec/vectors/invitations.json`. */
export async function invitationVectors(): Promise<unknown> {
  const { code, messages, record } = await samples();
  const handshakeHash = bytes(0x33);
  const invitation = invitationId(code.secret);
  const { channel, sessionId } = tryBinding(invitation, handshakeHash, 2);
  return {
    about: 'Codes, derived names and pairing messages; see spec/invitations.md. Bytes are hex.',
    code: { fields: plain(code), text: formatInvitationCode(code) },
    derived: {
      secret: toHex(code.secret),
      invitation: toHex(invitation),
      psk: toHex(invitationPsk(code.secret)),
      kube: 'kube.example',
      room: toHex(invitationRoom(code.secret, 'kube.example')),
      hostKey: toHex(agreementPublic(record.hostSecret)),
      fingerprint: toHex(hostFingerprint(agreementPublic(record.hostSecret))),
      handshakeHash: toHex(handshakeHash),
      set: 2,
      cpaceChannel: toHex(channel),
      cpaceSessionId: toHex(sessionId),
    },
    messages: messages.map((message) => ({
      bytes: toHex(encodePairing(message)),
      fields: plain(message),
    })),
    record: { bytes: toHex(encodeInvitationRecord(record)), fields: plain(record) },
  };
}

function bytes(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(32).fill(value);
}
