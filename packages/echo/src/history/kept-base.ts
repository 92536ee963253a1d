/** Where the history of an open space begins: whether it is whole, and if not, the kept state of an epoch. */
import type { EpochId } from '@atoll/halo';
import type { BlockContext } from '../block-context.ts';
import type { Fold } from '../fold.ts';
import type { EpochBeginning } from '../epoch/epoch-archive.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import type { SpaceIndex } from '../space/space-index.ts';
import type { HistoryBase } from './history-host.ts';

/** What has to be known of the space. */
export interface KeptBaseHost {
  readonly index: SpaceIndex;
  readonly epochs: {
    readonly archive: {
      pointed(): Promise<EpochId | undefined>;
      beginning(): Promise<EpochBeginning | undefined>;
    };
    /** False where blocks are missing in the log. @throws StoreError. */
    isHistoryWhole(): Promise<boolean>;
  };
  contextOf(block: number): BlockContext;
  /** When this device dropped what is under an epoch. @throws StoreError. */
  droppedAtMs(epoch: EpochId): Promise<number | undefined>;
}

/** Finds out where history begins, and keeps it as long as somebody uses it. */
export class KeptBase {
  readonly #host: KeptBaseHost;
  /** The epoch, and when it was dropped for, of which history was found to be whole. */
  #whole: string | undefined;
  #known: { readonly of: string; readonly base: WeakRef<HistoryBase> } | undefined;

  constructor(host: KeptBaseHost) {
    this.#host = host;
  }

  /** See `HistoryHost.base`. @throws SnapshotError, StoreError. */
  async find(): Promise<HistoryBase | undefined> {
    const { epochs } = this.#host;
    const epoch = await epochs.archive.pointed();
    if (epoch === undefined) return undefined;
    const droppedMs = await this.#host.droppedAtMs(epoch);
    const of = `${epoch} ${droppedMs ?? ''}`;
    if (this.#whole === of) return undefined;
    const known = this.#known?.of === of ? this.#known.base.deref() : undefined;
    if (known !== undefined) return known;
    if (droppedMs === undefined && this.#isIndexWhole() && (await epochs.isHistoryWhole())) {
      this.#whole = of;
      return undefined;
    }
    const beginning = await epochs.archive.beginning();
    // Not to be told from nothing: blocks that are here say little without those before.
    if (beginning === undefined) throw new SnapshotError('SNAPSHOT_MISSING', 'of the kept epoch');
    const base = this.#baseOf(beginning, droppedMs);
    this.#known = { of, base: new WeakRef(base) };
    return base;
  }

  #baseOf(beginning: EpochBeginning, droppedMs: number | undefined): HistoryBase {
    const { index } = this.#host;
    const context = (block: number): BlockContext => this.#host.contextOf(block);
    let sinceMs = index.timeMsOf(beginning.anchor);
    for (let block = 0; block < index.branches.blockCount; block++) {
      const timeMs = index.timeMsOf(block);
      if (timeMs > sinceMs && beginning.has(block)) sinceMs = timeMs;
    }
    return {
      number: beginning.number,
      anchor: beginning.anchor,
      sinceMs,
      ...(droppedMs === undefined ? {} : { droppedMs }),
      has: (block) => beginning.has(block),
      enter: (entry: { readonly fold: Fold; readonly only?: Iterable<string> }) =>
        beginning.enter({ ...entry, context }),
    };
  }

  /** Whether the order has each chain from its beginning on: that of a kept epoch has not. */
  #isIndexWhole(): boolean {
    const { branches } = this.#host.index;
    for (let branch = 0; branch < branches.branchCount; branch++) {
      const end = branches.seqOf(branches.branchEnd(branch));
      for (let seq = branches.branchFork(branch); seq <= end; seq++) {
        if (branches.blockAt(branch, seq) === undefined) return false;
      }
    }
    return true;
  }
}
