/** Laws of every kind of field and of trees: any order of arrival, any set of void blocks, undo. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { AnyObject } from './database.ts';
import { WorldReplica, type WorldBlock } from './testing/log-world.ts';
import { randomFrom } from './testing/random-edits.ts';
import {
  KINDS,
  LEAF,
  TREE,
  randomKindsEdit,
  randomMove,
  registerKinds,
} from './testing/random-kinds.ts';
import { UndoLog } from './undo-log.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

interface World {
  readonly blocks: WorldBlock[];
  readonly writers: WorldReplica[];
}

/** Few objects that three people move about without hearing of each other: cycles wherever they can be. */
function movingWorld(seed: number): World {
  const random = randomFrom(seed);
  const writers = ['ada', 'bob', 'eve'].map((name) => new WorldReplica(name));
  const [ada] = writers as [WorldReplica];
  while (ada.db.query(KINDS).run().length < 5) randomKindsEdit(ada.db, random);
  for (let round = 0; round < 3; round++) {
    for (const writer of writers) for (const other of writers) writer.pull(other);
    for (let move = 0; move < 9; move++) {
      const writer = writers[random(3)] as WorldReplica;
      randomMove(writer.db, random);
      writer.tick();
    }
  }
  return { blocks: writers.flatMap((writer) => writer.own), writers };
}

function randomWorld(seed: number): World {
  const random = randomFrom(seed);
  const names = ['ada', 'bob', 'eve'].slice(0, 2 + random(2));
  const writers = names.map((name) => new WorldReplica(name));
  const logs = writers.map(({ db }) => new UndoLog(db));
  for (let step = 0; step < 12 + random(30); step++) {
    const at = random(writers.length);
    const writer = writers[at] as WorldReplica;
    if (random(4) === 0) writer.pull(writers[random(writers.length)] as WorldReplica);
    for (let edit = 0; edit <= random(3); edit++) randomKindsEdit(writer.db, random, logs[at]);
    writer.tick();
  }
  return { blocks: writers.flatMap((writer) => writer.own), writers };
}

function receiver(
  name: string,
  blocks: readonly WorldBlock[],
  random: (below: number) => number,
  isVoid?: (block: WorldBlock) => boolean,
): WorldReplica {
  const replica = new WorldReplica(name, isVoid);
  // Who has no code for the types learns of them on the way.
  if (random(2) === 0) registerKinds(replica.db);
  for (let waiting = [...blocks]; waiting.length > 0;) {
    const order = waiting.map((block) => ({ block, at: random(1e6) }));
    order.sort((a, b) => a.at - b.at);
    waiting = order.map(({ block }) => block).filter((block) => !replica.receive(block));
    // Now and then somebody looks, so that the tree follows step by step.
    if (random(2) === 0) replica.db.children(null, TREE);
  }
  replica.tick();
  return replica;
}

/** Everything that a reader sees: objects as plain data, and the tree. */
function shown({ db }: WorldReplica): unknown {
  const walk = [...db.trees.subtree(null, TREE)];
  const skipped = db.trees.conflicts(TREE).map(({ object, parent }) => [object.id, parent?.id]);
  const objects = [...db.query(KINDS).run(), ...db.query(LEAF).run()];
  return {
    tree: walk.map(({ object, depth }) => `${depth} ${object.id}`),
    skipped,
    objects: objects.map((object) => JSON.stringify(object)).sort(),
  };
}

/** No cycle, each object once, and all that no deleted parent hides. */
function checkTree({ db }: WorldReplica): void {
  const seen = new Set<AnyObject>();
  for (const { object, depth } of db.trees.subtree(null, TREE)) {
    expect(seen.has(object)).toBe(false);
    seen.add(object);
    const above = db.trees.ancestors(object, TREE);
    expect(above).toHaveLength(depth);
    expect(db.parent(object, TREE)).toBe(above[0]);
    expect(db.children(above[0] ?? null, TREE)).toContain(object);
  }
  const all = [...db.query(KINDS).run(), ...db.query(LEAF).run()];
  for (const object of all) {
    const hidden = db.trees.ancestors(object, TREE).some((above) => above.$state === 'deleted');
    expect(seen.has(object)).toBe(!hidden);
  }
  expect(seen.size).toBeLessThanOrEqual(all.length);
}

test.prop([seeds], { numRuns: 36 })(
  'whatever the order, replicas show the same objects and the same tree, and have one root',
  (seed) => {
    const { blocks, writers } = (seed % 2 === 0 ? movingWorld : randomWorld)(seed);
    const random = randomFrom(seed + 1);
    const one = receiver('one', blocks, random);
    const two = receiver('two', blocks, random);
    expect(two.root()).toBe(one.root());
    expect(shown(two)).toEqual(shown(one));
    checkTree(one);
    for (const writer of writers) for (const other of writers) writer.pull(other);
    for (const writer of writers) {
      expect(writer.root()).toBe(one.root());
      expect(shown(writer)).toEqual(shown(one));
    }
  },
);

test.prop([seeds], { numRuns: 36 })(
  'what is void is in no tree, whether it was known before or is learnt late',
  (seed) => {
    const { blocks } = (seed % 2 === 0 ? movingWorld : randomWorld)(seed);
    const random = randomFrom(seed + 2);
    const wrong = new Set(blocks.filter(() => random(4) === 0));
    const isVoid = (block: WorldBlock): boolean => wrong.has(block);
    const early = receiver('early', blocks, random, isVoid);
    const late = receiver('late', blocks, random);
    shown(late);
    late.setVoid([...wrong], isVoid);
    expect(late.root()).toBe(early.root());
    expect(shown(late)).toEqual(shown(early));
    checkTree(late);
    late.setVoid([...wrong], () => false);
    expect(shown(late)).toEqual(shown(receiver('plain', blocks, random)));
  },
);

test.prop([seeds], { numRuns: 24 })(
  'undoing all that one person did to fields of every kind leaves what was there before',
  (seed) => {
    const random = randomFrom(seed);
    const ada = new WorldReplica('ada');
    for (let edit = 0; edit < 20; edit++) randomKindsEdit(ada.db, random);
    ada.tick();
    const before = shown(ada);
    const undo = new UndoLog(ada.db);
    for (let edit = 0; edit < 12; edit++) {
      randomKindsEdit(ada.db, random);
      ada.tick();
    }
    const after = shown(ada);
    expect(undo.entries.length).toBeGreaterThan(0);
    let steps = 0;
    while (undo.canUndo && steps++ < 100) undo.undo();
    ada.tick();
    expect(shown(ada)).toEqual(before);
    while (undo.canRedo && steps-- > 0) undo.redo();
    ada.tick();
    expect(shown(ada)).toEqual(after);
  },
);
