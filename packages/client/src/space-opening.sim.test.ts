/** A space that cannot be opened: it keeps nobody from the others, says why, and is tried again when asked. */
import { StoreError, type SpaceId, type Store } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { AtollClient } from './client.ts';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

/** Lets reading the log of one space fail until the damage is mended. */
function damaged(store: Store, space: SpaceId): { readonly mend: () => void } {
  const read = store.read.bind(store);
  let isDamaged = true;
  store.read = (of, ...rest) =>
    isDamaged && of === space
      ? Promise.reject(new StoreError('STORE_CORRUPT', 'the disk gives nothing'))
      : read(of, ...rest);
  return { mend: () => void (isDamaged = false) };
}

test('is listed with the reason, the others open, and opens once it can', async () => {
  const scene = new ClientScene(1201);
  const first = await scene.person('ada');
  const [home, work] = [await scene.space(first, 'Home'), await scene.space(first, 'Work')];
  home.db.add(Task, { title: 'Sweep' });
  work.db.add(Task, { title: 'Write' });
  await scene.pause(5_000);
  await scene.world.during(first.close());
  const platform = scene.machine('ada').boot();
  const { mend } = damaged(platform.store, home.id as SpaceId);
  const options = { kubes: [scene.kube.url] };
  const ada = await scene.world.during(AtollClient.open(platform, options));
  const spaceOf = (id: string) => {
    const found = ada.spaces.get(id);
    if (found === undefined) throw new RangeError('the space is not listed');
    return found;
  };
  const [broken, whole] = [spaceOf(home.id), spaceOf(work.id)];
  expect([broken.state.get(), whole.state.get()]).toEqual(['closed', 'open']);
  expect(broken.problem.get()).toMatchObject({ code: 'STORE_CORRUPT' });
  expect([broken.name.get(), whole.problem.get()]).toEqual(['Home', undefined]);
  expect(whole.db.query(Task).run()).toHaveLength(1);
  expect(() => broken.db).toThrow(expect.objectContaining({ code: 'CLIENT_SPACE_CLOSED' }));
  await expect(scene.world.during(broken.open())).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  // Asked over all spaces, it is left out.
  const everywhere = ada.spaces.query(Task);
  const release = await scene.world.during(everywhere.ready());
  expect(everywhere.run().map(({ space }) => space)).toEqual([work.id]);
  release();
  // What is new goes on as ever beside it.
  await scene.space(ada, 'Third');
  mend();
  await scene.world.during(broken.open());
  expect([broken.state.get(), broken.problem.get()]).toEqual(['open', undefined]);
  expect(broken.db.query(Task).run()).toHaveLength(1);
  await scene.world.during(ada.close());
});
