/**
 * What sessions say to each other on their control stream: which spaces they share, who they are in
 * each of them, and how far their logs agree. Bytes in spec/sessions.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { RUN_BYTES_MAX, SIGNATURE_BYTES, type Tip } from '@atoll/feed';
import { fromHex, idFromBytes, toHex, type RtcSignal } from '@atoll/kernel';
import { TAG_BYTES } from './session-secret.ts';

/**
 * Lengths to which lists of tags are padded, so that they do not tell how many spaces there are. The first
 * is for sessions that speak of one space by agreement: it has room for two generations of its key.
 */
export const OFFER_SIZES = [2, 8, 32, 128] as const;
/** The longest. */
export const OFFER_TAGS_MAX: number = OFFER_SIZES[3];
/** Greatest number of a shared space in a session: see {@link offerRef}. */
export const REF_MAX = 1023;
/** First bytes of a heads root; an accident of 2^64 logs apart, and a liar only fools himself. */
export const ROOT_BYTES = 16;
/** Bytes of a root by which an answer says which of the last few roots it means. */
export const ROOT_PREFIX_BYTES = 4;
/** Tips that one pull names. Feeds beyond these are sent whole once more, which costs time only. */
export const TIPS_MAX = 4096;
/** An introduction is one signed statement with the credentials that it needs. */
export const INTRODUCTION_BYTES_MAX = 4096;
/** A control message: a pull with as many tips as there may be. */
export const CONTROL_BYTES_MAX: number = TIPS_MAX * 72 + 4096;
/** A message of a space's stream: a run and its header. */
export const SPACE_MESSAGE_BYTES_MAX: number = RUN_BYTES_MAX + 64 * 1024;
/** Items of one message: several for each space of the longest offer. */
export const ITEMS_MAX = 512;
const INSTANCE_BYTES = 8;
const INCARNATION_BYTES_MAX = 64;
const SDP_BYTES_MAX = 16 * 1024;
const ID_BYTES = 32;

/** Where a log was read up to: a position in one store. */
export interface LogCursor {
  readonly incarnation: string;
  readonly position: number;
}

/** One thing said of one shared space. */
export type SpaceItem =
  /** Who are you in this space? */
  | { readonly say: 'need-introduction'; readonly ref: number }
  | { readonly say: 'introduction'; readonly ref: number; readonly bytes: Uint8Array }
  /** You are nobody here; nothing more will be said of the space, unless that changes. */
  | {
      readonly say: 'refused';
      readonly ref: number;
      readonly reason: SpaceRefusal;
      /** Signed statements by which the other device can see for itself; opaque here, mostly none. */
      readonly why: Uint8Array;
    }
  /** Tell me your news; this is my root. */
  | { readonly say: 'hello'; readonly ref: number; readonly root: string }
  /** My root is the one that you said, which began so. Tell me your news from here on. */
  | { readonly say: 'equal'; readonly ref: number; readonly prefix: string }
  /** Tell me no news on this session: another one brings them. */
  | { readonly say: 'enough'; readonly ref: number }
  /** Send what came after this position of your log. */
  | {
      readonly say: 'pull-after';
      readonly ref: number;
      readonly root: string;
      readonly cursor: LogCursor;
    }
  /** Send what somebody with these tips lacks. */
  | {
      readonly say: 'pull-missing';
      readonly ref: number;
      readonly root: string;
      readonly tips: readonly Tip[];
    }
  /** The position is of another store: pull by tips. */
  | { readonly say: 'cursor-unknown'; readonly ref: number }
  /** To a KUBE: the mailbox of these keys, and the signature of one of them over the session. */
  | {
      readonly say: 'open-mailbox';
      readonly ref: number;
      readonly readKey: Uint8Array;
      readonly writeKey: Uint8Array;
      /** Signed by the key of the writers. */
      readonly writes: boolean;
      readonly signature: Uint8Array;
    }
  /** From a KUBE: a number of {@link MAILBOX_ANSWERS}. */
  | { readonly say: 'mailbox'; readonly ref: number; readonly answer: MailboxAnswer };

