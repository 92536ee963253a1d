import { expect } from 'vitest';
import { fc, test } from '@fast-check/vitest';
import { Reader, Writer } from '@atoll/codec';
import { readListChange, writeListChange } from './list-change-codec.ts';
import type { ListChange, ListOp } from './list-op.ts';
import { readListRow, writeListRow } from './list-row.ts';
import { ListSequence } from './list-sequence.ts';
import type { ElementId, IdRange } from './sequence-types.ts';
import { Dice, PLAIN_CONTEXT } from './text-world.fixture.ts';

const FEEDS = { indexOf: (agent: number) => agent, agentAt: (index: number) => index };

interface Entry {
  readonly writer: number;
  readonly change: ListChange;
  readonly isVoid: boolean;
  readonly past: readonly number[];
}

class Replica {
  list = new ListSequence(PLAIN_CONTEXT.order);
  readonly seen: number[];

  constructor(writers: number) {
    this.seen = Array.from({ length: writers }, () => 0);
  }

  receive(log: readonly Entry[], at: number): void {
    const { writer, change, isVoid } = log[at] as Entry;
    const before = this.list.elements().map(nameOf);
    const applied = this.list.applyChange(change, { agent: writer, stamp: at, isVoid });
    for (const { position, deleted, inserted } of applied.edits ?? expect.unreachable()) {
      before.splice(position, deleted, ...inserted.map(nameOf));
    }
    expect(this.list.elements().map(nameOf)).toEqual(before);
    this.seen[writer] = (this.seen[writer] as number) + 1;
  }

  row(keepVoid: boolean): Uint8Array {
    const writer = new Writer();
    writeListRow(writer, this.list, { ...PLAIN_CONTEXT, keepVoid });
    return writer.finish();
  }

  reload(): void {
    const row = this.row(true);
    this.list = readListRow(new Reader(row), PLAIN_CONTEXT);
    expect(this.row(true)).toEqual(row);
  }
}

const nameOf = ({ agent, counter }: ElementId): string => `${agent}:${counter}`;

/** The ops of a transaction as one change; nothing is shown again in these worlds. */
function merged(ops: readonly ListOp[]): ListChange {
  return {
    places: ops.flatMap((op) => ('ranges' in op ? [] : [op])),
    hidden: ops.flatMap((op) => ('ranges' in op ? op.ranges : [])),
    shown: [],
  };
}

function write(replica: Replica, writer: number, log: Entry[], dice: Dice): void {
  const { list } = replica;
  const stamp = log.length;
  const past = [...replica.seen];
  const ops: ListOp[] = [];
  const plain = list.elements().map(nameOf);
  for (let rest = 1 + dice.below(3); rest > 0; rest--) {
    const kind = dice.below(5);
    const { length } = plain;
    if (kind < 2 || length === 0) {
      const edit = { agent: writer, position: dice.below(length + 1), count: 1 + dice.below(3) };
      const { op, edits } = list.insert(edit);
      plain.splice(edit.position, 0, ...(edits?.[0]?.inserted ?? []).map(nameOf));
      ops.push(op ?? expect.unreachable());
    } else if (kind < 4) {
      const edit = { agent: writer, from: dice.below(length), to: dice.below(length), stamp };
      ops.push(list.move(edit).op ?? expect.unreachable());
      plain.splice(edit.to, 0, ...plain.splice(edit.from, 1));
    } else {
      const position = dice.below(length);
      ops.push(list.delete({ position, count: 1, stamp }).op ?? expect.unreachable());
      plain.splice(position, 1);
    }
    expect(list.elements().map(nameOf)).toEqual(plain);
  }
  const bytes = new Writer();
  writeListChange(bytes, merged(ops), FEEDS);
  const change = readListChange(new Reader(bytes.finish()), FEEDS);
  log.push({ writer, change, isVoid: false, past });
  replica.seen[writer] = (replica.seen[writer] as number) + 1;
}

/** A change that counts for nothing: its author did not know, and others may anchor on it. */
function writeVoid(replica: Replica, writer: number, log: Entry[], dice: Dice): void {
  const { ids } = replica.list.sequence;
  const unit = dice.below(Math.max(1, ids.units));
  const element =
    ids.units === 0 ? undefined : { agent: ids.agentOf(unit), counter: ids.counterOf(unit) };
  const side = element === undefined || dice.below(2) === 0 ? 'after' : 'before';
  const change: ListChange = {
    places: [
      { kind: 'insert', element, side, count: 2 },
      { kind: 'move', element, side, moved: element ?? { agent: 9, counter: 9 } },
    ],
    hidden: [{ agent: 0, counter: 0, count: 1 }],
    shown: [],
  };
  log.push({ writer, change, isVoid: true, past: [...replica.seen] });
  replica.receive(log, log.length - 1);
}

