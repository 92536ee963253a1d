/**
 * Which ops count under rights over parts of a space: an object and what stands below it in a tree, a field, an entry,
 * an element, the objects of a type. Written for being read: for each op it asks all that lies in the past of its block,
 * one after another, and remembers nothing but what it has decided. Which rights are in force is decided before
 * (`access.ts`). See docs/decisions/0152.
 */
import { Pasts } from './pasts.ts';

/** How far a right reaches. */
export type TreeRight =
  | { readonly over: 'space' }
  | { readonly over: 'type'; readonly type: string; readonly isOwn: boolean }
  /** An object and all below it; with a field just that, with a key just its entry or element. */
  | {
      readonly over: 'object';
      readonly object: string;
      readonly field?: string;
      readonly key?: string;
    };

/**
 * Names an op by the chain of who writes, or by a feed or a block that chains go through, by the number of its block
 * there, and its place in that. Of a feed that was forked there may be several of one number.
 */
export interface OpName {
  readonly of: 'own' | { readonly name: string };
  readonly seq: number;
  readonly at: number;
}

/** What an op does to a register: a place, a value, whether the object is deleted. */
export interface RegisterWrite {
  /** Names the register in its object. */
  readonly register: string;
  /** Absent where it only takes back. */
  readonly next?: { readonly value: unknown };
  /** All that was known where absent. */
  readonly covers?: readonly OpName[];
}

/** One op. */
export interface TreeOp {
  /** Place in its block. */
  readonly at: number;
  readonly object: string;
  /** What it makes; absent for an op on what is there. */
  readonly creation?: {
    readonly type: string;
    /** First values of registers. */
    readonly values: ReadonlyMap<string, unknown>;
  };
  readonly field?: string;
  readonly key?: string;
  /** What is added to a sum. */
  readonly amount?: number;
  /** True for ops on places in trees. */
  readonly isMove?: boolean;
  readonly write?: RegisterWrite;
}

/** A block: what it knows of, and its ops by the rights that they are done by. */
export interface TreeBlock {
  readonly name: string;
  readonly feed: string;
  readonly seq: number;
  readonly author: string;
  readonly lamport: number;
  /** Blocks right before it, that of its own feed first. */
  readonly before: readonly string[];
  readonly sections: readonly {
    /** Absent for one that is not in force there. */
    readonly right?: TreeRight;
    readonly ops: readonly TreeOp[];
  }[];
}

/** The rules that can be broken. */
export interface TreeRules {
  /** What stands where is asked of all that is known now. */
  readonly placesOfNow: boolean;
  /** Moves that do not count are places too. */
  readonly voidMovesCount: boolean;
  /** To move something takes a right over it alone. */
  readonly sidesAreFree: boolean;
  /** A right over an object reaches nothing below it. */
  readonly nothingBelow: boolean;
  /** Where an object was made it stands for good. */
  readonly placeIsFixed: boolean;
}

/** The rules as they are meant. */
export const SOUND_TREE: TreeRules = {
  placesOfNow: false,
  voidMovesCount: false,
  sidesAreFree: false,
  nothingBelow: false,
  placeIsFixed: false,
};

/** What is decided. */
export interface TreeDecisions {
  /** Names of the ops that count: block, `#`, place. */
  readonly counted: ReadonlySet<string>;
  /** What each object's registers show, of those that count. */
  readonly shown: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
}

interface Done {
  readonly block: TreeBlock;
  readonly op: TreeOp;
  readonly counts: boolean;
}

/** From when on something is seen: what lies in the past of the block, and before this place in it. */
interface Moment {
  readonly block: TreeBlock;
  readonly at: number;
}

/** Beginning of the names of registers that are places in trees. */
export const PLACE = 'place:';

/** Decides about blocks of which all causes are among them. */
export function decideTree(
  blocks: readonly TreeBlock[],
  rules: TreeRules = SOUND_TREE,
): TreeDecisions {
  return new Decision(blocks, rules).run();
}

/** Name of an op. */
export function opName(block: string, at: number): string {
  return `${block}#${String(at)}`;
}

class Decision {
  readonly #pasts: Pasts<TreeBlock>;
  readonly #rules: TreeRules;
  /** What is decided of each object, causes first. */
  readonly #done = new Map<string, Done[]>();

  constructor(blocks: readonly TreeBlock[], rules: TreeRules) {
    this.#pasts = new Pasts(blocks);
    this.#rules = rules;
  }

