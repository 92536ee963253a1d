/** The stack is a plain list, whatever is done to it, and what was remembered of it stays. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { UndoEntry } from './undo-entry.ts';
import { entriesOf, UndoStack, type Stretch } from './undo-stack.ts';

/** As many as are kept. */
const MOST = 1_000;

let lastId = 0;

function entry(): UndoEntry {
  return { id: ++lastId, kind: 'changed', steps: [], timeMs: 0 };
}

/** What is done to a stack, and to a list in its place. */
type Act = (stack: UndoStack, list: readonly UndoEntry[], at: number) => readonly UndoEntry[];

const pushed: Act = (stack, list) => {
  const next = entry();
  stack.push(next);
  return [...list, next].slice(-MOST);
};

const ACTS: { readonly [name: string]: Act } = {
  push: pushed,
  pushMany: (stack, list) => {
    let now = list;
    for (let count = 0; count < 700; count++) now = pushed(stack, now, 0);
    return now;
  },
  replace: (stack, list, at) => {
    const [old, next] = [list[at % list.length], entry()];
    if (old === undefined) return list;
    stack.replace(old, next);
    return list.map((each) => (each === old ? next : each));
  },
  take: (stack, list, at) => {
    const old = list[at % list.length];
    if (old !== undefined) stack.take(old);
    return list.filter((each) => each !== old);
  },
  putBack: (stack, list, at) => {
    const old = list[at % list.length];
    if (old !== undefined) stack.take(old)();
    return list;
  },
  keepIf: (stack, list, at) => {
    const holds = ({ id }: UndoEntry): boolean => id % 7 !== at % 7;
    stack.keepIf(holds);
    return list.filter(holds);
  },
  change: (stack, list) => {
    const renamed = new Map(list.map((each) => [each, { ...each, label: 'renamed' }]));
    stack.change((each) => renamed.get(each) ?? each);
    return [...renamed.values()];
  },
};

const acts = fc.array(
  fc.record({ name: fc.constantFrom(...Object.keys(ACTS)), at: fc.nat(5_000) }),
  { maxLength: 25 },
);

test.prop([acts])('a stack is the list of its entries, and its past does not change', (script) => {
  const stack = new UndoStack();
  let list: readonly UndoEntry[] = [];
  const past: { readonly stretch: Stretch; readonly list: readonly UndoEntry[] }[] = [];
  for (const { name, at } of script) {
    list = (ACTS[name] as Act)(stack, list, at);
    past.push({ stretch: stack.now, list });
    expect(stack.length).toBe(list.length);
    expect(stack.last).toBe(list.at(-1));
  }
  for (const { stretch, list: then } of past) expect(entriesOf(stretch)).toEqual(then);
  const id = list[0]?.id;
  expect(stack.findLast((each) => each.id === id)).toBe(list[0]);
});
