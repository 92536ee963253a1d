/** Power that fails at every write of carrying work over: it appears once, and nothing of it is missing. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { StoreError } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { ApartScene, type ApartStory } from '../epoch/apart-scene.fixture.ts';
import type { Space } from '../space/space.ts';
import { DyingStore } from '../space/testing/dying-store.ts';

const Page = defineType('test.Page', { name: s.string(), text: s.text(), votes: s.counter() });

function pageIn(space: Space, name: string): InstanceOf<typeof Page> {
  const page = space.database.query(Page).where({ name }).first();
  if (page === undefined) throw new RangeError(`there is no ${name}`);
  return page;
}

/** Enough for several commits on the way over. */
const TIMES = 66;

async function write(space: Space, word: string, times: number): Promise<void> {
  for (let at = 0; at < times; at++) {
    const { text, votes } = pageIn(space, 'base');
    text.insert(text.length, `${word}${at};`);
    votes.increment(1);
    space.database.commit();
  }
  await space.flush();
}

const STORY: ApartStory = {
  register: (db) => db.register(Page),
  before: async (one) => {
    one.database.add(Page, { name: 'base', text: 'base;' });
    await one.flush();
  },
  wentOn: (original) => write(original, 'went', 3),
  tail: (one) => write(one, 'tail', 2),
};

/** Work apart in a profile whose machine stops after so many commits. True if it did not stop. */
async function carryOver(commits: number): Promise<boolean> {
  const scene = await ApartScene.make(500, STORY);
  await write(scene.two, 'apart', TIMES);
  scene.two.database.add(Page, { name: 'made apart' });
  await scene.two.flush();
  const { ports } = scene;
  const store = new DyingStore(ports.store, commits);
  const offer = await scene.fetch();
  scene.ports = { ...ports, store };
  try {
    await scene.reopen();
    store.isCounting = true;
    await scene.takeOver(offer);
    await scene.confirm();
    await scene.two.bringOver();
    await scene.settle();
  } catch (failure) {
    if (!store.isDead) throw failure;
    expect(failure).toBeInstanceOf(Error);
  }
  await scene.two[Symbol.asyncDispose]().catch((failure: unknown) => {
    expect(failure).toBeInstanceOf(StoreError);
  });
  // The machine starts again, with what is on its disk.
  scene.ports = ports;
  await scene.start({ mayContinue: false });
  if ((await scene.two.exchange.trial()) === 'none' && isApart(scene)) {
    await scene.takeOver(await scene.fetch());
  }
  if ((await scene.two.exchange.trial()) !== 'none') await scene.confirm();
  await scene.two.bringOver();
  await scene.settle();
  expectOnce(scene.one);
  expectOnce(scene.two);
  expect(await scene.two.exchange.onItsWay()).toBe(0);
  expect(await ports.store.names('work-apart')).toEqual([]);
  return !store.isDead;
}

/** Nothing of the others' state is here yet. */
function isApart({ one, two }: ApartScene): boolean {
  const anchor = one.epochs.status().current?.terms?.anchor;
  return anchor !== undefined && two.index.branches.blockOf(anchor) === undefined;
}

function expectOnce(space: Space): void {
  const words = pageIn(space, 'base').text.toString().split(';').slice(0, -1).sort();
  const numbered = (word: string, times: number): string[] =>
    Array.from({ length: times }, (_, at) => `${word}${at}`);
  expect(words).toEqual(
    ['base', ...numbered('went', 3), ...numbered('tail', 2), ...numbered('apart', TIMES)].sort(),
  );
  expect(pageIn(space, 'base').votes.value).toBe(TIMES + 5);
  expect(space.database.query(Page).where({ name: 'made apart' }).count()).toBe(1);
}

test('a machine that stops before any commit of it loses nothing and doubles nothing', async () => {
  let commits = 0;
  while (!(await carryOver(commits))) {
    commits++;
    expect(commits).toBeLessThan(60);
  }
  expect(commits).toBeGreaterThan(6);
}, 240_000);
