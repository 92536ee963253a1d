/** Keys that come with blocks that had to wait for others: what comes after them is opened all the same. */
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Person, exchange, exchangeAll, rootOf } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', { title: s.string() });

test('whoever hears of a removal before what it builds on reads on once that is here', async () => {
  const people = ['Ada', 'Jun', 'Kim'].map((name, at) => Person.make(name, 601 + at));
  const [ada, jun, kim] = (await Promise.all(people)) as [Person, Person, Person];
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  await exchangeAll([one, two, three]);
  two.database.add(Page, { title: 'by Jun' });
  await exchange(one, two);
  await one.remove(jun.identity);
  one.database.add(Page, { title: 'without Jun' });
  await one.flush();
  const runs = [];
  for await (const run of one.replica.missingFor(three.replica.tips())) runs.push(run);
  const feed = one.index.branches.feedOf(0);
  const ofAda = runs.filter((run) => run.feed === feed);
  expect(ofAda.length).toBeGreaterThan(0);
  expect(runs.length).toBeGreaterThan(ofAda.length);
  for (const run of [...ofAda, ...runs.filter((other) => !ofAda.includes(other))]) {
    await three.replica.receive(run, 'Ada');
  }
  await three.settled();
  const titles = three.database
    .query(Page)
    .run()
    .map(({ title }) => title);
  expect(titles.sort()).toEqual(['by Jun', 'without Jun']);
  expect(rootOf(three)).toBe(rootOf(one));
});
