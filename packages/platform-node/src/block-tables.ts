/**
 * Reading and writing the tables of a store, synchronously and one transaction at a time. Knows
 * nothing of queues or of other processes: that is `node-store.ts`.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  StoreError,
  equalBytes,
  type BlockDrop,
  type BlockHash,
  type CommitOutcome,
  type FeedKey,
  type SpaceId,
  type StoredBlock,
} from '@atoll/kernel';
import type { BlockRow, RowBatch } from './block-rows.ts';
import { POSITIONS_PER_SPACE, SPACES_MAX } from './store-schema.ts';

/** Free pages below which the file is left as it is: a MiB. */
const FREE_PAGES_MIN = 128;
/** Bytes of one `read` at most, except for a single larger block. */
const READ_BYTES_MAX = 4 * 1024 * 1024;

/** Positions of one stretch of the index of hashes: whoever asks for a hash looks into each of them. */
const STRETCH: number = 2 ** 14;
/** With the 22 bits of a stretch's number, an exact integer. */
const HEAD_BITS = 30;

const COLUMNS = `blocks.at, feeds.feed, blocks.seq, blocks.hash, blocks.signature, blocks.bytes,
  blocks.feed`;
// A block whose feed the table has lost is a damage to be told of, not a block that is not there.
const FEEDS = 'LEFT JOIN feeds ON feeds.id = blocks.feed';

type Row = [number, Uint8Array | null, number, Uint8Array, Uint8Array | null, Uint8Array, number];

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function bin(id: string): Uint8Array {
  return Buffer.from(id, 'hex');
}

/**
 * What is indexed of a hash: its first 30 bits below the number of the stretch of the log that the block
 * lies in. Hashes come in no order, so an index of them alone has a page to write for each block as soon
 * as the log is long; of one stretch there are few.
 */
function headOf(position: number, hash: Uint8Array): number {
  let bits = 0;
  for (let at = 0; at < 4; at++) bits = bits * 256 + (hash[at] ?? 0);
  bits = Math.floor(bits / 4);
  return Math.floor(position / STRETCH) * 2 ** HEAD_BITS + bits;
}

/** The feed of a space, and its numbers in the tables. */
interface Chain {
  readonly space: SpaceId;
  readonly feed: FeedKey;
  readonly spaceId: number;
  readonly feedId: number;
}

/** The statements of one connection. */
export class BlockTables {
  readonly #db: DatabaseSync;
  readonly #idBySpace: Map<SpaceId, number> = new Map();
  readonly #idByFeed: Map<string, number> = new Map();
  // What this transaction knows; others may append between two of them.
  readonly #lastBySpace: Map<number, number> = new Map();
  readonly #greatestByFeed: Map<number, number> = new Map();
  readonly #statementBySql: Map<string, StatementSync> = new Map();
  /** Where the last block went: mostly the next one goes there, too. */
  #chain: Chain | undefined;

  readonly #lostFeeds: Map<number, Uint8Array> = new Map();
  readonly #onDamage: () => void;

  /** `onDamage`: a feed is missing in its table, and was found elsewhere. */
  constructor(db: DatabaseSync, onDamage: () => void = () => undefined) {
    this.#db = db;
    this.#onDamage = onDamage;
  }

  incarnation(): string {
    const row = this.#sql('SELECT incarnation FROM profile').get() as unknown;
    if (!Array.isArray(row) || typeof row[0] !== 'string') {
      throw new StoreError('STORE_CORRUPT', 'the store has lost its incarnation');
    }
    return row[0];
  }

