/**
 * The bytes of an archive (spec/archive.md): a header, the signed runs of a space's log, and an end that
 * covers all of it. Whoever has the file can tell that it is whole; only who has the keys can read it.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { readRun, runSizeMax, writeRun, type Run } from '@atoll/feed';
import {
  concatBytes,
  equalBytes,
  fromHex,
  idBytes,
  idFromBytes,
  toHex,
  utf8,
  type SpaceId,
} from '@atoll/kernel';
import type { ArchivedPart } from '../blobs/archived-blobs.ts';
import { ClientError } from '../client-error.ts';

/** What every archive begins with; the digit is the version. */
const MAGIC = utf8('ATOLLAR1');
const ID_BYTES = 32;
const ROOT_BYTES = 32;
/** One run with its frame; larger records are no archive of ours. */
const RECORD_BYTES_MAX = 8 * 1024 * 1024;
const SALT_BYTES_MAX = 16;
/** As on the wire (sessions.md). */
const QUESTION_BYTES_MAX = 128;
/** A key ring of thousands of generations. */
const SEALED_BYTES_MAX = 1024 * 1024;
const KIND = { header: 1, run: 2, end: 3, epoch: 4, part: 5, file: 6, chunk: 7 } as const;
/** Names in one record about a file; those of a larger one are in several. */
export const FILE_IDS_MAX: number = 65_536;

/** The first record. */
export interface ArchiveHeader {
  readonly space: SpaceId;
  /** The writer's claim, milliseconds since 1970. */
  readonly madeAtMs: number;
  /** The space's keys, name and server under a passphrase; absent where only members shall open it. */
  readonly keys?: { readonly salt: Uint8Array; readonly sealed: Uint8Array };
}

/** The last record. */
export interface ArchiveEnd {
  readonly blocks: number;
  /** Of the log, 32 bytes. */
  readonly headsRoot: Uint8Array;
  /** Of the state of the root zone, 32 bytes. */
  readonly stateRoot: Uint8Array;
}

/** A part of the state that stands for history that was dropped: what was asked, and the sealed answer. */
export interface ArchivedAnswer {
  readonly question: Uint8Array;
  readonly answer: Uint8Array;
}

/** One record. */
export type ArchiveRecord =
  | { readonly kind: 'header'; readonly header: ArchiveHeader }
  /** The epoch with which the space begins, as an offer (snapshot.md). */
  | { readonly kind: 'epoch'; readonly offer: Uint8Array }
  | { readonly kind: 'part'; readonly part: ArchivedAnswer }
  | { readonly kind: 'run'; readonly run: Run }
  | ArchivedPart
  | { readonly kind: 'end'; readonly end: ArchiveEnd };

/** Turns records into bytes. */
export class ArchiveWriter {
  #digest: Uint8Array = hash('archive', MAGIC);
  #begun = false;

