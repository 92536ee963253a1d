/** Work apart that builds upon words and elements which the others have deleted and forgotten meanwhile. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { ApartScene } from '../epoch/apart-scene.fixture.ts';
import type { Space } from '../space/space.ts';
import { exchange } from '../space/testing/space-fixture.ts';

const Page = defineType('test.Page', {
  text: s.text(),
  body: s.richText(),
  items: s.list(s.string()),
});

function pageOf({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).first();
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

test('stands behind what stood before them', async () => {
  let founder: Space | undefined;
  const scene = await ApartScene.make(900, {
    register: (db) => db.register(Page),
    before: async (one, original) => {
      founder = one;
      one.database.add(Page, { text: 'one two three', items: ['a', 'b', 'c'] });
      await exchange(one, original);
      pageOf(original).body.insert(0, 'one two three');
      await original.flush();
    },
    wentOn: async (original) => {
      if (founder === undefined) return;
      const { body, items, text } = pageOf(founder);
      text.delete(4, 4);
      body.delete(4, 4);
      items.delete(1);
      for (let epoch = 0; epoch < 2; epoch++) {
        await founder.flush();
        await founder.epochs.propose();
        await exchange(founder, original);
        for (const space of [founder, original]) {
          const page = pageOf(space);
          page.text.insert(page.text.length, '.');
          await space.flush();
        }
        await exchange(founder, original);
      }
    },
    tail: async (one) => {
      pageOf(one).items.push('tail');
      await one.flush();
    },
  });
  const { body, items, text } = pageOf(scene.two);
  text.insert(6, 'WO');
  body.insert(6, 'WO');
  scene.two.database.commit();
  body.mark(5, 8, 'bold');
  items.insert(2, 'apart');
  scene.two.database.commit();
  text.insert(8, '!');
  items.set(2, 'APART');
  await scene.two.flush();
  await scene.takeOver(await scene.fetch());
  await scene.confirm();
  await scene.two.bringOver();
  await scene.settle();
  const page = pageOf(scene.one);
  expect(page.text.toString()).toMatch(/^one WO!three\.+$/);
  expect(page.body.toDocument().flatMap(({ runs }) => runs)).toEqual([
    { text: 'one ', marks: {} },
    { text: 'WO', marks: { bold: true } },
    { text: 'three', marks: {} },
  ]);
  expect([...page.items]).toEqual(['a', 'APART', 'c', 'tail']);
});
