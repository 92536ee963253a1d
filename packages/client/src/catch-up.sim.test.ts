/** Clients whose peers have dropped the history that they lack: what they get instead, and from whom. */
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
// Loaded on demand, which no simulated time waits for.
import '../../echo/src/epoch/carry-parts.ts';
import { AnswerSeal, decodeQuestion } from '../../echo/src/epoch/epoch-wire.ts';
import { randomEdit, randomFrom } from '../../echo/src/testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../../echo/src/testing/random-kinds.ts';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { liveUntil } from './live.ts';
import type { SpaceCatchUp } from './space-catch-up.ts';
import { SpaceHandle } from './space-handle.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

function handleOf(space: Space): SpaceHandle {
  if (space instanceof SpaceHandle) return space;
  throw new RangeError('no handle');
}

/** People with a server that keeps no mailboxes, so that only they have what they have. */
class Town extends ClientScene {
  constructor(seed: number, keepsMailboxes = false) {
    super(seed, {}, { keepsMailboxes });
  }

  readonly clients = new WeakMap<Space, AtollClient>();

  clientOf(space: Space): AtollClient {
    const client = this.clients.get(space);
    if (client === undefined) throw new RangeError('nobody has opened it');
    return client;
  }

  /** One title after the other, each in a block that nothing names once the next is there. */
  async write(space: Space, name: string, times: number): Promise<void> {
    for (let at = 0; at < times; at++) {
      const task = space.db.query(Task).first() ?? space.db.add(Task, { title: name });
      task.title = `${name} ${at}`;
      await this.world.during(space.flush());
    }
  }

  async editAll(space: Space, seed: number, times: number): Promise<void> {
    const random = randomFrom(seed);
    registerKinds(space.db);
    for (let at = 0; at < times; at++) {
      if (at % 2 === 0) randomEdit(space.db, random);
      else randomKindsEdit(space.db, random);
      await this.world.during(space.flush());
    }
  }

  async pause(ms = 5_000): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }

  /** Seals an epoch and drops the history under it at once; the blocks that were dropped. */
  async seal(space: Space, number: number): Promise<number> {
    await this.world.during(space.epochs.propose());
    await this.world.during(liveUntil(space.epochs.status, (epochs) => epochs.number === number));
    return this.world.during(handleOf(space).echo.epochs.dropHistory(0));
  }

  rootOf(space: Space): Promise<string> {
    return this.world.during(space.info()).then(({ root }) => root);
  }

  async expectSame(one: Space, other: Space, withinMs = 120_000): Promise<void> {
    const isSame = (): boolean => {
      const [a, b] = [one, other].map((space) => {
        return space.state.get() === 'open' ? handleOf(space).echo.figures() : undefined;
      });
      if (a === undefined || b === undefined || a.objects !== b.objects) return false;
      return a.root.every((byte, at) => byte === b.root[at]);
    };
    expect(await this.world.runUntil(isSame, withinMs)).toBe(true);
  }
}

function titleIn(space: Space): string | undefined {
  return space.db.query(Task).first()?.title;
}

function catchUpOf(space: Space): SpaceCatchUp {
  const { catchUp } = handleOf(space).place;
  if (catchUp === undefined) throw new RangeError('no space');
  return catchUp;
}

