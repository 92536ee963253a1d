/** What listeners are told of the mesh's status, and what is looked at for it. */
import { SimClock, World } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { StatusWatch } from './status-watch.ts';

const SPACES = Array.from({ length: 1_000 }, (_, number) => `space-${number}`);
const LONG_ENOUGH_MS = 200;

class Scene {
  readonly world: World = new World(1);
  readonly told: string[] = [];
  readonly looked: string[] = [];
  readonly differing = new Set<string>();
  reached = '';
  readonly watch: StatusWatch = new StatusWatch({
    clock: new SimClock(this.world),
    signal: new AbortController().signal,
    spaces: () => SPACES,
    reached: () => this.reached,
    agrees: (space) => {
      this.looked.push(space);
      return !this.differing.has(space);
    },
  });

  constructor() {
    for (const space of SPACES) this.watch.onSpace(space, () => this.told.push(space));
  }

  async pass(): Promise<void> {
    await this.world.run(this.world.nowMs + LONG_ENOUGH_MS);
  }
}

describe('among a thousand spaces', () => {
  test('many changes of one are told once, to those who follow it or everything', async () => {
    const scene = new Scene();
    let any = 0;
    scene.watch.onAny(() => any++);
    for (let change = 0; change < 100; change++) scene.watch.changed('space-7');
    await scene.pass();
    expect(scene.told).toEqual(['space-7']);
    expect(any).toBe(1);
  });

  test('a server that is reached or lost is told to all', async () => {
    const scene = new Scene();
    scene.reached = 'wss://kube.example';
    scene.watch.changed();
    await scene.pass();
    expect(scene.told).toEqual(SPACES);
    scene.watch.changed();
    await scene.pass();
    expect(scene.told.length).toBe(SPACES.length);
  });

  test('only those that have changed are asked whether they agree, up to the first that does not', () => {
    const scene = new Scene();
    scene.watch.changed('space-1', 'space-2', 'space-3');
    scene.differing.add('space-2');
    expect(scene.watch.isSettled).toBe(false);
    expect(scene.watch.isSettled).toBe(false);
    expect(scene.looked).toEqual(['space-1', 'space-2', 'space-2']);
    scene.differing.clear();
    expect(scene.watch.isSettled).toBe(true);
    scene.looked.length = 0;
    expect(scene.watch.isSettled).toBe(true);
    expect(scene.looked).toEqual([]);
  });

  test('who has stopped to listen is told nothing', async () => {
    const scene = new Scene();
    const stop = scene.watch.onSpace('space-5', () => scene.told.push('stopped'));
    stop();
    scene.watch.changed('space-5');
    await scene.pass();
    expect(scene.told).toEqual(['space-5']);
  });
});
