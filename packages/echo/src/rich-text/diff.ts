/** The delta that makes one document of another: by the edit that is known, or by comparing blocks. */
import type { Block, Marks, RichBlock, RichDelta, RichDocument, RichRun } from '@atoll/schema';
import { PARAGRAPH } from './block-value.ts';
import { DeltaBuilder, textOfBlock, textOfDocument } from './delta.ts';

/** A stretch that was replaced, in units of the whole document. */
export interface Replaced {
  readonly from: number;
  /** Where it ended before, and where it ends now. */
  readonly to: number;
  readonly now: number;
}

/** Pairs of blocks that are compared at most; beyond it the middle is replaced as a whole. */
const PAIRS_MAX = 1_000_000;

/**
 * The delta from one document to another. With `replaced`, what is outside of that stretch is taken for
 * the same text: an editor knows which of two equal letters was typed, a comparison does not.
 */
export function deltaBetween(
  before: RichDocument,
  after: RichDocument,
  replaced?: Replaced,
): RichDelta {
  const builder = new DeltaBuilder();
  builder.start(before[0]?.block ?? PARAGRAPH, after[0]?.block ?? PARAGRAPH);
  if (replaced === undefined) compareBlocks(builder, before, after);
  else replaceFlat(builder, { before: new Flat(before), after: new Flat(after) }, replaced);
  return builder.finish();
}

/** A document as units, each with marks or, if it is a boundary, a block. */
class Flat {
  readonly text: string;
  readonly #document: RichDocument;
  /** The next piece: block, run, and the unit at which it begins. */
  #block = 0;
  #run = 0;
  #at = 0;

  constructor(document: RichDocument) {
    this.#document = document;
    this.text = textOfDocument(document);
  }