  /** A number that changes when another connection commits. */
  dataVersion(): number {
    return (this.#sql('PRAGMA data_version').get() as unknown as [number])[0];
  }

  /**
   * Runs all batches in one transaction with one fsync. Each gives what {@link Store.commit} does, or why it
   * alone was refused; anything thrown means that none was written.
   */
  commit(batches: readonly RowBatch[]): CommitOutcome[] {
    this.#lastBySpace.clear();
    this.#greatestByFeed.clear();
    this.#sql('BEGIN IMMEDIATE').run();
    try {
      const outcomes = batches.map((batch) => this.#applyAlone(batch));
      this.#sql('COMMIT').run();
      if (batches.some(({ drops, forgets }) => drops ?? forgets)) this.#shrink();
      return outcomes;
    } catch (failure) {
      this.#forget();
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw failure;
    }
  }

  read(space: SpaceId, after: number, limit: number): StoredBlock[] {
    const id = this.#spaceId(space);
    if (id === undefined) return [];
    const base = id * POSITIONS_PER_SPACE;
    const rows = this.#sql(
      `SELECT ${COLUMNS} FROM blocks ${FEEDS} WHERE at > ? AND at < ? ORDER BY at LIMIT ?`,
    ).iterate(base + after, base + POSITIONS_PER_SPACE, limit) as Iterable<unknown>;
    const blocks: StoredBlock[] = [];
    let sizeBytes = 0;
    for (const row of rows as Iterable<Row>) {
      sizeBytes += row[5].byteLength;
      if (blocks.length > 0 && sizeBytes > READ_BYTES_MAX) break;
      blocks.push(this.#stored(row));
    }
    return blocks;
  }

  get(space: SpaceId, hash: BlockHash): StoredBlock | undefined {
    const id = this.#spaceId(space);
    if (id === undefined) return undefined;
    const base = id * POSITIONS_PER_SPACE;
    const wanted = bin(hash);
    const select = this.#sql(
      `SELECT ${COLUMNS} FROM blocks INDEXED BY blocks_head ${FEEDS}
       WHERE head = ? AND hash = ? AND at BETWEEN ? AND ?`,
    );
    // What is asked for is mostly young.
    for (let position = this.#readLast(id); position >= 0; position -= STRETCH) {
      const head = headOf(position, wanted);
      const row = select.get(head, wanted, base, base + POSITIONS_PER_SPACE - 1) as unknown;
      if (row !== undefined) return this.#stored(row as Row);
    }
    return undefined;
  }

  lastPosition(space: SpaceId): number {
    const id = this.#spaceId(space);
    return id === undefined ? 0 : this.#readLast(id);
  }

  spaces(): SpaceId[] {
    const rows = this.#sql(
      `SELECT space FROM spaces WHERE EXISTS (
         SELECT 1 FROM blocks WHERE at >= spaces.id * ?1 AND at < (spaces.id + 1) * ?1
       ) ORDER BY id`,
    ).all(POSITIONS_PER_SPACE) as unknown as [Uint8Array][];
    return rows.map(([space]) => hex(space) as SpaceId);
  }

  value(name: string): Uint8Array<ArrayBuffer> | undefined {
    const row = this.#sql('SELECT value FROM vals WHERE name = ?').get(name) as unknown;
    return (row as [Uint8Array<ArrayBuffer>] | undefined)?.[0];
  }

