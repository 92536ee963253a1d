/** One readwrite transaction that takes several batches, each of which holds or is refused alone. */
import { StoreError, type BlockHash, type SpaceId, type StoreBatch } from '@atoll/kernel';
import { finished, result } from './idb.ts';
import type { PackHead } from './packed-records.ts';
import { SpaceIndex } from './space-index.ts';
import { dropBlocks } from './drop-blocks.ts';
import { forgetLog } from './forget-log.ts';
import { STORES, SpaceTail, noChange, packsAfter, pastOf, type TailChange } from './space-tail.ts';

/** What a store remembers of its spaces between transactions. Any of it may be thrown away. */
export class SpaceMemory {
  readonly tailBySpace: Map<SpaceId, SpaceTail> = new Map();
  readonly #indexBySpace: Map<SpaceId, SpaceIndex> = new Map();

  /** Position of a block. What is indexed already is found without a look at the database. */
  async find(
    transaction: IDBTransaction,
    space: SpaceId,
    hash: BlockHash,
  ): Promise<number | undefined> {
    const known = this.#indexBySpace.get(space)?.find(hash);
    return known ?? (await this.index(transaction, space)).find(hash);
  }

  /** The index of a space, continued to the end of what `transaction` sees. */
  async index(transaction: IDBTransaction, space: SpaceId): Promise<SpaceIndex> {
    const past = await pastOf(transaction, space);
    const known = this.#indexBySpace.get(space);
    // Another tab may have forgotten the log: what is known of it is known no more.
    const index = known?.past === past ? known : new SpaceIndex(past);
    this.#indexBySpace.set(space, index);
    const after = index.last;
    const range = packsAfter(space, after);
    const store = transaction.objectStore(STORES.heads);
    const [keys, heads] = await Promise.all([
      result(store.getAllKeys(range)),
      result<PackHead[]>(store.getAll(range)),
    ]);
    // Two readers may have asked at once: whoever comes second has nothing to add.
    if (index.last !== after) return index;
    for (const [at, head] of heads.entries()) {
      index.add(head, Number((keys[at] as [SpaceId, number])[1]));
    }
    return index;
  }

  /** Forgets a space of which blocks were dropped. */
  forget(space: SpaceId): void {
    this.#indexBySpace.delete(space);
    this.tailBySpace.delete(space);
  }
}

/** Commits batches; each gives `undefined` or why it alone was refused. Rejects if none was written. */
export async function commitGroup(
  database: IDBDatabase,
  memory: SpaceMemory,
  batches: readonly StoreBatch[],
): Promise<(StoreError | undefined)[]> {
  const transaction = database.transaction(Object.values(STORES), 'readwrite', {
    durability: 'strict',
  });
  const done = finished(transaction);
  const tails = new Map<SpaceId, SpaceTail>();
  const values = new Map<string, Uint8Array | undefined>();
  try {
    const outcomes: (StoreError | undefined)[] = [];
    for (const batch of batches) {
      outcomes.push(await takeBatch({ transaction, memory, tails, batch }));
      if (outcomes.at(-1) !== undefined) continue;
      for (const [name, value] of batch.values ?? []) values.set(name, value);
    }
    for (const tail of tails.values()) await tail.write(transaction);
    putValues(transaction, values);
    const held = batches.filter((_, at) => outcomes[at] === undefined);
    const removed = await remove(transaction, held);
    // Said here, it holds also when the page is closed before it hears that its last request was done.
    transaction.commit();
    await done;
    for (const [space, tail] of tails) memory.tailBySpace.set(space, tail);
    for (const space of removed) memory.forget(space);
    return outcomes;
  } catch (failure) {
    memory.tailBySpace.clear();
    abort(transaction);
    await done.catch(() => {});
    throw transaction.error ?? failure;
  }
}

/** Drops blocks and forgets logs. Gives the spaces that have lost something. */
async function remove(
  transaction: IDBTransaction,
  batches: readonly StoreBatch[],
): Promise<readonly SpaceId[]> {
  const drops = batches.flatMap((batch) => batch.drops ?? []);
  const forgets = batches.flatMap((batch) => batch.forgets ?? []);
  for (const drop of drops) await dropBlocks(transaction, drop);
  for (const space of forgets) await forgetLog(transaction, space);
  return [...drops.map(({ space }) => space), ...forgets];
}

interface Taking {
  readonly transaction: IDBTransaction;
  readonly memory: SpaceMemory;
  readonly tails: Map<SpaceId, SpaceTail>;
  readonly batch: StoreBatch;
}

async function takeBatch(taking: Taking): Promise<StoreError | undefined> {
  const { transaction, memory, tails, batch } = taking;
  const changeByTail = new Map<SpaceTail, TailChange>();
  try {
    for (const block of batch.blocks ?? []) {
      const { space } = block;
      const known = memory.tailBySpace.get(space);
      const tail = tails.get(space) ?? (await SpaceTail.load(transaction, space, known));
      tails.set(space, tail);
      const change = changeByTail.get(tail) ?? noChange();
      changeByTail.set(tail, change);
      await tail.plan(block, change, () => memory.index(transaction, space));
    }
  } catch (failure) {
    if (failure instanceof StoreError) return failure;
    throw failure;
  }
  for (const [tail, change] of changeByTail) tail.accept(change);
  return undefined;
}

function putValues(
  transaction: IDBTransaction,
  values: ReadonlyMap<string, Uint8Array | undefined>,
): void {
  const store = transaction.objectStore(STORES.values);
  for (const [name, value] of values) {
    if (value === undefined) store.delete(name);
    else store.put(new Uint8Array(value), name);
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already, which is what was wanted.
  }
}
