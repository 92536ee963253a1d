/** What host and guest of an invitation say to each other inside their channel. Strict, canonical, bounded. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { CPACE_CONFIRMATION_BYTES, CPACE_SHARE_BYTES } from '@atoll/crypto';
import { idBytes, idFromBytes, type DeviceKey, type SpaceId } from '@atoll/kernel';
import { roleLevelNumber, roleLevelOfNumber, type RoleLevel } from './access-level.ts';
import type { IdentityLog } from './identity.ts';
import { readStatement, writeStatement } from './statement-codec.ts';
import { INVITATION_WAYS, type InvitationWay } from './statements-invitations.ts';
import { COLOURS, NAME_BYTES_MAX, type Bytes, type ReadingKey } from './statements.ts';
import { TICKET_BYTES_MAX, readIdentityLog, writeIdentityLog } from './ticket.ts';

/** Why an invitation takes nobody in any more. */
export type OverReason = 'used' | 'cancelled' | 'expired' | 'closed';

/** What the host's side is doing: taking guests, waiting for new digits, with somebody else, or over. */
export type HostReadiness = 'ready' | 'no-digits' | 'busy' | OverReason;

/** Why a guest is not let in, although the invitation goes on. */
export type NoReason = 'not-for-you' | 'turned-away' | 'used';

/** What the inviting side says of itself once the digits have matched. */
export type Offer = {
  /** Identity and device that invite. */
  readonly log: IdentityLog;
  readonly device: DeviceKey;
  /** Name of the inviting person. */
  readonly name: string;
} & (
  | {
      readonly kind: 'space';
      readonly space: SpaceId;
      readonly spaceName: string;
      readonly level: RoleLevel;
    }
  | { readonly kind: 'device' }
);

/** What the joining side says of itself when its user has agreed. */
export type Acceptance =
  | {
      readonly kind: 'space';
      readonly log: IdentityLog;
      readonly device: DeviceKey;
      readonly name: string;
      readonly colour: number;
      readonly readingKey: ReadingKey;
    }
  | {
      readonly kind: 'device';
      readonly device: DeviceKey;
      readonly agreementKey: Bytes;
      /** Name of the new device, as its user calls it. */
      readonly name: string;
      /** The new device's signature of its admission; both sides make its body from the offer. */
      readonly admissionSignature: Bytes;
    };

/** From host to guest. */
export type HostMessage =
  | {
      readonly say: 'status';
      readonly readiness: HostReadiness;
      readonly set: number;
      readonly expiresAtMs: number;
      readonly way: InvitationWay;
      /** Of one for somebody known: who, to be recognised by that one alone; see `knownTag`. */
      readonly known?: Bytes;
    }
  | { readonly say: 'share'; readonly share: Bytes }
  | { readonly say: 'confirmed'; readonly confirmation: Bytes }
  | { readonly say: 'wrong' }
  | { readonly say: 'offer'; readonly offer: Offer; readonly signature: Bytes }
  | { readonly say: 'refused' }
  | { readonly say: 'ticket'; readonly ticket: Bytes }
  | { readonly say: 'pending' }
  | { readonly say: 'no'; readonly why: NoReason };

/** From guest to host. */
export type GuestMessage =
  | { readonly say: 'try'; readonly set: number; readonly share: Bytes }
  | { readonly say: 'confirmation'; readonly confirmation: Bytes }
  | { readonly say: 'accept'; readonly acceptance: Acceptance; readonly signature: Bytes }
  | { readonly say: 'decline' }
  | { readonly say: 'resume'; readonly device: DeviceKey; readonly signature: Bytes }
  | { readonly say: 'done' }
  /** Wants to know what this leads to, where no digits are asked for. */
  | { readonly say: 'enter' }
  /** The same by the one whom it is for, who proves that it is he. */
  | {
      readonly say: 'introduce';
      readonly log: IdentityLog;
      readonly device: DeviceKey;
      readonly signature: Bytes;
    }
  /** An acceptance that waits for somebody to agree, with a word to that one. */
  | {
      readonly say: 'ask';
      readonly acceptance: Acceptance;
      readonly text: string;
      readonly signature: Bytes;
    };

/** Either direction. */
export type PairingMessage = HostMessage | GuestMessage;

const TAG = {
  status: 1,
  share: 2,
  confirmed: 3,
  wrong: 4,
  offer: 5,
  refused: 6,
  ticket: 7,
  pending: 8,
  no: 9,
  try: 16,
  confirmation: 17,
  accept: 18,
  decline: 19,
  resume: 20,
  done: 21,
  enter: 22,
  introduce: 23,
  ask: 24,
} as const;

