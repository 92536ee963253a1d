/**
 * Folds blocks in the order in which they come, and behind each those that waited for it: for the block that they
 * build on, or for keys that came with it.
 */
import { parseStored, readStored, type ParsedBlock } from '@atoll/feed';
import type { BlockHash, SpaceId, StoredBlock } from '@atoll/kernel';
import type { BlockApplier } from './block-applier.ts';
import type { ParkedBlocks } from './parked-blocks.ts';
import type { SpaceIndex } from './space-index.ts';
import type { SpaceKeys } from './space-keys.ts';
import type { SpacePorts } from './space-ports.ts';

/** After so many folded blocks the event loop gets a turn: others must not wait for a long log. */
const BLOCKS_A_TURN = 64;

/** What folding needs of a space. */
export interface BlockFoldingParts {
  readonly space: SpaceId;
  readonly ports: Pick<SpacePorts, 'clock' | 'store'>;
  readonly applier: BlockApplier;
  readonly index: SpaceIndex;
  readonly keys: SpaceKeys;
  /** Control sections were folded: keys may have come, or may not be used any more. */
  readonly controlFolded: () => Promise<void>;
  readonly parked: ParkedBlocks;
}

/** Brings blocks into the state of a space. */
export class BlockFolding {
  readonly #parts: BlockFoldingParts;
  /** Membership keys with which blocks that do not open were last tried. */
  #keysTried = 0;

  constructor(parts: BlockFoldingParts) {
    this.#parts = parts;
  }

  /** Folds what the log has. */
  async load(blocks: readonly StoredBlock[]): Promise<void> {
    for (const stored of blocks) await this.#fold(parseStored(stored.bytes, stored.hash));
  }

  /** Folds what has come, and lets others have a turn in between. */
  async arrived(blocks: readonly ParsedBlock[]): Promise<void> {
    let folded = 0;
    for (const block of blocks) {
      await this.#fold(block);
      if (++folded % BLOCKS_A_TURN === 0) await this.#yieldTurn();
    }
  }

  /** Folds blocks that were parked, then those that waited for them. */
  async parked(hashes: readonly BlockHash[]): Promise<void> {
    const { applier, ports, space } = this.#parts;
    const next = [...hashes];
    for (const hash of next) {
      const stored = await ports.store.get(space, hash);
      const parsed = stored === undefined ? undefined : readStored(stored);
      if (parsed === undefined) continue;
      const isFolded = (await applier.apply(parsed)) !== undefined;
      next.push(...(isFolded ? await this.#behind(hash) : await this.#opened()));
    }
  }

  /** Keys have come outside of a block: folds what did not open. */
  keysCame(): Promise<void> {
    return this.parked(this.#nowOpen());
  }

  /** Folds a block, then those that waited for it. */
  async #fold(block: ParsedBlock): Promise<void> {
    const isFolded = (await this.#parts.applier.apply(block)) !== undefined;
    await this.parked(isFolded ? await this.#behind(block.hash) : await this.#opened());
  }

  /** What opens with keys that a block brought although it cannot be folded yet. */
  async #opened(): Promise<readonly BlockHash[]> {
    const { applier, controlFolded } = this.#parts;
    if (applier.hasCopiesAhead) {
      applier.hasCopiesAhead = false;
      await controlFolded();
    }
    return this.#nowOpen();
  }

  /** What waited for a block that is folded now, or for keys that it has brought. */
  async #behind(folded: BlockHash): Promise<readonly BlockHash[]> {
    const { applier, controlFolded, index, parked } = this.#parts;
    const waiting = parked.takeWaitingFor(folded);
    const isControl = applier.control.at(-1)?.no === index.branches.blockOf(folded);
    if (isControl) await controlFolded();
    return [...waiting, ...this.#nowOpen()];
  }

  /** What did not open, where there are more keys than when it was last tried. */
  #nowOpen(): readonly BlockHash[] {
    const { keys, parked } = this.#parts;
    const held = keys.ring.memberships().length;
    const isMore = held > this.#keysTried;
    this.#keysTried = held;
    return isMore ? parked.takeSealed() : [];
  }

  async #yieldTurn(): Promise<void> {
    await this.#parts.ports.clock.sleep(0, new AbortController().signal);
  }
}
