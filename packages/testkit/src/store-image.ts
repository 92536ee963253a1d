/**
 * What a profile's store holds, as plain maps, and the rules by which a batch changes it. The model
 * that every real store is compared with.
 */
import {
  assert,
  StoreError,
  type BlockDrop,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type SpaceId,
  type StoreBatch,
  type StoredBlock,
} from '@atoll/kernel';

/** Bytes of one `read` at most, except for a single larger block. */
const READ_BYTES_MAX = 4 * 1024 * 1024;

interface Row {
  readonly position: number;
  readonly feed: FeedKey;
  readonly seq: number;
  readonly hash: BlockHash;
  readonly bytes: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer> | undefined;
}

interface SpaceLog {
  /** By position - 1; `undefined` where a block was dropped. */
  readonly rows: (Row | undefined)[];
  readonly greatestByFeed: Map<FeedKey, number>;
  readonly rowByHash: Map<BlockHash, Row>;
  readonly hashesByFeedSeq: Map<string, Set<BlockHash>>;
}

function stored(row: Row): StoredBlock {
  const { position, feed, seq, hash, signature } = row;
  const block = { position, feed, seq, hash, bytes: row.bytes.slice() };
  return signature === undefined ? block : { ...block, signature: signature.slice() };
}

/** A deep copy, so that a caller's buffers can change once it has handed the batch over. */
export function copyBatch(batch: StoreBatch): StoreBatch {
  return {
    blocks: (batch.blocks ?? []).map((block) => ({
      ...block,
      bytes: block.bytes.slice(),
      ...(block.signature === undefined ? {} : { signature: block.signature.slice() }),
    })),
    values: new Map([...(batch.values ?? [])].map(([name, value]) => [name, value?.slice()])),
    drops: (batch.drops ?? []).map(({ space, positions }) => ({
      space,
      positions: [...positions],
    })),
    forgets: [...(batch.forgets ?? [])],
  };
}

/** Blocks and values of one profile in memory. */
export class StoreImage {
  readonly #logBySpace: Map<SpaceId, SpaceLog> = new Map();
  readonly #valueByName: Map<string, Uint8Array<ArrayBuffer>> = new Map();

  /** Applies a whole batch or nothing, and gives what `Store.commit` does. @throws StoreError `STORE_CONFLICT`. */
  apply(batch: StoreBatch): number | undefined {
    this.check(batch);
    const { blocks = [] } = batch;
    const positions = blocks.map((block) => this.#append(block));
    const areNew = blocks.every(
      ({ space }, at) => positions[at] !== undefined && space === blocks[0]?.space,
    );
    for (const [name, value] of batch.values ?? []) {
      if (value === undefined) this.#valueByName.delete(name);
      else this.#valueByName.set(name, value.slice() as Uint8Array<ArrayBuffer>);
    }
    for (const drop of batch.drops ?? []) this.#drop(drop);
    for (const space of batch.forgets ?? []) this.#forget(space);
    return areNew ? positions[0] : undefined;
  }

  /** Throws what `apply` would, and changes nothing. */
  check(batch: StoreBatch): void {
    this.#refuseConflicts(batch.blocks ?? []);
    for (const name of batch.values?.keys() ?? []) {
      assert(/^[ -~]{1,200}$/.test(name), 'a value name is 1 to 200 printable ASCII characters');
    }
  }

  read(space: SpaceId, after: number, limit: number): readonly StoredBlock[] {
    const blocks: StoredBlock[] = [];
    let sizeBytes = 0;
    for (const row of this.#logBySpace.get(space)?.rows.slice(after) ?? []) {
      if (row === undefined) continue;
      sizeBytes += row.bytes.length;
      if (blocks.length >= limit || (blocks.length > 0 && sizeBytes > READ_BYTES_MAX)) break;
      blocks.push(stored(row));
    }
    return blocks;
  }

  get(space: SpaceId, hash: BlockHash): StoredBlock | undefined {
    const row = this.#logBySpace.get(space)?.rowByHash.get(hash);
    return row === undefined ? undefined : stored(row);
  }

  lastPosition(space: SpaceId): number {
    const log = this.#logBySpace.get(space);
    return log === undefined || log.rowByHash.size === 0 ? 0 : log.rows.length;
  }

  spaces(): readonly SpaceId[] {
    return [...this.#logBySpace].flatMap(([space, { rowByHash }]) =>
      rowByHash.size === 0 ? [] : [space],
    );
  }

  value(name: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#valueByName.get(name)?.slice();
  }

  names(prefix: string): readonly string[] {
    return [...this.#valueByName.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  #refuseConflicts(blocks: readonly NewBlock[]): void {
    const added = new Map<string, Set<BlockHash>>();
    for (const { space, feed, seq, hash, origin } of blocks) {
      const key = `${feed}/${seq}`;
      const held = this.#logBySpace.get(space)?.hashesByFeedSeq.get(key) ?? new Set();
      const inBatch = added.get(`${space}/${key}`) ?? new Set();
      const others = new Set([...held, ...inBatch]);
      others.delete(hash);
      if (origin === 'own' && others.size > 0) {
        throw new StoreError('STORE_CONFLICT', `the feed has another block ${seq} already`);
      }
      added.set(`${space}/${key}`, inBatch.add(hash));
    }
  }

  #drop({ space, positions }: BlockDrop): void {
    const log = this.#logBySpace.get(space);
    if (log === undefined) return;
    for (const position of positions) {
      const row = log.rows[position - 1];
      if (row === undefined || position === log.rows.length) continue;
      if (row.seq === log.greatestByFeed.get(row.feed)) continue;
      log.rows[position - 1] = undefined;
      log.rowByHash.delete(row.hash);
      log.hashesByFeedSeq.get(`${row.feed}/${row.seq}`)?.delete(row.hash);
    }
  }

  #forget(space: SpaceId): void {
    const log = this.#logBySpace.get(space);
    if (log === undefined) return;
    log.rows.fill(undefined);
    log.greatestByFeed.clear();
    log.rowByHash.clear();
    log.hashesByFeedSeq.clear();
  }

  #append({ space, feed, seq, hash, bytes, signature }: NewBlock): number | undefined {
    let log = this.#logBySpace.get(space);
    if (log === undefined) {
      log = {
        rows: [],
        greatestByFeed: new Map(),
        rowByHash: new Map(),
        hashesByFeedSeq: new Map(),
      };
      this.#logBySpace.set(space, log);
    }
    const copy = signature?.slice() as Uint8Array<ArrayBuffer> | undefined;
    const known = log.rowByHash.get(hash);
    if (known !== undefined) {
      known.signature ??= copy;
      return undefined;
    }
    const position = log.rows.length + 1;
    const row: Row = { position, feed, seq, hash, bytes: bytes.slice(), signature: copy };
    log.rows.push(row);
    log.greatestByFeed.set(feed, Math.max(seq, log.greatestByFeed.get(feed) ?? 0));
    log.rowByHash.set(hash, row);
    const key = `${feed}/${seq}`;
    log.hashesByFeedSeq.set(key, (log.hashesByFeedSeq.get(key) ?? new Set()).add(hash));
    return position;
  }
}
