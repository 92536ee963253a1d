/**
 * What a profile keeps of a space so that it need not be opened to be shown: the ends of its log, members,
 * name, what undo would do. Sealed under a key of the identity and bound to the space; believed only while
 * the log ends where it says.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { deriveKey, open, seal, sealingKey } from '@atoll/crypto';
import type { Tip } from '@atoll/feed';
import {
  concatBytes,
  equalBytes,
  fromHex,
  idBytes,
  idFromBytes,
  toHex,
  utf8,
  type IdentityId,
  type PlatformBase,
  type SpaceId,
} from '@atoll/kernel';
import type { Role } from './api.ts';
import type { KeptFacts, KnownMember } from './space-facts.ts';
import { KEPT_DEVICES_MAX, KEPT_MEMBERS_MAX } from './space-facts.ts';
import { lookOf } from './people.ts';
import type { LogEnds } from './resting-replica.ts';
import { KEPT_ENTRIES_MAX, type KeptEntry, type KeptStacks } from './undo-stacks.ts';

/** Grows with every change of form: older records are then made anew, by opening the space. */
const VERSION = 3;
/** A log with more ends is opened to be known: the record would cost more than it saves. */
const TIPS_KEPT_MAX = 512;
const TEXT_BYTES_MAX = 1024;
/** Of names and labels so much is shown of a closed space. */
const TEXT_CHARACTERS_MAX = 256;
const ID_BYTES = 32;
const ROLES: readonly Role[] = ['reader', 'commenter', 'writer', 'admin', 'owner'];

/** Everything that is kept. */
export interface SpaceRecordData {
  readonly name: string;
  readonly ends: LogEnds;
  readonly facts: KeptFacts;
  readonly undo: KeptStacks;
  /** Blocks that somebody else was known to have had, and when that was all; milliseconds since 1970. */
  readonly sharedBlocks: number;
  readonly inStepMs: number | undefined;
  /** When the space was last seen to change. */
  readonly changedMs: number;
  /** Its door is to be answered: it is opened although nobody asks for it. */
  readonly isTended: boolean;
}

/** What records are kept with. */
export interface RecordPorts {
  readonly platform: PlatformBase;
  readonly space: SpaceId;
  /** 32 bytes that only this identity's devices have. */
  readonly secret: Uint8Array;
}

