/**
 * History that was dropped, on its way back: the log of a space as somebody without keys would keep it, from the
 * first block of each chain on. What comes lies beside what is here, in the same log, and is nothing to the open
 * space; only when it is complete may the space begin anew with it.
 */
import {
  BranchIndex,
  LogReplica,
  readStored,
  type Admission,
  type InnerHeader,
  type ParsedBlock,
} from '@atoll/feed';
import { toHex, type BlockHash, type Ed25519Platform, type StoredBlock } from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';
import type { SpaceKeys } from '../space/space-keys.ts';
import { carryEntries } from '../carry/carry-store.ts';
import type { ArchivePlace } from './epoch-archive.ts';
import { dropFromLog, logPages } from './log-pages.ts';
import { trialOf } from './epoch-trial.ts';
import { othersApart } from './others-apart.ts';

/** Causes that may be missing at once; peers send them before what builds on them. */
const AWAITED_MAX = 100_000;

/** What a returning log is made of. */
export interface ReturningParts {
  readonly place: ArchivePlace;
  readonly ed25519: Ed25519Platform;
  readonly keys: SpaceKeys;
  /** The log of the open space, without what was dropped. */
  readonly log: LogReplica;
  /** What the open space has folded, and what an epoch still names. */
  readonly folded: () => SpaceIndex;
}

/** See above. Valid as long as its space is open; what has come is found again by the next one. */
export class ReturningLog implements AsyncDisposable {
  readonly replica: LogReplica;
  readonly #parts: ReturningParts;
  readonly #awaited: AwaitedCauses;
  /** Blocks that have come, by number. */
  readonly #given: ReadonlySet<number>;

  private constructor(
    parts: ReturningParts,
    of: {
      readonly replica: LogReplica;
      readonly awaited: AwaitedCauses;
      readonly given: ReadonlySet<number>;
    },
  ) {
    this.#parts = parts;
    this.replica = of.replica;
    this.#awaited = of.awaited;
    this.#given = of.given;
  }

  /** Reads what is here: all of it that somebody who knows nothing could place. @throws StoreError. */
  static async open(parts: ReturningParts): Promise<ReturningLog> {
    const { ed25519, keys, place } = parts;
    const { rng, space, store } = place;
    const index = new BranchIndex(new DataView(rng.bytes(4).buffer).getUint32(0));
    const awaited = new AwaitedCauses(index);
    const given = new Set<number>();
    const replica = await LogReplica.open({
      ...{ store, ed25519, rng, space },
      resume: { index, position: 0, others: [] },
      load: (blocks: readonly StoredBlock[]) => {
        for (const stored of blocks) {
          const parsed = readStored(stored);
          const header = parsed === undefined ? undefined : keys.openHeader(parsed);
          // The space has it although it cannot read it: nothing that is shown depends on it.
          if (header?.ok === true) awaited.of(header.value);
        }
      },
      hooks: {
        // Only who has the keys of the space can have written it. What nobody here can read would have to be
        // believed, so that history with it is not taken back.
        admit: (blocks: readonly ParsedBlock[]): Promise<Admission> => {
          const headers = blocks.map((block) => keys.openHeader(block));
          const refused = headers.find((header) => !header.ok);
          if (refused?.ok === false) return Promise.resolve({ refuse: refused.code });
          for (const header of headers) if (header.ok) awaited.of(header.value);
          return Promise.resolve('store');
        },
        stored: (blocks, origin) => {
          const came = origin === 'received' ? blocks : [];
          for (const { hash } of came) given.add(index.blockOf(hash) ?? 0);
        },
      },
    });
    return new ReturningLog(parts, { replica, awaited, given });
  }

  /** Blocks that have their place: grows while history comes. */
  get blocks(): number {
    return this.replica.index.blockCount;
  }