const READINESS: readonly HostReadiness[] = [
  'ready',
  'no-digits',
  'used',
  'cancelled',
  'expired',
  'closed',
  'busy',
];
const NO_REASONS: readonly NoReason[] = ['not-for-you', 'turned-away', 'used'];
/** Characters of what somebody says who asks to be let in, and the bytes that they can take. */
export const ASK_CHARACTERS_MAX = 140;
const ASK_BYTES_MAX: number = 4 * ASK_CHARACTERS_MAX;
const KIND = { space: 0, device: 1 } as const;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The one encoding of a message. */
export function encodePairing(message: PairingMessage): Bytes {
  const writer = new Writer(256).u8(TAG[message.say]);
  switch (message.say) {
    case 'status':
      writer.u8(READINESS.indexOf(message.readiness)).u8(message.set).varint(message.expiresAtMs);
      writer.u8(INVITATION_WAYS.indexOf(message.way));
      if (message.known !== undefined) writer.raw(message.known);
      break;
    case 'no':
      writer.u8(NO_REASONS.indexOf(message.why));
      break;
    case 'introduce':
      writer.raw(idBytes(message.device)).raw(message.signature);
      writeIdentityLog(writer, message.log);
      break;
    case 'ask':
      writer.raw(message.signature).text(message.text).raw(acceptanceBytes(message.acceptance));
      break;
    case 'share':
      writer.raw(message.share);
      break;
    case 'confirmed':
    case 'confirmation':
      writer.raw(message.confirmation);
      break;
    case 'offer':
      writer.raw(message.signature).raw(offerBytes(message.offer));
      break;
    case 'ticket':
      writer.bytes(message.ticket);
      break;
    case 'try':
      writer.u8(message.set).raw(message.share);
      break;
    case 'accept':
      writer.raw(message.signature).raw(acceptanceBytes(message.acceptance));
      break;
    case 'resume':
      writer.raw(idBytes(message.device)).raw(message.signature);
      break;
    default: // The others are their tag alone.
  }
  return writer.finish();
}

/** A message of the host; `undefined` for anything else. */
export function decodeHostMessage(bytes: Uint8Array): HostMessage | undefined {
  return decoded(bytes, readHostMessage);
}

/** A message of the guest; `undefined` for anything else. */
export function decodeGuestMessage(bytes: Uint8Array): GuestMessage | undefined {
  return decoded(bytes, readGuestMessage);
}

