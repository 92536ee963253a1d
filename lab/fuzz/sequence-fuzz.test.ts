// Long fuzzing of the decoders of texts and lists, and of applying whatever they let through.
// `FUZZ_INPUTS=1000000 npx vitest run --project sim lab/fuzz` for more, `FUZZ_SEED=7` for another seed.
import { CodecError, Reader, Writer } from '../../packages/codec/src/index.ts';
import { expect, test } from 'vitest';
import type { FeedTable } from '../../packages/echo/src/sequence/change-codec.ts';
import {
  readListChange,
  writeListChange,
} from '../../packages/echo/src/sequence/list-change-codec.ts';
import type { ListOp } from '../../packages/echo/src/sequence/list-op.ts';
import { readListRow, writeListRow } from '../../packages/echo/src/sequence/list-row.ts';
import { listChangeOf, ListSequence } from '../../packages/echo/src/sequence/list-sequence.ts';
import {
  readTextChange,
  writeTextChange,
} from '../../packages/echo/src/sequence/text-change-codec.ts';
import { TextChangeBuilder } from '../../packages/echo/src/sequence/text-change-builder.ts';
import { readTextRow } from '../../packages/echo/src/sequence/text-row.ts';
import { TextSequence } from '../../packages/echo/src/sequence/text-sequence.ts';
import { Dice, PLAIN_CONTEXT, rowOf } from '../../packages/echo/src/sequence/text-world.fixture.ts';

