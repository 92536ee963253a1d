/** People whose history is dropped: where tests of catching up begin. */
import { defineType, s } from '@atoll/schema';
import { expect } from 'vitest';
import { randomEdit, randomFrom } from '../../echo/src/testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../../echo/src/testing/random-kinds.ts';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { liveUntil } from './live.ts';
import type { SpaceCatchUp } from './space-catch-up.ts';
import { SpaceHandle } from './space-handle.ts';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

/** What is behind a space as applications see it. */
export function handleOf(space: Space): SpaceHandle {
  if (space instanceof SpaceHandle) return space;
  throw new RangeError('no handle');
}

/** People with a server that keeps no mailboxes, so that only they have what they have. */
export class Town extends ClientScene {
  constructor(seed: number, keepsMailboxes = false) {
    super(seed, {}, { keepsMailboxes });
  }

  readonly clients: WeakMap<Space, AtollClient> = new WeakMap();

  clientOf(space: Space): AtollClient {
    const client = this.clients.get(space);
    if (client === undefined) throw new RangeError('nobody has opened it');
    return client;
  }

  /** One title after the other, each in a block that nothing names once the next is there. */
  async write(space: Space, name: string, times: number): Promise<void> {
    for (let at = 0; at < times; at++) {
      const task = space.db.query(Task).first() ?? space.db.add(Task, { title: name });
      task.title = `${name} ${at}`;
      await this.world.during(space.flush());
    }
  }

  async editAll(space: Space, seed: number, times: number): Promise<void> {
    const random = randomFrom(seed);
    registerKinds(space.db);
    for (let at = 0; at < times; at++) {
      if (at % 2 === 0) randomEdit(space.db, random);
      else randomKindsEdit(space.db, random);
      await this.world.during(space.flush());
    }
  }

  override async pause(ms = 5_000): Promise<void> {
    await super.pause(ms);
  }

  /** Seals an epoch and drops the history under it at once; the blocks that were dropped. */
  async seal(space: Space, number: number): Promise<number> {
    await this.world.during(space.epochs.propose());
    await this.world.during(liveUntil(space.epochs.status, (epochs) => epochs.number === number));
    return this.world.during(handleOf(space).echo.epochs.dropHistory(0));
  }

  /** Ada and Jun have both dropped what was written under the first epoch. */
  async droppedByBoth(): Promise<{
    readonly ada: AtollClient;
    readonly trip: Space;
    readonly theirs: Space;
  }> {
    const [ada, jun] = [await this.person('ada'), await this.person('jun')];
    const trip = await this.space(ada, 'Trip');
    await this.write(trip, 'old', 10);
    const theirs = await this.join(trip, jun);
    await this.expectSame(trip, theirs);
    await this.seal(trip, 1);
    await this.world.during(liveUntil(theirs.epochs.status, ({ number }) => number === 1));
    await this.world.during(handleOf(theirs).echo.epochs.dropHistory(0));
    return { ada, trip, theirs };
  }

  rootOf(space: Space): Promise<string> {
    return this.world.during(space.info()).then(({ root }) => root);
  }

  async expectSame(one: Space, other: Space, withinMs = 120_000): Promise<void> {
    const isSame = (): boolean => {
      const [a, b] = [one, other].map((space) => {
        return space.state.get() === 'open' ? handleOf(space).echo.figures() : undefined;
      });
      if (a === undefined || b === undefined || a.objects !== b.objects) return false;
      return a.root.every((byte, at) => byte === b.root[at]);
    };
    expect(await this.world.runUntil(isSame, withinMs)).toBe(true);
  }
}

/** Title of the first task. */
export function titleIn(space: Space): string | undefined {
  return space.db.query(Task).first()?.title;
}

/** What gets a space what others have dropped. */
export function catchUpOf(space: Space): SpaceCatchUp {
  const { catchUp } = handleOf(space).place;
  if (catchUp === undefined) throw new RangeError('no space');
  return catchUp;
}
