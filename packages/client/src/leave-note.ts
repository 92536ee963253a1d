/**
 * What is written down when a space is left, and the removal of everything that the profile holds of it.
 * The note is the decision: before it the space is whole, after it what is left of it goes, whatever crashes.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { Tip } from '@atoll/feed';
import {
  idBytes,
  idFromBytes,
  parseId,
  utf8,
  type PlatformBase,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import { ENDED, INVITATIONS, secretsOf } from './invitation-names.ts';

const PREFIX = 'left/';
/** Beside the others, so that removing the space removes it. */
const HEARD_PREFIX = 'left-elsewhere/';
const NOTE_VERSION = 1;
const ENDS_VERSION = 1;
const ID_BYTES = 32;
/** Of a log with more ends it is not said what was given up: a device that has it too asks its user. */
const ENDS_MAX = 4096;
/** Records of one space; a second one comes about when it is joined on two devices at once. */
const RECORDS_MAX = 1024;
const RECORD_ID_BYTES_MAX = 256;
/** Names of what belongs to a space have at least so much of its id in them. */
const NAMED_CHARACTERS = 32;
/** Pieces of files that are removed at once. */
const CHUNKS_A_STEP = 1000;

/** What is to be done, or has been, about a space that was left here. */
export interface LeaveNote {
  /** Objects of the HALO space that listed it, and are to be marked. */
  readonly records: readonly string[];
  /** What they are marked with: the ends of the log that was given up. */
  readonly ends: Uint8Array;
  /** Position of the last block when it was decided. */
  readonly position: number;
}

/** Of a note that cannot be read no more is known than that the space was left. */
const UNREADABLE: LeaveNote = {
  records: [],
  ends: new Uint8Array(0),
  position: Number.MAX_SAFE_INTEGER,
};

/** The notes of a profile. One that cannot be read says nothing of records. @throws StoreError. */
export async function loadNotes(store: Store): Promise<ReadonlyMap<SpaceId, LeaveNote>> {
  const notes = new Map<SpaceId, LeaveNote>();
  for (const name of await store.names(PREFIX)) {
    const bytes = await store.value(name);
    if (bytes !== undefined) notes.set(parseId('space', name.slice(PREFIX.length)), read(bytes));
  }
  return notes;
}

/** Decides that a space is left. Durable when resolved. @throws StoreError. */
export async function saveNote(store: Store, space: SpaceId, note: LeaveNote): Promise<void> {
  const writer = new Writer(256).u8(NOTE_VERSION).varint(note.records.length);
  for (const record of note.records) writer.text(record);
  const bytes = writer.bytes(note.ends).varint(note.position).finish();
  await store.commit({ values: new Map([[nameOf(space), bytes]]) });
}

/**
 * True if somebody went on with the space after the note: it was refused when it was written, and came back
 * with a loss of power. Blocks behind a log that was removed are not meant: another window wrote them too
 * late. @throws StoreError.
 */
export async function isOverruled(
  store: Store,
  space: SpaceId,
  { position }: LeaveNote,
): Promise<boolean> {
  if ((await store.lastPosition(space)) <= position) return false;
  const [first] = await store.read(space, 0, 1);
  return first !== undefined && first.position <= position;
}

/** Forgets that a space was left: it is here again, or nothing of it can come back. @throws StoreError. */
export async function removeNote(store: Store, space: SpaceId): Promise<void> {
  await store.commit({ values: new Map([[nameOf(space), undefined]]) });
}

/**
 * When this device first heard that a space, as these records list it, was left on another one; from now on if it has
 * not. Milliseconds since 1970. Durable when resolved. @throws StoreError.
 */
export async function heardLeftAt(
  { clock, store }: Pick<PlatformBase, 'clock' | 'store'>,
  space: SpaceId,
  records: readonly string[],
): Promise<number> {
  const name = HEARD_PREFIX + space;
  const bytes = await store.value(name);
  const known = bytes === undefined ? undefined : readHeard(bytes);
  // Brought back and left once more it is in a further record.
  if (known !== undefined && records.every((id) => known.records.includes(id))) return known.atMs;
  const heard: HeardLeft = { atMs: Math.floor(clock.nowMs()), records };
  await store.commit({ values: new Map([[name, utf8(JSON.stringify(heard))]]) });
  return heard.atMs;
}

