/** Ada's space with Jun and Kim in it, on whole clients with one server, and what of its notes can be read. */
import { defineType, s, type Field, type TypeDefinition } from '@atoll/schema';
import { expect } from 'vitest';
import type { Space } from './api.ts';
import { handleOf } from './catch-up-town.fixture.ts';
import type { AtollClient } from './client.ts';
import { ClientScene } from './testing/client-scene.ts';

/** What is written in that space. */
export const Note: TypeDefinition<{ text: Field<string> }> = defineType('org.example.Note', {
  text: s.string(),
});

/** Notes that can be read, sorted; none while the space is folded anew. */
export function textsOf(space: Space): readonly string[] {
  if (!handleOf(space).isOpen) return [];
  return space.db
    .query(Note)
    .run()
    .map(({ text }) => text ?? '')
    .sort();
}

/** The three, and the space as each of them has it, when all have its first note. */
export async function trip(seed: number): Promise<{
  readonly scene: ClientScene;
  readonly ada: AtollClient;
  readonly jun: AtollClient;
  readonly kim: AtollClient;
  readonly one: Space;
  readonly two: Space;
  readonly three: Space;
}> {
  const scene = new ClientScene(seed);
  const people: AtollClient[] = [];
  for (const name of ['ada', 'jun', 'kim']) people.push(await scene.person(name));
  const [ada, jun, kim] = people as [AtollClient, AtollClient, AtollClient];
  const one = await scene.space(ada, 'Trip');
  one.db.add(Note, { text: 'first' });
  const two = await scene.join(one, jun);
  const three = await scene.join(one, kim);
  const all = [one, two, three];
  const settled = (): boolean => all.every((space) => textsOf(space).length === 1);
  expect(await scene.world.runUntil(settled, 60_000)).toBe(true);
  return { scene, ada, jun, kim, one, two, three };
}