  /**
   * True once everything that the space knows is here with everything before it, chain by chain from the first
   * block on, and with all causes; and a chain that the space does not know, or there would be no reason.
   * @throws StoreError.
   */
  async isComplete(): Promise<boolean> {
    const { folded, log } = this.#parts;
    await this.replica.catchUp();
    await this.replica.placeAgain();
    const { index } = this.replica;
    const news = index.tips().filter(({ hash }) => log.index.blockOf(hash) === undefined);
    if (news.length === 0 || !holds(index, log.index)) return false;
    if (!holds(index, folded().branches) || !this.#awaited.areHere()) return false;
    const nonces = noncesOf(folded());
    for (const { hash } of news) if (await this.#hasMore(hash, nonces)) return true;
    return false;
  }

  /**
   * True if a chain has content that was not brought over into a feed which is here (decision 0130): with the history,
   * what was would come a second time.
   */
  async #hasMore(tip: BlockHash, nonces: ReadonlySet<string>): Promise<boolean> {
    const { keys, log, place } = this.#parts;
    const { index } = this.replica;
    const ends = log.index.tips().flatMap(({ hash }) => index.blockOf(hash) ?? []);
    for (let at = index.blockOf(tip); at !== undefined; at = index.prevOf(at)) {
      const block = at;
      // Below the fork the chain is one that the space knows, or has dropped.
      if (ends.some((end) => index.isOnChain(block, end))) return false;
      const stored = await place.store.get(place.space, index.hashOf(at));
      const parsed = stored === undefined ? undefined : readStored(stored);
      const header = parsed === undefined ? undefined : keys.openHeader(parsed);
      if (header?.ok !== true) continue;
      const hasContent = header.value.sections.some(({ kind }) => kind === 'data');
      if (hasContent && !nonces.has(toHex(header.value.nonce))) return true;
    }
    return false;
  }

  /** Reads the log through: true if every block that is counted on is still in it. @throws StoreError. */
  async isStored(): Promise<boolean> {
    const { index } = this.replica;
    const there = new Uint8Array(index.blockCount);
    let found = 0;
    for await (const page of logPages(this.#parts.place)) {
      for (const stored of page) {
        const block = index.blockOf(stored.hash);
        if (block === undefined || there[block] === 1 || readStored(stored) === undefined) continue;
        there[block] = 1;
        found++;
      }
    }
    return found === there.length;
  }

  /**
   * Gives up what has come, and stops: what has its place here and none in the open space. @throws StoreError;
   * SnapshotError.
   */
  async letGo(): Promise<void> {
    const { log, place } = this.#parts;
    await this[Symbol.asyncDispose]();
    await log.catchUp();
    // Blocks that have no place for another reason are waited for: they are kept with the rest.
    if ((await trialOf(place)) !== undefined || (await carryEntries(place)).length > 0) return;
    const others = new Set((await othersApart(place)).map(({ hash }) => hash));
    const { index } = this.replica;
    await dropFromLog(place, ({ feed, hash, seq }) => {
      const block = index.blockOf(hash);
      const isGiven = block !== undefined && this.#given.has(block) && !others.has(hash);
      // Of a chain that an epoch stands for, the last block stays, and what comes behind it.
      const isUnder = seq < log.index.wholeFrom(feed) - 1;
      const isUnknown = log.index.blockOf(hash) === undefined;
      return isGiven && (isUnder || isUnknown);
    });
  }

  /** Stops. What has come stays in the log. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.replica[Symbol.asyncDispose]();
  }
}

/** Nonces of what is folded, in hex. */
function noncesOf(index: SpaceIndex): ReadonlySet<string> {
  const nonces = new Set<string>();
  for (let no = 0; no < index.branches.blockCount; no++) nonces.add(toHex(index.nonceOf(no)));
  return nonces;
}

/** Causes of blocks that are here which were not when the block came. */
class AwaitedCauses {
  readonly #index: BranchIndex;
  readonly #hashes = new Set<BlockHash>();
  #areTooMany = false;

  constructor(index: BranchIndex) {
    this.#index = index;
  }

  of({ deps }: InnerHeader): void {
    for (const { hash } of deps) {
      if (this.#index.blockOf(hash) !== undefined) continue;
      if (this.#hashes.size < AWAITED_MAX) this.#hashes.add(hash);
      else this.#areTooMany = true;
    }
  }

  areHere(): boolean {
    for (const hash of this.#hashes) {
      if (this.#index.blockOf(hash) !== undefined) this.#hashes.delete(hash);
    }
    return this.#hashes.size === 0 && !this.#areTooMany;
  }
}

/** True if an index has every block of another. */
function holds(index: BranchIndex, other: BranchIndex): boolean {
  for (let block = other.blockCount - 1; block >= 0; block--) {
    if (index.blockOfBytes(other.hashBytesOf(block)) === undefined) return false;
  }
  return true;
}
