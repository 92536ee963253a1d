/** What comes too early and finds no room waits for what it builds on: a limit makes nothing void. */
import { defineType, s } from '@atoll/schema';
import { afterEach, expect, test, vi } from 'vitest';
import { ParkedBlocks } from './parked-blocks.ts';
import { Person, exchange, exchangeAll, rootOf } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', { title: s.string() });

afterEach(() => vi.restoreAllMocks());

test('a run for which there is no room is not refused, and counts once what it builds on is here', async () => {
  const people = ['Ada', 'Jun', 'Kim'].map((name, at) => Person.make(name, 651 + at));
  const [ada, jun, kim] = (await Promise.all(people)) as [Person, Person, Person];
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  await exchangeAll([one, two, three]);
  two.database.add(Page, { title: 'by Jun' });
  await exchange(one, two);
  one.database.add(Page, { title: 'behind Jun' });
  await one.flush();
  vi.spyOn(ParkedBlocks.prototype, 'hasRoom').mockReturnValue(false);
  const feed = one.index.branches.feedOf(0);
  for await (const run of one.replica.missingFor(three.replica.tips())) {
    if (run.feed !== feed) continue;
    expect((await three.replica.receive(run, 'Ada')).at).not.toBe('refused');
  }
  await three.settled();
  expect(three.database.query(Page).count()).toBe(0);
  await exchange(one, three);
  await exchange(one, three);
  expect(three.database.query(Page).count()).toBe(2);
  expect(rootOf(three)).toBe(rootOf(one));
});
