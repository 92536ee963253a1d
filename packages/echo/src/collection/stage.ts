/** What a sealed epoch does to rows: what its frontier covers is settled, and what was listed is collected. */

/** One epoch, as rows see it. */
export interface CollectionStage {
  readonly number: number;
  /** True for a block under its frontier. */
  isUnder(block: number): boolean;
  /** True for a feed, given by its key in hex, whose chains part under its frontier: that must stay known. */
  hasParted(feed: string): boolean;
  /**
   * True for a block under the frontier at which the list was made: units that such a block has hidden are
   * collected. Absent: nothing is.
   */
  readonly hasListed: ((block: number) => boolean) | undefined;
  /** The same for the deletion of objects, which are listed an epoch later than units. */
  readonly hasListedObjects: ((block: number) => boolean) | undefined;
}

/** What stands on the list of an epoch: the blocks whose deletions do. */
export interface Listed {
  readonly units: (block: number) => boolean;
  readonly objects: (block: number) => boolean;
}

/** The same answers, each asked for once. */
export function remembered(ask: (block: number) => boolean): (block: number) => boolean {
  const known = new Map<number, boolean>();
  return (block) => {
    let answer = known.get(block);
    if (answer === undefined) known.set(block, (answer = ask(block)));
    return answer;
  };
}
