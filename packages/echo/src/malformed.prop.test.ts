/** Damaged and hostile sections: verdicts, never exceptions, and the same ones everywhere. */
import { hash } from '@atoll/crypto';
import { compileType, defineType, s } from '@atoll/schema';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { BlockContext } from './block-context.ts';
import { Database } from './database.ts';
import { encodePayload } from './row-payload.ts';
import { objectIdBytes } from './op-ids.ts';
import type { Op, Section } from './ops.ts';
import { decodeSection, encodeSection } from './section-codec.ts';
import { WorldReplica, type WorldBlock } from './testing/log-world.ts';
import { randomEdit, randomFrom } from './testing/random-edits.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

property.prop([seeds], { numRuns: 150 })(
  'damaged sections never throw and give every replica the same root',
  (seed) => {
    const random = randomFrom(seed);
    const [ada, bob] = [new WorldReplica('ada'), new WorldReplica('bob')];
    for (let round = 0; round < 4; round++) {
      for (const writer of [ada, bob]) {
        for (let edit = 0; edit < 3; edit++) randomEdit(writer.db, random);
        writer.tick();
      }
      if (random(2) === 0) bob.pull(ada);
      if (random(2) === 0) ada.pull(bob);
    }
    const copies = new Map<WorldBlock, WorldBlock>();
    for (const block of [...ada.own, ...bob.own].sort((a, b) => a.lamport - b.lamport)) {
      const past = new Set([...block.past].map((before) => copies.get(before) as WorldBlock));
      const section = block.section.slice();
      if (random(3) === 0) section[random(section.length)] = random(256);
      const prev = block.prev === undefined ? undefined : copies.get(block.prev);
      copies.set(block, { ...block, prev, section, past });
    }
    const blocks = [...copies.values()];
    const one = new WorldReplica('one');
    const two = new WorldReplica('two');
    for (const block of blocks) expect(one.receive(block)).toBe(true);
    let waiting = blocks.toReversed();
    while (waiting.length > 0) waiting = waiting.filter((block) => !two.receive(block));
    expect(two.root()).toBe(one.root());
    for (const object of one.db.query('test.Thing').run()) expect(object.toJSON()).toBeDefined();
  },
);

property.prop([fc.uint8Array({ maxLength: 200 })], { numRuns: 300 })(
  'whatever decodes is canonical',
  (bytes) => {
    let section: Section | undefined;
    try {
      section = decodeSection(bytes);
    } catch (failure) {
      expect(failure).toMatchObject({ name: 'CodecError' });
    }
    if (section !== undefined) expect(encodeSection(section)).toEqual(bytes);
  },
);

const Note = defineType('test.Note', {
  title: s.string(),
  votes: s.counter(),
  items: s.list(s.string()),
});
const type = compileType(Note.data(), hash);
const feed = hash('test-feed', Uint8Array.of(1));
const nonce = new Uint8Array(16);
const publish: Op = { kind: 'type', bytes: type.bytes };
const create: Op = { kind: 'create', type: 0, payload: encodePayload(['a', undefined, undefined]) };

/** Applies ops as one block after another of one feed; the verdicts of the last. */
function verdicts(...sections: readonly (readonly Op[])[]): readonly string[] {
  const unused = (): never => expect.unreachable();
  const database = new Database({
    causality: { isInPast: (a, b) => a < b },
    scheduler: { soon: () => undefined },
    sink: { open: unused, seal: unused },
    tableSeed: 1,
  });
  let last: readonly string[] = [];
  sections.forEach((ops, seq) => {
    const block: BlockContext = {
      no: seq,
      branch: 0,
      feed,
      seq,
      lamport: seq + 1,
      hash: hash('test-block', Uint8Array.of(seq)),
      nonce,
      timeMs: 0,
      author: 'ada' as BlockContext['author'],
    };
    const usesObject = ops.some((op) => 'object' in op && op.object === 0);
    const section = encodeSection({
      feeds: [],
      types: ops.some((op) => op.kind === 'create') ? [type.hashBytes] : [],
      objects: usesObject ? [{ id: objectIdBytes({ feed, nonce }, 0), feed: 0, seq: 0 }] : [],
      ops,
    });
    const applied = database.applySection(block, section, false);
    last = applied.rejected.map(({ op, verdict }) => `${op} ${verdict}`);
  });
  return last;
}

