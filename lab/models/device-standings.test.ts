/** Standings as they are coded are those of the model: every small pattern of statements, and random larger ones. */
import type { DeviceKey } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { decideStandings } from '../../packages/halo/src/testing/device-parts.ts';
import { standings, type Device, type Words } from './devices.ts';

const key = (at: number): DeviceKey => `device ${String(at)}` as DeviceKey;
const has = (bits: number, at: number): boolean => ((bits >> at) & 1) === 1;

function coded(devices: readonly Device[], words: Words): readonly (string | undefined)[] {
  const all = devices.map((_, at) => at);
  const voices = devices.map(({ suspends, votes }, at) => ({
    device: key(at),
    votes,
    suspends: new Set(all.filter((other) => has(suspends, other)).map(key)),
  }));
  const fates = new Map([
    ...all.filter((at) => has(words.go, at)).map((at) => [key(at), 'goes'] as const),
    ...all.filter((at) => has(words.stay, at)).map((at) => [key(at), 'stays'] as const),
  ]);
  const decided = decideStandings(voices, fates);
  return all.map((at) => decided.get(key(at)));
}

test('every pattern of up to three devices, their votes and the words', () => {
  let count = 0;
  for (const size of [1, 2, 3]) {
    const patterns = 1 << size;
    const one = 2 * patterns;
    for (let pick = 0; pick < one ** size; pick++) {
      const devices: Device[] = [];
      for (let at = 0, rest = pick; at < size; at++, rest = Math.floor(rest / one)) {
        devices.push({ votes: rest % 2 === 1, suspends: (rest >> 1) % patterns });
      }
      for (let stay = 0; stay < patterns; stay += size === 3 ? 3 : 1) {
        for (let go = 0; go < patterns; go += size === 3 ? 2 : 1) {
          count++;
          const words = { stay, go };
          if (coded(devices, words).join() === standings(devices, words).join()) continue;
          expect({ devices, words, coded: coded(devices, words) }).toEqual(
            standings(devices, words),
          );
        }
      }
    }
  }
  expect(count).toBeGreaterThan(40_000);
});

test('random larger ones', () => {
  const rng = new SimRng(7);
  for (let round = 0; round < 3_000; round++) {
    const size = 2 + rng.int(7);
    const patterns = 1 << size;
    const devices = Array.from({ length: size }, () => ({
      votes: rng.chance(0.7),
      suspends: rng.int(patterns) & rng.int(patterns),
    }));
    const spoken = rng.chance(0.5);
    const words = spoken ? { stay: rng.int(patterns), go: rng.int(patterns) } : { stay: 0, go: 0 };
    expect(coded(devices, words)).toEqual(standings(devices, words));
  }
});
