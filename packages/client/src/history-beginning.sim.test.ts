/** History where what was before an epoch is gone: on the device that dropped it, and on one that joined later. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { liveUntil } from './live.ts';
import { SpaceHandle } from './space-handle.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string(), notes: s.text() });

class Town extends ClientScene {
  /** One title after the other, each in a block of its own; where the space stood after each. */
  async write(space: Space, name: string, times: number): Promise<(readonly string[])[]> {
    const points: (readonly string[])[] = [];
    for (let at = 0; at < times; at++) {
      const task = space.db.query(Task).first() ?? space.db.add(Task, { title: '' });
      task.title = `${name} ${at}`;
      task.notes.insert(0, `${at}`);
      await this.world.during(space.flush());
      points.push(space.history.frontier());
    }
    return points;
  }

  async sealAndDrop(space: Space): Promise<void> {
    if (!(space instanceof SpaceHandle)) throw new RangeError('no handle');
    await this.world.during(space.epochs.propose());
    await this.world.during(liveUntil(space.epochs.status, ({ number }) => number === 1));
    expect(await this.world.during(space.echo.epochs.dropHistory(0))).toBeGreaterThan(5);
  }

  async titleAt(space: Space, point: readonly string[]): Promise<string | undefined> {
    const past = await this.world.during(space.history.at(point));
    const task = past.db.query(Task).first();
    return task === undefined ? undefined : `${task.title} ${String(task.notes)}`;
  }

  async refusal(asked: Promise<unknown>): Promise<unknown> {
    return this.world.during(
      asked.then(
        () => undefined,
        (failure: unknown) => failure,
      ),
    );
  }
}

test('above a dropped epoch, whoever dropped it and whoever joined later see the same past', async () => {
  const town = new Town(1, {}, { keepsMailboxes: false });
  const [ada, jun] = [await town.person('ada'), await town.person('jun')];
  const trip = await town.space(ada, 'Trip');
  const [early = []] = await town.write(trip, 'old', 12);
  trip.history.versions.create('Early', early);
  await town.world.during(trip.flush());
  await town.sealAndDrop(trip);
  const points = await town.write(trip, 'new', 4);
  const theirs = await town.join(trip, jun);
  const isHere = (): boolean =>
    theirs.state.get() === 'open' && theirs.db.query(Task).first()?.title === 'new 3';
  expect(await town.world.runUntil(isHere, 120_000)).toBe(true);
  await town.world.run(town.world.nowMs + 30_000);
  const id = trip.db.query(Task).first()?.id ?? '';
  const mine = await town.world.during(trip.history.begins());
  expect(mine).toMatchObject({ epoch: 1, droppedMs: expect.any(Number) as number });
  for (const isAgain of [false, true]) {
    if (isAgain) await town.world.during(jun[Symbol.asyncDispose]());
    const space = isAgain ? found(await town.open('jun'), trip.id) : theirs;
    const begins = await town.world.during(space.history.begins());
    // Nothing was dropped here: it was never there.
    expect(begins).toEqual({ epoch: 1, frontier: mine?.frontier, sinceMs: mine?.sinceMs });
    for (const point of [mine?.frontier ?? [], ...points]) {
      expect(await town.titleAt(space, point)).toBe(await town.titleAt(trip, point));
    }
    expect(await town.titleAt(space, points[1] ?? [])).toMatch(/^new 1 10/);
    const page = await town.world.during(space.history.timeline(id, { pauseMs: 0 }));
    const right = await town.world.during(trip.history.timeline(id, { pauseMs: 0 }));
    expect(page.entries).toEqual(right.entries);
    expect([page.begins, right.begins]).toEqual([begins, mine]);
    for (const point of [{ version: 'Early' }, early, { timeMs: 1 }]) {
      expect(await town.refusal(space.history.at(point))).toMatchObject({
        code: 'HISTORY_DROPPED',
        sinceMs: begins?.sinceMs,
      });
    }
  }
});
