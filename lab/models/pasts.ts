/** What comes before what in the history of a model: blocks by name, and all that is in the past of each. */

/** A block, as far as its place in history is concerned. */
export interface PastBlock {
  readonly name: string;
  /** Names of the blocks it comes directly after; one that is not known counts for nothing. */
  readonly before: readonly string[];
}

/** The pasts of some blocks, each found out once. */
export class Pasts<B extends PastBlock> {
  readonly byName: ReadonlyMap<string, B>;
  readonly #pasts = new Map<string, ReadonlySet<string>>();

  constructor(blocks: readonly B[]) {
    this.byName = new Map(blocks.map((block) => [block.name, block]));
  }

  /** Names of all known blocks in the past of this, itself left out. */
  of(block: PastBlock): ReadonlySet<string> {
    const known = this.#pasts.get(block.name);
    if (known !== undefined) return known;
    const past = new Set<string>();
    for (const name of block.before) {
      const before = this.byName.get(name);
      if (before === undefined) continue;
      past.add(name);
      for (const earlier of this.of(before)) past.add(earlier);
    }
    this.#pasts.set(block.name, past);
    return past;
  }
}
