/** Keys after removals: who makes them, when, and who reads what is written under them. */
import { softwareKeys } from '@atoll/crypto';
import { ROOT_ZONE, type Clock, type KeyPlatform } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space, type SpacePorts } from './space.ts';
import { removalOf } from './removal.ts';
import { type Person, exchange, exchangeAll, rootOf, settled } from './testing/space-fixture.ts';

const Note = defineType('org.example.Note', { text: s.string() });

/** Ada has founded it; Jun may control it; the others may write. */
function town(seed: number, names = ['Ada', 'Jun', 'Kim', 'Leo', 'Mia']) {
  return settled(names, seed, {
    begin: (one) => one.database.add(Note, { text: 'first' }),
    roles: { Jun: 'owner' },
  });
}

/** What a person reads, in order. */
function texts({ database }: Space): readonly string[] {
  return database
    .query(Note)
    .run()
    .map(({ text }) => text ?? '')
    .sort();
}

test('two who remove two others at once make keys that neither of these has', async () => {
  const { people, spaces } = await town(701);
  const [one, two, three, four, five] = spaces as [Space, Space, Space, Space, Space];
  const [, , kim, leo] = people as [Person, Person, Person, Person];
  await one.remove(kim.identity);
  await two.remove(leo.identity);
  one.database.add(Note, { text: 'without Kim' });
  two.database.add(Note, { text: 'without Leo' });
  await exchange(one, two);
  five.database.add(Note, { text: 'knows nothing' });
  one.database.add(Note, { text: 'without both' });
  await exchangeAll(spaces);
  const all = ['first', 'knows nothing', 'without Kim', 'without Leo', 'without both'].sort();
  for (const space of [one, two, five]) expect(texts(space)).toEqual(all);
  // Neither knew of the other: one removed person reads what was written without knowing of him.
  expect(texts(three)).not.toContain('without Kim');
  expect(texts(four)).not.toContain('without Leo');
  for (const space of [three, four]) expect(texts(space)).not.toContain('without both');
  expect(new Set([one, two, five].map(rootOf)).size).toBe(1);
});