/** Why a device says no more of a space; the wire numbers are the places. */
export const SPACE_REFUSALS = [
  'MESH_NOT_A_MEMBER', // The other device is not known to belong to the space. Wait until it has heard of you.
  'MESH_REMOVED', // The other device knows that this one belongs to the space no more.
  'MESH_SPACE_LEFT', // The other device does not have the space any more.
] as const;
/** Why a device says no more of a space. */
export type SpaceRefusal = (typeof SPACE_REFUSALS)[number];

/** What a KUBE says to the opening of a mailbox; the wire numbers are the places. */
export const MAILBOX_ANSWERS = ['open', 'refused', 'full', 'busy'] as const;
/** What a KUBE says to the opening of a mailbox. */
export type MailboxAnswer = (typeof MAILBOX_ANSWERS)[number];

/** A message of the control stream. */
export type ControlMessage =
  | {
      readonly kind: 'offer' | 'answer';
      /** Number of the offer among those of the side that made it, from 0. */
      readonly round: number;
      /** Random name of the running program: two of one device can be online at once. */
      readonly instance: string;
      /** May be asked for a direct connection. */
      readonly rtc: boolean;
      readonly tags: readonly Uint8Array[];
    }
  | { readonly kind: 'items'; readonly items: readonly SpaceItem[] }
  | { readonly kind: 'rtc'; readonly attempt: number; readonly signal: RtcSignal };

const KIND = { offer: 1, answer: 2, items: 3, rtc: 4 } as const;
const SAY = [
  'need-introduction',
  'introduction',
  'refused',
  'hello',
  'equal',
  'pull-after',
  'pull-missing',
  'cursor-unknown',
  'open-mailbox',
  'mailbox',
  'enough',
] as const;
const SIGNALS = ['offer', 'answer', 'candidate'] as const;

/** Number of a shared space: of the tag's place, and odd where the responder made the offer. */
export function offerRef(options: {
  readonly base: number;
  readonly place: number;
  readonly byInitiator: boolean;
}): number {
  return (options.base + options.place) * 2 + (options.byInitiator ? 0 : 1);
}

/** Bytes of a control message. */
export function encodeControl(message: ControlMessage): Uint8Array<ArrayBuffer> {
  const writer = new Writer(512).u8(KIND[message.kind]);
  switch (message.kind) {
    case 'offer':
    case 'answer':
      writer.varint(message.round).raw(fromHex(message.instance) ?? new Uint8Array(8));
      writer.u8(message.rtc ? 1 : 0).varint(message.tags.length);
      for (const tag of message.tags) writer.raw(tag);
      break;
    case 'items':
      writer.varint(message.items.length);
      for (const item of message.items) writeItem(writer, item);
      break;
    case 'rtc': {
      const { signal } = message;
      writer.varint(message.attempt).u8(SIGNALS.indexOf(signal.kind));
      if (signal.kind === 'candidate') writer.text(signal.candidate).text(signal.mid);
      else writer.text(signal.sdp);
    }
  }
  return writer.finish();
}

/** The control message of some bytes. @throws CodecError when they are not the one encoding of any. */
export function decodeControl(bytes: Uint8Array): ControlMessage {
  const reader = new Reader(bytes);
  const message = readControl(reader);
  reader.end();
  return message;
}

function readControl(reader: Reader): ControlMessage {
  const kind = reader.u8();
  switch (kind) {
    case KIND.offer:
    case KIND.answer: {
      const round = reader.varint(REF_MAX);
      const instance = toHex(reader.raw(INSTANCE_BYTES));
      const rtc = readFlag(reader);
      const count = reader.varint(OFFER_TAGS_MAX);
      const tags = Array.from({ length: count }, () => reader.take(TAG_BYTES));
      return { kind: kind === KIND.offer ? 'offer' : 'answer', round, instance, rtc, tags };
    }
    case KIND.items: {
      const count = reader.varint(ITEMS_MAX);
      return { kind: 'items', items: Array.from({ length: count }, () => readItem(reader)) };
    }
    case KIND.rtc:
      return { kind: 'rtc', attempt: reader.varint(), signal: readSignal(reader) };
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', 'a control message is of no known kind');
  }
}

function readSignal(reader: Reader): RtcSignal {
  const kind = SIGNALS[reader.u8()];
  if (kind === undefined) throw new CodecError('CODEC_UNKNOWN_TAG', 'an unknown signal');
  if (kind !== 'candidate') return { kind, sdp: reader.text(SDP_BYTES_MAX) };
  return { kind, candidate: reader.text(SDP_BYTES_MAX), mid: reader.text(256) };
}

