/** How long files stay that nothing names: the time of grace, and until a server has them. */
import { expect, test } from 'vitest';
import type { BlobRef } from '@atoll/schema';
import type { Space } from '../api.ts';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const BYTES: Uint8Array = Uint8Array.from({ length: 100_000 }, (_, at) => (at * at) % 251);

class Scene extends ClientScene {
  #client: AtollClient | undefined;
  #space = '';

  /** Ada in a new space. */
  async begin(): Promise<Space> {
    this.#client = await this.person('ada');
    const space = await this.space(this.#client, 'Trip');
    this.#space = space.id;
    return space;
  }

  /** Ada in another run: what the one before has put or read is not in use any more. */
  async later(timeMs: number): Promise<Space> {
    await this.world.during((this.#client as AtollClient).close());
    this.machine('ada').skewMs = timeMs;
    this.#client = await this.open('ada');
    return found(this.#client, this.#space);
  }

  put(space: Space): Promise<BlobRef> {
    return this.world.during(space.blobs.put(BYTES));
  }

  isStored(space: Space, ref: BlobRef): Promise<boolean> {
    return this.world.runUntil(() => space.blobs.state(ref).get().upload === 'stored', 60_000);
  }

  /** Pieces on Ada's device. */
  get pieces(): number {
    return this.machine('ada').chunkDisk.bucket(this.#space).size;
  }
}

test('what nothing names stays until the time of grace is over, in whatever run it was put', async () => {
  const scene = new Scene(1);
  const space = await scene.begin();
  expect(await scene.isStored(space, await scene.put(space))).toBe(true);
  const { pieces } = scene;
  expect(pieces).toBeGreaterThan(0);
  const young = await scene.later(DAY_MS / 2);
  const spared = await scene.world.during(young.blobs.collect());
  expect([spared.looseChunks, scene.pieces]).toEqual([0, pieces]);
  const old = await scene.later(2 * DAY_MS);
  const gone = await scene.world.during(old.blobs.collect());
  expect([gone.looseChunks, scene.pieces]).toEqual([pieces, 0]);
});

test('what waits for its upload stays however old it is, and goes once a server has it', async () => {
  const scene = new Scene(2);
  const space = await scene.begin();
  scene.kube.stop();
  const ref = await scene.put(space);
  const { pieces } = scene;
  const waiting = await scene.later(2 * DAY_MS);
  const spared = await scene.world.during(waiting.blobs.collect());
  expect([spared.looseChunks, scene.pieces]).toEqual([0, pieces]);
  scene.kube.start();
  expect(await scene.isStored(waiting, ref)).toBe(true);
  const stored = await scene.later(2 * DAY_MS);
  await scene.world.during(stored.blobs.collect());
  expect(scene.pieces).toBe(0);
});
