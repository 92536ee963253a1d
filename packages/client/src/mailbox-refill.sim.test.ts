/** Mailboxes that have lost history which all devices have dropped: what they are given, and who lives on that. */
import { defineType, s } from '@atoll/schema';
import type { StateHolder } from '@atoll/mesh';
import { expect, test } from 'vitest';
// Loaded on demand, which no simulated time waits for.
import '../../echo/src/testing/epoch-parts.ts';
import type { Space } from './api.ts';
import { Town, catchUpOf, handleOf, titleIn } from './catch-up-town.fixture.ts';
import type { AtollClient } from './client.ts';
import { liveUntil } from './live.ts';

const Task = defineType('org.example.Task', { title: s.string() });

/** Ada and Jun, who have both dropped what is under the first epoch, and a server with mailboxes. */
class Harbour extends Town {
  readonly #empty: ReturnType<Town['kube']['disk']['backup']>;
  /** Answers of mailboxes that somebody got. */
  served = 0;

  constructor(seed: number) {
    super(seed, true);
    this.#empty = this.kube.disk.backup();
    this.kube.lies = (stand) => ({
      ...whole(stand),
      answer: async (question, from) => {
        const answer = await stand.answer(question, from);
        if (answer !== undefined) this.served++;
        return answer;
      },
    });
  }

  async begin(): Promise<{
    readonly ada: AtollClient;
    readonly jun: AtollClient;
    readonly trip: Space;
    readonly theirs: Space;
  }> {
    const [ada, jun] = [await this.person('ada'), await this.person('jun')];
    const trip = await this.space(ada, 'Trip');
    for (let at = 0; at < 600; at++) trip.db.add(Task, { title: `${at} ${'x'.repeat(90)}` });
    await this.write(trip, 'old', 20);
    const theirs = await this.join(trip, jun);
    await this.world.during(liveUntil(theirs.myRole, (role) => role === 'writer'));
    await this.write(theirs, 'theirs', 5);
    await this.expectSame(trip, theirs);
    await this.seal(trip, 1);
    await this.world.during(liveUntil(theirs.epochs.status, ({ number }) => number === 1));
    await this.world.during(handleOf(theirs).echo.epochs.dropHistory(0));
    await this.write(trip, 'new', 3);
    await this.expectSame(trip, theirs);
    return { ada, jun, trip, theirs };
  }