function writeItem(writer: Writer, item: SpaceItem): void {
  writer.u8(SAY.indexOf(item.say)).varint(item.ref);
  switch (item.say) {
    case 'introduction':
      writer.bytes(item.bytes);
      break;
    case 'hello':
      writer.raw(hexBytes(item.root));
      break;
    case 'equal':
      writer.raw(hexBytes(item.prefix));
      break;
    case 'pull-after':
      writer.raw(hexBytes(item.root));
      writeCursor(writer, item.cursor);
      break;
    case 'pull-missing':
      writer.raw(hexBytes(item.root)).varint(item.tips.length);
      for (const { feed, seq, hash } of item.tips) {
        writer.raw(hexBytes(feed)).varint(seq).raw(hexBytes(hash));
      }
      break;
    case 'open-mailbox':
      writer.raw(item.readKey).raw(item.writeKey);
      writer.u8(item.writes ? 1 : 0).raw(item.signature);
      break;
    case 'refused':
      writer.u8(SPACE_REFUSALS.indexOf(item.reason)).bytes(item.why);
      break;
    case 'mailbox':
      writer.u8(MAILBOX_ANSWERS.indexOf(item.answer));
      break;
    default:
      break;
  }
}

function readItem(reader: Reader): SpaceItem {
  const say = SAY[reader.u8()];
  const ref = reader.varint(REF_MAX);
  switch (say) {
    case 'refused': {
      const reason = SPACE_REFUSALS[reader.u8()];
      if (reason === undefined) throw new CodecError('CODEC_UNKNOWN_TAG', 'an unknown refusal');
      return { say, ref, reason, why: reader.bytes(INTRODUCTION_BYTES_MAX).slice() };
    }
    case 'need-introduction':
    case 'cursor-unknown':
    case 'enough':
      return { say, ref };
    case 'equal':
      return { say, ref, prefix: toHex(reader.raw(ROOT_PREFIX_BYTES)) };
    case 'introduction':
      return { say, ref, bytes: reader.bytes(INTRODUCTION_BYTES_MAX).slice() };
    case 'hello':
      return { say, ref, root: readRoot(reader) };
    case 'pull-after':
      return { say, ref, root: readRoot(reader), cursor: readCursor(reader) };
    case 'pull-missing':
      return { say, ref, root: readRoot(reader), tips: readTips(reader) };
    case 'open-mailbox':
      return {
        say,
        ref,
        readKey: reader.take(ID_BYTES),
        writeKey: reader.take(ID_BYTES),
        writes: readFlag(reader),
        signature: reader.take(SIGNATURE_BYTES),
      };
    case 'mailbox': {
      const answer = MAILBOX_ANSWERS[reader.u8()];
      if (answer === undefined) throw new CodecError('CODEC_UNKNOWN_TAG', 'an unknown answer');
      return { say, ref, answer };
    }
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', 'an item is of no known kind');
  }
}

/** Writes a cursor as it lies in the store and goes over the wire. */
export function writeCursor(writer: Writer, cursor: LogCursor): Writer {
  return writer.text(cursor.incarnation).varint(cursor.position);
}

/** Reads a cursor. @throws CodecError. */
export function readCursor(reader: Reader): LogCursor {
  return { incarnation: reader.text(INCARNATION_BYTES_MAX), position: reader.varint() };
}

/** The short root of a log, in hex. */
export function shortRoot(headsRoot: Uint8Array): string {
  return toHex(headsRoot.subarray(0, ROOT_BYTES));
}

/** Reads a short root. @throws CodecError. */
export function readRoot(reader: Reader): string {
  return toHex(reader.raw(ROOT_BYTES));
}

function readTips(reader: Reader): readonly Tip[] {
  const count = reader.varint(TIPS_MAX);
  return Array.from({ length: count }, () => ({
    feed: idFromBytes('feed', reader.raw(ID_BYTES)),
    seq: reader.varint(),
    hash: idFromBytes('block', reader.raw(ID_BYTES)),
  }));
}

function readFlag(reader: Reader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new CodecError('CODEC_NOT_CANONICAL', 'a flag is neither 0 nor 1');
  return flag === 1;
}

function hexBytes(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new CodecError('CODEC_MALFORMED', 'an id is not hex');
  return bytes;
}