interface HeardLeft {
  readonly atMs: number;
  readonly records: readonly string[];
}

function readHeard(bytes: Uint8Array): HeardLeft | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as HeardLeft;
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined;
    throw failure;
  }
}

/** Removes everything of a space but the note. True if there was anything. @throws StoreError. */
export async function eraseSpace(platform: PlatformBase, space: SpaceId): Promise<boolean> {
  const { chunks, keystore, store } = platform;
  const part = space.slice(0, NAMED_CHARACTERS);
  const all = await store.names('');
  const invited = all.filter((name) => name.startsWith(`${INVITATIONS}${space}/`));
  const ids = invited.map((name) => name.slice(name.lastIndexOf('/') + 1));
  // Before the names that lead to them.
  for (const name of ids.flatMap(secretsOf)) await keystore.putSecret(name, undefined);
  const ended = new Set(ids.map((id) => `${ENDED}${id}`));
  const names = all.filter(
    (name) => (name.includes(part) || ended.has(name)) && name !== nameOf(space),
  );
  const isLogged = (await store.lastPosition(space)) > 0;
  if (names.length > 0 || isLogged) {
    const values = new Map(names.map((name) => [name, undefined]));
    await store.commit({ values, ...(isLogged ? { forgets: [space] } : {}) });
  }
  let removed = 0;
  for (;;) {
    const found = await chunks.list(space, { limit: CHUNKS_A_STEP });
    if (found.length === 0) break;
    removed += found.length;
    const ids = found.map(({ id }) => id);
    await chunks.delete(space, ids);
  }
  return names.length > 0 || isLogged || removed > 0;
}

/** The ends of a log as a record is marked with them. */
export function encodeEnds(tips: readonly Tip[]): Uint8Array {
  const writer = new Writer(128).u8(ENDS_VERSION);
  if (tips.length > ENDS_MAX) return writer.varint(0).finish();
  writer.varint(tips.length);
  for (const { feed, hash, seq } of tips) {
    writer.raw(idBytes(feed)).varint(seq).raw(idBytes(hash));
  }
  return writer.finish();
}

/** True if whoever gave up a log with these ends has known all that lies before `tips`. */
export function isGivenUp(tips: readonly Tip[], ends: Uint8Array): boolean {
  const given = decodeEnds(ends);
  return tips.every((tip) => {
    const same = given.filter(({ feed }) => feed === tip.feed);
    const isForked = same.length > 1 || tips.some((o) => o !== tip && o.feed === tip.feed);
    return same.some(({ hash, seq }) => hash === tip.hash || (!isForked && seq > tip.seq));
  });
}

/** Another device of one's own may be of another version: what cannot be read gives nothing up. */
function decodeEnds(bytes: Uint8Array): readonly Tip[] {
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== ENDS_VERSION) return [];
    const tips: Tip[] = [];
    for (let rest = reader.varint(ENDS_MAX); rest > 0; rest--) {
      const feed = idFromBytes('feed', reader.raw(ID_BYTES));
      const seq = reader.varint();
      tips.push({ feed, seq, hash: idFromBytes('block', reader.raw(ID_BYTES)) });
    }
    reader.end();
    return tips;
  } catch (failure) {
    if (failure instanceof CodecError) return [];
    throw failure;
  }
}

function read(bytes: Uint8Array): LeaveNote {
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== NOTE_VERSION) return UNREADABLE;
    const records: string[] = [];
    for (let rest = reader.varint(RECORDS_MAX); rest > 0; rest--) {
      records.push(reader.text(RECORD_ID_BYTES_MAX));
    }
    const ends = new Uint8Array(reader.bytes());
    const position = reader.varint();
    reader.end();
    return { records, ends, position };
  } catch (failure) {
    if (failure instanceof CodecError) return UNREADABLE;
    throw failure;
  }
}

function nameOf(space: SpaceId): string {
  return `${PREFIX}${space}`;
}