  names(prefix: string): string[] {
    // Names are printable ASCII, so DEL follows every name with the prefix.
    const rows = this.#sql('SELECT name FROM vals WHERE name >= ? AND name < ? ORDER BY name').all(
      prefix,
      `${prefix}\x7f`,
    ) as unknown as [string][];
    return rows.map(([name]) => name);
  }

  #applyAlone(batch: RowBatch): CommitOutcome {
    this.#sql('SAVEPOINT batch').run();
    try {
      const first = this.#apply(batch);
      this.#sql('RELEASE batch').run();
      return first;
    } catch (failure) {
      if (!(failure instanceof StoreError) || !this.#db.isTransaction) throw failure;
      this.#db.exec('ROLLBACK TO batch; RELEASE batch');
      this.#forget();
      return failure;
    }
  }

  #apply(batch: RowBatch): number | undefined {
    const first = this.#appendAll(batch.rows);
    for (const [name, value] of batch.values ?? []) {
      if (value === undefined) this.#sql('DELETE FROM vals WHERE name = ?').run(name);
      else this.#sql('INSERT OR REPLACE INTO vals (name, value) VALUES (?, ?)').run(name, value);
    }
    for (const drop of batch.drops ?? []) this.#drop(drop);
    for (const space of batch.forgets ?? []) this.#forgetLog(space);
    return first;
  }

  /** Position of the first where all were new; those of one space lie one behind the other. */
  #appendAll(blocks: readonly BlockRow[]): number | undefined {
    let first: number | undefined;
    let areNew = true;
    for (const block of blocks) {
      const position = this.#append(block);
      areNew &&= position !== undefined && block.space === blocks[0]?.space;
      first ??= position;
    }
    return areNew ? first : undefined;
  }

  #drop({ space, positions }: BlockDrop): void {
    const id = this.#spaceId(space);
    if (id === undefined) return;
    const base = id * POSITIONS_PER_SPACE;
    const last = base + this.#readLast(id);
    const statement = this.#sql(
      `DELETE FROM blocks WHERE at = ? AND at < ?
       AND seq < (SELECT max(seq) FROM blocks AS others WHERE others.feed = blocks.feed)`,
    );
    for (const position of positions) statement.run(base + position, last);
  }

  /** The rows that number space and feeds stay: other processes have them in mind. */
  #forgetLog(space: SpaceId): void {
    const id = this.#spaceId(space);
    const last = id === undefined ? 0 : this.#readLast(id);
    if (id === undefined || last === 0) return;
    const base = id * POSITIONS_PER_SPACE;
    this.#sql('UPDATE spaces SET past = ? WHERE id = ?').run(last, id);
    this.#sql('DELETE FROM blocks WHERE at BETWEEN ? AND ?').run(base, base + last);
    this.#lastBySpace.clear();
    this.#greatestByFeed.clear();
  }

  /** Gives the room of what was dropped back to the disk, once there is much of it. */
  #shrink(): void {
    const [pages] = this.#sql('PRAGMA page_count').get() as unknown as [number];
    const [free] = this.#sql('PRAGMA freelist_count').get() as unknown as [number];
    if (free < FREE_PAGES_MIN || free < pages / 3) return;
    try {
      this.#db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Somebody is reading. Free pages are used again, and the next drop tries again.
    }
  }

  /** Its position, unless it is there already. */
  #append(block: BlockRow): number | undefined {
    const { seq, hash, bytes, signature } = block;
    const { feedId, spaceId } = this.#chainOf(block);
    const greatest = this.#greatestByFeed.get(feedId) ?? this.#readGreatest(feedId);
    // Nearly every block is the next of its feed: then its place is free without a look.
    if (seq <= greatest && this.#isKept(feedId, block)) return undefined;
    const position = (this.#lastBySpace.get(spaceId) ?? this.#readEnd(spaceId)) + 1;
    const at = spaceId * POSITIONS_PER_SPACE + position;
    this.#sql(
      'INSERT INTO blocks (at, feed, seq, head, hash, signature, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(at, feedId, seq, headOf(position, hash), hash, signature ?? null, bytes);
    this.#lastBySpace.set(spaceId, position);
    this.#greatestByFeed.set(feedId, Math.max(greatest, seq));
    return position;
  }

  #chainOf({ feed, space }: BlockRow): Chain {
    const last = this.#chain;
    if (last?.feed === feed && last.space === space) return last;
    const spaceId = this.#spaceId(space) ?? this.#makeSpace(space);
    const chain = { space, feed, spaceId, feedId: this.#feedId(spaceId, feed) };
    this.#chain = chain;
    return chain;
  }

  /** True if the block is there already; then its signature is added. @throws StoreError. */
  #isKept(feedId: number, { seq, hash, isOwn, signature }: BlockRow): boolean {
    const taken = this.#sql('SELECT at, hash FROM blocks WHERE feed = ? AND seq = ?').all(
      feedId,
      seq,
    ) as unknown as [number, Uint8Array][];
    const same = taken.find(([, other]) => equalBytes(other, hash));
    if (isOwn && taken.length > (same === undefined ? 0 : 1)) {
      throw new StoreError('STORE_CONFLICT', `the feed has another block ${seq} already`);
    }
    if (same !== undefined && signature !== undefined) this.#addSignature(same[0], signature);
    return same !== undefined;
  }

  #addSignature(at: number, signature: Uint8Array): void {
    this.#sql('UPDATE blocks SET signature = ? WHERE at = ? AND signature IS NULL').run(
      signature,
      at,
    );
  }

  #readLast(spaceId: number): number {
    const base = spaceId * POSITIONS_PER_SPACE;
    const [at] = this.#sql('SELECT max(at) FROM blocks WHERE at BETWEEN ? AND ?').get(
      base,
      base + POSITIONS_PER_SPACE - 1,
    ) as unknown as [number | null];
    return at === null ? 0 : at - base;
  }

  /** The greatest position that was ever given out. */
  #readEnd(spaceId: number): number {
    const last = this.#readLast(spaceId);
    if (last > 0) return last;
    const row = this.#sql('SELECT past FROM spaces WHERE id = ?').get(spaceId) as unknown;
    return (row as [number])[0];
  }

  #readGreatest(feedId: number): number {
    const select = this.#sql('SELECT max(seq) FROM blocks WHERE feed = ?');
    const [seq] = select.get(feedId) as unknown as [number | null];
    return seq ?? -1;
  }

  #spaceId(space: SpaceId): number | undefined {
    const known = this.#idBySpace.get(space);
    if (known !== undefined) return known;
    const row = this.#sql('SELECT id FROM spaces WHERE space = ?').get(bin(space)) as unknown;
    if (row === undefined) return undefined;
    const [id] = row as [number];
    this.#idBySpace.set(space, id);
    return id;
  }

  #makeSpace(space: SpaceId): number {
    const insert = this.#sql('INSERT INTO spaces (space) VALUES (?)');
    const id = Number(insert.run(bin(space)).lastInsertRowid);
    if (id > SPACES_MAX) throw new StoreError('STORE_FULL', `a store holds ${SPACES_MAX} spaces`);
    this.#idBySpace.set(space, id);
    return id;
  }

  #feedId(spaceId: number, feed: FeedKey): number {
    const key = `${spaceId}/${feed}`;
    const known = this.#idByFeed.get(key);
    if (known !== undefined) return known;
    const bytes = bin(feed);
    const select = this.#sql('SELECT id FROM feeds WHERE space = ? AND feed = ?');
    const row = select.get(spaceId, bytes) as unknown as [number] | undefined;
    // Behind those of all blocks, too: none of a feed that the table has lost becomes another one's.
    const insert = this.#sql(
      `INSERT INTO feeds (id, space, feed) VALUES (1 + max(
         coalesce((SELECT max(id) FROM feeds), 0), coalesce((SELECT max(feed) FROM blocks), 0)
       ), ?, ?)`,
    );
    const id = row?.[0] ?? Number(insert.run(spaceId, bytes).lastInsertRowid);
    this.#idByFeed.set(key, id);
    return id;
  }

  #stored([at, found, seq, hash, signature, bytes, feedId]: Row): StoredBlock {
    const feed = found ?? this.#lostFeed(Math.floor(at / POSITIONS_PER_SPACE), feedId);
    const block = {
      position: at % POSITIONS_PER_SPACE,
      feed: hex(feed) as FeedKey,
      seq,
      hash: hex(hash) as BlockHash,
      bytes: bytes as Uint8Array<ArrayBuffer>,
    };
    if (signature === null) return block;
    return { ...block, signature: signature as Uint8Array<ArrayBuffer> };
  }

  /** A feed that its table has lost: all of the table is in its index once more. @throws StoreError. */
  #lostFeed(spaceId: number, feedId: number): Uint8Array {
    const known = this.#lostFeeds.get(feedId);
    if (known !== undefined) return known;
    const select = this.#sql(
      'SELECT feed FROM feeds INDEXED BY sqlite_autoindex_feeds_1 WHERE space = ? AND +id = ?',
    );
    const row = select.get(spaceId, feedId) as unknown as [Uint8Array] | undefined;
    if (row === undefined) {
      throw new StoreError('STORE_CORRUPT', 'the store has blocks whose feed it has lost');
    }
    this.#lostFeeds.set(feedId, row[0]);
    this.#onDamage();
    return row[0];
  }

  /** After a rollback, ids made in the transaction mean nothing. */
  #forget(): void {
    this.#chain = undefined;
    this.#idBySpace.clear();
    this.#idByFeed.clear();
    this.#lastBySpace.clear();
    this.#greatestByFeed.clear();
  }

  #sql(sql: string): StatementSync {
    let statement = this.#statementBySql.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statementBySql.set(sql, statement);
    }
    return statement;
  }
}
