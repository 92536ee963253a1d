/**
 * What is said of a space's state on its third stream: opaque questions and answers, and what a mailbox is given
 * to answer with where nobody has the history any more. Bytes in spec/sessions.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { SEQ_MAX, type Tip } from '@atoll/feed';
import { fromHex, idBytes, idFromBytes, toHex } from '@atoll/kernel';

/** A question: an epoch’s name, a path into its state, where to go on, and what the asker has of it. */
export const ASK_BYTES_MAX = 4096;
/** An answer: some hundred objects. Whoever has more to say says it in parts. */
export const ANSWER_BYTES_MAX: number = 1024 * 1024;
/** Names in bytes: of a part, and of the stand that it belongs to. */
export const NAME_BYTES = 32;
/** Ends of chains that a stand can begin with: what fits into one message. Spaces with more are not refilled. */
export const GROUNDS_MAX = 12_288;
/** Parts of a stand: a million objects are some two thousand. */
export const PARTS_MAX = 65_536;
/**
 * Records of one mailbox: one for each device that an identity has or had, and what all of them together say
 * fits into one answer.
 */
export const RECORDS_MAX = 15;
/** Bytes of one record. */
export const RECORD_BYTES_MAX: number = 64 * 1024;
/** A message with the byte that says which it is, and names. */
export const STATE_MESSAGE_BYTES_MAX: number = ANSWER_BYTES_MAX + 1 + 2 * NAME_BYTES;

/** What a mailbox without beginnings stands on: the end of each chain under an epoch. */
export interface Stand {
  /** Name of the epoch, in hex, which tells a server nothing. */
  readonly tag: string;
  /** So many parts there are; 0 asks whether the stand is needed. */
  readonly parts: number;
  readonly grounds: readonly Tip[];
}

/** A message. Answers come in the order of what they answer. */
export type StateMessage =
  | { readonly say: 'ask'; readonly bytes: Uint8Array }
  | { readonly say: 'answer'; readonly bytes: Uint8Array }
  /** There is nothing to answer with. */
  | { readonly say: 'none' }
  /** To a mailbox: an answer to keep under a name in hex. Answered. */
  | {
      readonly say: 'give';
      readonly tag: string;
      readonly name: string;
      readonly bytes: Uint8Array;
    }
  /** To a mailbox: begin here, if all parts have come. Answered. */
  | { readonly say: 'stand'; readonly stand: Stand }
  /** To a mailbox: a record in place of the one that came with this token before. Answered. */
  | { readonly say: 'keep'; readonly token: string; readonly bytes: Uint8Array }
  /** To a mailbox: which records are there? */
  | { readonly say: 'kept' };

const SAY = ['ask', 'answer', 'none', 'give', 'stand', 'keep', 'kept'] as const;
const NOTHING = new Uint8Array(0);

/** Bytes of a message. */
export function encodeStateMessage(message: StateMessage): Uint8Array<ArrayBuffer> {
  const body = bodyOf(message);
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = SAY.indexOf(message.say);
  bytes.set(body, 1);
  return bytes;
}

function bodyOf(message: StateMessage): Uint8Array {
  switch (message.say) {
    case 'none':
    case 'kept':
      return NOTHING;
    case 'ask':
    case 'answer':
      return message.bytes;
    case 'give':
      return new Writer(message.bytes.length + 2 * NAME_BYTES)
        .raw(nameBytes(message.tag))
        .raw(nameBytes(message.name))
        .raw(message.bytes)
        .finish();
    case 'stand':
      return encodeStand(message.stand);
    case 'keep':
      return new Writer(message.bytes.length + NAME_BYTES)
        .raw(nameBytes(message.token))
        .raw(message.bytes)
        .finish();
  }
}

/** The message of some bytes, which it is a view of. @throws CodecError when they are not that of any. */
export function decodeStateMessage(bytes: Uint8Array): StateMessage {
  const say = bytes.length === 0 ? undefined : SAY[bytes[0] as number];
  const body = bytes.subarray(1);
  switch (say) {
    case 'ask':
      if (body.length > ASK_BYTES_MAX) throw malformed('a question is longer than questions are');
      return { say, bytes: body };
    case 'answer':
      if (body.length > ANSWER_BYTES_MAX) throw malformed('an answer is longer than answers are');
      return { say, bytes: body };
    case 'none':
    case 'kept':
      if (body.length > 0) throw malformed('nothing has bytes');
      return { say };
    case 'give': {
      const reader = new Reader(body);
      const [tag, name] = [nameOf(reader), nameOf(reader)];
      if (reader.left > ANSWER_BYTES_MAX) throw malformed('a part is longer than answers are');
      return { say, tag, name, bytes: reader.raw(reader.left) };
    }
    case 'stand':
      return { say, stand: decodeStand(body) };
    case 'keep': {
      const reader = new Reader(body);
      const token = nameOf(reader);
      if (reader.left > RECORD_BYTES_MAX) throw malformed('a record is longer than records are');
      return { say, token, bytes: reader.raw(reader.left) };
    }
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', 'a state message is of no known kind');
  }
}

/** Bytes of a stand; at most {@link GROUNDS_MAX} grounds. */
export function encodeStand({ grounds, parts, tag }: Stand): Uint8Array<ArrayBuffer> {
  const writer = new Writer(80 + grounds.length * 72);
  writer.raw(nameBytes(tag)).varint(parts).varint(grounds.length);
  for (const { feed, hash, seq } of grounds) {
    writer.raw(idBytes(feed)).varint(seq).raw(idBytes(hash));
  }
  return writer.finish();
}

/** Reads them. @throws CodecError. */
export function decodeStand(bytes: Uint8Array): Stand {
  const reader = new Reader(bytes);
  const tag = nameOf(reader);
  const parts = reader.varint(PARTS_MAX);
  const grounds: Tip[] = [];
  let before = '';
  for (let rest = reader.varint(GROUNDS_MAX); rest > 0; rest--) {
    const feed = idFromBytes('feed', reader.raw(NAME_BYTES));
    const seq = reader.varint(SEQ_MAX);
    const hash = idFromBytes('block', reader.raw(NAME_BYTES));
    const place = `${feed} ${hash}`;
    if (place <= before) throw malformed('grounds ascend by feed, then hash');
    before = place;
    grounds.push({ feed, seq, hash });
  }
  reader.end();
  return { tag, parts, grounds };
}

/** Bytes of an answer that says which records there are: their number, then each with its length. */
export function encodeRecords(records: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer(1024).varint(records.length);
  for (const record of records) writer.bytes(record);
  return writer.finish();
}

/** Reads them. @throws CodecError. */
export function decodeRecords(bytes: Uint8Array): readonly Uint8Array[] {
  const reader = new Reader(bytes);
  const count = reader.varint(RECORDS_MAX);
  const records = Array.from({ length: count }, () => reader.bytes(RECORD_BYTES_MAX).slice());
  reader.end();
  return records;
}

/** A name as bytes. @throws CodecError when it is none. */
export function nameBytes(name: string): Uint8Array {
  const bytes = fromHex(name);
  if (bytes?.length !== NAME_BYTES) throw malformed('a name has 32 bytes');
  return bytes;
}

function nameOf(reader: Reader): string {
  return toHex(reader.raw(NAME_BYTES));
}

function malformed(why: string): CodecError {
  return new CodecError('CODEC_MALFORMED', why);
}
