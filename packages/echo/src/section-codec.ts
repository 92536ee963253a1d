/** Canonical bytes of a section: dictionaries, then ops. Bytes in spec/objects.md. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { equalBytes, toHex } from '@atoll/kernel';
import { readOp, writeOp } from './op-codec.ts';
import { OBJECT_ID_BYTES } from './op-ids.ts';
import {
  SECTION_BYTES_MAX,
  SECTION_OPS_MAX,
  type Dot,
  type NamedObject,
  type Op,
  type Section,
} from './ops.ts';

/** Version of this encoding. */
const VERSION = 1;
const HASH_BYTES = 32;

/** Canonical bytes of a section. */
export function encodeSection(section: Section): Uint8Array<ArrayBuffer> {
  const body = new Writer();
  for (const op of section.ops) writeOp(body, op);
  return assemble(section, section.ops.length, body.finish());
}

/** The section of canonical bytes; its byte fields are views. @throws CodecError for all others. */
export function decodeSection(bytes: Uint8Array): Section {
  if (bytes.length > SECTION_BYTES_MAX) {
    throw new CodecError('CODEC_TOO_LARGE', `a section has more than ${SECTION_BYTES_MAX} bytes`);
  }
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'a section has an unknown version');
  }
  const feeds = readNames(reader);
  const types = readNames(reader);
  const objects = readObjects(reader);
  const count = reader.varint(SECTION_OPS_MAX);
  const ops: Op[] = [];
  for (let at = 0; at < count; at++) ops.push(readOp(reader));
  reader.end();
  const section = { feeds, types, objects, ops };
  checkUse(section);
  return section;
}

function readNames(reader: Reader): Uint8Array[] {
  const count = reader.varint(Math.floor(reader.left / HASH_BYTES));
  const names = Array.from({ length: count }, () => reader.raw(HASH_BYTES));
  checkDistinct(names);
  return names;
}

function readObjects(reader: Reader): NamedObject[] {
  const count = reader.varint(Math.floor(reader.left / (OBJECT_ID_BYTES + 2)));
  const objects = Array.from({ length: count }, () => ({
    id: reader.raw(OBJECT_ID_BYTES),
    feed: reader.varint(),
    seq: reader.varint(),
  }));
  checkDistinct(objects.map((object) => object.id));
  return objects;
}

function checkDistinct(names: readonly Uint8Array[]): void {
  if (names.length > 1 && new Set(names.map(toHex)).size !== names.length) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a dictionary names something twice');
  }
}

/** Every number must lie in its dictionary, and nothing may be named in vain. */
function checkUse(section: Section): void {
  const feeds = new Uint8Array(section.feeds.length);
  const types = new Uint8Array(section.types.length);
  const objects = new Uint8Array(section.objects.length);
  let creations = 0;
  const useFeed = (feed: number): void => {
    if (feed > 0) mark(feeds, feed - 1);
  };
  for (const object of section.objects) useFeed(object.feed);
  for (const op of section.ops) {
    if (op.kind === 'create') {
      creations++;
      mark(types, op.type);
    } else if (op.kind !== 'type') {
      useObject(op.object, objects, creations);
      if ('field' in op && op.field.type !== undefined) mark(types, op.field.type);
      for (const dot of dotsOf(op)) useFeed(dot.feed);
      // What a sequence names is its own codec's to check.
      if (op.kind === 'sequence') feeds.fill(1);
    }
  }
  if ([feeds, types, objects].some((used) => used.includes(0))) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'a dictionary names something in vain');
  }
}

function dotsOf(op: Op): readonly Dot[] {
  if (op.kind === 'model') return op.needs;
  const covers = 'covers' in op ? (op.covers ?? []) : [];
  return 'counter' in op && op.counter !== undefined ? [...covers, op.counter] : covers;
}

function useObject(object: number, objects: Uint8Array, creations: number): void {
  if (object % 2 === 0) mark(objects, object / 2);
  else if ((object - 1) / 2 >= creations) throw outside();
}

