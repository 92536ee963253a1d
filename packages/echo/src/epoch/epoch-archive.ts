/**
 * The snapshot of the last epoch that this device keeps, in a place of its own beside that of the open
 * space: what history is dropped for, what the next epoch is folded from, and what a joiner gets. It is
 * made by folding again, and exists only if that gave the roots that were voted for.
 */
import { epochIdOf, type EpochId, type EpochTerms, type KeyRing } from '@atoll/halo';
import {
  equalBytes,
  fromHex,
  toHex,
  type AeadPlatform,
  type Log,
  type Rng,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import type { RefoldBase } from '../row-keeping.ts';
import { openDetached } from '../snapshot/detached.ts';
import { PageStore } from '../snapshot/page-store.ts';
import { findSnapshot, type FoundSnapshot } from '../snapshot/restore.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import type { SnapshotSource } from '../snapshot/snapshot-source.ts';
import type { EpochBook } from './epoch-book.ts';
import type { KeptEntry } from './enter-kept.ts';
import type { EpochReplay, ReplayHost } from './epoch-replay.ts';
import { Frontier } from './frontier.ts';
import type { PrunedState } from './pruned-state.ts';
import { sureBody, sureRecord } from './sure-record.ts';
import { sweepFetches } from './sweep-fetches.ts';

/** Part of an epoch's name that names its pages. */
const FOLDER_DIGITS = 16;

/** Where archives lie. */
export interface ArchivePlace {
  readonly store: Store;
  readonly rng: Rng;
  readonly aead?: AeadPlatform | undefined;
  readonly space: SpaceId;
  /** Secret of the identity, 32 bytes. */
  readonly secret: Uint8Array;
  readonly ring: KeyRing;
}

/** What an archive is made from. */
export interface ArchiveParts {
  readonly place: ArchivePlace;
  readonly book: EpochBook;
  readonly host: ReplayHost;
  /** True for a frontier under which there are closed zones: their history is in nobody's snapshot. */
  readonly isZoned: (terms: Pick<EpochTerms, 'anchor'>) => boolean;
  /** Key of the state root; `undefined` while this device cannot read the space. */
  readonly rootKey: () => Uint8Array | undefined;
  readonly log: Log;
}

/** Where a state is looked at. */
export type EpochPlace = Pick<EpochTerms, 'anchor' | 'collects' | 'number' | 'previous'>;

/** A state at an anchor. */
export interface StateAt {
  readonly root: Uint8Array;
  readonly order: Uint8Array<ArrayBuffer>;
  readonly pruned: PrunedState;
}

/** A kept snapshot and its pages. */
export interface KeptEpoch {
  readonly epoch: EpochId;
  readonly pages: PageStore;
  readonly found: FoundSnapshot;
}

/** The epoch whose snapshot is kept in a profile. @throws SnapshotError; StoreError. */
export async function keptEpoch(place: ArchivePlace): Promise<KeptEpoch | undefined> {
  const epoch = await pointedEpoch(place);
  if (epoch === undefined) return undefined;
  const pages = pagesOfEpoch(place, epoch);
  const found = await findSnapshot({ ...place, pages });
  return found === undefined ? undefined : { epoch, pages, found };
}

/** Makes and keeps snapshots of epochs. */
export class EpochArchive {
  readonly #parts: ArchiveParts;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
  }

  /** True for an epoch under which there are closed zones. */
  isZoned(terms: Pick<EpochTerms, 'anchor'>): boolean {
    return this.#parts.isZoned(terms);
  }

  /**
   * Keeps the snapshot of these terms, unless it is kept already. False if what was folded is not what was
   * voted for, or cannot be kept without its blocks. @throws SnapshotError; StoreError.
   */
  async make(terms: EpochTerms): Promise<boolean> {
    const { host, log, place, rootKey } = this.#parts;
    const key = rootKey();
    const epoch = epochIdOf(terms);
    if (this.#isPartedFrom(terms)) return false;
    if (this.isZoned(terms)) return false;
    const kept = await this.#kept();
    if (kept?.epoch === epoch) return true;
    // What lies here now was not proved: nothing is built on it, and what was before it stays.
    if ((await place.store.value(trialName(place.space))) !== undefined) return false;
    const found = await this.stateAt(terms);
    if (found === undefined || key === undefined) return false;
    const { order, pruned, root } = found;
    const isRight =
      terms.roots.every((voted) => equalBytes(voted.root, root)) && equalBytes(terms.order, order);
    if (!isRight) {
      log.event('error', 'space.epoch-differs', { number: terms.number });
      return false;
    }
    if (!pruned.isComplete) return false;
    await pruned.write(pagesOfEpoch(place, epoch), { key, turn: () => host.turn() });
    await place.store.commit({ values: new Map([[pointerName(place.space), pointerTo(epoch)]]) });
    await kept?.pages.removeOthers(new Set(), false);
    // What somebody else would have given is here: a fetch that was never ended is of no use.
    await sweepFetches(place);
    return true;
  }

  /** What is kept, to be served to who has no history. @throws SnapshotError; StoreError. */
  async source(): Promise<
    { readonly terms: EpochTerms; readonly source: SnapshotSource } | undefined
  > {
    const { book, host, rootKey } = this.#parts;
    const key = rootKey();
    const kept = await this.#kept();
    const terms = kept === undefined ? undefined : book.lineage(kept.epoch).at(-1);
    if (key === undefined || kept === undefined || terms === undefined) return undefined;
    const { found, pages } = kept;
    const turn = (): Promise<void> => host.turn();
    const state = await openDetached(found, { pages, turn });
    const { SnapshotSource } = await import('../snapshot/snapshot-source.ts');
    return { terms, source: await SnapshotSource.of(state, key, turn) };
  }

  /** False while this device cannot read the space, and so works out no state. */
  get canFold(): boolean {
    return this.#parts.rootKey() !== undefined;
  }

  /**
   * The state at an anchor, folded apart from the open space: its roots, and what is to be kept of it.
   * `undefined` while this device cannot read the space. @throws SnapshotError; StoreError.
   */
  async stateAt(place: EpochPlace): Promise<StateAt | undefined> {
    const { host, rootKey } = this.#parts;
    const key = rootKey();
    const kept = await this.#kept();
    const replay = key === undefined ? undefined : await this.#replay(place, kept);
    if (key === undefined || replay === undefined) return undefined;
    const root = (await replay.root(key)).slice();
    const turn = (): Promise<void> => host.turn();
    const again = await import('./fold-again.ts');
    const pruned = await again.PrunedState.of(replay, turn);
    return { root, order: await pruned.orderRoot(key, turn), pruned };
  }

  async #replay(terms: EpochPlace, kept: KeptEpoch | undefined): Promise<EpochReplay | undefined> {
    const { book, host } = this.#parts;
    const again = await import('./fold-again.ts');
    if (kept === undefined) {
      const steps = this.#steps(terms, undefined);
      if (steps === undefined) return undefined;
      return this.#fold(again.EpochReplay.empty(host), steps);
    }
    const before = book.lineage(kept.epoch).at(-1);
    const under = before === undefined ? undefined : Frontier.at(host.index, before.anchor);
    const steps = before === undefined ? undefined : this.#steps(terms, before);
    if (steps === undefined || under === undefined) return undefined;
    if (Frontier.at(host.index, terms.anchor)?.has(under.anchor) !== true) {
      throw new SnapshotError('SNAPSHOT_AHEAD', 'the kept epoch is not one of those before');
    }
    const replay = await again.EpochReplay.from(kept.found, kept.pages, host);
    return this.#fold(replay, steps, under);
  }

  async #fold(
    replay: EpochReplay,
    steps: readonly ReplayStep[],
    under?: Frontier,
  ): Promise<EpochReplay> {
    for (const { blocks, lineage, terms } of steps) {
      await replay.extend(under === undefined ? blocks : blocks.filter((no) => !under.has(no)));
      await replay.adopt(terms, lineage);
      await this.#parts.host.turn();
    }
    return replay;
  }

  /**
   * What is folded up to an anchor, in the order that epochs share: the frontiers of those behind `after`,
   * each followed by its collection.
   */
  #steps(place: EpochPlace, after: EpochTerms | undefined): readonly ReplayStep[] | undefined {
    const { book, host } = this.#parts;
    const lineage = book.lineage(place.previous);
    // Frontiers of epochs that the kept one covers say nothing more about the order.
    const from = lineage.findIndex(({ number }) => number > (after?.number ?? 0));
    const first = from < 0 ? lineage.length : from;
    const earlier: Frontier[] = [];
    const steps: ReplayStep[] = [];
    for (const [at, terms] of [...lineage, place].entries()) {
      if (at < first) continue;
      const frontier = Frontier.at(host.index, terms.anchor);
      if (frontier === undefined) return undefined;
      steps.push({
        blocks: frontier.blocksBeyond(earlier),
        lineage: lineage.slice(0, at),
        terms,
      });
      earlier.push(frontier);
    }
    return steps;
  }

  /** The kept epoch as what rows are folded again from. @throws SnapshotError; StoreError. */
  async base(live: Fold): Promise<RefoldBase | undefined> {
    const found = await this.#under();
    if (found === undefined) return undefined;
    const { replay, terms, under } = found;
    return {
      number: terms.number,
      has: (no) => under.has(no),
      state: (row) => replay.stateFor(live, row),
    };
  }

  /** The kept epoch as what the past is folded from. @throws SnapshotError; StoreError. */
  async beginning(): Promise<EpochBeginning | undefined> {
    const found = await this.#under();
    if (found === undefined) return undefined;
    const { replay, terms, under } = found;
    const { enterKept } = await import('./fold-again.ts');
    return {
      number: terms.number,
      anchor: under.anchor,
      has: (no) => under.has(no),
      enter: (entry) => enterKept(replay, this.#parts.host, entry),
    };
  }

  /** The epoch that is kept here. @throws SnapshotError; StoreError. */
  pointed(): Promise<EpochId | undefined> {
    return pointedEpoch(this.#parts.place);
  }

  /**
   * Gives up the kept snapshot if a branch has become known that parts from its feed under the epoch and is not
   * in it: the history is here then, and what is folded has to begin with it until an epoch has the branch.
   * @throws SnapshotError; StoreError.
   */
  async giveUpParted(): Promise<void> {
    const { book, log, place } = this.#parts;
    const { space, store } = place;
    const epoch = await pointedEpoch(place);
    const terms = epoch === undefined ? undefined : book.lineage(epoch).at(-1);
    if (epoch === undefined || terms === undefined || !this.#isPartedFrom(terms)) return;
    // On trial it is not known yet which of both is to be left.
    if ((await store.value(trialName(space))) !== undefined) return;
    log.event('warn', 'space.epoch-given-up', { number: terms.number });
    await store.commit({ values: new Map([[pointerName(space), undefined]]) });
    await pagesOfEpoch(place, epoch).removeOthers(new Set(), false);
  }

  async #kept(): Promise<KeptEpoch | undefined> {
    await this.giveUpParted();
    return keptEpoch(this.#parts.place);
  }

  #isPartedFrom({ anchor }: Pick<EpochTerms, 'anchor'>): boolean {
    return Frontier.at(this.#parts.host.index, anchor)?.isPartedFrom() ?? false;
  }

  async #under(): Promise<
    | { readonly replay: EpochReplay; readonly terms: EpochTerms; readonly under: Frontier }
    | undefined
  > {
    const { book, host } = this.#parts;
    const kept = await this.#kept();
    const terms = kept === undefined ? undefined : book.lineage(kept.epoch).at(-1);
    const under = terms === undefined ? undefined : Frontier.at(host.index, terms.anchor);
    if (kept === undefined || terms === undefined || under === undefined) return undefined;
    const again = await import('./fold-again.ts');
    const replay = await again.EpochReplay.from(kept.found, kept.pages, host);
    return { replay, terms, under };
  }
}

/** An epoch whose state is kept, for folding what came later on top of it. */
export interface EpochBeginning {
  readonly number: number;
  /** Its anchor, as a block of the open space. */
  readonly anchor: number;
  /** True for a block under its frontier. */
  has(block: number): boolean;
  /** Enters its state into a fold that has seen nothing. @throws SnapshotError. */
  enter(entry: KeptEntry): Promise<void>;
}

/** Blocks to be folded, and the epoch that comes behind them. */
interface ReplayStep {
  readonly blocks: readonly number[];
  readonly terms: EpochPlace;
  /** Epochs before it. */
  readonly lineage: readonly EpochTerms[];
}

/** Where the snapshot of an epoch lies. */
export function pagesOfEpoch(place: ArchivePlace, epoch: EpochId): PageStore {
  return new PageStore({ ...place, folder: `epoch-${epoch.slice(0, FOLDER_DIGITS)}` });
}

/** The epoch that is to be kept, as far as the profile's record says. @throws SnapshotError; StoreError. */
export async function pointedEpoch(place: ArchivePlace): Promise<EpochId | undefined> {
  const record = await place.store.value(pointerName(place.space));
  return record === undefined ? undefined : (toHex(sureBody(record)) as EpochId);
}

/** The record that says that an epoch is kept. */
export function pointerTo(epoch: EpochId): Uint8Array<ArrayBuffer> {
  return sureRecord(fromHex(epoch) ?? new Uint8Array(0));
}

/** Name of the value that says which epoch is kept. */
export function pointerName(space: SpaceId): string {
  return `epoch/${space}`;
}

/** Name of the value that says that the kept epoch is on trial. */
export function trialName(space: SpaceId): string {
  return `epoch-trial/${space}`;
}

/** Name of the value that says what of others' work is kept although the epoch has no place for it. */
export function othersName(space: SpaceId): string {
  return `others-apart/${space}`;
}
