/** Which epochs are sealed: as whoever wrote a block knew it, as is known here, and as the rows are behind them. */

/** An epoch that is sealed. */
export interface SealedEpoch {
  readonly number: number;
  /** Number of the block under which everything is settled. */
  readonly anchor: number;
}

/**
 * Epochs that are sealed, the earlier ones first, as a block's past says, without what the block itself does;
 * without a block, all that is known here.
 */
export type SealedEpochs = (block?: number) => readonly SealedEpoch[];

/** See above; of one space. */
export class EpochsKnown {
  readonly #adopted: SealedEpoch[] = [];
  /** Numbers of epochs with which something ends. */
  readonly #until = new Set<number>();
  #sealed: SealedEpochs | undefined;

  /** Says who knows of which epochs. Before, nobody's block does. */
  knowBy(sealed: SealedEpochs): void {
    this.#sealed = sealed;
  }

  /** The rows are behind an epoch; once for each. */
  adopt(epoch: SealedEpoch): void {
    this.#adopted.push(epoch);
  }

  /** Something ends with an epoch. */
  noteUntil(epoch: number): void {
    this.#until.add(epoch);
  }

  /** Those that whoever wrote a block knew; without one, all that are known here. */
  sealedTo(block: number | undefined): readonly SealedEpoch[] {
    if (this.#sealed === undefined) return block === undefined ? this.#adopted : [];
    return this.#sealed(block);
  }

  /** Those that the rows are behind, in the order in which they came to be. */
  get adopted(): readonly SealedEpoch[] {
    return this.#adopted;
  }

  /** True for those that the rows are behind, and no others. */
  areAdopted(epochs: readonly SealedEpoch[]): boolean {
    const isAdopted = ({ anchor, number }: SealedEpoch): boolean =>
      this.#adopted.some((one) => one.number === number && one.anchor === anchor);
    return epochs.length === this.#adopted.length && epochs.every(isAdopted);
  }

  /** True if whoever wrote a block knew that an epoch is sealed. */
  isSealedIn(epoch: number, block: number): boolean {
    return this.sealedTo(block).some(({ number }) => number >= epoch);
  }

  /** Numbers of epochs that end anything, as a block knows them to be sealed. */
  endingTo(block: number): readonly number[] {
    if (this.#until.size === 0) return [];
    const numbers = this.sealedTo(block).map(({ number }) => number);
    return numbers.filter((number) => this.#until.has(number));
  }

  /** So many are known here. */
  get count(): number {
    return this.sealedTo(undefined).length;
  }
}
