/** Rights until an epoch, and the keys that change by it: whole spaces with epochs that race, as the model has it. */
import { ROOT_ZONE } from '@atoll/kernel';
import type { Space } from '@atoll/echo';
import { describe, expect, test } from 'vitest';
import {
  openedContent,
  rootOf,
  type Person,
} from '../../packages/echo/src/testing/rights-parts.ts';
import { SOUND_EXPIRY, decideExpiry, type ExpiryBlock, type ExpiryRules } from './expiry.ts';
import { ExpiryWorld, LIAR } from './expiry-worlds.ts';

const SEEDS = [1, 2, 3, 4];
const STEPS = 200;

interface Played {
  readonly world: ExpiryWorld;
  readonly blocks: readonly ExpiryBlock[];
}

const worlds = new Map<number, Promise<Played>>();

/** A world that has come to its end. */
function worldOf(seed: number): Promise<Played> {
  const made = worlds.get(seed) ?? played(seed);
  worlds.set(seed, made);
  return made;
}

async function played(seed: number): Promise<Played> {
  const world = await ExpiryWorld.make(seed);
  await world.run(STEPS);
  return { world, blocks: await world.told(0) };
}

function decided(
  { blocks, world }: Played,
  rules: ExpiryRules = SOUND_EXPIRY,
): ReturnType<typeof decideExpiry> {
  const [{ identity }] = world.people as [Person];
  return decideExpiry(identity, blocks, world.epochs(0), rules);
}

/** Content that counts, as a space decides. */
function countedIn({ authority, index }: Space, blocks: readonly ExpiryBlock[]): readonly string[] {
  const counted = blocks.flatMap(({ name, writes }) =>
    writes.flatMap(({ credential, keys }, at) => {
      const block = index.branches.blockOf(name as never) as number;
      const section = { block, credential, keyId: keys, zone: ROOT_ZONE };
      return authority.mayWriteBelow(section as never).counts ? [`${name}/${String(at)}`] : [];
    }),
  );
  return counted.sort();
}

describe('what was given until an epoch', () => {
  test.each(SEEDS)('ends with it for all, and no key reaches further, seed %i', async (seed) => {
    const { blocks, world } = await worldOf(seed);
    const expected = decided({ blocks, world });
    const readers = new Set(
      blocks.length > 0 ? expected.recipients.get(blocks.at(0)?.name ?? '') : [],
    );
    expect(readers.size).toBeGreaterThan(0);
    // Content counts where the model says so, for everybody who is still here.
    const inside = world.spaces.filter(({ myRole }) => myRole !== undefined);
    expect(inside.length).toBeGreaterThan(2);
    for (const space of inside) expect(countedIn(space, blocks)).toEqual(expected.counted);
    // Who lied has on the screen what does not count until the program begins anew.
    const honest = inside.filter((space) => space !== world.spaces[LIAR]);
    expect(new Set(honest.map(rootOf)).size).toBe(1);
    // Keys are sealed to those who read, and to nobody else.
    for (const { makes, name } of blocks) {
      for (const { readers: sealedTo } of makes) {
        expect([...sealedTo].sort()).toEqual(expected.recipients.get(name));
      }
    }
    // Who reads no more opens nothing of what was written by whoever knew that, and still all from before.
    const [{ ports }] = world.people as [Person];
    const [founder] = world.spaces as [Space];
    for (const space of world.spaces) {
      const opens = await openedContent(founder, ports.store, space);
      for (const name of expected.counted) {
        const [block = ''] = name.split('/');
        const isShut = expected.shut.get(block)?.includes(space.identity) === true;
        if (isShut) expect(opens.has(name), `${name} is closed to ${space.identity}`).toBe(false);
      }
    }
  });
});

const RULES = Object.keys(SOUND_EXPIRY) as readonly (keyof ExpiryRules)[];

describe('the worlds are such that a broken rule decides otherwise', () => {
  test.each(RULES)('%s', async (rule) => {
    let others = 0;
    for (const seed of SEEDS) {
      const one = await worldOf(seed);
      const sound = new Set(decided(one).counted);
      const broken = new Set(decided(one, { ...SOUND_EXPIRY, [rule]: true }).counted);
      for (const name of sound) if (!broken.has(name)) others++;
      for (const name of broken) if (!sound.has(name)) others++;
    }
    expect(others).toBeGreaterThan(1);
  });
});

test('of all that the worlds are about, enough happens', async () => {
  const sum = { given: 0, taken: 0, proposed: 0, lies: 0 };
  const seen = { epochs: 0, keys: 0, written: 0, counted: 0, shut: 0 };
  for (const one of await Promise.all(SEEDS.map(worldOf))) {
    for (const [name, times] of Object.entries(one.world.acts))
      sum[name as keyof typeof sum] += times;
    const { counted, shut } = decided(one);
    seen.epochs += one.world.epochs(0).length;
    seen.keys += one.blocks.flatMap(({ makes }) => makes).length;
    seen.written += one.blocks.flatMap(({ writes }) => writes).length;
    seen.counted += counted.length;
    seen.shut += counted.filter(
      (name) => (shut.get(name.split('/')[0] ?? '') ?? []).length > 0,
    ).length;
  }
  expect(Math.min(...Object.values(sum))).toBeGreaterThan(10);
  expect(seen.epochs).toBeGreaterThan(SEEDS.length);
  expect(seen.keys).toBeGreaterThan(5 * SEEDS.length);
  expect(seen.written - seen.counted).toBeGreaterThan(SEEDS.length);
  expect(seen.shut).toBeGreaterThan(20);
});
