/** Laws of forked feeds: order of arrival, late news of a fork and void blocks change no root. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
import { expect } from 'vitest';
import { WorldReplica, type WorldBlock } from './testing/log-world.ts';
import { randomEdit, randomFrom } from './testing/random-edits.ts';
import { UndoLog } from './undo-log.ts';

type Random = (below: number) => number;

/** Holders of one key, who have parted at several points, and another writer; they hear of each other. */
function forkedWorld(random: Random): WorldReplica[] {
  const ada = new WorldReplica('ada');
  const bob = new WorldReplica('bob');
  const writers = [ada, bob];
  for (let holder = 0; holder < 3; holder++) {
    for (let step = 0; step < 1 + random(3); step++) writeOn(writers, random);
    // A copy of a copy forks a branch again; one with nothing yet makes a second beginning.
    const source = writers.filter((writer) => writer !== bob)[random(writers.length - 1)] ?? ada;
    const copy = new WorldReplica('ada', undefined, `copy ${holder}`);
    copy.adopt(source.own.slice(0, holder === 2 && random(4) === 0 ? 0 : source.own.length));
    for (const writer of [copy, source]) writeOn([writer], random);
    writers.push(copy);
  }
  for (let step = 0; step < 4; step++) {
    writeOn(writers, random);
    writers[random(writers.length)]?.pull(writers[random(writers.length)] as WorldReplica);
    bob.pull(writers[random(writers.length)] as WorldReplica);
  }
  return writers;
}

function writeOn(writers: readonly WorldReplica[], random: Random): void {
  for (const writer of writers) {
    for (let edit = 0; edit <= random(3); edit++) randomEdit(writer.db, random);
    writer.tick();
  }
}

/** Receives in a random causal order, and looks at its root on the way, so that old hashes could stay. */
function receiver(
  blocks: readonly WorldBlock[],
  random: Random,
  isVoid?: (block: WorldBlock) => boolean,
): WorldReplica {
  const replica = new WorldReplica(`receiver ${random(1000)}`, isVoid);
  let waiting = [...blocks];
  while (waiting.length > 0) {
    const order = waiting.map((block) => ({ block, at: random(1 << 20) }));
    order.sort((a, b) => a.at - b.at);
    waiting = order.flatMap(({ block }) => (replica.receive(block) ? [] : [block]));
    if (random(2) === 0) replica.root();
  }
  return replica;
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

test.prop([seeds], { numRuns: 30 })(
  'branches of branches and second beginnings give one root in every order',
  (seed) => {
    const random = randomFrom(seed);
    const writers = forkedWorld(random);
    const blocks = [...new Set(writers.flatMap(({ own }) => own))];
    const root = receiver(blocks, random).root();
    expect(receiver(blocks, random).root()).toBe(root);
    for (const writer of writers) {
      let waiting = blocks;
      while (waiting.length > 0) waiting = waiting.filter((block) => !writer.receive(block));
      expect(writer.root()).toBe(root);
    }
  },
);

test.prop([seeds], { numRuns: 25 })(
  'to learn late that blocks of a forked feed are void is to have known it from the start',
  (seed) => {
    const random = randomFrom(seed);
    const blocks = [...new Set(forkedWorld(random).flatMap(({ own }) => own))];
    const voids = new Set(blocks.filter(() => random(5) === 0));
    const isVoid = (block: WorldBlock): boolean => voids.has(block);
    const late = receiver(blocks, random);
    late.setVoid([...voids], isVoid);
    expect(late.root()).toBe(receiver(blocks, random, isVoid).root());
  },
);

test.prop([seeds], { numRuns: 25 })(
  'undo goes on when a fork becomes known, and all agree on what it did',
  (seed) => {
    const random = randomFrom(seed);
    const ada = new WorldReplica('ada');
    writeOn([ada, ada], random);
    const copy = new WorldReplica('ada', undefined, 'copy');
    copy.adopt(ada.own);
    const undo = new UndoLog(ada.db);
    writeOn([ada, copy, ada, copy], random);
    const bob = new WorldReplica('bob');
    bob.pull(copy);
    expect(receiver(copy.log, random).root()).toBe(bob.root());
    ada.pull(copy);
    for (let step = 0; step < 3; step++) {
      undo.undo();
      ada.tick();
      if (random(2) === 0) undo.redo();
      ada.tick();
    }
    const blocks = [...ada.log];
    const root = ada.root();
    expect(receiver(blocks, random).root()).toBe(root);
    expect(receiver(blocks, random).root()).toBe(root);
  },
);

const Page = defineType('test.Page', {
  title: s.string(),
  text: s.text(),
  items: s.list(s.string()),
});

test('undo takes nothing back that the other side of a fork wrote under the same name', () => {
  const ada = new WorldReplica('ada');
  const page = ada.db.add(Page, { title: 'trunk', text: 'trunk', items: ['t'] });
  ada.tick();
  const copy = new WorldReplica('ada', undefined, 'copy');
  copy.adopt(ada.own);
  const undo = new UndoLog(ada.db);
  const other = copy.db.query(Page).run()[0];
  for (const [writer, its, word] of [
    [ada, page, 'mine'],
    [copy, other, 'theirs'],
  ] as const) {
    its?.text.insert(5, word);
    its?.items.insert(1, word);
    if (its !== undefined) its.title = word;
    writer.tick();
  }
  ada.pull(copy);
  while (undo.canUndo) undo.undo();
  ada.tick();
  expect(page.text.toString()).toContain('theirs');
  expect(page.items.toArray()).toContain('theirs');
  expect(ada.db.conflicts(page, 'title').map(({ value }) => value)).toContain('theirs');
});
