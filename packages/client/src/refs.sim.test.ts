/** Refs from one space into another, with the whole client in a simulated world. */
import type { SpaceId } from '@atoll/kernel';
import { defineType, s, type Ref } from '@atoll/schema';
import { SimKube, SimMachine, SimNetwork, World } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { AtollClient } from './client.ts';

const Note = defineType('org.example.Note', { title: s.string(), about: s.ref().optional() });

test('a ref into another space of the same person leads there, and is a value where it cannot', async () => {
  const world = new World(3);
  const network = new SimNetwork(world);
  const kube = new SimKube({ world, network, name: 'kube.test' });
  const machine = new SimMachine({ world, network, name: 'ada' });
  const ada = await world.during(
    AtollClient.open(machine.boot(), { kubes: [kube.url], deviceName: 'ada' }),
  );
  await world.during(ada.halo.createIdentity({ displayName: 'ada' }));
  const here = await world.during(ada.spaces.create({ name: 'Here' }));
  const there = await world.during(ada.spaces.create({ name: 'There' }));
  const far = there.db.add(Note, { title: 'far' });
  const near = here.db.add(Note, { title: 'near', about: far });
  expect([near.about?.$space, near.about?.$state]).toEqual([there.id, 'present']);
  expect(near.about?.$target).toBe(far);
  there.db.delete(far);
  expect([near.about?.$state, near.about?.$target]).toEqual(['deleted', undefined]);
  const stranger = 'cd'.repeat(32) as SpaceId;
  const ref: Ref<unknown> = {
    $id: far.id,
    $key: undefined,
    $space: stranger,
    $state: 'missing',
    $target: undefined,
  };
  const strange = here.db.add(Note, { title: 'strange', about: ref });
  expect(strange.about?.$state).toBe('not-shared');
  const copy = here.db.add(Note, { title: 'copy', about: near });
  expect([copy.about?.$space, copy.about?.$target]).toEqual([undefined, near]);
});