describe('where history was dropped and no mailbox has it', () => {
  test('somebody who joins gets the epoch and the tail, and is not up to date before', async () => {
    const town = new Town(1);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.write(trip, 'old', 20);
    expect(await town.seal(trip, 1)).toBeGreaterThan(15);
    await town.write(trip, 'new', 3);
    const theirs = await town.join(trip, jun);
    const seen: string[] = [];
    theirs.status.subscribe(() => {
      const { incomplete, peers } = theirs.status.get();
      if (incomplete === true) seen.push(peers.some(({ upToDate }) => upToDate) ? 'lie' : 'truth');
    });
    await town.expectSame(trip, theirs);
    expect(new Set(seen)).toEqual(new Set(['truth']));
    expect(titleIn(theirs)).toBe('new 2');
    await town.world.during(liveUntil(theirs.myRole, (role) => role === 'writer'));
    await town.write(theirs, 'theirs', 2);
    await town.expectSame(trip, theirs);
    await town.pause(30_000);
    expect(await handleOf(theirs).echo.exchange.trial()).toBe('none');
    expect(theirs.status.get()).toMatchObject({ unsentBlocks: 0 });
    expect(theirs.status.get().incomplete).toBeUndefined();
    expect(theirs.epochs.status.get().number).toBe(1);
    // A restart begins from what was taken over.
    const root = await town.rootOf(theirs);
    await town.world.during(jun[Symbol.asyncDispose]());
    const again = await town.open('jun');
    await town.world.runUntil(() => again.spaces.get(trip.id) !== undefined, 10_000);
    expect(await town.rootOf(found(again, trip.id))).toBe(root);
  });

  test('a member who was away over two epochs loses nothing of what he wrote', async () => {
    const town = new Town(2);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.editAll(trip, 1, 20);
    const theirs = await town.join(trip, jun);
    await town.world.during(liveUntil(theirs.myRole, (role) => role === 'writer'));
    await town.editAll(theirs, 2, 6);
    await town.expectSame(trip, theirs);
    let shown: readonly string[] = [];
    theirs.db.query(Task).subscribe((tasks) => (shown = tasks.map(({ title }) => title)));
    jun.network.setOnline(false);
    await town.editAll(theirs, 3, 16);
    theirs.db.add(Task, { title: 'written away' });
    for (const number of [1, 2]) {
      await town.editAll(trip, 10 + number, 10);
      await town.seal(trip, number);
    }
    await town.editAll(trip, 20, 4);
    jun.network.setOnline(true);
    await town.expectSame(trip, theirs);
    expect(titleIn(trip)).toBe('written away');
    expect(catchUpOf(theirs)).toMatchObject({ taken: 1, refused: 0 });
    await town.editAll(theirs, 30, 4);
    await town.expectSame(trip, theirs);
    // Who listened before hears what comes after.
    trip.db.add(Task, { title: 'after all' });
    const isShown = (): boolean => shown.includes('after all') && shown.includes('written away');
    expect(await town.world.runUntil(isShown, 30_000)).toBe(true);
  });

  test('a transfer that is cut in its middle goes on where it was', async () => {
    const town = new Town(3);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    for (let at = 0; at < 3_000; at++) trip.db.add(Task, { title: `task ${at} ${'x'.repeat(90)}` });
    await town.write(trip, 'old', 10);
    await town.seal(trip, 1);
    const { exchange } = handleOf(trip).echo;
    const answer = exchange.answer.bind(exchange);
    const asked: string[] = [];
    exchange.answer = (question) => {
      if (question.length > 1) asked.push(question.join());
      if (asked.length === 12) ada.network.setOnline(false);
      return answer(question);
    };
    const theirs = await town.join(trip, jun);
    expect(await town.world.runUntil(() => asked.length >= 12, 60_000)).toBe(true);
    await town.pause(20_000);
    expect(titleIn(theirs)).toBeUndefined();
    ada.network.setOnline(true);
    await town.expectSame(trip, theirs);
    expect(catchUpOf(theirs)).toMatchObject({ taken: 1, refused: 0 });
    // What was answered before the cut is not asked for again: four at most were on their way.
    expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(4);
  });

  test('two who have both dropped it give it to a third, whoever of them is there', async () => {
    const town = new Town(4);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.write(trip, 'old', 10);
    const theirs = await town.join(trip, jun);
    await town.expectSame(trip, theirs);
    await town.seal(trip, 1);
    await town.world.during(liveUntil(theirs.epochs.status, ({ number }) => number === 1));
    await town.world.during(handleOf(theirs).echo.epochs.dropHistory(0));
    const kim = await town.person('kim');
    const invitation = await town.join(trip, kim);
    ada.network.setOnline(false);
    await town.expectSame(theirs, invitation);
  });
});

