/** Laws of the fold: equal sets of counted blocks give equal roots, whatever the order and the past. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { WorldReplica, type WorldBlock } from './testing/log-world.ts';
import { randomEdit, randomFrom } from './testing/random-edits.ts';

/** Writers that edit at random and now and then hear of each other. */
function randomWorld(seed: number): { blocks: WorldBlock[]; writers: WorldReplica[] } {
  const random = randomFrom(seed);
  const writers = ['ada', 'bob', 'eve', 'kim']
    .slice(0, 2 + random(3))
    .map((name) => new WorldReplica(name));
  const steps = 10 + random(40);
  for (let step = 0; step < steps; step++) {
    const writer = writers[random(writers.length)] as WorldReplica;
    if (random(4) === 0) writer.pull(writers[random(writers.length)] as WorldReplica);
    for (let edit = 0; edit <= random(3); edit++) randomEdit(writer.db, random);
    writer.tick();
  }
  return { blocks: writers.flatMap((writer) => writer.own), writers };
}

/** A replica that receives the blocks in a random causal order. */
function receiver(
  name: string,
  blocks: readonly WorldBlock[],
  random: (below: number) => number,
  isVoid?: (block: WorldBlock) => boolean,
): WorldReplica {
  const replica = new WorldReplica(name, isVoid);
  let waiting = [...blocks];
  while (waiting.length > 0) {
    const rest: WorldBlock[] = [];
    for (const block of shuffled(waiting, random)) if (!replica.receive(block)) rest.push(block);
    waiting = rest;
  }
  replica.tick();
  return replica;
}

function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  const order = [...items];
  for (let at = order.length - 1; at > 0; at--) {
    const other = random(at + 1);
    [order[at], order[other]] = [order[other] as T, order[at] as T];
  }
  return order;
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

test.prop([seeds], { numRuns: 60 })('every causal order gives the same root', (seed) => {
  const { blocks, writers } = randomWorld(seed);
  const random = randomFrom(seed + 1);
  const one = receiver('one', blocks, random);
  const two = receiver('two', blocks, random);
  expect(two.root()).toBe(one.root());
  for (const writer of writers) for (const other of writers) writer.pull(other);
  for (const writer of writers) expect(writer.root()).toBe(one.root());
});

test.prop([seeds], { numRuns: 100 })(
  'to learn late that blocks are void is to have known it from the start',
  (seed) => {
    const { blocks } = randomWorld(seed);
    const random = randomFrom(seed + 2);
    const wrong = new Set(blocks.filter(() => random(4) === 0));
    const isVoid = (block: WorldBlock): boolean => wrong.has(block);
    const early = receiver('early', blocks, random, isVoid);
    const late = receiver('late', blocks, random);
    const before = late.root();
    late.setVoid([...wrong], isVoid);
    expect(late.root()).toBe(early.root());
    late.setVoid([...wrong], () => false);
    expect(late.root()).toBe(before);
  },
);

test.prop([seeds], { numRuns: 80 })(
  'a feed that two writers continue gives the same root in every order, texts and lists included',
  (seed) => {
    const random = randomFrom(seed);
    const [ada, bob] = [new WorldReplica('ada'), new WorldReplica('bob')];
    const thief = new WorldReplica('ada', undefined, 'thief');
    for (let edit = 0; edit < 5; edit++) randomEdit(ada.db, random);
    ada.tick();
    for (let edit = 0; edit < 3; edit++) randomEdit(ada.db, random);
    ada.tick();
    thief.adopt(ada.own);
    for (let round = 0; round < 6; round++) {
      for (const writer of [ada, thief, bob]) {
        if (random(3) === 0) continue;
        for (let edit = 0; edit <= random(3); edit++) randomEdit(writer.db, random);
        writer.tick();
      }
      // Nobody opens the branch that he is on anew: each has written after the fork before he hears of it.
      if (round > 1 && ada.own.length > 2 && thief.own.length > 2) {
        const all = [ada, thief, bob];
        all[random(3)]?.pull(all[random(3)] as WorldReplica);
      } else bob.pull(random(2) === 0 ? ada : thief);
    }
    const blocks = [...new Set([...ada.own, ...thief.own, ...bob.own])];
    const one = receiver('one', blocks, random);
    const two = receiver('two', blocks, random);
    expect(two.root()).toBe(one.root());
    for (const writer of [ada, thief]) {
      for (const block of one.log) writer.receive(block);
      expect(writer.root()).toBe(one.root());
    }
  },
);

test.prop([seeds], { numRuns: 40 })('a void block takes none of the others with it', (seed) => {
  const { blocks } = randomWorld(seed);
  const random = randomFrom(seed + 3);
  const wrong = blocks[random(blocks.length)];
  const replica = receiver('judge', blocks, random, (block) => block === wrong);
  const names = replica.db.query('test.Thing').deleted('include').count();
  const all = receiver('all', blocks, random).db.query('test.Thing').deleted('include').count();
  expect(names).toBeLessThanOrEqual(all);
});
