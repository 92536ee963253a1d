/** Refs from one space into another, with the whole client in a simulated world. */
import type { SpaceId } from '@atoll/kernel';
import { defineType, s, type Ref } from '@atoll/schema';
import { expect, test } from 'vitest';
import { ClientScene } from './testing/client-scene.ts';

const Note = defineType('org.example.Note', { title: s.string(), about: s.ref().optional() });

test('a ref into another space of the same person leads there, and is a value where it cannot', async () => {
  const scene = new ClientScene(3);
  const ada = await scene.person('ada');
  const here = await scene.space(ada, 'Here');
  const there = await scene.space(ada, 'There');
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
