/** Members who are removed: what they had written stays, what they write on does not count anywhere. */
import { revokeAccess } from '@atoll/halo';
import type { IdentityId } from '@atoll/kernel';
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

async function remove(space: Space, identity: IdentityId): Promise<void> {
  const parent = space.authority.credentialFor(space.identity, 'control');
  if (parent === undefined) throw new RangeError('who removes needs control');
  const subject = { to: 'identity', identity } as const;
  const statements = [revokeAccess({ space: space.id, subject, parent })];
  await space.publish({ statements, credential: parent });
  await space.settled();
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
  await remove(one, jun.identity);
  await exchangeAll([one, two, three]);
  for (const space of [one, two, three]) {
    expect(pageOf(space).title).toBe('by Jun');
    expect(space.authority.roleOf(jun.identity)).toBeUndefined();
  }
  expect(() => (pageOf(two).title = 'again')).toThrow(
    expect.objectContaining({ code: 'SPACE_REMOVED' }),
  );
  expect(new Set([one, two, three].map(rootOf)).size).toBe(1);
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
  await remove(one, jun.identity);
  await exchangeAll([one, two, three]);
  for (const space of [one, two, three]) {
    const page = pageOf(space);
    expect(page.title).toBe('Trunk');
    expect(page.text.toString()).toBe('Kim trunk');
    expect([...page.items]).toEqual(['t0']);
    expect(page.votes.value).toBe(0);
    expect(space.database.query(Page).run()).toHaveLength(1);
  }
  expect(new Set([one, two, three].map(rootOf)).size).toBe(1);
});

test('a state opened again from its snapshot or from the log is the same', async () => {
  const { kim, jun, one, two, three } = await town(521);
  pageOf(two).title = 'too late';
  await exchange(two, three);
  await remove(one, jun.identity);
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
  await remove(one, jun.identity);
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