const object = 0;
const title = { leaf: 0 };

test('each way to be void has its verdict', () => {
  expect(verdicts([publish, create])).toEqual([]);
  expect(verdicts([create])).toEqual(['0 ECHO_OP_SCHEMA']);
  expect(verdicts([{ kind: 'type', bytes: new Uint8Array(3) }])).toEqual(['0 ECHO_OP_SCHEMA']);
  const wrong: Op = { ...create, payload: encodePayload([7, undefined, undefined]) };
  expect(verdicts([publish, wrong])).toEqual(['1 ECHO_OP_PAYLOAD']);
  const after = (op: Op): readonly string[] => verdicts([publish, create], [op]);
  const set: Op = { kind: 'set', object, field: title, covers: undefined, value: 'b' };
  expect(after(set)).toEqual([]);
  expect(verdicts([publish], [set])).toEqual(['0 ECHO_OP_TARGET']);
  expect(verdicts([publish, wrong], [set])).toEqual(['0 ECHO_OP_ORPHAN']);
  expect(after({ ...set, value: 7 })).toEqual(['0 ECHO_OP_VALUE']);
  expect(after({ ...set, field: { leaf: 9 } })).toEqual(['0 ECHO_OP_FIELD']);
  expect(after({ ...set, field: { leaf: 1 } })).toEqual(['0 ECHO_OP_FIELD']);
  expect(after({ ...set, field: { leaf: 2 }, key: 'zz.1' })).toEqual(['0 ECHO_OP_ELEMENT']);
  const counter = { feed: 0, seq: 0, op: 9 };
  const increment: Op = { kind: 'increment', object, field: { leaf: 1 }, amount: 1, counter };
  expect(after(increment)).toEqual(['0 ECHO_OP_ORPHAN']);
  expect(after({ ...increment, amount: 2 ** 41, counter: undefined })).toEqual(['0 ECHO_OP_VALUE']);
  const edit: Op = { kind: 'sequence', object, field: { leaf: 2 }, bytes: new Uint8Array(2) };
  expect(after(edit)).toEqual(['0 ECHO_OP_VALUE']);
});

test('a writer that covers nothing cannot pile up siblings', () => {
  const ops: Op[] = Array.from({ length: 20_000 }, (_, at) => ({
    kind: 'set',
    object,
    field: title,
    covers: [],
    value: `${at}`,
  }));
  // With a sibling for each this would be two hundred million comparisons.
  expect(verdicts([publish, create], ops)).toEqual([]);
});

test('a creation that reuses an id counts for nobody once it is there twice concurrently', () => {
  const replica = new WorldReplica('judge');
  const block = (no: number, past: readonly WorldBlock[], ops: readonly Op[]): WorldBlock => ({
    feed,
    author: 'ada' as WorldBlock['author'],
    seq: 1,
    prev: past[0],
    lamport: 2,
    hash: hash('test-block', Uint8Array.of(no)),
    nonce,
    timeMs: 0,
    section: encodeSection({
      feeds: [],
      types: ops.some((op) => op.kind === 'create') ? [type.hashBytes] : [],
      objects: [],
      ops,
    }),
    past: new Set(past),
  });
  const first = block(0, [], [publish]);
  const one = block(1, [first], [create]);
  const other = block(
    2,
    [first],
    [{ ...create, payload: encodePayload(['b', undefined, undefined]) }],
  );
  const orders = [
    [first, one, other],
    [first, other, one],
  ];
  const roots = orders.map((blocks) => {
    const reader = new WorldReplica('reader');
    for (const each of blocks) reader.receive(each);
    expect(reader.db.count()).toBe(0);
    return reader.root();
  });
  expect(new Set(roots).size).toBe(1);
  replica.receive(first);
  replica.receive(one);
  expect(replica.db.count()).toBe(1);
});
