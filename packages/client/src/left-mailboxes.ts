/**
 * Mailboxes that this device has left because keys were changed, and when. Somebody who was removed knows no other: what
 * he had not sent before he heard of it still comes there.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes, parseId, type KeyId, type SpaceId, type Store } from '@atoll/kernel';

const PREFIX = 'mailbox-left/';
const VERSION = 1;
const ID_BYTES = 32;
/** Of one space; the oldest go first. */
const LEFT_MAX = 8;

/** A mailbox that was left, named by the membership key to which it belongs. */
export interface LeftMailbox {
  readonly generation: KeyId;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What is to be stored beside the move to another mailbox. @throws StoreError. */
export async function noteLeft(
  store: Store,
  space: SpaceId,
  left: readonly KeyId[],
  atMs: number,
): Promise<readonly [name: string, bytes: Uint8Array<ArrayBuffer>]> {
  const before = await leftOf(store, space);
  const others = before.filter(({ generation }) => !left.includes(generation));
  const all = [...others, ...left.map((generation) => ({ generation, atMs }))].slice(-LEFT_MAX);
  const writer = new Writer(64).u8(VERSION).varint(all.length);
  for (const one of all) writer.raw(idBytes(one.generation)).varint(Math.floor(one.atMs));
  return [PREFIX + space, new Uint8Array(writer.finish())];
}

/** True if there is any, however old. @throws StoreError. */
export async function anyLeft(store: Store): Promise<boolean> {
  return (await store.names(PREFIX)).length > 0;
}

/** Those of all spaces that were left after a moment. @throws StoreError. */
export async function leftSince(
  store: Store,
  sinceMs: number,
): Promise<ReadonlyMap<SpaceId, readonly LeftMailbox[]>> {
  const found = new Map<SpaceId, readonly LeftMailbox[]>();
  for (const name of await store.names(PREFIX)) {
    const space = parseId('space', name.slice(PREFIX.length));
    const late = (await leftOf(store, space)).filter(({ atMs }) => atMs > sinceMs);
    if (late.length > 0) found.set(space, late);
  }
  return found;
}

async function leftOf(store: Store, space: SpaceId): Promise<readonly LeftMailbox[]> {
  const bytes = await store.value(PREFIX + space);
  if (bytes === undefined) return [];
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== VERSION) return [];
    const left = Array.from({ length: reader.varint(LEFT_MAX) }, () => ({
      generation: idFromBytes('key', reader.raw(ID_BYTES)),
      atMs: reader.varint(),
    }));
    reader.end();
    return left;
  } catch (failure) {
    if (failure instanceof CodecError) return [];
    throw failure;
  }
}
