/** Figures of a group of objects that can be added to and taken from: sums, means, least and greatest. */
import { compareValues, isNothing, valueKey, type Shown } from './value-order.ts';
import { ExactSum } from './exact-sum.ts';
import { SortedList } from './sorted-list.ts';

/** What is asked of a field. */
export type FigureKind = 'sum' | 'avg' | 'min' | 'max';

/** A running figure. Objects without a value do not count. */
export interface Figure {
  add(value: Shown): void;
  remove(value: Shown): void;
  /** Adds a figure of the same kind over other objects. */
  absorb(other: Figure): void;
  /** `undefined` where there is nothing to tell of: no mean, least or greatest of no values. */
  value(): Shown;
}

/** Makes a figure; `isKept`: values will be taken away from it again. */
export function makeFigure(kind: FigureKind, isKept: boolean): Figure {
  if (kind === 'sum' || kind === 'avg') return new SumFigure(kind === 'avg');
  return isKept ? new EdgeFigure(kind) : new EdgeOnce(kind);
}

class SumFigure implements Figure {
  readonly #isMean: boolean;
  readonly #sum = new ExactSum();
  #count = 0;
  #bigCount = 0;

  constructor(isMean: boolean) {
    this.#isMean = isMean;
  }

  add(value: Shown): void {
    this.#change(value, 1);
  }

  remove(value: Shown): void {
    this.#change(value, -1);
  }

  value(): Shown {
    if (this.#isMean) return this.#count === 0 ? undefined : this.#sum.number() / this.#count;
    return this.#bigCount > 0 && this.#bigCount === this.#count
      ? this.#sum.bigint()
      : this.#sum.number();
  }

  absorb(other: Figure): void {
    if (!(other instanceof SumFigure)) return;
    this.#sum.absorb(other.#sum);
    this.#count += other.#count;
    this.#bigCount += other.#bigCount;
  }

  #change(value: Shown, sign: 1 | -1): void {
    if (typeof value !== 'number' && typeof value !== 'bigint') return;
    this.#sum.add(value, sign);
    this.#count += sign;
    if (typeof value === 'bigint') this.#bigCount += sign;
  }
}

/** The least or greatest of values that stay. */
class EdgeOnce implements Figure {
  readonly #sign: 1 | -1;
  #value: Shown;

  constructor(kind: 'min' | 'max') {
    this.#sign = kind === 'min' ? 1 : -1;
  }

  add(value: Shown): void {
    if (isNothing(value)) return;
    const isFirst = this.#value === undefined;
    if (isFirst || compareValues(value, this.#value) * this.#sign < 0) this.#value = value;
  }

  absorb(other: Figure): void {
    this.add(other.value());
  }

  remove(): void {
    // Values that stay are never taken away.
  }

  value(): Shown {
    return this.#value;
  }
}

/** Distinct values in order, with how often each is there. */
class EdgeFigure implements Figure {
  readonly #edge: 'first' | 'last';
  readonly #values = new SortedList<{ readonly value: Shown }>((a, b) =>
    compareValues(a.value, b.value),
  );
  readonly #countByKey = new Map<string, number>();

  constructor(kind: 'min' | 'max') {
    this.#edge = kind === 'min' ? 'first' : 'last';
  }

  add(value: Shown): void {
    if (isNothing(value)) return;
    const key = valueKey(value);
    const count = this.#countByKey.get(key) ?? 0;
    this.#countByKey.set(key, count + 1);
    if (count === 0) this.#values.add({ value });
  }

  remove(value: Shown): void {
    if (isNothing(value)) return;
    const key = valueKey(value);
    const count = (this.#countByKey.get(key) ?? 0) - 1;
    if (count > 0) this.#countByKey.set(key, count);
    else {
      this.#countByKey.delete(key);
      this.#values.delete({ value });
    }
  }

  absorb(other: Figure): void {
    this.add(other.value());
  }

  value(): Shown {
    return this.#values.edge(this.#edge)?.value;
  }
}
