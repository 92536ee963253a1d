/** Devices that suspend each other: every pattern of statements of up to five devices and two of a thief. */
import { expect, test } from 'vitest';
import {
  SOUND_DEVICES,
  standings,
  type Device,
  type DeviceRules,
  type Standing,
} from './devices.ts';

const NOBODY = { stay: 0, go: 0 };

interface Case {
  /** Number of the stolen device. */
  readonly thief: number;
  readonly honest: readonly number[];
  readonly devices: readonly Device[];
  readonly standing: readonly Standing[];
  /** All honest ones have suspended the stolen device and those it has admitted. */
  readonly isSpoken: boolean;
}

/** All that honest devices and a thief can say: one stolen device, and up to two that it admits. */
function* cases(count: number, rules: DeviceRules): Generator<Case> {
  for (let thief = 0; thief < count; thief++) {
    for (const own of [0, 1, 2]) {
      const total = count + own;
      const honest = [...Array(count).keys()].filter((at) => at !== thief);
      const crooked = (1 << thief) | (((1 << own) - 1) << count);
      const targets = ((1 << count) - 1) & ~(1 << thief);
      for (let spoken = 0; spoken < 1 << honest.length; spoken++) {
        for (let against = 0; against <= targets; against++) {
          if ((against & ~targets) !== 0) continue;
          const devices = Array.from({ length: total }, (_, at): Device => {
            const place = honest.indexOf(at);
            if (place < 0) return { votes: at < count, suspends: against };
            return { votes: true, suspends: ((spoken >> place) & 1) === 1 ? crooked : 0 };
          });
          const standing = standings(devices, NOBODY, rules);
          const isSpoken = spoken === (1 << honest.length) - 1;
          yield { thief, honest, devices, standing, isSpoken };
        }
      }
    }
  }
}

/** What is broken in a case. */
function broken(count: number, { devices, honest, isSpoken, standing, thief }: Case): string[] {
  const found: string[] = [];
  const isAccused = honest.some((at) => ((devices[at]?.suspends ?? 0) >> thief) % 2 === 1);
  if (isAccused && standing[thief] === 'active') found.push('the thief goes on');
  if (honest.some((at) => standing[at] === 'out')) found.push('somebody honest is thrown out');
  const areActive = honest.every((at) => standing[at] === 'active');
  if (count >= 3 && isSpoken && !areActive) found.push('honest devices stay locked');
  return found;
}

function all(rules: DeviceRules): ReadonlySet<string> {
  const found = new Set<string>();
  for (const count of [2, 3, 4, 5]) {
    for (const one of cases(count, rules)) for (const what of broken(count, one)) found.add(what);
  }
  return found;
}

test('who is accused is stopped, nobody honest is thrown out, and a majority of them goes on', () => {
  expect([...all(SOUND_DEVICES)]).toEqual([]);
});

test.each([
  ['everybody votes whom a thief has admitted', { everybodyVotes: true }],
  ['the older device is right', { olderWins: true }],
  ['half of the votes are enough', { halfIsEnough: true }],
  ['who is suspended is not heard', { suspendedAreSilent: true }],
] as const)('a broken rule serves the thief: %s', (_, mutant) => {
  expect(all({ ...SOUND_DEVICES, ...mutant }).size).toBeGreaterThan(0);
});

test('of two devices that suspend each other neither writes until the words are used', () => {
  const two: readonly Device[] = [
    { votes: true, suspends: 0b10 },
    { votes: true, suspends: 0b01 },
  ];
  expect(standings(two, NOBODY)).toEqual(['suspended', 'suspended']);
  expect(standings(two, { stay: 0b10, go: 0b01 })).toEqual(['out', 'active']);
});
