import { expect } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import { changeOf, Dice, edited, Replica, type Logged } from './text-world.fixture.ts';
import type { TextChange } from './text-op.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

interface World {
  readonly log: Logged[];
  readonly writers: number;
  readonly dice: Dice;
}

/** Writers edit at random and hear of each other at random; every local edit is checked. */
function play(seed: number): World {
  const dice = new Dice(seed);
  const writers = 2 + dice.below(4);
  const log: Logged[] = [];
  const replicas = Array.from({ length: writers }, () => new Replica(writers, log, dice));
  const steps = 20 + dice.below(120);
  for (let step = 0; step < steps; step++) {
    const writer = dice.below(writers);
    const replica = replicas[writer] as Replica;
    if (dice.below(3) === 0) listen(replica, log, dice);
    else write(replica, writer, log, dice);
  }
  return { log, writers, dice };
}

function listen(replica: Replica, log: readonly Logged[], dice: Dice): void {
  if (dice.below(10) === 0) checkedReload(replica);
  let rest = 1 + dice.below(12);
  for (const entry of dice.shuffled([...pending(replica, log)])) {
    if (rest-- === 0) break;
    if (replica.isReady(entry) && isNext(replica, log, entry)) checkedReceive(replica, entry);
  }
}

function pending(replica: Replica, log: readonly Logged[]): number[] {
  const passed = replica.seen.map(() => 0);
  return log.flatMap(({ writer }, entry) => {
    const index = passed[writer] as number;
    passed[writer] = index + 1;
    return index >= (replica.seen[writer] as number) ? [entry] : [];
  });
}

function isNext(replica: Replica, log: readonly Logged[], entry: number): boolean {
  const { writer } = log[entry] as Logged;
  return pending(replica, log).find((other) => log[other]?.writer === writer) === entry;
}

function checkedReload(replica: Replica): void {
  const text = replica.text.toString();
  const order = replica.order();
  const row = replica.row(true);
  replica.reload();
  expect(replica.text.toString()).toBe(text);
  expect(replica.order()).toEqual(order);
  expect(replica.row(true)).toEqual(row);
}

function checkedReceive(replica: Replica, entry: number): void {
  const before = replica.text.toString();
  const edits = replica.receive(entry);
  expect(edited(before, edits)).toBe(replica.text.toString());
  expect(replica.text.toString()).toBe(replica.reference.text());
}

function write(replica: Replica, writer: number, log: Logged[], dice: Dice): void {
  const isVoid = dice.below(12) === 0;
  const before = replica.text.toString();
  const lamport =
    1 + Math.max(0, ...log.map((entry, at) => (knows(replica, log, at) ? entry.lamport : 0)));
  log.push({
    writer,
    change: { inserts: [], hidden: [], shown: [] },
    isVoid,
    lamport,
    tie: dice.below(1000) * 8 + writer,
    past: [...replica.seen],
  });
  const entry = log.length - 1;
  const change = isVoid
    ? voidChange(replica, dice)
    : editedChange(replica, { writer, entry, before }, dice);
  const logged = log[entry] as Logged;
  log[entry] = { ...logged, change: replica.toGlobal(change) };
  if (isVoid) checkedReceive(replica, entry);
  else {
    replica.reference.apply(change, { agent: replica.agent(writer), stamp: 0 + lastStamp });
    replica.seen[writer] = (replica.seen[writer] as number) + 1;
    expect(replica.text.toString()).toBe(replica.reference.text());
  }
}

let lastStamp = 0;

function knows(replica: Replica, log: readonly Logged[], entry: number): boolean {
  return !pending(replica, log).includes(entry);
}

/** A void change anchors where it likes; its author did not know that it would not count. */
function voidChange(replica: Replica, dice: Dice): TextChange {
  const { ids } = replica.text.sequence;
  const text = ALPHABET.slice(0, 1 + dice.below(4));
  const side = dice.below(2) === 0 ? 'before' : 'after';
  if (ids.units === 0) {
    return {
      inserts: [{ kind: 'insert', element: undefined, side: 'after', text }],
      hidden: [],
      shown: [],
    };
  }
  const unit = dice.below(ids.units);
  const element = { agent: ids.agentOf(unit), counter: ids.counterOf(unit) };
  const hidden = [{ ...element, count: 1 }];
  return { inserts: [{ kind: 'insert', element, side, text }], hidden, shown: [] };
}

function editedChange(
  replica: Replica,
  { writer, entry, before }: { writer: number; entry: number; before: string },
  dice: Dice,
): TextChange {
  const { text } = replica;
  const stamp = replica.stamp(entry);
  lastStamp = stamp;
  const kind = dice.below(10);
  if (kind < 6 || text.length === 0) {
    const position = dice.below(4) === 0 ? 0 : dice.below(text.length + 1);
    const from = dice.below(20);
    const inserted = ALPHABET.slice(from, from + 1 + dice.below(6));
    const result = text.insert({ agent: replica.agent(writer), position, text: inserted });
    if (result.refused !== undefined) throw new TypeError(result.refused);
    expect(text.toString()).toBe(before.slice(0, position) + inserted + before.slice(position));
    return changeOf(result.op);
  }
  if (kind < 9) {
    const position = dice.below(text.length);
    const count = 1 + dice.below(Math.min(6, text.length - position));
    const result = text.delete({ position, count, stamp });
    if (result.refused !== undefined) throw new TypeError(result.refused);
    expect(text.toString()).toBe(before.slice(0, position) + before.slice(position + count));
    return changeOf(result.op);
  }
  const unit = dice.below(text.sequence.ids.units);
  const { ids } = text.sequence;
  const range = { agent: ids.agentOf(unit), counter: ids.counterOf(unit), count: 1 };
  const result = text.setVisible({ ranges: [range], visible: true, stamp });
  if (result.refused !== undefined) throw new TypeError(result.refused);
  return changeOf(result.op);
}

/** Feeds everything to a new replica in some causal order. */
function replayed(world: World, dice: Dice): Replica {
  const replica = new Replica(world.writers, world.log, dice);
  for (
    let rest = pending(replica, world.log);
    rest.length > 0;
    rest = pending(replica, world.log)
  ) {
    const ready = rest.filter(
      (entry) => replica.isReady(entry) && isNext(replica, world.log, entry),
    );
    const entry = ready[dice.below(ready.length)] as number;
    checkedReceive(replica, entry);
    if (dice.below(40) === 0) checkedReload(replica);
  }
  return replica;
}

/** Document order in global ids. */
function globalOrder(replica: Replica, writers: number): string[] {
  const globals = new Map<string, string>();
  for (let writer = 0; writer < writers; writer++) {
    globals.set(String(replica.agent(writer)), String(writer));
  }
  return replica.order().map((id) => id.replace(/^\d+/, (local) => globals.get(local) ?? '?'));
}

test.prop([fc.integer({ min: 1, max: 2 ** 31 })], { numRuns: 80 })(
  'replicas agree with the naive tree and with each other in every causal order',
  (seed) => {
    const world = play(seed);
    const first = replayed(world, world.dice);
    expect(first.order()).toEqual(first.reference.order());
    const order = globalOrder(first, world.writers);
    const row = first.row();
    for (let round = 0; round < 2; round++) {
      const other = replayed(world, world.dice);
      expect(other.text.toString()).toBe(first.text.toString());
      expect(globalOrder(other, world.writers)).toEqual(order);
      expect(other.row()).toEqual(row);
      other.reload();
      expect(other.row()).toEqual(row);
    }
  },
);
