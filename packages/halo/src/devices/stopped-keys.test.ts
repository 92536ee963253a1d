/** Keys of a space that a stopped device makes: it would have what is sealed under them. */
import { ROOT_ZONE } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { createGeneration } from '../generation.ts';
import { rotationId } from '../statement-ids.ts';
import type { Statement } from '../statements.ts';
import { Household, type HouseDevice } from '../testing/household.ts';

/** Ada's laptop and phone. */
async function pair(seed: number) {
  const house = await Household.make(seed);
  const { laptop } = house;
  const phone = await house.device(laptop.signer);
  for (const device of [laptop, phone]) await house.write(device);
  return { house, laptop, phone };
}

/**
 * New keys of the space by a device that knows everything, sealed to whom they should be, with what it says behind
 * them in the same block. Whether they are any, in every order of arrival that is tried.
 */
async function makesKeys(
  { right, town }: Household,
  by: HouseDevice,
  around: { readonly before?: readonly Statement[]; readonly after?: readonly Statement[] } = {},
): Promise<boolean> {
  const { dag, founded, space } = town;
  const previous = founded.keys.get(founded.content);
  const { rotation } = createGeneration({
    ...{ rng: dag.rng, space, of: ROOT_ZONE },
    readers: dag.fold(space).authority.readers(),
    previous: previous === undefined ? [] : [previous],
  });
  const { after = [], before = [] } = around;
  await dag.append(space, by.feed, {
    deps: dag.tips().filter((dep) => dep !== by.feed.tip),
    credential: right,
    statements: [...before, rotation, ...after],
  });
  const seen = [1, 2, 3, 4].map((seed) => {
    const { authority } = dag.fold(space, dag.arrival(new SimRng(seed)));
    return authority.keys.generations(ROOT_ZONE).includes(rotationId(rotation));
  });
  for (const one of seen) expect(one).toBe(seen[0]);
  return seen[0] ?? false;
}

test('are none once it knows that it is stopped, and are some again when it is back', async () => {
  const { house, laptop, phone } = await pair(1);
  expect(await makesKeys(house, phone)).toBe(true);
  await house.present(laptop, [await house.suspend(laptop, phone)]);
  expect(await makesKeys(house, phone)).toBe(false);
  expect(await makesKeys(house, laptop)).toBe(true);
  await house.present(laptop, [await house.decide(phone, 'stays')]);
  expect(await makesKeys(house, phone)).toBe(true);
});

test.each(['before', 'after'])(
  'are none where it shows its stop itself, in the same block and %s them',
  async (where) => {
    const { house, laptop, phone } = await pair(2);
    const stop = await house.suspend(laptop, phone);
    expect(await makesKeys(house, phone, { [where]: [stop] })).toBe(false);
  },
);

test('made without knowing that are some, which nobody uses who knows it', async () => {
  const { house, laptop, phone } = await pair(4);
  const { dag, founded, space } = house.town;
  const deps = dag.tips().filter((dep) => dep !== phone.feed.tip);
  await house.present(laptop, [await house.suspend(laptop, phone)]);
  const previous = founded.keys.get(founded.content);
  const { rotation } = createGeneration({
    ...{ rng: dag.rng, space, of: ROOT_ZONE },
    readers: dag
      .fold(space, [...dag.block(phone.feed.tip).past, phone.feed.tip])
      .authority.readers(),
    previous: previous === undefined ? [] : [previous],
  });
  await dag.append(space, phone.feed, { deps, credential: house.right, statements: [rotation] });
  const { authority } = dag.fold(space);
  expect(authority.keys.generations(ROOT_ZONE)).toContain(rotationId(rotation));
  expect(authority.keys.current(ROOT_ZONE)).toBeUndefined();
});

test('are none by a device that only words have let in which are no more, not even in its first block', async () => {
  const { house, laptop, phone } = await pair(5);
  const { statement } = await house.newWords(laptop);
  const late = await house.device(house.recovery, { previous: house.last });
  expect(await makesKeys(house, late)).toBe(false);
  await house.present(laptop, [statement]);
  expect(await makesKeys(house, late)).toBe(false);
  expect(await makesKeys(house, phone)).toBe(true);
});
