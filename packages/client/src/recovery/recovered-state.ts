/**
 * How this device came back: as of when, and which ends of the private space's log the capsules named. Until
 * the log reaches them, something that there was is missing here.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes, type BlockHash, type Store } from '@atoll/kernel';

const VALUE_NAME = 'recovered';
const VERSION = 1;
const HASH_BYTES = 32;
/** More ends than all capsules of one mailbox can name. */
const TIPS_MAX = 4096;

/** What is remembered of a recovery. */
export interface RecoveredMark {
  readonly asOfMs: number;
  /** What must come before all that was named is here. Empty once it was. */
  readonly tips: readonly BlockHash[];
}

/** What is remembered, if this device was recovered. @throws StoreError. */
export async function loadRecovered(store: Store): Promise<RecoveredMark | undefined> {
  const bytes = await store.value(VALUE_NAME);
  if (bytes === undefined) return undefined;
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== VERSION) return undefined;
    const asOfMs = reader.varint();
    const count = reader.varint(TIPS_MAX);
    const tips = Array.from({ length: count }, () => idFromBytes('block', reader.raw(HASH_BYTES)));
    reader.end();
    return { asOfMs, tips };
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/** Remembers. Durable when resolved. @throws StoreError. */
export async function saveRecovered(store: Store, mark: RecoveredMark): Promise<void> {
  const tips = mark.tips.slice(0, TIPS_MAX);
  const writer = new Writer(64 + tips.length * HASH_BYTES).u8(VERSION).varint(mark.asOfMs);
  writer.varint(tips.length);
  for (const tip of tips) writer.raw(idBytes(tip));
  await store.commit({ values: new Map([[VALUE_NAME, writer.finish()]]) });
}
