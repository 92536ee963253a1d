/** Members who are removed: what they had written stays, what they write on does not count anywhere. */
import { revokeAccess } from '@atoll/halo';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from './space.ts';
import { Person, exchange, exchangeAll, rootOf } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  text: s.text(),
  items: s.list(s.string()),
  votes: s.counter(),
});

function pageOf({ database }: Space): InstanceOf<typeof Page> {
  const page = database.query(Page).run()[0];
  if (page === undefined) throw new RangeError('there is no page');
  return page;
}

/** Ada has founded it; Jun and Kim may write. */
async function town(seed: number) {
  const [ada, jun, kim] = (await Promise.all(
    ['Ada', 'Jun', 'Kim'].map((name, at) => Person.make(name, seed + at)),
  )) as [Person, Person, Person];
  const one = await ada.found();
  one.database.add(Page, { title: 'Trunk', text: 'trunk', items: ['t0'] });
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const three = await kim.join(one, ada.deviceSigner, 'writer');
  await exchangeAll([one, two, three]);
  return { ada, jun, kim, one, two, three };
}

test('who is removed may write no more, and what he had written stays', async () => {
  const { jun, one, two, three } = await town(501);
  pageOf(two).title = 'by Jun';
  await exchangeAll([one, two, three]);
  await one.remove(jun.identity);
  await one.settled();
  await exchangeAll([one, two, three]);
  for (const space of [one, two, three]) {
    expect(pageOf(space).title).toBe('by Jun');
    expect(space.authority.roleOf(jun.identity)).toBeUndefined();
  }
  expect(() => (pageOf(two).title = 'again')).toThrow(
    expect.objectContaining({ code: 'SPACE_REMOVED' }),
  );
  // Who was removed cannot open what came after: its root is his own.
  expect(rootOf(three)).toBe(rootOf(one));
});

test('what he writes without knowing of it does not count, on whatever replica it came first', async () => {
  const { jun, one, two, three } = await town(511);
  pageOf(two).title = 'too late';
  pageOf(two).text.insert(0, 'late ');
  pageOf(two).items.insert(0, 'late');
  pageOf(two).votes.increment(5);
  two.database.add(Page, { title: 'made too late', text: '', items: [] });
  await two.flush();
  // Kim has it before she hears of the removal, Ada after.
  await exchange(two, three);
  expect(pageOf(three).title).toBe('too late');
  pageOf(three).text.insert(5, 'Kim ');
  await one.remove(jun.identity);
  await one.settled();
  await exchangeAll([one, two, three]);
  for (const space of [one, two, three]) {
    const page = pageOf(space);
    expect(page.title).toBe('Trunk');
    expect(page.text.toString()).toBe('Kim trunk');
    expect([...page.items]).toEqual(['t0']);
    expect(page.votes.value).toBe(0);
    expect(space.database.query(Page).run()).toHaveLength(1);
  }
  // Who was removed cannot open what came after: its root is his own.
  expect(rootOf(three)).toBe(rootOf(one));
});

test('a state opened again from its snapshot or from the log is the same', async () => {
  const { kim, jun, one, two, three } = await town(521);
  pageOf(two).title = 'too late';
  await exchange(two, three);
  await one.remove(jun.identity);
  await one.settled();
  await exchangeAll([one, three]);
  const root = rootOf(three);
  expect(pageOf(three).title).toBe('Trunk');
  await three.writeSnapshot();
  const { ring } = three.keys;
  await three[Symbol.asyncDispose]();
  const again = await Space.open(kim.ports, { space: one.id, ring, writer: kim.writer() });
  await again.settled();
  expect(rootOf(again)).toBe(root);
  expect(pageOf(again).title).toBe('Trunk');
});

test('who is let in again writes again; what he wrote in between stays out', async () => {
  const { ada, jun, one, two, three } = await town(531);
  pageOf(two).title = 'in between';
  await two.flush();
  await one.remove(jun.identity);
  await one.settled();
  const again = await jun
    .join(one, ada.deviceSigner, 'writer')
    .catch((failure: unknown) => failure);
  expect(again).toBeInstanceOf(Space);
  await exchangeAll([one, again as Space, three]);
  expect(pageOf(one).title).toBe('Trunk');
  pageOf(again as Space).title = 'back';
  await exchangeAll([one, again as Space, three]);
  expect(pageOf(three).title).toBe('back');
});

test('what is written after a removal is sealed to the others, and opened by them', async () => {
  const { jun, one, two, three } = await town(541);
  // As on devices of their own: a ring is what its owner was given.
  const rings = [one, two, three].map(({ keys }) => keys.ring);
  expect(new Set(rings).size).toBe(3);
  await one.remove(jun.identity);
  pageOf(one).title = 'without Jun';
  await exchangeAll([one, two, three]);
  expect(pageOf(three).title).toBe('without Jun');
  expect(pageOf(two).title).toBe('Trunk');
  pageOf(three).title = 'by Kim';
  await exchangeAll([one, two, three]);
  expect(pageOf(one).title).toBe('by Kim');
  expect(pageOf(two).title).toBe('Trunk');
});

test('who learns of a removal before there are new keys makes them', async () => {
  const { jun, one, two, three } = await town(551);
  const parent = one.authority.credentialFor(one.identity, 'control');
  if (parent === undefined) return expect.unreachable();
  const subject = { to: 'identity', identity: jun.identity } as const;
  const statements = [revokeAccess({ space: one.id, subject, parent })];
  await one.publish({ statements, credential: parent });
  await exchange(one, three);
  pageOf(three).title = 'by Kim';
  await exchangeAll([one, two, three]);
  expect(pageOf(one).title).toBe('by Kim');
  expect(pageOf(two).title).toBe('Trunk');
});