/** Time passes only when it is let; what takes none goes on at once. */
class HandClock implements Clock {
  #ms = 0;
  readonly #sleeping: { readonly at: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return 1_767_225_600_000 + this.#ms;
  }

  monotonicMs(): number {
    return this.#ms;
  }

  sleep(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((wake) => this.#sleeping.push({ at: this.#ms + ms, wake }));
  }

  async pass(ms: number): Promise<void> {
    this.#ms += ms;
    for (const { at, wake } of this.#sleeping) if (at <= this.#ms) wake();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Opens the spaces of these people again, where time passes by hand. */
async function byHand(
  people: readonly Person[],
  spaces: readonly Space[],
  clock: HandClock,
  more: Pick<SpacePorts, 'keys'> = {},
) {
  const opened: Space[] = [];
  for (const [at, space] of spaces.entries()) {
    const { ports, writer } = people[at] as Person;
    const { id, keys } = space;
    await space[Symbol.asyncDispose]();
    const options = { space: id, ring: keys.ring, writer: writer.call(people[at]) };
    opened.push(await Space.open({ ...ports, ...more, clock }, options));
  }
  return opened;
}

test('of many who hear of a removal one makes keys', async () => {
  const { people, spaces } = await town(711);
  const clock = new HandClock();
  const all = await byHand(people, spaces, clock);
  const [, two, , four, five] = all as [Space, Space, Space, Space, Space];
  const staying = [two, four, five];
  // Ada, who is before all others, is away.
  await two.publish(removalOf(two, (people[2] as Person).identity));
  for (const space of [four, five]) await exchange(two, space);
  await clock.pass(1_900);
  for (const space of staying) expect(space.authority.keys.isStale(ROOT_ZONE)).toBe(true);
  await clock.pass(200);
  const made = two.authority.keys.current(ROOT_ZONE);
  expect(made).toBeDefined();
  for (const space of [four, five]) await exchange(two, space);
  await clock.pass(60_000);
  for (const space of staying) {
    await space.settled();
    expect(space.authority.keys.generations(ROOT_ZONE)).toHaveLength(2);
    expect(space.authority.keys.generations('membership')).toHaveLength(2);
    expect(space.authority.keys.current(ROOT_ZONE)).toBe(made);
  }
});

test('what is sealed to many by the platform opens what is written from then on', async () => {
  const { people, spaces } = await town(751);
  const clock = new HandClock();
  let sealed = 0;
  const keys: KeyPlatform = {
    ...softwareKeys,
    agreer: (secret) => {
      sealed++;
      return softwareKeys.agreer(secret);
    },
  };
  const all = await byHand(people, spaces, clock, { keys });
  const [, two, three, four, five] = all as [Space, Space, Space, Space, Space];
  await two.publish(removalOf(two, (people[2] as Person).identity));
  await clock.pass(60_000);
  await two.settled();
  expect(two.authority.keys.isStale(ROOT_ZONE)).toBe(false);
  // Keys of members and of content, each to the four who stay.
  expect(sealed).toBe(2 * 4);
  two.database.add(Note, { text: 'under new keys' });
  for (const space of [three, four, five]) await exchange(two, space);
  for (const space of [four, five]) expect(texts(space)).toEqual(['first', 'under new keys']);
  expect(texts(three)).toEqual(['first']);
});

test('where those before him are away the next one makes keys; who writes does so at once', async () => {
  const { people, spaces } = await town(721);
  const clock = new HandClock();
  const all = await byHand(people.slice(1), spaces.slice(1), clock);
  const [two, three, four, five] = all as [Space, Space, Space, Space];
  await two.publish(removalOf(two, (people[2] as Person).identity));
  for (const space of [four, five]) await exchange(two, space);
  five.database.add(Note, { text: 'at once' });
  await exchange(five, four);
  expect(four.authority.keys.isStale(ROOT_ZONE)).toBe(false);
  expect(texts(four)).toEqual(['at once', 'first']);
  await exchange(five, three);
  expect(texts(three)).toEqual(['first']);
});

test('a member who missed several changes of keys follows them one by one', async () => {
  const { people, spaces } = await town(731);
  const [one, , three, , five] = spaces as [Space, Space, Space, Space, Space];
  for (const who of [1, 3, 2]) {
    await one.remove((people[who] as Person).identity);
    one.database.add(Note, { text: `without ${String(who)}` });
  }
  await exchange(one, five);
  expect(texts(five)).toEqual(texts(one));
  expect(rootOf(five)).toBe(rootOf(one));
  expect(five.keys.ring.memberships()).toHaveLength(4);
  expect(five.keys.ring.memberships().at(-1)?.generation).toBe(
    one.authority.keys.current('membership'),
  );
  await exchange(one, three);
  expect(texts(three)).toEqual(['first', 'without 1', 'without 3']);
});

test('a ring with wrong keys under the names of right ones is mended by what was sealed', async () => {
  const { people, spaces } = await town(741, ['Ada', 'Kim']);
  const [one, two] = spaces as [Space, Space];
  const [, kim] = people as [Person, Person];
  const generation = one.authority.keys.current(ROOT_ZONE);
  if (generation === undefined) return expect.unreachable();
  const { ring } = two.keys;
  await two[Symbol.asyncDispose]();
  ring.drop(generation);
  const content = new Uint8Array(32).fill(7);
  ring.add({ kind: 'zone', zone: ROOT_ZONE, generation, content, history: content });
  const again = await Space.open(kim.ports, { space: one.id, ring, writer: kim.writer() });
  again.database.add(Note, { text: 'by Kim' });
  await exchange(one, again);
  expect(texts(one)).toEqual(['by Kim', 'first']);
});