function decoded<T>(bytes: Uint8Array, read: (reader: Reader) => T): T | undefined {
  try {
    const reader = new Reader(bytes);
    const message = read(reader);
    reader.end();
    return message;
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

function readHostMessage(reader: Reader): HostMessage {
  const tag = reader.u8();
  switch (tag) {
    case TAG.status: {
      const readiness = READINESS[reader.u8()];
      if (readiness === undefined) throw malformed('an unknown readiness');
      const [set, expiresAtMs] = [reader.u8(), reader.varint()];
      const way = INVITATION_WAYS[reader.u8()];
      if (way === undefined) throw malformed('an unknown way in');
      const known = way === 'known' ? { known: reader.take(KEY_BYTES) } : {};
      return { say: 'status', readiness, set, expiresAtMs, way, ...known };
    }
    case TAG.share:
      return { say: 'share', share: reader.take(CPACE_SHARE_BYTES) };
    case TAG.confirmed:
      return { say: 'confirmed', confirmation: reader.take(CPACE_CONFIRMATION_BYTES) };
    case TAG.wrong:
      return { say: 'wrong' };
    case TAG.offer: {
      const signature = reader.take(SIGNATURE_BYTES);
      return { say: 'offer', signature, offer: readOffer(reader) };
    }
    case TAG.refused:
      return { say: 'refused' };
    case TAG.ticket:
      return { say: 'ticket', ticket: reader.take(reader.varint(TICKET_BYTES_MAX)) };
    case TAG.pending:
      return { say: 'pending' };
    case TAG.no: {
      const why = NO_REASONS[reader.u8()];
      if (why === undefined) throw malformed('an unknown reason');
      return { say: 'no', why };
    }
    default:
      throw malformed('an unknown message');
  }
}

function readGuestMessage(reader: Reader): GuestMessage {
  const tag = reader.u8();
  switch (tag) {
    case TAG.try: {
      const set = reader.u8();
      return { say: 'try', set, share: reader.take(CPACE_SHARE_BYTES) };
    }
    case TAG.confirmation:
      return { say: 'confirmation', confirmation: reader.take(CPACE_CONFIRMATION_BYTES) };
    case TAG.accept: {
      const signature = reader.take(SIGNATURE_BYTES);
      return { say: 'accept', signature, acceptance: readAcceptance(reader) };
    }
    case TAG.decline:
      return { say: 'decline' };
    case TAG.resume: {
      const device = idFromBytes('device', reader.raw(KEY_BYTES));
      return { say: 'resume', device, signature: reader.take(SIGNATURE_BYTES) };
    }
    case TAG.done:
      return { say: 'done' };
    case TAG.enter:
      return { say: 'enter' };
    case TAG.introduce: {
      const device = idFromBytes('device', reader.raw(KEY_BYTES));
      const signature = reader.take(SIGNATURE_BYTES);
      return { say: 'introduce', device, signature, log: readIdentityLog(reader) };
    }
    case TAG.ask: {
      const signature = reader.take(SIGNATURE_BYTES);
      const text = reader.text(ASK_BYTES_MAX);
      if (!fitsAsk(text)) throw malformed('a request with too long a text');
      return { say: 'ask', signature, text, acceptance: readAcceptance(reader) };
    }
    default:
      throw malformed('an unknown message');
  }
}

/** True for what may be said by who asks to be let in: {@link ASK_CHARACTERS_MAX} characters. */
export function fitsAsk(text: string): boolean {
  return [...text].length <= ASK_CHARACTERS_MAX;
}

/** What the host signs of an offer. */
export function offerBytes(offer: Offer): Bytes {
  const writer = new Writer(1024).u8(KIND[offer.kind]);
  writeIdentityLog(writer, offer.log);
  writer.raw(idBytes(offer.device)).text(offer.name);
  if (offer.kind === 'space') {
    writer.raw(idBytes(offer.space)).text(offer.spaceName).u8(roleLevelNumber(offer.level));
  }
  return writer.finish();
}

function readOffer(reader: Reader): Offer {
  const kind = reader.u8();
  const log = readIdentityLog(reader);
  const device = idFromBytes('device', reader.raw(KEY_BYTES));
  const name = reader.text(NAME_BYTES_MAX);
  if (kind === KIND.device) return { kind: 'device', log, device, name };
  if (kind !== KIND.space) throw malformed('an offer of nothing known');
  const space = idFromBytes('space', reader.raw(KEY_BYTES));
  const spaceName = reader.text(NAME_BYTES_MAX);
  const level = roleLevelOfNumber(reader.u8());
  if (level === undefined) throw malformed('an offer of an unknown level');
  return { kind: 'space', log, device, name, space, spaceName, level };
}

/** What the guest signs of its acceptance. */
export function acceptanceBytes(acceptance: Acceptance): Bytes {
  const writer = new Writer(1024).u8(KIND[acceptance.kind]);
  writer.raw(idBytes(acceptance.device)).text(acceptance.name);
  if (acceptance.kind === 'device') {
    writer.raw(acceptance.agreementKey).raw(acceptance.admissionSignature);
  } else {
    writeIdentityLog(writer, acceptance.log);
    writer.u8(acceptance.colour);
    writeStatement(writer, acceptance.readingKey);
  }
  return writer.finish();
}

function readAcceptance(reader: Reader): Acceptance {
  const kind = reader.u8();
  const device = idFromBytes('device', reader.raw(KEY_BYTES));
  const name = reader.text(NAME_BYTES_MAX);
  if (kind === KIND.device) {
    const agreementKey = reader.take(KEY_BYTES);
    const admissionSignature = reader.take(SIGNATURE_BYTES);
    return { kind: 'device', device, name, agreementKey, admissionSignature };
  }
  if (kind !== KIND.space) throw malformed('an acceptance of nothing known');
  const log = readIdentityLog(reader);
  const colour = reader.u8();
  if (colour < 1 || colour > COLOURS) throw malformed('a colour outside its range');
  const readingKey = readStatement(reader);
  if (readingKey.kind !== 'reading-key') throw malformed('an acceptance without a reading key');
  return { kind: 'space', device, name, log, colour, readingKey };
}

function malformed(what: string): CodecError {
  return new CodecError('CODEC_MALFORMED', what);
}
