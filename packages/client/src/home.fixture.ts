/** Ada's space with Jun as admin and Kim as writer, on whole clients with one server, and what is seen of it. */
import { defineType, s, type Field, type TypeDefinition } from '@atoll/schema';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { ClientScene } from './testing/client-scene.ts';

/** What is written in that space. */
export const Task: TypeDefinition<{ title: Field<string> }> = defineType('org.example.Task', {
  title: s.string(),
});

/** Titles of all tasks, sorted. */
export function titles(space: Space): string[] {
  return space.db
    .query(Task)
    .run()
    .map(({ title }) => title ?? '')
    .sort();
}

/** The identity of a client, as others see it. */
export function idOf(client: AtollClient): string {
  return client.halo.identity.get()?.id ?? '';
}

/** Roles by name. */
export function roles(space: Space): Record<string, string> {
  return Object.fromEntries(
    space.members.get().map(({ displayName, role }) => [displayName, role]),
  );
}

/** The three, and the space as each of them has it. */
export interface Home {
  readonly ada: AtollClient;
  readonly jun: AtollClient;
  readonly kim: AtollClient;
  readonly one: Space;
  readonly two: Space;
  readonly three: Space;
}

/** See above. */
export class HomeScene extends ClientScene {
  /** Kim is let in by Ada, or by Jun. */
  async home(kimIsLetInBy: 'ada' | 'jun'): Promise<Home> {
    const [ada, jun, kim] = [
      await this.person('ada'),
      await this.person('jun'),
      await this.person('kim'),
    ];
    const one = await this.space(ada, 'Home');
    const two = await this.join(one, jun, { role: 'admin' });
    await this.pause();
    const host = kimIsLetInBy === 'ada' ? one : two;
    const three = await this.join(host, kim, { role: 'writer' });
    await this.pause();
    return { ada, jun, kim, one, two, three };
  }
}
