/** One question of all spaces of a person. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { ClientScene } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string(), size: s.integer() });

test('all spaces are asked as one, those that come later too', async () => {
  const scene = new ClientScene(5);
  const { world } = scene;
  const client = await scene.person('desk');
  const home = await scene.space(client, 'Home');
  home.db.add(Task, { title: 'Paint', size: 3 });
  home.db.add(Task, { title: 'Pack', size: 1 });
  const told: string[] = [];
  const largest = client.spaces.query(Task, (tasks) => tasks.orderBy('size', 'desc').limit(2));
  const stop = largest.subscribe((found) => {
    told.push(found.map(({ object }) => object.title).join(' '));
  });
  const work = await scene.space(client, 'Work');
  work.db.add(Task, { title: 'Plan', size: 2 });
  await world.during(work.flush());
  expect(told[0]).toBe('Paint Pack');
  expect(told.at(-1)).toBe('Paint Plan');
  expect(largest.run().map(({ space }) => space)).toEqual([home.id, work.id]);
  expect(largest.count()).toBe(3);
  const sizes = client.spaces.queryForm({
    type: Task.name,
    aggregate: { all: { sum: 'size' }, most: { max: 'size' } },
  });
  expect(sizes.groups()).toEqual([{ key: {}, count: 3, figures: { all: 6, most: 3 } }]);
  const inWork = client.spaces.query(Task, undefined, { within: [work.id] });
  expect(inWork.run().map(({ object }) => object.title)).toEqual(['Plan']);
  stop();
  await world.during(client.close());
});