  run(): TreeDecisions {
    // A lamport number is greater than those of all that is known.
    const blocks = [...this.#pasts.byName.values()].sort((a, b) => a.lamport - b.lamport);
    const counted = new Set<string>();
    for (const block of blocks) {
      const cited = block.sections.flatMap(({ right }) => right ?? []);
      for (const { ops, right } of block.sections) {
        for (const op of ops) {
          const counts = right !== undefined && this.#counts({ block, op, right, cited });
          this.#note(op.object, { block, op, counts });
          if (counts) counted.add(opName(block.name, op.at));
        }
      }
    }
    return { counted, shown: this.#shown() };
  }

  #note(object: string, done: Done): void {
    const of = this.#done.get(object);
    if (of === undefined) this.#done.set(object, [done]);
    else of.push(done);
  }

  #counts(what: {
    readonly block: TreeBlock;
    readonly op: TreeOp;
    readonly right: TreeRight;
    readonly cited: readonly TreeRight[];
  }): boolean {
    const { block, cited, op, right } = what;
    const moment = { block, at: op.at };
    // On what is not known, or does not count, nothing can be done.
    if (op.creation === undefined && this.#creationOf(op.object, moment) === undefined)
      return false;
    if (!this.#reaches(right, op, moment)) return false;
    const sides = this.#sidesOf(op, moment);
    return sides.every((side) => cited.some((one) => this.#isOver(one, side, { op, moment })));
  }

  #reaches(right: TreeRight, op: TreeOp, moment: Moment): boolean {
    if (right.over === 'space') return true;
    if (right.over === 'type') return this.#isOfType(right, op, moment);
    if (right.object === op.object && op.creation === undefined) {
      if (right.field !== undefined && right.field !== op.field) return false;
      return right.key === undefined || right.key === op.key;
    }
    if (right.field !== undefined || this.#rules.nothingBelow) return false;
    const first = op.creation === undefined ? this.#parentsOf(op.object, moment) : parentsIn(op);
    return this.#isBelow(first, right.object, moment);
  }

  #isOfType(
    right: Extract<TreeRight, { readonly over: 'type' }>,
    op: TreeOp,
    moment: Moment,
  ): boolean {
    if (op.creation !== undefined) return op.creation.type === right.type;
    const made = this.#madeBy(op.object, moment);
    if (made?.op.creation?.type !== right.type) return false;
    return !right.isOwn || made.block.author === moment.block.author;
  }

  /** Parents below which something comes or goes. */
  #sidesOf(op: TreeOp, moment: Moment): readonly (string | null)[] {
    if (this.#rules.sidesAreFree) return [];
    if (op.creation !== undefined) return parentsIn(op).filter((parent) => parent !== null);
    if (op.isMove !== true || op.write === undefined) return [];
    const from = parentIn(this.#valueOf(op.object, op.write.register, moment));
    const { next } = op.write;
    if (next === undefined) return [from, null];
    const to = parentIn(next.value);
    return to === from && next.value !== undefined ? [] : [from, to];
  }

  /** A right over a parent; where there is none, over the space or all objects of the type. */
  #isOver(
    right: TreeRight,
    side: string | null,
    { op, moment }: { readonly op: TreeOp; readonly moment: Moment },
  ): boolean {
    if (right.over === 'space') return true;
    if (side === null) {
      const type = this.#madeBy(op.object, moment)?.op.creation?.type;
      return right.over === 'type' && !right.isOwn && right.type === type;
    }
    return this.#reaches(right, { at: moment.at, object: side }, moment);
  }

  #isBelow(from: readonly (string | null)[], above: string, moment: Moment): boolean {
    const seen = new Set<string | null>([null]);
    const waiting = [...from];
    for (const object of waiting) {
      if (object === above) return true;
      if (seen.has(object) || object === null) continue;
      seen.add(object);
      waiting.push(...this.#parentsOf(object, moment));
    }
    return false;
  }

  #parentsOf(object: string, moment: Moment): (string | null)[] {
    const made = this.#madeBy(object, moment);
    const places = [...(made?.op.creation?.values.keys() ?? [])].filter(isPlace);
    return places.map((place) => parentIn(this.#valueOf(object, place, moment)));
  }

  /** What made an object, as far as it is known. */
  #madeBy(object: string, moment: Moment | undefined): Done | undefined {
    return this.#done
      .get(object)
      ?.find((done) => done.op.creation !== undefined && this.#isKnown(done, moment));
  }

  /** The same where it counts. */
  #creationOf(object: string, moment: Moment | undefined): Done | undefined {
    const made = this.#madeBy(object, moment);
    return made?.counts === true ? made : undefined;
  }

  /** What a register shows: of the writes that none of the others has taken the place of, the greatest. */
  #valueOf(object: string, register: string, moment: Moment | undefined): unknown {
    const writes = this.#writesTo(object, register, moment);
    let shown: Done | undefined;
    for (const one of writes) {
      if (one.op.write !== undefined && one.op.write.next === undefined) continue;
      if (writes.some((other) => this.#takesPlaceOf(other, one))) continue;
      if (shown === undefined || isGreater(one, shown)) shown = one;
    }
    return shown?.op.creation?.values.get(register) ?? shown?.op.write?.next?.value;
  }

  #writesTo(object: string, register: string, moment: Moment | undefined): readonly Done[] {
    const { placeIsFixed, placesOfNow } = this.#rules;
    const seen = placesOfNow && isPlace(register) ? undefined : moment;
    const all = this.#done.get(object) ?? [];
    return all.filter((done) => {
      const { creation, write } = done.op;
      if (creation !== undefined) return creation.values.has(register) && this.#isKnown(done, seen);
      if (write?.register !== register || (placeIsFixed && isPlace(register))) return false;
      return this.#isTold(done) && this.#isKnown(done, seen);
    });
  }

  #isTold({ counts, op }: Done): boolean {
    return counts || (this.#rules.voidMovesCount && op.isMove === true);
  }

  #takesPlaceOf(later: Done, { block, op }: Done): boolean {
    const isSame = later.block === block;
    if (isSame ? later.op.at <= op.at : !this.#pasts.of(later.block).has(block.name)) return false;
    const { covers, next } = later.op.write ?? {};
    if (covers === undefined) return true;
    // Whoever writes again takes the place of what he has written himself.
    if (next !== undefined && later.block.feed === block.feed) return true;
    return covers.some(
      ({ at, of, seq }) => at === op.at && seq === block.seq && this.#isOn(of, block, later.block),
    );
  }

  /** True if a block is on what is named in another one; a name that this does not know means nothing there. */
  #isOn(of: OpName['of'], block: TreeBlock, by: TreeBlock): boolean {
    if (of === 'own') return this.#isBefore(block, by);
    if (of.name === block.feed) return true;
    const start = this.#pasts.byName.get(of.name);
    if (start === undefined || !this.#pasts.of(by).has(start.name)) return false;
    return start === block || this.#isBefore(start, block) || this.#isBefore(block, start);
  }

  /** On one chain, the earlier. */
  #isBefore(earlier: TreeBlock, { before: [prev = ''] }: TreeBlock): boolean {
    const block = this.#pasts.byName.get(prev);
    if (block === undefined || block.seq < earlier.seq) return false;
    return block === earlier || this.#isBefore(earlier, block);
  }

  #isKnown({ block, op }: Done, moment: Moment | undefined): boolean {
    if (moment === undefined) return true;
    if (block === moment.block) return op.at < moment.at;
    return this.#pasts.of(moment.block).has(block.name);
  }

  #shown(): TreeDecisions['shown'] {
    const shown = new Map<string, ReadonlyMap<string, unknown>>();
    for (const [object, done] of this.#done) {
      if (this.#creationOf(object, undefined) === undefined) continue;
      const registers = new Set<string>();
      for (const { counts, op } of done) {
        if (!counts) continue;
        for (const register of op.creation?.values.keys() ?? []) registers.add(register);
        if (op.write !== undefined) registers.add(op.write.register);
      }
      const values = [...registers].map(
        (register) => [register, this.#valueOf(object, register, undefined)] as const,
      );
      shown.set(object, new Map(values));
    }
    return shown;
  }
}

function isPlace(register: string): boolean {
  return register.startsWith(PLACE);
}

function parentsIn({ creation }: TreeOp): (string | null)[] {
  const values = [...(creation?.values ?? [])];
  return values.flatMap(([register, value]) => (isPlace(register) ? [parentIn(value)] : []));
}

/** The parent that a place names. */
function parentIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isGreater(a: Done, b: Done): boolean {
  if (a.block.lamport !== b.block.lamport) return a.block.lamport > b.block.lamport;
  if (a.block !== b.block) return a.block.name > b.block.name;
  return a.op.at > b.op.at;
}
