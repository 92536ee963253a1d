/** Power that fails at every write of taking history back: the space is the one or the other, and goes on. */
import { StoreError } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { DyingStore } from '../space/testing/dying-store.ts';
import { Space } from '../space/space.ts';
import { exchange, exchangeAll, rootOf } from '../space/testing/space-fixture.ts';
import { LateFork, give, pageOf, write } from './late-fork.fixture.ts';

/** Ada, who has dropped, refuses a branch that Kim has, with all of the history. */
async function refused(seed: number): Promise<LateFork> {
  const scene = await LateFork.make(seed);
  const { copy, one, three, two } = scene;
  await exchange(one, two);
  await exchange(two, three);
  await one.epochs.propose();
  expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
  await write(one, 'above');
  for (let round = 0; round < 2; round++) await exchange(copy, three);
  await write(three, 'upon');
  await exchange(one, three);
  await one.flush();
  return scene;
}

/** Takes back what Kim has; true once the space has begun anew. */
async function takeBack(space: Space, from: Space): Promise<boolean> {
  const returning = await space.exchange.takeBack();
  await give(from, returning);
  const isComplete = await returning.isComplete();
  await returning[Symbol.asyncDispose]();
  await space[Symbol.asyncDispose]();
  return isComplete && (await space.exchange.beginAnew(returning));
}

/** A machine that stops after so many commits on the way. True if it did not stop. */
async function stopped(commits: number): Promise<boolean> {
  const { ada, copy, one, three, two } = await refused(600);
  const before = rootOf(one);
  await one[Symbol.asyncDispose]();
  const store = new DyingStore(ada.ports.store, commits);
  const { ring } = one.keys;
  const open = (ports: typeof ada.ports): Promise<Space> =>
    Space.open(ports, { space: one.id, ring, writer: ada.writer({ mayContinue: false }) });
  const dying = await open({ ...ada.ports, store });
  store.isCounting = true;
  let isBegun = false;
  try {
    isBegun = await takeBack(dying, three);
  } catch (failure) {
    if (!store.isDead) throw failure;
  }
  await dying[Symbol.asyncDispose]().catch((failure: unknown) => {
    expect(failure).toBeInstanceOf(StoreError);
  });
  // The machine starts again, with what is on its disk: it shows what it did, or it has begun anew.
  let again = await open(ada.ports);
  if (rootOf(again) !== before) expect(pageOf(again).items.toArray()).toContain('Z');
  else {
    expect(isBegun).toBe(false);
    expect(await takeBack(again, three)).toBe(true);
    again = await open(ada.ports);
  }
  await exchangeAll([again, three, two, copy]);
  for (const space of [three, two, copy]) expect(rootOf(space)).toBe(rootOf(again));
  expect(pageOf(again).items.toArray()).toEqual(
    expect.arrayContaining(['X', 'Y', 'Z', 'f', 'above', 'upon']),
  );
  return !store.isDead;
}

test('a machine that stops before any commit of it has the old state or the whole one', async () => {
  let commits = 0;
  while (!(await stopped(commits))) {
    commits++;
    expect(commits).toBeLessThan(60);
  }
  expect(commits).toBeGreaterThan(3);
}, 240_000);

test('what has come and is given up leaves nothing behind in the log', async () => {
  const { ada, one, three } = await refused(700);
  const log = (): ReturnType<typeof ada.ports.store.read> => ada.ports.store.read(one.id, 0, 1000);
  const before = (await log()).map(({ hash }) => hash);
  const returning = await one.exchange.takeBack();
  await give(three, returning);
  expect((await log()).length).toBeGreaterThan(before.length);
  await returning.letGo();
  // The last block of each feed stays in every log.
  const left = (await log()).filter(({ hash }) => !before.includes(hash));
  expect(left.length).toBeLessThanOrEqual(2);
  await write(one, 'on');
  const root = rootOf(one);
  await one[Symbol.asyncDispose]();
  const { ring } = one.keys;
  const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  expect(rootOf(again)).toBe(root);
});

test('history that is not stored any more when all is closed is not begun with', async () => {
  const { ada, one, three } = await refused(800);
  const returning = await one.exchange.takeBack();
  await give(three, returning);
  expect(await returning.isComplete()).toBe(true);
  const [first] = await ada.ports.store.read(one.id, 0, 1);
  const { index } = returning.replica;
  const lost = Array.from({ length: index.blockCount }, (_, no) => no).find(
    (no) => one.replica.index.blockOf(index.hashOf(no)) === undefined,
  );
  const stored = lost === undefined ? first : await ada.ports.store.get(one.id, index.hashOf(lost));
  await ada.ports.store.commit({
    drops: [{ space: one.id, positions: [stored?.position ?? 0] }],
  });
  const root = rootOf(one);
  await returning[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  expect(await one.exchange.beginAnew(returning)).toBe(false);
  const { ring } = one.keys;
  const again = await Space.open(ada.ports, { space: one.id, ring, writer: ada.writer() });
  expect(rootOf(again)).toBe(root);
});
