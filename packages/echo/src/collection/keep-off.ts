/** Lets own inserts hang on nothing that an epoch may collect soon. */
import type { Sequence } from '../sequence/sequence.ts';
import { avoidedUnits, type SequenceState } from './collect-sequence.ts';

/** What own edits of texts and lists keep off. */
export class KeepOff {
  #hasListed: ((block: number) => boolean) | undefined;
  /** For which list each sequence knows what to keep off. */
  readonly #known = new WeakMap<Sequence, (block: number) => boolean>();

  /** Sets the blocks whose deletions are listed. */
  set(hasListed: ((block: number) => boolean) | undefined): void {
    this.#hasListed = hasListed;
  }

  /** True for a block whose deletions may be collected soon. */
  hasListed(block: number): boolean {
    return this.#hasListed?.(block) ?? false;
  }

  /** To be called before an edit. */
  before(state: SequenceState): void {
    const { sequence } = state.kind === 'text' ? state.text : state.list;
    const hasListed = this.#hasListed;
    if (this.#known.get(sequence) === hasListed) return;
    sequence.avoid(hasListed === undefined ? undefined : avoidedUnits(state, hasListed));
    if (hasListed !== undefined) this.#known.set(sequence, hasListed);
  }
}