const inputs = Number(process.env.FUZZ_INPUTS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const AGENTS = 3;
const FEEDS: FeedTable = {
  indexOf: (agent) => agent,
  agentAt: (index) => (index < AGENTS ? index : undefined),
};
/** Inputs between two new bases; the base grows by what is applied to it. */
const INPUTS_A_BASE = 500;

function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

function mutated(bytes: Uint8Array, dice: Dice): Uint8Array {
  const copy = dice.below(8) === 0 ? bytes.slice(0, dice.below(bytes.length + 1)) : bytes.slice();
  for (let rest = 1 + dice.below(3); rest > 0 && copy.length > 0; rest--) {
    const at = dice.below(copy.length);
    // Small steps pass as neighbouring counters and kinds; others break the form.
    const step = dice.below(2) === 0 ? 1 - 2 * dice.below(2) : dice.below(256);
    copy[at] = ((copy[at] as number) + step) & 0xff;
  }
  return copy;
}

/** What a decoder makes of bytes; `undefined` when it refuses them as it should. */
function tried<Result>(bytes: Uint8Array, read: (reader: Reader) => Result): Result | undefined {
  try {
    const reader = new Reader(bytes);
    const result = read(reader);
    reader.end();
    return result;
  } catch (failure) {
    expect(failure).toBeInstanceOf(CodecError);
    return undefined;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function someText(dice: Dice): TextSequence {
  const text = new TextSequence(PLAIN_CONTEXT.order);
  for (let stamp = 0; stamp < 12; stamp++) {
    const position = dice.below(text.length + 1);
    if (stamp % 4 === 3) text.delete({ position: dice.below(text.length), count: 1, stamp });
    else
      text.insert({ agent: dice.below(AGENTS), position, text: stamp % 3 === 0 ? 'x😀' : 'abc' });
  }
  return text;
}

/** The bytes of some edits of one agent, which are made on the text as well. */
function someTextChange(text: TextSequence, stamp: number, dice: Dice): Uint8Array {
  const agent = dice.below(AGENTS);
  const builder = new TextChangeBuilder(agent, text.nextCounter(agent));
  for (let rest = 1 + dice.below(4); rest > 0; rest--) {
    const position = dice.below(text.length + 1);
    const deletes = dice.below(3) === 0 && position < text.length;
    const { op } = deletes
      ? text.delete({ position, count: 1, stamp })
      : text.insert({ agent, position, text: dice.below(3) === 0 ? '😀' : 'yz' });
    if (op !== undefined) builder.add(op);
  }
  return bytesOf((writer) => writeTextChange(writer, builder.finish(), FEEDS));
}

test(`${inputs / 2} mutated changes and rows of texts have one reading or none, seed ${seed}`, () => {
  const dice = new Dice(seed);
  let text = someText(dice);
  let applied = 0;
  for (let input = 0; input < inputs / 2; input++) {
    if (input % INPUTS_A_BASE === 0) text = someText(dice);
    const stamp = 100 + (input % INPUTS_A_BASE);
    if (input % 5 === 0) {
      const row = mutated(rowOf(someText(dice), true), dice);
      const read = tried(row, (reader) => readTextRow(reader, PLAIN_CONTEXT));
      if (read === undefined) continue;
      expect(same(rowOf(read, true), row)).toBe(true);
      expect(read.toString().isWellFormed()).toBe(true);
      continue;
    }
    const bytes = mutated(someTextChange(text, stamp, dice), dice);
    const change = tried(bytes, (reader) => readTextChange(reader, FEEDS));
    if (change === undefined) continue;
    expect(
      same(
        bytesOf((writer) => writeTextChange(writer, change, FEEDS)),
        bytes,
      ),
    ).toBe(true);
    const isVoid = dice.below(6) === 0;
    const { refused } = text.applyChange(change, { agent: dice.below(AGENTS), stamp, isVoid });
    if (refused === undefined) applied++;
    if (input % 50 !== 1) continue;
    expect(text.toString().isWellFormed()).toBe(true);
    const row = rowOf(text, true);
    const copy = tried(row, (reader) => readTextRow(reader, PLAIN_CONTEXT));
    expect(copy?.toString()).toBe(text.toString());
  }
  expect(applied).toBeGreaterThan(inputs / 100);
});

function someListOp(list: ListSequence, stamp: number, dice: Dice): ListOp | undefined {
  const agent = dice.below(AGENTS);
  const { length } = list;
  const kind = dice.below(4);
  if (kind < 2 || length === 0) {
    return list.insert({ agent, position: dice.below(length + 1), count: 1 + dice.below(3) }).op;
  }
  const from = dice.below(length);
  if (kind === 2) return list.move({ agent, from, to: dice.below(length), stamp }).op;
  return list.delete({ position: from, count: 1, stamp }).op;
}

test(`${inputs / 2} mutated changes and rows of lists have one reading or none, seed ${seed}`, () => {
  const dice = new Dice(seed);
  let list = new ListSequence(PLAIN_CONTEXT.order);
  let applied = 0;
  const rowOfList = (of: ListSequence): Uint8Array =>
    bytesOf((writer) => writeListRow(writer, of, { ...PLAIN_CONTEXT, keepVoid: true }));
  for (let input = 0; input < inputs / 2; input++) {
    if (input % 100 === 0) list = new ListSequence(PLAIN_CONTEXT.order);
    const stamp = input % 100;
    const op = someListOp(list, stamp, dice);
    if (op === undefined) continue;
    if (input % 5 === 0) {
      const row = mutated(rowOfList(list), dice);
      const read = tried(row, (reader) => readListRow(reader, PLAIN_CONTEXT));
      if (read !== undefined) expect(same(rowOfList(read), row)).toBe(true);
      continue;
    }
    const bytes = mutated(
      bytesOf((writer) => writeListChange(writer, listChangeOf(op), FEEDS)),
      dice,
    );
    const change = tried(bytes, (reader) => readListChange(reader, FEEDS));
    // A count of elements is as many values in the op around it, so the op would be as large.
    if (
      change === undefined ||
      change.places.some((at) => at.kind === 'insert' && at.count > 1000)
    ) {
      continue;
    }
    expect(
      same(
        bytesOf((writer) => writeListChange(writer, change, FEEDS)),
        bytes,
      ),
    ).toBe(true);
    const isVoid = dice.below(6) === 0;
    const { refused } = list.applyChange(change, { agent: dice.below(AGENTS), stamp, isVoid });
    if (refused === undefined) applied++;
    if (input % 20 !== 1) continue;
    const elements = list.elements();
    expect(new Set(elements.map(({ agent, counter }) => `${agent}.${counter}`)).size).toBe(
      elements.length,
    );
    const copy = tried(rowOfList(list), (reader) => readListRow(reader, PLAIN_CONTEXT));
    expect(copy?.elements()).toEqual(elements);
  }
  expect(applied).toBeGreaterThan(inputs / 100);
});
