/**
 * Work of other devices that an epoch has no place for, in the log of somebody who had received it before: only
 * its own device can bring it over, so it is kept until that has, and told of. A block that was brought over has
 * the nonce of the one that it stands for.
 */
import { Reader, Writer } from '@atoll/codec';
import {
  idBytes,
  idFromBytes,
  toHex,
  type BlockHash,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';
import { othersName } from './epoch-archive.ts';
import { sureBody, sureRecord } from './sure-record.ts';

const HASH_BYTES = 32;
const NONCE_BYTES = 16;

/** A block of another device that has no place here any more. */
export interface OtherApart {
  readonly hash: BlockHash;
  readonly nonce: Uint8Array;
  readonly hasContent: boolean;
}

/** Where such blocks are noted. */
interface OthersPlace {
  readonly store: Store;
  readonly space: SpaceId;
}

/** What that value is; `undefined` for none. */
export function othersRecord(others: readonly OtherApart[]): Uint8Array<ArrayBuffer> | undefined {
  if (others.length === 0) return undefined;
  const writer = new Writer(64).varint(others.length);
  for (const { hash, hasContent, nonce } of others) {
    writer
      .raw(idBytes(hash))
      .raw(nonce)
      .u8(hasContent ? 1 : 0);
  }
  return sureRecord(writer.finish());
}

/** The noted blocks. @throws SnapshotError; StoreError. */
export async function othersApart({ space, store }: OthersPlace): Promise<readonly OtherApart[]> {
  const record = await store.value(othersName(space));
  if (record === undefined) return [];
  const reader = new Reader(sureBody(record));
  const others: OtherApart[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    const hash = idFromBytes('block', reader.raw(HASH_BYTES));
    others.push({ hash, nonce: reader.take(NONCE_BYTES), hasContent: reader.u8() === 1 });
  }
  return others;
}

/**
 * Lets go of what its own device has brought over, or what has its place after all; blocks with content that
 * are left. @throws SnapshotError; StoreError.
 */
export async function settleOthers(place: OthersPlace, index: SpaceIndex): Promise<number> {
  const { space, store } = place;
  const noted = await othersApart(place);
  if (noted.length === 0) return 0;
  const { branches } = index;
  const nonces = new Set<string>();
  for (let no = 0; no < branches.blockCount; no++) nonces.add(toHex(index.nonceOf(no)));
  const left = noted.filter(({ nonce }) => !nonces.has(toHex(nonce)));
  // The last one has been brought over with all before it: those without content have no nonce to be known by.
  const isOver = left.every(({ hasContent }) => !hasContent);
  const rest = isOver ? [] : left;
  if (rest.length < noted.length) {
    const kept = new Set(rest.map(({ hash }) => hash));
    const positions: number[] = [];
    for (const { hash } of noted) {
      if (kept.has(hash) || branches.blockOf(hash) !== undefined) continue;
      const stored = await store.get(space, hash);
      if (stored !== undefined) positions.push(stored.position);
    }
    const values = new Map([[othersName(space), othersRecord(rest)]]);
    await store.commit({
      values,
      ...(positions.length === 0 ? {} : { drops: [{ space, positions }] }),
    });
  }
  return rest.filter(({ hasContent }) => hasContent).length;
}
