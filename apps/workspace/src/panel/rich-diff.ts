/** Two states of a rich text in one: what stayed, what came, what went, block by block. */
import type { Block, Marks, RichDelta, RichDocument } from '@atoll/schema';

/** How a stretch came to be: `formatted` stayed, with other marks. */
export type Change = 'kept' | 'added' | 'removed' | 'formatted';

/** Text with one set of marks and one fate. */
export interface DiffRun {
  readonly text: string;
  readonly marks: Marks;
  readonly change: Change;
}

/** A block with its fate; `formatted` is another kind of block now. */
export interface DiffBlock {
  readonly block: Block;
  readonly change: Change;
  readonly runs: readonly DiffRun[];
}

interface Building {
  block: Block;
  change: Change;
  runs: DiffRun[];
}

/** What a delta makes of a document. Without one, the document. */
export function diffBlocks(before: RichDocument, delta: RichDelta): readonly DiffBlock[] {
  const weaver = new Weaver(before);
  for (const op of delta) {
    if ('start' in op) weaver.start(op.start);
    else if ('delete' in op) weaver.pass(op.delete, { change: 'removed' });
    else if ('retain' in op) {
      const { attributes, block } = op;
      weaver.pass(op.retain, {
        change: attributes === undefined ? 'kept' : 'formatted',
        attributes: attributes ?? {},
        ...(block === undefined ? {} : { block }),
      });
    } else if (typeof op.insert !== 'string') weaver.begin(op.insert.block, 'added');
    else {
      const marks = ('attributes' in op ? op.attributes : undefined) ?? {};
      weaver.add({ text: op.insert, marks, change: 'added' });
    }
  }
  return weaver.finish();
}

interface Passing {
  readonly change: Change;
  readonly attributes?: Readonly<Record<string, Marks[string] | null>>;
  readonly block?: Block;
}

/** Walks through a document unit by unit. */
class Weaver {
  readonly #before: RichDocument;
  readonly #blocks: Building[];
  /** Where it is: a block, a run of it, a unit of that. */
  #block = 0;
  #run = 0;
  #unit = 0;

  constructor(before: RichDocument) {
    this.#before = before;
    const block: Block = before[0]?.block ?? { kind: 'paragraph' };
    this.#blocks = [{ block, change: 'kept', runs: [] }];
  }

  start(block: Block): void {
    const first = this.#blocks[0] as Building;
    first.block = block;
    first.change = 'formatted';
  }

  begin(block: Block, change: Change): void {
    this.#blocks.push({ block, change, runs: [] });
  }

  add(run: DiffRun): void {
    if (run.text !== '') this.#blocks.at(-1)?.runs.push(run);
  }

  /** Passes units; a boundary among them begins the next block. */
  pass(count: number, passing: Passing): void {
    for (let left = count; left > 0;) {
      const run = this.#before[this.#block]?.runs[this.#run];
      if (run !== undefined) {
        const text = run.text.slice(this.#unit, this.#unit + left);
        this.add({ text, marks: marksAfter(run.marks, passing), change: passing.change });
        left -= text.length;
        this.#unit += text.length;
        if (this.#unit === run.text.length) {
          this.#run++;
          this.#unit = 0;
        }
        continue;
      }
      const next = this.#before[this.#block + 1];
      if (next === undefined) return;
      this.#block++;
      this.#run = 0;
      left--;
      const isOther = passing.block !== undefined && passing.change !== 'removed';
      this.begin(
        passing.block ?? next.block,
        isOther ? 'formatted' : passing.change === 'removed' ? 'removed' : 'kept',
      );
    }
  }

  /** The rest stays. */
  finish(): readonly DiffBlock[] {
    this.pass(Number.MAX_SAFE_INTEGER, { change: 'kept' });
    return this.#blocks;
  }
}

function marksAfter(marks: Marks, { attributes }: Passing): Marks {
  if (attributes === undefined) return marks;
  const after = Object.entries({ ...marks, ...attributes });
  return Object.fromEntries(after.filter(([, value]) => value !== null)) as Marks;
}