describe('a device whose profile was put back from an old backup', () => {
  /** Jun's profile from before `word` was written there, while Ada keeps only a state with it. */
  async function putBack(town: Town): Promise<{ readonly trip: Space; readonly theirs: Space }> {
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.write(trip, 'old', 3);
    const first = await town.join(trip, jun);
    await town.world.during(liveUntil(first.myRole, (role) => role === 'writer'));
    await town.write(first, 'early', 3);
    await town.expectSame(trip, first);
    await town.pause(30_000);
    await town.world.during(jun[Symbol.asyncDispose]());
    const { disk } = town.machine('jun');
    const backup = disk.backup();
    const again = await town.open('jun');
    await town.write(found(again, trip.id), 'lost', 20);
    await town.expectSame(trip, found(again, trip.id));
    await town.world.during(again[Symbol.asyncDispose]());
    expect(await town.seal(trip, 1)).toBeGreaterThan(15);
    await town.write(trip, 'new', 3);
    ada.network.setOnline(false);
    disk.restore(backup);
    const back = await town.open('jun');
    const theirs = found(back, trip.id);
    town.clients.set(theirs, back);
    await town.world.during(theirs.open());
    expect(titleIn(theirs)).toBe('early 2');
    const { network } = ada;
    goOnline.set(trip, () => network.setOnline(true));
    return { trip, theirs };
  }

  const goOnline = new WeakMap<Space, () => void>();

  test('takes the state over by itself if it has written nothing since', async () => {
    const town = new Town(11);
    const { theirs, trip } = await putBack(town);
    goOnline.get(trip)?.();
    await town.expectSame(trip, theirs);
    expect(theirs.epochs.status.get().apart).toBe(0);
    expect(titleIn(theirs)).toBe('new 2');
  });

  test('brings over what it has written, once, beside what the others have', async () => {
    const town = new Town(12);
    const { theirs, trip } = await putBack(town);
    await town.write(theirs, 'offline', 5);
    theirs.db.add(Task, { title: 'only here' });
    await town.world.during(theirs.flush());
    const { status } = theirs.epochs;
    const seen: boolean[] = [];
    status.subscribe(() => seen.push(status.get().bringing));
    goOnline.get(trip)?.();
    await town.world.runUntil(() => status.get().brought > 0, 120_000);
    expect(status.get()).toMatchObject({ apart: 0, bringing: false, brought: 6 });
    expect(seen).toContain(true);
    await town.expectSame(trip, theirs);
    const titles = trip.db.query(Task).run();
    expect(titles).toHaveLength(2);
    const [task] = titles.filter(({ title }) => title !== 'only here');
    if (task === undefined) throw new RangeError('no task');
    const values = trip.db.conflicts(task, 'title').map(({ value }) => value);
    expect(values.sort()).toEqual(['new 2', 'offline 4']);
    // Nobody waits for anything any more, and what is written from now on is of one piece.
    await town.pause(60_000);
    for (const space of [trip, theirs]) expect(space.status.get().incomplete).toBeUndefined();
    await town.write(theirs, 'after', 2);
    await town.expectSame(trip, theirs);
    expect(titleIn(trip)).toBe('after 1');
    const root = await town.rootOf(theirs);
    await town.world.during(town.clientOf(theirs)[Symbol.asyncDispose]());
    const again = found(await town.open('jun'), trip.id);
    expect(await town.rootOf(again)).toBe(root);
    expect(again.epochs.status.get()).toMatchObject({ apart: 0, brought: 0 });
  });

  test('gives it up when it is told to, also over a restart', async () => {
    const town = new Town(13);
    const { theirs, trip } = await putBack(town);
    await town.write(theirs, 'offline', 5);
    await town.world.during(theirs.epochs.leaveWork());
    await town.world.during(town.clientOf(theirs)[Symbol.asyncDispose]());
    const again = found(await town.open('jun'), trip.id);
    await town.world.during(again.open());
    expect(titleIn(again)).toBe('offline 4');
    goOnline.get(trip)?.();
    await town.expectSame(trip, again);
    expect(again.epochs.status.get()).toMatchObject({ apart: 0, brought: 0 });
    expect(titleIn(again)).toBe('new 2');
  });
});

