/**
 * Worlds of whole clients in which people are removed, let back in and given other roles while they write, online
 * and offline. In the end all who are members agree on everything, and what does not count is kept by somebody.
 */
import { AtollError } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Role, Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });
const ROLES: readonly Role[] = ['reader', 'writer', 'admin'];
const STEPS = 30;

interface Node {
  readonly client: AtollClient;
  readonly space: Space;
  isOnline: boolean;
}

class RightsWorld extends ClientScene {
  readonly nodes: Node[] = [];
  /** Titles of what was durable where it was written, and whose. */
  readonly written = new Map<string, string>();
  /** Changes of rights that were allowed. */
  acts = 0;

  async begin(): Promise<void> {
    const ada = await this.person('ada');
    const home = await this.space(ada, 'Home');
    this.nodes.push({ client: ada, space: home, isOnline: true });
    for (const [name, role] of [
      ['jun', 'admin'],
      ['kim', 'writer'],
      ['leo', 'writer'],
    ] as const) {
      const client = await this.person(name);
      const space = await this.join(home, client, { role });
      this.nodes.push({ client, space, isOnline: true });
      await this.pause(5_000);
    }
  }

  async step(at: number): Promise<void> {
    const { rng } = this.world;
    const node = rng.pick(this.nodes);
    const roll = rng.float();
    if (roll < 0.5) await this.#write(node, `${idOf(node).slice(0, 4)} ${String(at)}`);
    else if (roll < 0.65) this.#switch(node);
    else await this.#tries(this.#rightsAct(node, roll));
    await this.pause(rng.int(4_000));
  }

  /** Everybody is online, and has all that he may have. */
  async peace(): Promise<void> {
    for (const node of this.nodes) if (!node.isOnline) this.#switch(node);
    await this.pause(120_000);
  }

  async #write({ client, space }: Node, title: string): Promise<void> {
    if (space.myRole.get() === 'reader') return;
    try {
      space.db.add(Task, { title });
    } catch (failure) {
      if (failure instanceof AtollError) return;
      throw failure;
    }
    await this.world.during(space.flush());
    this.written.set(title, client.halo.identity.get()?.id ?? '');
  }

  #switch(node: Node): void {
    node.isOnline = !node.isOnline;
    node.client.network.setOnline(node.isOnline);
  }

  #rightsAct({ space }: Node, roll: number): Promise<unknown> {
    const { rng } = this.world;
    const member = idOf(rng.pick(this.nodes));
    if (roll < 0.8) return space.rights.setRole({ member }, rng.pick(ROLES));
    if (roll < 0.9) return space.rights.remove(member);
    const removals = space.rights.removals.get();
    const removal = removals.length === 0 ? undefined : rng.pick(removals);
    return removal === undefined ? Promise.resolve() : space.rights.restore(removal.id);
  }

  /** What is not allowed is refused with a code, and nothing else ever. */
  async #tries(doing: Promise<unknown>): Promise<void> {
    await this.world.during(
      doing.then(
        () => void this.acts++,
        (failure: unknown) => {
          if (!(failure instanceof AtollError)) throw failure;
        },
      ),
    );
  }
}

function idOf({ client }: Pick<Node, 'client'>): string {
  return client.halo.identity.get()?.id ?? '';
}

function rolesIn(space: Space): readonly string[] {
  return space.members.get().map(({ displayName, role }) => `${displayName} ${role}`);
}

function titlesIn(space: Space): readonly string[] {
  return space.db
    .query(Task)
    .run()
    .map(({ title }) => title)
    .sort();
}

test.each([1, 2, 3, 4, 5, 6])('all members agree, and nothing is lost, seed %i', async (seed) => {
  const world = new RightsWorld(7_000 + seed);
  await world.begin();
  for (let at = 0; at < STEPS; at++) await world.step(at);
  await world.peace();
  const [ada] = world.nodes as [Node];
  const members = new Set(ada.space.members.get().map(({ id }) => id));
  const roles = rolesIn(ada.space);
  const titles = titlesIn(ada.space);
  for (const node of world.nodes) {
    const isMember = members.has(idOf(node));
    expect(node.space.rights.removed.get() === undefined, 'knows whether he is in').toBe(isMember);
    if (!isMember) continue;
    expect(rolesIn(node.space)).toEqual(roles);
    expect(titlesIn(node.space)).toEqual(titles);
  }
  expect(world.acts).toBeGreaterThan(2);
  // What does not count is kept, here or with who wrote it.
  const aside = new Set<string>();
  for (const { space } of world.nodes) {
    for (const { changed } of await world.world.during(space.history.setAside())) {
      for (const diff of changed) aside.add(JSON.stringify(diff));
    }
  }
  const kept = [...aside].join('\n');
  for (const title of world.written.keys()) {
    const isThere = titles.includes(title) || kept.includes(title);
    const isShown = world.nodes.some(({ space }) => titlesIn(space).includes(title));
    expect(isThere || isShown, title).toBe(true);
  }
});
