/** Which keys of a space may be used on once devices of somebody were stopped: those of makers who knew of it. */
import { ROOT_ZONE, type KeyId } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { createGeneration } from '../generation.ts';
import { publishReadingKey } from '../issue.ts';
import { rotationId } from '../statement-ids.ts';
import type { Statement } from '../statements.ts';
import { Household, type HouseDevice } from '../testing/household.ts';

/** Ada's laptop, phone and tablet, all of which have a vote. */
async function three(seed: number) {
  const house = await Household.make(seed);
  const { laptop } = house;
  const phone = await house.device(laptop.signer);
  const tablet = await house.device(laptop.signer);
  await house.present(phone, [await house.agree(phone, tablet)]);
  for (const device of [laptop, phone, tablet]) await house.write(device);
  return { house, laptop, phone, tablet };
}

/** New keys by a device that knows everything, behind what it says in the same block. */
async function makesKeys(
  { right, town }: Household,
  by: HouseDevice,
  statements: readonly Statement[] = [],
): Promise<KeyId> {
  const { dag, founded, space } = town;
  const previous = founded.keys.get(founded.content);
  const { rotation } = createGeneration({
    ...{ rng: dag.rng, space, of: ROOT_ZONE },
    readers: dag.fold(space).authority.readers(),
    previous: previous === undefined ? [] : [previous],
  });
  await dag.append(space, by.feed, {
    deps: dag.tips().filter((dep) => dep !== by.feed.tip),
    credential: right,
    statements: [...statements, rotation],
  });
  return rotationId(rotation);
}

/** Whether these keys are used now: then what the next block of a device has under them counts. In any order of arrival. */
async function areUsed({ town }: Household, keys: KeyId, by: HouseDevice): Promise<boolean> {
  const { dag, space } = town;
  const next = await dag.append(space, by.feed, {
    deps: dag.tips().filter((dep) => dep !== by.feed.tip),
    data: [],
  });
  const seen = [1, 2, 3].map((seed) => {
    const { authority, noOf } = dag.fold(space, dag.arrival(new SimRng(seed)));
    const isCurrent = authority.keys.current(ROOT_ZONE) === keys;
    if (isCurrent) expect(authority.keys.maySeal(ROOT_ZONE, keys, noOf(next)).counts).toBe(true);
    return isCurrent;
  });
  for (const one of seen) expect(one).toBe(seen[0]);
  return seen[0] ?? false;
}

function readingKeyOf({ town: { dag, founder, space } }: Household): Uint8Array | undefined {
  return dag.fold(space).authority.keys.readingKey(founder.identity)?.key;
}

test('are used on whoever shows a stop once more, with or without having heard of it', async () => {
  const { house, laptop, phone, tablet } = await three(1);
  const before = house.town.dag.tips();
  await house.present(laptop, [await house.suspend(laptop, phone)]);
  const keys = await makesKeys(house, laptop);
  expect(await areUsed(house, keys, laptop)).toBe(true);
  await house.present(tablet, [], before);
  expect(await areUsed(house, keys, tablet)).toBe(true);
  const camera = await house.device(laptop.signer);
  await house.write(camera);
  expect(await areUsed(house, keys, camera)).toBe(true);
});

test('are not once a device is stopped, and are not that are made as this is first shown', async () => {
  const { house, laptop, phone, tablet } = await three(2);
  const first = house.town.founded.content;
  expect(await areUsed(house, first, laptop)).toBe(true);
  const stop = await house.suspend(laptop, phone);
  const tooSoon = await makesKeys(house, laptop, [stop]);
  expect(await areUsed(house, first, laptop)).toBe(false);
  expect(await areUsed(house, tooSoon, laptop)).toBe(false);
  expect(await areUsed(house, await makesKeys(house, tablet), laptop)).toBe(true);
});

test('are used for what stands in the very block that shows a stop first', async () => {
  const { house, laptop, phone } = await three(6);
  const { dag, founded, space } = house.town;
  const data = { statements: [await house.suspend(laptop, phone)], data: [house.right] };
  const block = await dag.append(space, laptop.feed, data);
  const next = await house.write(laptop);
  const { authority, noOf } = dag.fold(space);
  const seals = (at: number) => authority.keys.maySeal(ROOT_ZONE, founded.content, noOf(at));
  expect(seals(block).counts).toBe(true);
  expect(seals(next)).toEqual({ counts: false, why: 'generation-stale' });
});

test('are not once another device accuses it as well, and are however often the same one does', async () => {
  const { house, laptop, phone, tablet } = await three(3);
  await house.present(laptop, [await house.suspend(laptop, phone)]);
  const keys = await makesKeys(house, laptop);
  await house.present(laptop, [await house.suspend(laptop, phone)]);
  expect(await areUsed(house, keys, laptop)).toBe(true);
  await house.present(tablet, [await house.suspend(tablet, phone)]);
  expect(await areUsed(house, keys, laptop)).toBe(false);
});

test('are not once a device turns out to be let in too late, which their maker took for one that acts', async () => {
  const { house, laptop, phone, tablet } = await three(4);
  const { dag } = house.town;
  const unheard = dag.tips();
  const { log } = house;
  const stop = await house.suspend(tablet, phone);
  house.log = log;
  const thief = await house.device(phone.signer);
  await house.write(laptop);
  const { identity } = house.town.founder;
  const reading = { space: house.town.space, identity, deviceSigner: laptop.signer, counter: 1 };
  const key = dag.rng.bytes(32);
  await house.present(laptop, [stop, await publishReadingKey({ ...reading, key })]);
  expect(readingKeyOf(house)).toEqual(key);
  const keys = await makesKeys(house, laptop);
  expect(await areUsed(house, keys, laptop)).toBe(true);
  // The tablet has not heard of whom the phone has let in.
  const { log: whole } = house;
  house.log = log;
  await house.present(tablet, [stop], unheard);
  house.log = whole;
  const { authority } = dag.fold(house.town.space);
  expect(authority.identities.standingOf(identity, thief.key)).toBe('suspended');
  expect(readingKeyOf(house)).toBeUndefined();
  expect(await areUsed(house, keys, laptop)).toBe(false);
  expect(await areUsed(house, await makesKeys(house, laptop), laptop)).toBe(true);
});

test('are not that were made before a device came back which is stopped again by the same word', async () => {
  const { house, laptop, phone, tablet } = await three(5);
  await house.present(tablet, [await house.suspend(tablet, phone)]);
  const keys = await makesKeys(house, laptop);
  expect(await areUsed(house, keys, laptop)).toBe(true);
  await house.present(laptop, [await house.decide(tablet, 'goes')]);
  // The phone acts now, and is given everything.
  await house.write(phone);
  await house.present(laptop, [await house.decide(tablet, 'stays')]);
  expect(await areUsed(house, keys, laptop)).toBe(false);
});