describe('a member who lies about the state', () => {
  test('is refused, counted and left alone; what is here stays, and an honest one is asked', async () => {
    const town = new Town(5);
    const [ada, jun] = [await town.person('ada'), await town.person('jun')];
    const trip = await town.space(ada, 'Trip');
    await town.write(trip, 'old', 10);
    const theirs = await town.join(trip, jun);
    await town.expectSame(trip, theirs);
    await town.seal(trip, 1);
    await town.world.during(liveUntil(theirs.epochs.status, ({ number }) => number === 1));
    await town.world.during(handleOf(theirs).echo.epochs.dropHistory(0));
    for (const space of [trip, theirs]) lieIn(space);
    const kim = await town.person('kim');
    const late = await town.join(trip, kim);
    const catchUp = catchUpOf(late);
    expect(await town.world.runUntil(() => catchUp.refused >= 2, 120_000)).toBe(true);
    expect(late.db.query(Task).count()).toBe(0);
    expect(catchUp.taken).toBe(0);
    expect(late.status.get().incomplete).toBe(true);
    // Who has lied is left alone.
    await town.pause(60_000);
    expect(catchUp.refused).toBe(2);
    honestIn(theirs);
    await town.pause(11 * 60_000);
    await town.expectSame(theirs, late);
  });
});

test('an epoch whose votes do not come is given up after five minutes, and never taken again', async () => {
  const town = new Town(9);
  const [ada, jun] = [await town.person('ada'), await town.person('jun')];
  const trip = await town.space(ada, 'Trip');
  await town.write(trip, 'old', 10);
  await town.seal(trip, 1);
  const { exchange } = handleOf(trip).echo;
  const forged = await town.world.during(forgedEpoch(trip));
  await town.write(trip, 'newer', 10);
  await town.seal(trip, 2);
  const honestly = exchange.answer.bind(exchange);
  exchange.answer = forged;
  const theirs = await town.join(trip, jun);
  const catchUp = catchUpOf(theirs);
  expect(await town.world.runUntil(() => catchUp.taken === 1, 60_000)).toBe(true);
  const takenMs = town.world.nowMs;
  await town.pause(90_000);
  // What lies between the two epochs is nowhere: the space never has everything.
  expect(theirs.status.get().incomplete).toBe(true);
  await town.pause(2 * 60_000);
  expect(await handleOf(theirs).echo.exchange.trial()).toBe('open');
  expect(catchUp.refused).toBe(0);
  expect(await town.world.runUntil(() => catchUp.refused === 1, 5 * 60_000)).toBe(true);
  expect(town.world.nowMs - takenMs).toBeGreaterThan(5 * 60_000);
  await town.pause(60_000);
  expect(await handleOf(theirs).echo.exchange.trial()).toBe('none');
  expect(catchUp).toMatchObject({ taken: 1, refused: 1 });
  exchange.answer = honestly;
  await town.expectSame(trip, theirs);
  expect(titleIn(theirs)).toBe('newer 9');
});

