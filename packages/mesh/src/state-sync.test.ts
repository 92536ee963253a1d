/** Questions about a state: what honest sides get from each other, what ends a session, and what counts as settled. */
import { ready } from '@atoll/crypto';
import { utf8 } from '@atoll/kernel';
import { SimClock, World } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import {
  ANSWER_BYTES_MAX,
  ASK_BYTES_MAX,
  decodeStateMessage,
  encodeStateMessage,
  type StateMessage,
} from './state-messages.ts';
import { ANSWERS_BURST, ASKS_MAX, StateSync, type StateHolder } from './state-sync.ts';
import { TestKube } from './testing/test-kube.ts';
import { TestNode, TestSpace } from './testing/test-node.ts';

beforeAll(ready);

/** One side whose messages the test reads, and what ended it. */
function side(
  holder?: StateHolder,
  world: World = new World(1),
): { readonly sync: StateSync; readonly sent: StateMessage[]; readonly faults: string[] } {
  const sent: StateMessage[] = [];
  const faults: string[] = [];
  const sync: StateSync = new StateSync({
    stream: {
      send: (bytes: Uint8Array): void => void sent.push(decodeStateMessage(bytes)),
      drained: (): Promise<void> => Promise.resolve(),
    },
    holder: () => holder,
    from: 'ab'.repeat(32),
    clock: new SimClock(world),
    onFault: (fault) => {
      faults.push(fault);
      sync.stop();
    },
  });
  return { sync, sent, faults };
}

const echoing: StateHolder = { answer: async (question) => question };
const ask = (text: string): Uint8Array => encodeStateMessage({ say: 'ask', bytes: utf8(text) });

async function turns(): Promise<void> {
  for (let at = 0; at < 100; at++) await Promise.resolve();
}

test('questions are answered in order, and with none where there is no answer or the store fails', async () => {
  const { sent, sync } = side({
    answer: async (question) => {
      if (question.length === 1) throw new RangeError('the store');
      return question.length === 2 ? undefined : question;
    },
  });
  for (const text of ['abc', 'a', 'ab', 'abcd']) sync.receive(ask(text));
  await turns();
  expect(sent).toEqual([
    { say: 'answer', bytes: utf8('abc') },
    { say: 'none' },
    { say: 'none' },
    { say: 'answer', bytes: utf8('abcd') },
  ]);
});

test('an answer that is too long for the wire is none', async () => {
  const { sent, sync } = side({ answer: async () => new Uint8Array(ANSWER_BYTES_MAX + 1) });
  sync.receive(ask('all'));
  await turns();
  expect(sent).toEqual([{ say: 'none' }]);
});

test('a fifth question waits until one of four was answered', async () => {
  const { sent, sync } = side();
  const answers = Array.from({ length: ASKS_MAX + 1 }, (_, at) => sync.ask(Uint8Array.of(at)));
  await turns();
  expect(sent).toHaveLength(ASKS_MAX);
  sync.receive(encodeStateMessage({ say: 'none' }));
  expect(await answers[0]).toEqual({ at: 'none' });
  await turns();
  expect(sent).toHaveLength(ASKS_MAX + 1);
  sync.stop();
  expect(await Promise.all(answers.slice(1))).toEqual(answers.slice(1).map(() => ({ at: 'gone' })));
  expect(await sync.ask(Uint8Array.of(9))).toEqual({ at: 'gone' });
});

test('who asks a fifth thing before one of four was answered is cut off', async () => {
  const { faults, sync } = side({ answer: () => new Promise(() => undefined) });
  for (let at = 0; at <= ASKS_MAX; at++) sync.receive(ask('x'));
  await turns();
  expect(faults).toEqual(['SESSION_FLOOD']);
});

test('who asks for ever gets so many answers a second', async () => {
  const world = new World(2);
  const { faults, sent, sync } = side(echoing, world);
  const clock = new SimClock(world);
  let asked = 0;
  const more = async (): Promise<void> => {
    for (;;) {
      while (asked - sent.length < ASKS_MAX) {
        asked++;
        sync.receive(ask('x'));
      }
      await clock.sleep(5, new AbortController().signal);
    }
  };
  void more();
  await world.run(2_000);
  expect(faults).toEqual([]);
  expect(sent.length).toBeGreaterThan(ANSWERS_BURST + 100);
  expect(sent.length).toBeLessThan(ANSWERS_BURST + 140);
});

test.each([
  ['an answer to nothing', encodeStateMessage({ say: 'answer', bytes: utf8('x') })],
  ['nothing', new Uint8Array(0)],
  ['an unknown kind', Uint8Array.of(3)],
  ['none with bytes', Uint8Array.of(2, 0)],
  ['a question that is too long', new Uint8Array(ASK_BYTES_MAX + 2)],
])('%s ends the session', async (_what, bytes) => {
  const { faults, sync } = side(echoing);
  sync.receive(bytes);
  expect(faults).toEqual(['SESSION_MALFORMED']);
});

test('members ask each other for the state; a log that waits for blocks is not settled', async () => {
  const world = new World(3);
  const kube = new TestKube(world, 10);
  const space = new TestSpace(1);
  const [one, two] = [
    new TestNode({ world, webSockets: kube }),
    new TestNode({ world, webSockets: kube }),
  ];
  TestNode.introduceAll(one, two);
  one.state = echoing;
  const replica = await one.add(space);
  await two.add(space);
  await one.write(space, 8);
  for (const node of [one, two]) node.mesh.connectKube('wss://kube.test');
  const isSettled = (): boolean => two.mesh.spaceStatus(space.id)?.settled === true;
  expect(await world.runUntil(isSettled, 10_000)).toBe(true);
  const [source] = two.mesh.stateSources(space.id);
  expect(source?.peer).toContain(':');
  const answer = await world.during(source?.ask(utf8('what?')) ?? Promise.reject(new RangeError()));
  expect(answer).toEqual({ at: 'answer', bytes: utf8('what?') });
  const [other] = one.mesh.stateSources(space.id);
  expect(await world.during(other?.ask(utf8('what?')) ?? Promise.reject(new RangeError()))).toEqual(
    {
      at: 'none',
    },
  );
  // A run whose beginning nobody gives: both logs have one root, and still somebody has more.
  const feed = space.bench.feed();
  feed.write(new Uint8Array(9));
  feed.write(new Uint8Array(9));
  const later = await feed.run(1);
  expect((await two.replica(space).receive(later, 'somebody')).at).toBe('waiting');
  expect(two.mesh.spaceStatus(space.id)).toMatchObject({ settled: false, waiting: 1 });
  expect(one.mesh.spaceStatus(space.id)).toMatchObject({ settled: true, waiting: 0 });
  await replica.receive(await feed.run(0), 'somebody');
  expect(await world.runUntil(isSettled, 10_000)).toBe(true);
  for (const node of [one, two]) node.mesh[Symbol.dispose]();
  expect(await source?.ask(utf8('late'))).toEqual({ at: 'gone' });
});
