/** Shapes of valid ops that a hostile writer could choose to make others work. */
import type { TextInsert } from './text-op.ts';
import type { Side } from './sequence-types.ts';

/** One insert and who makes it. */
export interface ShapedInsert {
  readonly agent: number;
  readonly insert: TextInsert;
}

type Anchor = readonly [agent: number, counter: number] | undefined;

/** Builds a list of inserts; counters follow from the order. */
class Shape {
  readonly inserts: ShapedInsert[] = [];
  readonly #next = new Map<number, number>();

  add(agent: number, anchor: Anchor, side: Side, text = 'x'): number {
    const counter = this.#next.get(agent) ?? 0;
    this.#next.set(agent, counter + text.length);
    const element = anchor === undefined ? undefined : { agent: anchor[0], counter: anchor[1] };
    this.inserts.push({ agent, insert: { kind: 'insert', element, side, text } });
    return counter;
  }
}

/** Writers who each put one character after another before their last one, all at the start. */
function prepending(writers: number, count: number): Shape {
  const shape = new Shape();
  for (let agent = 0; agent < writers; agent++) {
    let anchor: Anchor;
    for (let at = 0; at < count; at++) {
      anchor = [agent, shape.add(agent, anchor, anchor === undefined ? 'after' : 'before')];
    }
  }
  return shape;
}

/** Two writers who take turns at the end (or the start), a tree as deep as it has elements. */
function deepChain(count: number, side: Side): Shape {
  const shape = new Shape();
  let anchor: Anchor;
  for (let at = 0; at < count; at++) {
    const agent = at % 2;
    anchor = [agent, shape.add(agent, anchor, anchor === undefined ? 'after' : side)];
  }
  return shape;
}

/** A deep chain, and then a rival beside every element of it, from the top or from the bottom. */
function rivalsOnChain(count: number, side: Side, fromTop: boolean): Shape {
  const shape = deepChain(count, side);
  for (let at = 0; at < count; at++) {
    const step = fromTop ? at : count - 1 - at;
    const parent: Anchor = step === 0 ? undefined : [(step - 1) % 2, (step - 1) >> 1];
    shape.add(2, parent, parent === undefined ? 'after' : side);
  }
  return shape;
}

/** One long run, and rivals on the right of every unit inside of it. */
function comb(count: number, agent: number, fromEnd: boolean): Shape {
  const shape = new Shape();
  shape.add(1, undefined, 'after', 'y'.repeat(count));
  for (let at = 0; at < count - 1; at++) {
    shape.add(agent, [1, fromEnd ? count - 2 - at : at], 'after');
  }
  return shape;
}

/** Many writers with one character each at one place. */
function crowd(writers: number, side: Side): Shape {
  const shape = new Shape();
  shape.add(0, undefined, 'after', 'ab');
  for (let at = 1; at <= writers; at++) {
    // Neither ascending nor descending, so that no end of the siblings is the usual place.
    const agent = 1 + ((at * 7919) % writers);
    shape.add(agent, side === 'after' ? [0, 0] : [0, 1], side);
  }
  return shape;
}

/** One writer who makes all its characters children of one element. */
function fan(count: number, side: Side): Shape {
  const shape = new Shape();
  shape.add(0, undefined, 'after', 'ab');
  for (let at = 0; at < count; at++) shape.add(1, side === 'after' ? [0, 0] : [0, 1], side);
  return shape;
}

/** A giant paste, and single characters around and inside of it. */
function giant(count: number): Shape {
  const shape = new Shape();
  shape.add(0, undefined, 'after', 'z'.repeat(200_000));
  for (let at = 0; at < count; at++) {
    if (at % 3 === 0) shape.add(1, undefined, 'after');
    else shape.add(1, [0, (at * 7919) % 200_000], at % 2 === 0 ? 'before' : 'after');
  }
  return shape;
}

/** Every shape, by name; at scale 1 in sizes of some thousand, that make anything quadratic visible. */
export function hostileShapes(scale = 1): ReadonlyMap<string, readonly ShapedInsert[]> {
  const n = Math.floor(8000 * scale);
  const shapes: [name: string, shape: Shape][] = [
    [`2 writers prepend ${n} characters each`, prepending(2, n)],
    [`16 writers prepend ${n >> 4} characters each`, prepending(16, n >> 4)],
    [`${n} writers, one character after one place`, crowd(n, 'after')],
    [`${n} writers, one character before one place`, crowd(n, 'before')],
    [`${n} right children of one element`, fan(n, 'after')],
    [`${n} left children of one element`, fan(n, 'before')],
    [`a chain ${2 * n} deep to the right`, deepChain(2 * n, 'after')],
    [`a chain ${2 * n} deep to the left`, deepChain(2 * n, 'before')],
    ['rivals along a right chain, from its top', rivalsOnChain(n, 'after', true)],
    ['rivals along a right chain, from its bottom', rivalsOnChain(n, 'after', false)],
    ['rivals along a left chain, from its top', rivalsOnChain(n, 'before', true)],
    ['rivals along a left chain, from its bottom', rivalsOnChain(n, 'before', false)],
    ['later rivals inside a run, from its start', comb(n, 2, false)],
    ['later rivals inside a run, from its end', comb(n, 2, true)],
    ['earlier rivals inside a run, from its start', comb(n, 0, false)],
    ['earlier rivals inside a run, from its end', comb(n, 0, true)],
    [`${n} characters in and around a giant paste`, giant(n)],
  ];
  return new Map(shapes.map(([name, { inserts }]) => [name, inserts]));
}
