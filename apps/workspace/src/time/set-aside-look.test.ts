// What does not count is looked up in turn: late answers, failures, and the end of a screen.
import { expect, test } from 'vitest';
import { SetAsideLook, type Looked } from './set-aside-look.ts';

type Answer = PromiseWithResolvers<readonly string[]>;

/** Questions that are answered by hand, and timers that are run by hand. */
function desk() {
  const asked: Answer[] = [];
  const told: Looked<string>[] = [];
  const timers = new Set<{ readonly run: () => void; readonly ms: number }>();
  const look = new SetAsideLook<string>({
    look: () => {
      const answer = Promise.withResolvers<readonly string[]>();
      asked.push(answer);
      return answer.promise;
    },
    tell: (looked) => told.push(looked),
    later: (run, ms) => {
      const timer = { run, ms };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  });
  return { asked, told, timers, look };
}

function refused(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test('what is asked while a look goes on is looked up after it, and the late answer is not shown', async () => {
  const { asked, look, told } = desk();
  const first = look.again();
  const second = look.again();
  const third = look.again();
  expect(asked).toHaveLength(1);
  asked[0]?.resolve(['old']);
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(asked).toHaveLength(2);
  asked[1]?.resolve(['new']);
  await Promise.all([first, second, third]);
  expect(told).toEqual([{ found: ['new'] }]);
});

test('a look that fails is told with what was found before, and tried again, later each time', async () => {
  const { asked, look, told, timers } = desk();
  const first = look.again();
  asked[0]?.resolve(['work']);
  await first;
  const second = look.again();
  asked[1]?.reject(refused('STORE_IO'));
  await second;
  expect(told.at(-1)).toEqual({ found: ['work'], failed: 'STORE_IO' });
  const waits: number[] = [];
  for (let round = 0; round < 7; round++) {
    const [timer] = timers;
    waits.push(timer?.ms ?? 0);
    timer?.run();
    const going = look.again();
    asked.at(-1)?.reject(refused('STORE_IO'));
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    asked.at(-1)?.reject(refused('STORE_IO'));
    await going;
    expect(timers.size).toBe(1);
  }
  expect(waits[0]).toBe(2_000);
  expect(waits).toEqual(waits.toSorted((one, other) => one - other));
  expect(waits.at(-1)).toBe(60_000);
  const last = look.again();
  asked.at(-1)?.resolve([]);
  await last;
  expect(told.at(-1)).toEqual({ found: [] });
  expect(timers.size).toBe(0);
});

test('where history was dropped there is nothing, and nobody asks again', async () => {
  const { asked, look, told, timers } = desk();
  const looking = look.again();
  asked[0]?.reject(refused('HISTORY_DROPPED'));
  await looking;
  expect([told, timers.size]).toEqual([[{ found: [] }], 0]);
});

test('a screen that is gone is told nothing and asks nothing', async () => {
  const { asked, look, told, timers } = desk();
  const looking = look.again();
  look.end();
  asked[0]?.reject(refused('STORE_IO'));
  await looking;
  await look.again();
  expect([asked.length, told, timers.size]).toEqual([1, [], 0]);
});