function mark(used: Uint8Array, at: number): void {
  if (at >= used.length) throw outside();
  used[at] = 1;
}

function outside(): CodecError {
  return new CodecError('CODEC_MALFORMED', 'an op names something outside the dictionaries');
}

/** Sections are put together here; a buffer each would cost more than the section's content. */
const assembly: Writer = new Writer(4096);
/** Bodies of finished sections, to be written over by later ones. */
const bodies: Writer[] = [];
/** Larger bodies are let go, and so are more than these. */
const BODY_KEPT_BYTES: number = 64 * 1024;
const BODIES_KEPT = 8;

function assemble(
  dictionaries: Omit<Section, 'ops'>,
  count: number,
  body: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const writer = body.length > BODY_KEPT_BYTES ? new Writer(body.length + 256) : assembly.clear();
  writer.u8(VERSION).varint(dictionaries.feeds.length);
  for (const feed of dictionaries.feeds) writer.raw(feed);
  writer.varint(dictionaries.types.length);
  for (const type of dictionaries.types) writer.raw(type);
  writer.varint(dictionaries.objects.length);
  for (const object of dictionaries.objects) {
    writer.raw(object.id).varint(object.feed).varint(object.seq);
  }
  return writer.varint(count).raw(body).finish();
}

/** A section in the making: ops are encoded as they come, dictionaries grow with them. */
export class SectionBuilder {
  readonly #ownFeed: Uint8Array;
  readonly #body: Writer = bodies.pop()?.clear() ?? new Writer(1024);
  readonly #feeds: Uint8Array[] = [];
  readonly #types: Uint8Array[] = [];
  readonly #typeHashes: string[] = [];
  readonly #objects: NamedObject[] = [];
  // Made when something is named: most sections are one change of one object.
  #feedByKey: Map<string, number> | undefined;
  #ops = 0;
  #creations = 0;

  constructor(ownFeed: Uint8Array) {
    this.#ownFeed = ownFeed;
  }

  /** Ops so far: the number of the next one. */
  get ops(): number {
    return this.#ops;
  }

  /** Objects created so far. */
  get creations(): number {
    return this.#creations;
  }

  /** Bytes that the section would have now, from above. */
  get sizeBytes(): number {
    const names = (this.#feeds.length + this.#types.length) * HASH_BYTES;
    return this.#body.length + names + this.#objects.length * (OBJECT_ID_BYTES + 16) + 16;
  }

  /** Number of a feed. */
  feed(key: Uint8Array): number {
    if (equalBytes(key, this.#ownFeed)) return 0;
    const hex = toHex(key);
    const known = this.#feedByKey?.get(hex);
    if (known !== undefined) return known;
    const number = this.#feeds.push(key);
    (this.#feedByKey ??= new Map()).set(hex, number);
    return number;
  }

  /** Number of a type. */
  type(hash: Uint8Array, hex: string): number {
    // A section has few types.
    const known = this.#typeHashes.indexOf(hex);
    if (known >= 0) return known;
    this.#typeHashes.push(hex);
    return this.#types.push(hash) - 1;
  }

  /** Names an object that an earlier block created; returns its number. */
  name(object: {
    readonly id: Uint8Array;
    readonly feed: Uint8Array;
    readonly seq: number;
  }): number {
    const { id, feed, seq } = object;
    return (this.#objects.push({ id, feed: this.feed(feed), seq }) - 1) * 2;
  }

  /** Counts a creation; returns the number of the object. */
  created(): number {
    return this.#creations++ * 2 + 1;
  }

  /** Adds an op and returns its number. */
  add(op: Op): number {
    writeOp(this.#body, op);
    return this.#ops++;
  }

  /** The section's canonical bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    const names = { feeds: this.#feeds, types: this.#types, objects: this.#objects };
    const section = assemble(names, this.#ops, this.#body.view());
    const keep = this.#body.length <= BODY_KEPT_BYTES && bodies.length < BODIES_KEPT;
    if (keep) bodies.push(this.#body);
    return section;
  }
}