  /** The piece at a unit, cut at `end`; units must be asked for in order. */
  piece(
    at: number,
    end: number,
  ): { readonly count: number } & ({ marks: Marks } | { block: Block }) {
    for (;;) {
      const { runs } = this.#document[this.#block] as RichBlock;
      const run = runs[this.#run];
      if (run === undefined) {
        if (at === this.#at) {
          return { count: 1, block: (this.#document[this.#block + 1] as RichBlock).block };
        }
        this.#block++;
        this.#run = 0;
        this.#at++;
      } else if (at < this.#at + run.text.length) {
        return { count: Math.min(end, this.#at + run.text.length) - at, marks: run.marks };
      } else {
        this.#run++;
        this.#at += run.text.length;
      }
    }
  }
}

interface Flats {
  readonly before: Flat;
  readonly after: Flat;
}

function replaceFlat(builder: DeltaBuilder, flats: Flats, replaced: Replaced): void {
  const { before, after } = flats;
  const was = before.text.slice(replaced.from, replaced.to);
  const is = after.text.slice(replaced.from, replaced.now);
  // The end first: of a block that is put before another one, the boundary is new, not that of the other.
  const { start, end } = commonEnds(was, is, 'end');
  const from = replaced.from + start;
  const to = replaced.to - end;
  const now = replaced.now - end;
  keep(builder, flats, { before: 0, after: 0, count: from });
  builder.delete(to - from);
  for (let at = from; at < now;) {
    const piece = after.piece(at, now);
    if ('block' in piece) builder.insertBlock(piece.block);
    else builder.insert(after.text.slice(at, at + piece.count), piece.marks);
    at += piece.count;
  }
  keep(builder, flats, { before: to, after: now, count: before.text.length - to });
}

/** Passes units that are the same text on both sides. */
function keep(
  builder: DeltaBuilder,
  { before, after }: Flats,
  same: { readonly before: number; readonly after: number; readonly count: number },
): void {
  for (let done = 0; done < same.count;) {
    const old = before.piece(same.before + done, same.before + same.count);
    const next = after.piece(same.after + done, same.after + same.count);
    if ('block' in old && 'block' in next) {
      builder.retainBlock(old.block, next.block);
      done++;
    } else if ('marks' in old && 'marks' in next) {
      const count = Math.min(old.count, next.count);
      builder.retain(count, old.marks, next.marks);
      done += count;
    } else {
      // The texts are not the same here: as good as it gets without a boundary inside of text.
      builder.retain(1);
      done++;
    }
  }
}

/** Units that two texts share at both ends, without taking a surrogate pair apart. */
function commonEnds(
  a: string,
  b: string,
  first: 'start' | 'end' = 'start',
): { readonly start: number; readonly end: number } {
  const shorter = Math.min(a.length, b.length);
  if (first === 'end') {
    const end = commonEnd(a, b, shorter);
    return { start: commonStart(a, b, shorter - end), end };
  }
  const start = commonStart(a, b, shorter);
  return { start, end: commonEnd(a, b, shorter - start) };
}

function commonStart(a: string, b: string, most: number): number {
  let start = 0;
  while (start < most && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  return start > 0 && isFirstHalf(a.charCodeAt(start - 1)) ? start - 1 : start;
}

function commonEnd(a: string, b: string, most: number): number {
  let end = 0;
  while (end < most && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  return end > 0 && isSecondHalf(a.charCodeAt(a.length - end)) ? end - 1 : end;
}

function isFirstHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isSecondHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** Walks both documents along the blocks that are alike; those between are compared one by one. */
function compareBlocks(builder: DeltaBuilder, before: RichDocument, after: RichDocument): void {
  let [old, next] = [0, 0];
  for (const [oldAt, nextAt] of [...alike(before, after), [before.length, after.length]] as const) {
    while (old < oldAt && next < nextAt) {
      pairBlocks(builder, { before, old: old++, after, next: next++ });
    }
    for (; old < oldAt; old++) dropBlock(builder, before, old);
    for (; next < nextAt; next++) addBlock(builder, after, next);
    if (oldAt === before.length) return;
    pairBlocks(builder, { before, old: old++, after, next: next++ });
  }
}

function dropBlock(builder: DeltaBuilder, before: RichDocument, at: number): void {
  builder.delete((at > 0 ? 1 : 0) + textOfBlock(before[at] as RichBlock).length);
}

function addBlock(builder: DeltaBuilder, after: RichDocument, at: number): void {
  const { block, runs } = after[at] as RichBlock;
  if (at > 0) builder.insertBlock(block);
  for (const { text, marks } of runs) builder.insert(text, marks);
}

function pairBlocks(
  builder: DeltaBuilder,
  pair: {
    readonly before: RichDocument;
    readonly old: number;
    readonly after: RichDocument;
    readonly next: number;
  },
): void {
  const old = pair.before[pair.old] as RichBlock;
  const next = pair.after[pair.next] as RichBlock;
  if (pair.old > 0 && pair.next > 0) builder.retainBlock(old.block, next.block);
  else if (pair.old > 0) builder.delete(1);
  else if (pair.next > 0) builder.insertBlock(next.block);
  const { start, end } = commonEnds(textOfBlock(old), textOfBlock(next));
  const flats = { before: new Flat([{ ...old }]), after: new Flat([{ ...next }]) };
  const oldTo = flats.before.text.length - end;
  const nextTo = flats.after.text.length - end;
  keep(builder, flats, { before: 0, after: 0, count: start });
  builder.delete(oldTo - start);
  for (const { text, marks } of runsBetween(next.runs, start, nextTo)) builder.insert(text, marks);
  keep(builder, flats, { before: oldTo, after: nextTo, count: end });
}

function runsBetween(runs: readonly RichRun[], from: number, to: number): RichRun[] {
  const found: RichRun[] = [];
  let at = 0;
  for (const { text, marks } of runs) {
    const piece = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (piece !== '') found.push({ text: piece, marks });
    at += text.length;
  }
  return found;
}

/** The longest row of pairs of blocks with the same text, in order. */
function alike(before: RichDocument, after: RichDocument): [number, number][] {
  const old = before.map(textOfBlock);
  const next = after.map(textOfBlock);
  const shorter = Math.min(old.length, next.length);
  let start = 0;
  while (start < shorter && old[start] === next[start]) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === next.at(-1 - end)) end++;
  const pairs: [number, number][] = [];
  for (let at = 0; at < start; at++) pairs.push([at, at]);
  pairs.push(
    ...middlePairs(old.slice(start, old.length - end), next.slice(start, next.length - end)).map(
      ([a, b]): [number, number] => [a + start, b + start],
    ),
  );
  for (let at = end; at > 0; at--) pairs.push([old.length - at, next.length - at]);
  return pairs;
}

function middlePairs(old: readonly string[], next: readonly string[]): [number, number][] {
  const width = next.length + 1;
  if (old.length * next.length > PAIRS_MAX || old.length === 0 || next.length === 0) return [];
  const best = new Int32Array((old.length + 1) * width);
  for (let a = old.length - 1; a >= 0; a--) {
    for (let b = next.length - 1; b >= 0; b--) {
      const same = old[a] === next[b] ? (best[(a + 1) * width + b + 1] as number) + 1 : 0;
      const below = best[(a + 1) * width + b] as number;
      const right = best[a * width + b + 1] as number;
      best[a * width + b] = Math.max(same, below, right);
    }
  }
  const pairs: [number, number][] = [];
  for (let a = 0, b = 0; a < old.length && b < next.length;) {
    const here = best[a * width + b] as number;
    if (old[a] === next[b] && here === (best[(a + 1) * width + b + 1] as number) + 1) {
      pairs.push([a++, b++]);
    } else if (here === best[(a + 1) * width + b]) a++;
    else b++;
  }
  return pairs;
}