test('when the window that keeps ends, another one takes over and drops', async () => {
  const town = new Town(10);
  const [ada, first] = [await town.person('ada'), await town.person('jun')];
  const trip = await town.space(ada, 'Trip');
  await town.write(trip, 'old', 6);
  const theirs = await town.join(trip, first);
  await town.expectSame(trip, theirs);
  const second = await town.open('jun');
  await town.world.runUntil(() => second.spaces.get(trip.id) !== undefined, 10_000);
  const other = found(second, trip.id);
  await town.expectSame(trip, other);
  const dropped = (): ReturnType<Space['epochs']['dropHistory']> =>
    town.world.during(other.epochs.dropHistory({ olderThanMs: 0 }));
  expect(await dropped()).toEqual({ at: 'kept', why: 'busy' });
  await town.world.during(first[Symbol.asyncDispose]());
  await town.pause(10_000);
  second.network.setOnline(false);
  await town.write(trip, 'while away', 10);
  await town.seal(trip, 1);
  second.network.setOnline(true);
  await town.expectSame(trip, other);
  expect(catchUpOf(other).taken).toBe(1);
  await town.write(trip, 'later', 3);
  await town.world.during(trip.epochs.propose());
  await town.world.during(liveUntil(other.epochs.status, (epochs) => epochs.number === 2));
  expect(await town.world.runUntil(() => other.status.get().incomplete !== true, 60_000)).toBe(
    true,
  );
  await town.pause(30_000);
  await town.world.during(trip.epochs.dropHistory({ olderThanMs: 0 }));
  expect(await dropped()).toMatchObject({ at: 'dropped' });
});

test('a mailbox keeps the blocks that devices have dropped, and is enough for who joins', async () => {
  const town = new Town(6, true);
  const [ada, jun] = [await town.person('ada'), await town.person('jun')];
  const trip = await town.space(ada, 'Trip');
  await town.write(trip, 'old', 10);
  await town.pause();
  await town.seal(trip, 1);
  const theirs = await town.join(trip, jun);
  ada.network.setOnline(false);
  await town.expectSame(trip, theirs);
  expect(catchUpOf(theirs).taken).toBe(0);
  expect(await town.world.during(handleOf(theirs).echo.epochs.isHistoryWhole())).toBe(true);
});

/** Answers with the epoch that is kept now, under terms that nobody has sealed. */
async function forgedEpoch(space: Space): Promise<SpaceHandle['echo']['exchange']['answer']> {
  const { echo } = handleOf(space);
  const { exchange, keys } = echo;
  const honestly = exchange.answer.bind(exchange);
  const offer = exchange.readOffer((await honestly(exchange.offerQuestion)) ?? new Uint8Array(0));
  const zone = offer === undefined ? undefined : keys.ring.zone(offer.generation);
  if (offer === undefined || zone === undefined) throw new RangeError('an epoch is kept');
  const seal = new AnswerSeal({ content: zone.content, space: echo.id });
  const rng = new SimRng(1);
  const parts = new Map<string, ReturnType<AnswerSeal['openPart']>>();
  for await (const { answer, question } of exchange.everything()) {
    parts.set(nameOf(question), seal.openPart(question, answer));
  }
  const forged = { ...offer, terms: { ...offer.terms, number: 7 } };
  return async (question) => {
    if (question.length === 1) return seal.sealOffer(forged, rng);
    const part = parts.get(nameOf(question));
    return part === undefined ? undefined : seal.sealPart(question, part, rng);
  };
}

/** What a question asks for, without what the one who asks has. */
function nameOf(question: Uint8Array): string {
  const asked = decodeQuestion(question);
  if (asked.ask !== 'part') return '';
  const { at, ...where } = asked.request;
  const place = 'path' in where ? where.path.join('.') : 'page' in where ? where.page : '';
  return `${at} ${place} ${asked.from}`;
}

const honest = new WeakMap<object, SpaceHandle['echo']['exchange']['answer']>();

function lieIn(space: Space): void {
  const { exchange } = handleOf(space).echo;
  const answer = exchange.answer.bind(exchange);
  honest.set(exchange, answer);
  exchange.answer = async (question) => {
    const bytes = await answer(question);
    if (bytes === undefined || question.length === 1) return bytes;
    return Uint8Array.from(bytes, (byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));
  };
}

function honestIn(space: Space): void {
  const { exchange } = handleOf(space).echo;
  const answer = honest.get(exchange);
  if (answer !== undefined) exchange.answer = answer;
}