function nextEntries(replica: Replica, log: readonly Entry[]): number[] {
  const counts = replica.seen.map(() => 0);
  return log.flatMap(({ writer, past }, at) => {
    const index = counts[writer] as number;
    counts[writer] = index + 1;
    const ready = past.every((count, other) => count <= (replica.seen[other] as number));
    return ready && index === replica.seen[writer] ? [at] : [];
  });
}

function idsOf({ agent, counter, count }: IdRange): string[] {
  return Array.from({ length: count }, (_, at) => `${agent}:${counter + at}`);
}

/** What the list must be: each element in the slot of its last move, if its register shows it. */
function expected(log: readonly Entry[], slots: readonly string[]): string[] {
  const placeOf = new Map<string, string>();
  const hidden = new Set<string>();
  const voided = new Set<string>();
  const next = new Map<number, number>();
  for (const { writer, change, isVoid } of log) {
    for (const place of change.places) {
      const counter = next.get(writer) ?? 0;
      const count = place.kind === 'insert' ? place.count : 1;
      next.set(writer, counter + count);
      for (const slot of idsOf({ agent: writer, counter, count })) {
        if (isVoid) voided.add(slot);
        else placeOf.set(place.kind === 'insert' ? slot : nameOf(place.moved), slot);
      }
    }
    if (!isVoid) for (const id of change.hidden.flatMap(idsOf)) hidden.add(id);
  }
  const isGone = (element: string): boolean => hidden.has(element) || voided.has(element);
  const shown = [...placeOf].filter(([element]) => !isGone(element));
  const elementAt = new Map(shown.map(([element, slot]) => [slot, element]));
  return slots.flatMap((slot) => elementAt.get(slot) ?? []);
}

function slotsOf({ sequence }: ListSequence): string[] {
  const { tree, ids } = sequence;
  const slots: string[] = [];
  for (let leaf = tree.first; leaf >= 0; leaf = tree.nexts[leaf] as number) {
    for (let slot = 0; slot < (tree.counts[leaf] as number); slot++) {
      const unit = tree.items[leaf * 128 + slot * 4] as number;
      const count = Math.abs(tree.items[leaf * 128 + slot * 4 + 1] as number);
      for (let at = unit; at < unit + count; at++) {
        slots.push(`${ids.agentOf(at)}:${ids.counterOf(at)}`);
      }
    }
  }
  return slots;
}

test.prop([fc.integer({ min: 1, max: 2 ** 31 })], { numRuns: 80 })(
  'replicas of a list agree in every causal order, and each element stands in one place',
  (seed) => {
    const dice = new Dice(seed);
    const writers = 2 + dice.below(3);
    const log: Entry[] = [];
    const replicas = Array.from({ length: writers }, () => new Replica(writers));
    for (let step = 0; step < 60; step++) {
      const writer = dice.below(writers);
      const replica = replicas[writer] as Replica;
      if (dice.below(12) === 0) writeVoid(replica, writer, log, dice);
      if (dice.below(2) === 0) write(replica, writer, log, dice);
      for (let rest = dice.below(4); rest > 0; rest--) {
        const [entry] = dice.shuffled(nextEntries(replica, log));
        if (entry !== undefined) replica.receive(log, entry);
      }
      if (dice.below(10) === 0) replica.reload();
    }
    const readers = [0, 1].map(() => {
      const replica = new Replica(writers);
      for (let ready = nextEntries(replica, log); ready.length > 0;) {
        replica.receive(log, dice.shuffled(ready)[0] as number);
        ready = nextEntries(replica, log);
      }
      return replica;
    });
    const [first, second] = readers as [Replica, Replica];
    const elements = first.list.elements().map(nameOf);
    expect(elements).toEqual(expected(log, slotsOf(first.list)));
    expect(second.list.elements()).toEqual(first.list.elements());
    expect(second.row(false)).toEqual(first.row(false));
    for (const [index, element] of first.list.elements().entries()) {
      expect(first.list.indexOf(element)).toBe(index);
    }
  },
);