/** The record of a space, if there is one that its log agrees with. @throws StoreError. */
export async function loadRecord(ports: RecordPorts): Promise<SpaceRecordData | undefined> {
  const { platform, space } = ports;
  const [sealed, position] = await Promise.all([
    platform.store.value(nameOf(space)),
    platform.store.lastPosition(space),
  ]);
  if (sealed === undefined) return undefined;
  const associated = placeOf(space);
  const plaintext = open(keyOf(ports), { associated, sealed, aead: platform.aead });
  if (plaintext === undefined) {
    platform.log.event('warn', 'client.space-record-damaged');
    return undefined;
  }
  try {
    const record = decode(plaintext);
    return record.ends.position === position ? record : undefined;
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/**
 * Keeps a record instead of what was kept. A store that cannot write, and a log with too many ends, keep
 * none: the space is opened then. `before` is what was kept last, if that is known: the same is not written.
 */
export async function saveRecord(
  ports: RecordPorts,
  record: SpaceRecordData,
  before?: SpaceRecordData,
): Promise<void> {
  if (record.ends.tips.length > TIPS_KEPT_MAX || record.ends.position < 0) return;
  const { platform, space } = ports;
  const { aead, rng, store } = platform;
  const plaintext = encode(record);
  if (before !== undefined && equalBytes(encode(before), plaintext)) return;
  const associated = placeOf(space);
  const sealed = seal(keyOf(ports), { rng, associated, plaintext, aead });
  await store.commit({ values: new Map([[nameOf(space), sealed]]) }).catch(() => undefined);
}

function encode(record: SpaceRecordData): Uint8Array {
  const { changedMs, ends, facts, inStepMs, isTended, name, sharedBlocks, undo } = record;
  const writer = new Writer(512).u8(VERSION).text(shown(name));
  writer.varint(ends.position).varint(ends.tips.length);
  for (const { feed, hash, seq } of ends.tips) {
    writer.raw(idBytes(feed)).varint(seq).raw(idBytes(hash));
  }
  writer.varint(facts.blocks).varint(facts.objects).varint(sharedBlocks);
  writer.varint(inStepMs ?? 0).varint(Math.max(0, Math.floor(changedMs)));
  writer.u8(facts.myRole === undefined ? 0 : ROLES.indexOf(facts.myRole) + 1);
  writer.varint(facts.members.length);
  for (const { displayName, hue, id, role } of facts.members) {
    writer.raw(idBytes(id)).text(shown(displayName)).u8(hue).u8(ROLES.indexOf(role));
  }
  writer.varint(facts.devices.size);
  for (const [remote, identity] of facts.devices) {
    writer.raw(fromHex(remote) ?? new Uint8Array(ID_BYTES)).raw(idBytes(identity));
  }
  writeEntries(writer, undo.undo);
  writeEntries(writer, undo.redo);
  return writer.u8(isTended ? 1 : 0).finish();
}

function decode(bytes: Uint8Array): SpaceRecordData {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) throw new CodecError('CODEC_UNKNOWN_TAG', 'another form of record');
  const name = reader.text(TEXT_BYTES_MAX);
  const position = reader.varint();
  const tips = readList(reader, TIPS_KEPT_MAX, (): Tip => {
    const feed = idFromBytes('feed', reader.raw(ID_BYTES));
    const seq = reader.varint();
    return { feed, seq, hash: idFromBytes('block', reader.raw(ID_BYTES)) };
  });
  const [blocks, objects, sharedBlocks] = [reader.varint(), reader.varint(), reader.varint()];
  const [inStepMs, changedMs] = [reader.varint(), reader.varint()];
  const role = reader.u8();
  const members = readList(reader, KEPT_MEMBERS_MAX, (): KnownMember => {
    const id = readIdentity(reader);
    const displayName = reader.text(TEXT_BYTES_MAX);
    // Words and pictures come with opening the space.
    const { hue } = lookOf(id, { name: displayName, colour: reader.u8() }, undefined);
    return { id, displayName, hue, role: readRole(reader.u8()) };
  });
  const devices = readList(reader, KEPT_DEVICES_MAX, (): [string, IdentityId] => {
    const remote = toHex(reader.raw(ID_BYTES));
    return [remote, readIdentity(reader)];
  });
  const undo = { undo: readEntries(reader), redo: readEntries(reader) };
  const isTended = reader.u8() === 1;
  reader.end();
  const myRole = role === 0 ? undefined : readRole(role - 1);
  return {
    name,
    ends: { tips, position },
    facts: { blocks, objects, myRole, members, devices: new Map(devices) },
    undo,
    sharedBlocks,
    inStepMs: inStepMs === 0 ? undefined : inStepMs,
    changedMs,
    isTended,
  };
}

function writeEntries(writer: Writer, entries: readonly KeptEntry[]): void {
  writer.varint(entries.length);
  for (const { id, label, scope, timeMs, together } of entries) {
    writer
      .varint(id)
      .text(shown(label))
      .varint(Math.max(0, Math.floor(timeMs)));
    writer.text(shown(scope ?? '')).text(together ?? '');
  }
}

function readEntries(reader: Reader): readonly KeptEntry[] {
  return readList(reader, KEPT_ENTRIES_MAX, (): KeptEntry => {
    const [id, label, timeMs] = [reader.varint(), reader.text(TEXT_BYTES_MAX), reader.varint()];
    const [scope, together] = [reader.text(TEXT_BYTES_MAX), reader.text(TEXT_BYTES_MAX)];
    return {
      id,
      label,
      timeMs,
      ...(scope === '' ? {} : { scope }),
      ...(together === '' ? {} : { together }),
    };
  });
}

function shown(text: string): string {
  return text.slice(0, TEXT_CHARACTERS_MAX).toWellFormed();
}

function readList<T>(reader: Reader, max: number, read: () => T): readonly T[] {
  const list: T[] = [];
  for (let rest = reader.varint(max); rest > 0; rest--) list.push(read());
  return list;
}

function readIdentity(reader: Reader): IdentityId {
  return idFromBytes('identity', reader.raw(ID_BYTES));
}

function readRole(number: number): Role {
  const role = ROLES[number];
  if (role === undefined) throw new CodecError('CODEC_MALFORMED', 'no such role');
  return role;
}

function keyOf({ secret, space }: RecordPorts): ReturnType<typeof sealingKey> {
  return sealingKey(deriveKey(secret, 'space-record', idBytes(space)));
}

function nameOf(space: SpaceId): string {
  return `space/${space}`;
}

function placeOf(space: SpaceId): Uint8Array {
  return concatBytes(utf8('space-record'), idBytes(space));
}
