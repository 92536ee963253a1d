/**
 * Work apart and the feeds that it is carried over in: one new feed for each branch of it, so that what was
 * written beside each other stays beside each other. Each block has a block that stands for it.
 */
import { fromHex, toHex, type BlockHash, type FeedKey } from '@atoll/kernel';
import { BranchTable } from '../branch-table.ts';
import { objectIdBytes } from '../op-ids.ts';
import { SpaceChains } from '../space/space-chains.ts';
import type { SpaceIndex } from '../space/space-index.ts';

/** The blocks apart of one branch, in their own order. */
export interface ApartGroup {
  /** Number of its feed in the plan; absent where another device has brought it over already. */
  readonly no?: number;
  /** Local number of the branch. */
  readonly branch: number;
  /** Numbers of the blocks. */
  readonly blocks: readonly number[];
  /** Seq of the first of them. */
  readonly firstSeq: number;
  /** The feed that the work goes to. */
  readonly feed: FeedKey;
  readonly feedBytes: Uint8Array;
  /** Seq that the first block has there: those before only name what it builds on. */
  readonly newSeq: number;
}

/** Where a block goes. */
export interface CarriedPlace {
  readonly group: ApartGroup;
  readonly seq: number;
}

/** Which blocks are apart, and where they go. */
export class ApartMap {
  readonly index: SpaceIndex;
  readonly groups: readonly ApartGroup[];
  /** Names of branches here. */
  readonly branches: BranchTable;
  readonly #places = new Map<number, CarriedPlace>();
  readonly #groups = new Map<number, ApartGroup>();
  /** New ids of objects by their ids, both in hex. */
  readonly #ids = new Map<string, string>();

  constructor(index: SpaceIndex, groups: readonly ApartGroup[]) {
    this.index = index;
    this.groups = groups;
    this.branches = new BranchTable(new SpaceChains(index.branches));
    for (const group of groups) {
      this.#groups.set(group.branch, group);
      group.blocks.forEach((block, at) => {
        this.#places.set(block, { group, seq: group.newSeq + at });
      });
    }
  }

  /** Where a block goes; `undefined` if it is not apart. */
  placeOf(block: number): CarriedPlace | undefined {
    return this.#places.get(block);
  }

  /** The work apart at the end of a branch. */
  groupOf(branch: number): ApartGroup | undefined {
    return this.#groups.get(branch);
  }

  /** Enters objects that a block created, from the number of the first one in the block. */
  enterObjects(block: number, first: number, creations: number): void {
    const place = this.#places.get(block);
    const from = fromHex(this.index.branches.feedOf(block));
    if (place === undefined || from === undefined) return;
    const nonce = this.index.nonceOf(block);
    for (let at = first; at < first + creations; at++) {
      const id = toHex(objectIdBytes({ feed: from, nonce }, at));
      this.#ids.set(id, toHex(objectIdBytes({ feed: place.group.feedBytes, nonce }, at)));
    }
  }

  /** New id of an object that was created apart, both in hex. */
  newId(id: string): string | undefined {
    return this.#ids.get(id);
  }

  /** True if nothing was created apart. */
  get hasNoObjects(): boolean {
    return this.#ids.size === 0;
  }

  /** Branches that a name in hex can mean: those of a feed, or through a block. */
  branchesNamed(name: string): readonly number[] {
    const known = this.branches.of(name);
    if (known.length > 0) return known;
    const start = this.branches.find(name);
    return start === undefined ? [] : this.branches.through(start);
  }

  /**
   * How a branch is named where the work goes, for what is not apart: a block that is apart is no name
   * there.
   */
  outerName(name: string): string {
    const block = this.index.branches.blockOf(name as BlockHash);
    const isApart = block !== undefined && this.#places.has(block);
    return isApart ? this.index.branches.feedOf(block) : name;
  }
}
