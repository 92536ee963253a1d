/** Members who lie about the state that others lack, and epochs that nobody has sealed. */
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { AnswerSeal, decodeQuestion } from '../../echo/src/testing/epoch-parts.ts';
import { defineType, s } from '@atoll/schema';
import type { Space } from './api.ts';
import { Town, catchUpOf, handleOf, titleIn } from './catch-up-town.fixture.ts';
import type { SpaceHandle } from './space-handle.ts';

const Task = defineType('org.example.Task', { title: s.string() });

describe('a member who lies about the state', () => {
  test('is refused, counted and left alone; what is here stays, and an honest one is asked', async () => {
    const town = new Town(5);
    const { trip, theirs } = await town.droppedByBoth();
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

/** Answers with the epoch that is kept now, under terms that nobody has sealed. */
async function forgedEpoch(space: Space): Promise<SpaceHandle['echo']['exchange']['answer']> {
  const { echo } = handleOf(space);
  const { exchange, keys } = echo;
  const honestly = exchange.answer.bind(exchange);
  const offer = exchange.readOffer((await honestly(exchange.offerQuestion)) ?? new Uint8Array(0));
  const zone = offer === undefined ? undefined : keys.ring.zone(offer.generation);
  const history = zone?.history;
  if (offer === undefined || history === undefined) throw new RangeError('an epoch is kept');
  const seal = new AnswerSeal({ history, space: echo.id });
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
