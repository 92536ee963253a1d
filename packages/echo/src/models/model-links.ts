/** Which op made what, in the numbering of a model whose ops cannot be left out one by one. */
import type { ModelOp } from './model-state.ts';
import type { ModelLinks } from './model.ts';

interface Made {
  readonly from: number;
  readonly end: number;
  readonly op: ModelOp;
}

/** What ops made, by writer. */
export class LinkTable {
  readonly #byWriter = new Map<number, Made[]>();

  /** Enters what an op made. */
  enter(op: ModelOp, links: ModelLinks): void {
    for (const { writer, from, count } of links.makes) {
      if (count <= 0) continue;
      const made = this.#byWriter.get(writer) ?? [];
      this.#byWriter.set(writer, made);
      const at = placeOf(made, from);
      made.splice(at, 0, { from, end: from + count, op });
    }
  }

  /** The ops that made what is needed. What nobody made is left out: it is for the model to wait for it. */
  needs(links: ModelLinks): ModelOp[] {
    const ops = new Set<ModelOp>();
    for (const { writer, at } of links.needs) {
      const made = this.#byWriter.get(writer) ?? [];
      const before = made[placeOf(made, at + 1) - 1];
      if (before !== undefined && at < before.end) ops.add(before.op);
    }
    return [...ops];
  }
}

/** Index of the first stretch that begins at or behind a number. */
function placeOf(made: readonly Made[], from: number): number {
  let low = 0;
  let high = made.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((made[middle] as Made).from < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