  /** Bytes of the next record. */
  record(record: ArchiveRecord): Uint8Array {
    const body = bodyOf(record);
    const framed = new Writer(body.length + 8).varint(body.length).raw(body);
    this.#digest = hash('archive', this.#digest, body);
    const bytes = framed.finish();
    const parts = record.kind === 'end' ? [bytes, this.#digest] : [bytes];
    if (!this.#begun) parts.unshift(MAGIC);
    this.#begun = true;
    return concatBytes(...parts);
  }
}

/**
 * The records of an archive's bytes, whatever pieces they come in.
 * @throws ClientError `CLIENT_ARCHIVE_DAMAGED` at the first byte that is not as it was written.
 */
export async function* readArchive(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<ArchiveRecord, void> {
  const bytes = new ByteSource(source);
  const magic = await bytes.take(MAGIC.length);
  if (magic === undefined || !equalBytes(magic, MAGIC)) throw damaged('it does not begin like one');
  let digest: Uint8Array = hash('archive', MAGIC);
  for (let isFirst = true; ; isFirst = false) {
    const length = await bytes.varint();
    const body = length === undefined ? undefined : await bytes.take(length);
    if (body === undefined) throw damaged('it ends too early');
    digest = hash('archive', digest, body);
    const record = parse(body);
    if ((record.kind === 'header') !== isFirst) throw damaged('its parts are in no order');
    if (record.kind === 'end') {
      const written = await bytes.take(digest.length);
      if (written === undefined || !equalBytes(written, digest))
        throw damaged('something was changed');
      if (!(await bytes.isAtEnd())) throw damaged('something follows its end');
      yield record;
      return;
    }
    yield record;
  }
}

function bodyOf(record: ArchiveRecord): Uint8Array {
  switch (record.kind) {
    case 'header': {
      const { space, madeAtMs, keys } = record.header;
      const writer = new Writer(256).u8(KIND.header).raw(idBytes(space)).varint(madeAtMs);
      if (keys === undefined) return writer.u8(0).finish();
      return writer.u8(1).bytes(keys.salt).bytes(keys.sealed).finish();
    }
    case 'epoch':
      return new Writer(record.offer.length + 1).u8(KIND.epoch).raw(record.offer).finish();
    case 'part': {
      const { answer, question } = record.part;
      const writer = new Writer(question.length + answer.length + 8).u8(KIND.part);
      return writer.bytes(question).raw(answer).finish();
    }
    case 'run':
      return writeRun(new Writer(runSizeMax(record.run) + 1).u8(KIND.run), record.run).finish();
    case 'file': {
      const { ids, root } = record.file;
      const writer = new Writer(64 + ids.length * ID_BYTES).u8(KIND.file);
      writer.raw(fromHex(root) ?? new Uint8Array(0)).varint(ids.length);
      for (const id of ids) writer.raw(fromHex(id) ?? new Uint8Array(0));
      return writer.finish();
    }
    case 'chunk':
      return new Writer(record.bytes.length + 1).u8(KIND.chunk).raw(record.bytes).finish();
    case 'end': {
      const { blocks, headsRoot, stateRoot } = record.end;
      return new Writer(96).u8(KIND.end).varint(blocks).raw(headsRoot).raw(stateRoot).finish();
    }
  }
}

function parse(body: Uint8Array): ArchiveRecord {
  try {
    const reader = new Reader(body);
    const record = parseRecord(reader);
    reader.end();
    return record;
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw damaged('a part of it is malformed', cause);
  }
}

function parseRecord(reader: Reader): ArchiveRecord {
  switch (reader.u8()) {
    case KIND.header: {
      const space = idFromBytes('space', reader.raw(ID_BYTES));
      const madeAtMs = reader.varint();
      if (reader.u8() === 0) return { kind: 'header', header: { space, madeAtMs } };
      const salt = reader.bytes(SALT_BYTES_MAX).slice();
      const sealed = reader.bytes(SEALED_BYTES_MAX).slice();
      return { kind: 'header', header: { space, madeAtMs, keys: { salt, sealed } } };
    }
    case KIND.epoch:
      return { kind: 'epoch', offer: reader.take(reader.left) };
    case KIND.part: {
      const question = reader.bytes(QUESTION_BYTES_MAX).slice();
      return { kind: 'part', part: { question, answer: reader.take(reader.left) } };
    }
    case KIND.run:
      return { kind: 'run', run: readRun(reader) };
    case KIND.file: {
      const root = toHex(reader.raw(ID_BYTES));
      const count = reader.varint(FILE_IDS_MAX);
      const ids = Array.from({ length: count }, () => toHex(reader.raw(ID_BYTES)));
      return { kind: 'file', file: { root, ids } };
    }
    case KIND.chunk:
      return { kind: 'chunk', bytes: reader.take(reader.left) };
    case KIND.end: {
      const blocks = reader.varint();
      const headsRoot = reader.take(ROOT_BYTES);
      return { kind: 'end', end: { blocks, headsRoot, stateRoot: reader.take(ROOT_BYTES) } };
    }
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', 'a record is of no known kind');
  }
}

/** Takes exact numbers of bytes out of pieces of any size. */
class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** So many bytes, or `undefined` when there are fewer. @throws ClientError for more than a record. */
  async take(count: number): Promise<Uint8Array | undefined> {
    if (count > RECORD_BYTES_MAX) throw damaged('a part of it is too large');
    const parts: Uint8Array[] = [];
    let have = 0;
    while (have + this.#left.length < count) {
      parts.push(this.#left);
      have += this.#left.length;
      const next = await this.#pieces.next();
      if (next.done === true) return undefined;
      this.#left = next.value;
    }
    parts.push(this.#left.subarray(0, count - have));
    this.#left = this.#left.subarray(count - have);
    // Runs are views of this: they must not move when the source reuses its buffer.
    return concatBytes(...parts);
  }

  async varint(): Promise<number | undefined> {
    const writer = new Writer(8);
    for (;;) {
      const byte = (await this.take(1))?.[0];
      if (byte === undefined) return undefined;
      writer.u8(byte);
      if (byte < 0x80) break;
      if (writer.length > 7) throw damaged('a length is too large');
    }
    try {
      return new Reader(writer.finish()).varint(RECORD_BYTES_MAX);
    } catch (cause) {
      throw damaged('a length is malformed', cause);
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.#left.length === 0 && (await this.take(1)) === undefined;
  }
}

function damaged(why: string, cause?: unknown): ClientError {
  return new ClientError('CLIENT_ARCHIVE_DAMAGED', `this is no whole archive: ${why}`, { cause });
}