  /** The server's disk is replaced by an empty one. */
  async lose(): Promise<void> {
    this.kube.stop();
    await this.pause(1_000);
    this.kube.disk.restore(this.#empty);
    this.kube.start();
  }

  async expectTitle(space: Space, title: string, withinMs = 120_000): Promise<void> {
    const isHere = (): boolean => space.state.get() === 'open' && titleIn(space) === title;
    expect(await this.world.runUntil(isHere, withinMs)).toBe(true);
  }

  async expectRefilled(space: Space, withinMs = 300_000): Promise<void> {
    const isWhole = (): boolean => space.status.get().mailbox === 'has-everything';
    await this.pause(2_000);
    expect(await this.world.runUntil(isWhole, withinMs)).toBe(true);
  }
}

function whole(stand: StateHolder): StateHolder {
  return {
    answer: (question, from) => stand.answer(question, from),
    give: (tag, name, bytes) => stand.give?.(tag, name, bytes) ?? Promise.resolve(undefined),
    stand: (asked) => stand.stand?.(asked) ?? Promise.resolve(undefined),
  };
}

test('a lost mailbox is filled by one who has dropped the history; who joins and meets nobody else has all', async () => {
  const town = new Harbour(1);
  const { ada, jun, trip, theirs } = await town.begin();
  jun.network.setOnline(false);
  await town.lose();
  await town.expectRefilled(trip);
  const root = await town.rootOf(trip);
  const kim = await town.person('kim');
  const late = await town.join(trip, kim);
  ada.network.setOnline(false);
  await town.expectTitle(late, 'new 2');
  expect(late.db.query(Task).count()).toBe(600);
  await town.pause(30_000);
  expect(town.served).toBeGreaterThan(3);
  expect(catchUpOf(late)).toMatchObject({ taken: 1, refused: 0 });
  expect(await handleOf(late).echo.exchange.trial()).toBe('none');
  expect(late.status.get().incomplete).toBeUndefined();
  expect(late.status.get().mailbox).toBe('has-everything');
  // It goes on as if nothing had been lost: through the mailbox alone, in both directions.
  await town.world.during(liveUntil(late.myRole, (role) => role === 'writer'));
  await town.write(late, 'late', 3);
  await town.expectRefilled(late);
  kim.network.setOnline(false);
  jun.network.setOnline(true);
  await town.expectTitle(theirs, 'late 2');
  expect(root).not.toBe(await town.rootOf(theirs));
});

test('a device that was away over an epoch comes back to the refilled mailbox alone, and loses nothing', async () => {
  const town = new Harbour(2);
  const { ada, jun, trip, theirs } = await town.begin();
  jun.network.setOnline(false);
  theirs.db.add(Task, { title: 'written away' });
  await town.world.during(theirs.flush());
  await town.write(trip, 'second', 10);
  await town.seal(trip, 2);
  await town.lose();
  await town.expectRefilled(trip);
  ada.network.setOnline(false);
  jun.network.setOnline(true);
  const has = (space: Space): boolean =>
    space.state.get() === 'open' &&
    space.db.query(Task).where({ title: 'written away' }).count() === 1 &&
    space.db.query(Task).where({ title: 'second 9' }).count() === 1;
  expect(await town.world.runUntil(() => has(theirs), 180_000)).toBe(true);
  await town.expectRefilled(theirs);
  jun.network.setOnline(false);
  ada.network.setOnline(true);
  expect(await town.world.runUntil(() => has(trip), 180_000)).toBe(true);
  expect(await town.rootOf(trip)).toBe(await town.rootOf(theirs));
});

test('a refill that is cut in its middle goes on where it was, also when the server was restarted', async () => {
  const town = new Harbour(3);
  const { ada, jun, trip } = await town.begin();
  jun.network.setOnline(false);
  const given: string[] = [];
  let cutAt = 3;
  town.kube.lies = (stand) => ({
    ...whole(stand),
    give: (tag, name, bytes) => {
      given.push(name);
      if (given.length === cutAt) ada.network.setOnline(false);
      return stand.give?.(tag, name, bytes) ?? Promise.resolve(undefined);
    },
  });
  await town.lose();
  expect(await town.world.runUntil(() => given.length >= cutAt, 120_000)).toBe(true);
  await town.pause(60_000);
  const before = given.length;
  ada.network.setOnline(true);
  await town.expectRefilled(trip);
  expect(given.length).toBeGreaterThan(before);
  // What was taken before the cut is not given again: one at most was on its way.
  expect(given.length - new Set(given).size).toBeLessThanOrEqual(1);
  // A server that ends in the middle begins anew with the parts, and stands on nothing half.
  cutAt = given.length + 2;
  await town.lose();
  expect(await town.world.runUntil(() => given.length >= cutAt, 180_000)).toBe(true);
  town.kube.stop();
  town.kube.start();
  ada.network.setOnline(true);
  await town.expectRefilled(trip);
  const kim = await town.person('kim');
  const late = await town.join(trip, kim);
  ada.network.setOnline(false);
  await town.expectTitle(late, 'new 2');
});

test('two devices that refill at once leave one whole mailbox', async () => {
  const town = new Harbour(4);
  const { ada, jun, trip, theirs } = await town.begin();
  await town.lose();
  await town.expectRefilled(trip);
  await town.expectRefilled(theirs);
  const kim = await town.person('kim');
  const late = await town.join(trip, kim);
  for (const { network } of [ada, jun]) network.setOnline(false);
  await town.expectTitle(late, 'new 2');
  // After a restart of the server it is the same.
  town.kube.stop();
  town.kube.start();
  await town.expectRefilled(late);
});

test.each([
  [
    'damages a part',
    6,
    (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, at) => byte ^ Number(at === 70)),
  ],
  ['says that it has nothing', 7, () => undefined],
])(
  'a mailbox that %s is found out, and a member gives what it withheld',
  async (_what, seed, lie) => {
    const town = new Harbour(seed);
    const { ada, jun, trip } = await town.begin();
    jun.network.setOnline(false);
    await town.lose();
    await town.expectRefilled(trip);
    let parts = 0;
    town.kube.lies = (stand) => ({
      ...whole(stand),
      answer: async (question, from) => {
        const answer = await stand.answer(question, from);
        // The first answer is the offer.
        return answer === undefined || ++parts < 3 ? answer : lie(answer);
      },
    });
    const kim = await town.person('kim');
    const late = await town.join(trip, kim);
    ada.network.setOnline(false);
    await town.pause(5 * 60_000);
    expect(parts).toBeGreaterThanOrEqual(3);
    expect(late.status.get().incomplete).toBe(true);
    expect(late.db.query(Task).count()).toBe(0);
    ada.network.setOnline(true);
    await town.expectTitle(late, 'new 2', 15 * 60_000);
  },
);
