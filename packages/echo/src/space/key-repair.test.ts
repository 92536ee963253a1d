/** Members to whom somebody sealed nothing, or rubbish: how they come to the keys all the same. */
import {
  copyKeys,
  createGeneration,
  encodeStatements,
  type Generation,
  type KeyCopy,
} from '@atoll/halo';
import { ROOT_ZONE } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from './space.ts';
import { type Person, exchange, exchangeAll, rootOf, settled } from './testing/space-fixture.ts';

const Note = defineType('org.example.Note', { text: s.string() });

/** Ada has founded it; the others write. */
async function town(seed: number) {
  const { people, spaces } = await settled(['Ada', 'Jun', 'Kim', 'Leo'], seed, {
    begin: (one) => one.database.add(Note, { text: 'first' }),
  });
  type Four<T> = readonly [T, T, T, T];
  return { people: people as unknown as Four<Person>, spaces: spaces as unknown as Four<Space> };
}

function texts({ database }: Space): readonly string[] {
  return database
    .query(Note)
    .run()
    .map(({ text }) => text ?? '')
    .sort();
}

/** Makes keys as somebody does who does not wish everybody to have them. */
async function rotate(
  by: Space,
  of: typeof ROOT_ZONE | 'membership',
  change: (made: Generation, copies: readonly KeyCopy[]) => readonly KeyCopy[],
) {
  const { authority, id: space, keys } = by;
  const previous = authority.keys.latest(of).flatMap((id) => keys.ring.get(id) ?? []);
  const readers = authority.readers(of);
  const rng = { bytes: (n: number) => crypto.getRandomValues(new Uint8Array(n)) };
  const made = createGeneration({ rng, space, of, readers, previous });
  const credential = authority.credentialFor(by.identity, 'read');
  if (credential === undefined) throw new RangeError('no right');
  await by.publish({ statements: [made.rotation, ...change(made, made.copies)], credential });
  keys.gain([made.secret], authority);
  return made;
}

/** Gives nothing to one of them. */
function without(who: Person) {
  return (_: Generation, copies: readonly KeyCopy[]) =>
    copies.filter(({ identity }) => identity !== who.identity);
}

/** Lets what goes on in the background go on, then brings everybody up to date. */
async function turns(spaces: readonly Space[]): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  await exchangeAll(spaces);
}

/** Opens a space anew, as a client does when keys have come for what was passed over. */
async function again(person: Person, space: Space): Promise<Space> {
  const { id, keys } = space;
  expect(space.keyCare.opensMore).toBe(true);
  await space[Symbol.asyncDispose]();
  return Space.open(person.ports, { space: id, ring: keys.ring, writer: person.writer() });
}

test('who was sealed nothing asks any member, and reads what was passed over', async () => {
  const { people, spaces } = await town(801);
  const [one, two, three] = spaces;
  const { rotation } = await rotate(one, ROOT_ZONE, without(people[2]));
  expect(rotation.readers).toHaveLength(4);
  one.database.add(Note, { text: 'under new keys' });
  await exchangeAll([one, two, three]);
  expect(texts(three)).toEqual(['first']);
  const question = three.keyCare.repair.question;
  if (question === undefined) return expect.unreachable();
  // Not the one who withheld it.
  const answer = await two.keyCare.repair.answer(question);
  if (answer === undefined) return expect.unreachable();
  expect(await three.keyCare.repair.take(answer)).toBe(true);
  expect(three.keyCare.repair.question).toBeUndefined();
  const reopened = await again(people[2], three);
  expect(texts(reopened)).toEqual(['first', 'under new keys']);
  expect(rootOf(reopened)).toBe(rootOf(one));
});

test('keys of the membership open the blocks that waited for them', async () => {
  const { people, spaces } = await town(811);
  const [one, two, three] = spaces;
  await rotate(one, 'membership', without(people[2]));
  one.database.add(Note, { text: 'later' });
  await exchangeAll([one, two, three]);
  expect(three.parked.blocks).toBeGreaterThan(0);
  const answer = await two.keyCare.repair.answer(three.keyCare.repair.question ?? new Uint8Array());
  expect(await three.keyCare.repair.take(answer ?? new Uint8Array())).toBe(true);
  await three.settled();
  expect(three.parked.blocks).toBe(0);
  expect(texts(three)).toEqual(['first', 'later']);
});

test('who meets nobody says so in a block, and one of the others answers in a block', async () => {
  const { people, spaces } = await town(821);
  const [one, two, three, four] = spaces;
  const { secret } = await rotate(one, ROOT_ZONE, without(people[2]));
  one.database.add(Note, { text: 'under new keys' });
  await exchangeAll([one, two, three]);
  expect(await three.keyCare.repair.say()).toBe(true);
  // Said once, it is said: nobody has answered yet.
  expect(await three.keyCare.repair.say()).toBe(false);
  await turns(spaces);
  expect(three.keys.ring.get(secret.generation)).toBeDefined();
  const copies = two.authority.keys.copiesFor(people[2].identity, secret.generation);
  expect(copies.length).toBeGreaterThan(0);
  const reopened = await again(people[2], three);
  expect(texts(reopened)).toEqual(['first', 'under new keys']);
  for (const space of [one, two, four]) expect(rootOf(space)).toBe(rootOf(reopened));
});

test('who was sealed rubbish, and is answered with rubbish, is helped by somebody else', async () => {
  const { people, spaces } = await town(831);
  const [one, two, three] = spaces;
  const wrong = (made: Generation, copies: readonly KeyCopy[]): readonly KeyCopy[] => {
    const other = { ...made.secret, content: new Uint8Array(32).fill(9) } as typeof made.secret;
    const rng = { bytes: (n: number) => crypto.getRandomValues(new Uint8Array(n)) };
    return copies.map((copy) =>
      copy.identity === people[2].identity
        ? copyKeys({
            ...{ rng, space: one.id, secret: other },
            reader: { identity: copy.identity, key: copy.readingKey },
          })
        : copy,
    );
  };
  const made = await rotate(one, ROOT_ZONE, wrong);
  await exchangeAll([one, two, three]);
  expect(three.keys.ring.get(made.secret.generation) === undefined).toBe(true);
  // In a session: what does not fit its commitment is no help.
  const [rubbish] = wrong(made, made.copies).filter(
    ({ identity }) => identity === people[2].identity,
  );
  if (rubbish === undefined) return expect.unreachable();
  expect(await three.keyCare.repair.take(encodeStatements([rubbish]))).toBe(false);
  expect(await three.keyCare.repair.take(Uint8Array.of(7, 7, 7))).toBe(false);
  // In blocks: Ada answers with the same again, before anybody else does.
  one.keyCare.close();
  await three.keyCare.repair.say();
  await exchange(three, one);
  const credential = one.authority.credentialFor(one.identity, 'read');
  if (credential === undefined) return expect.unreachable();
  await one.publish({ statements: [rubbish], credential });
  await exchange(one, three);
  expect(three.keys.ring.get(made.secret.generation) === undefined).toBe(true);
  await exchange(one, two);
  expect(await three.keyCare.repair.say()).toBe(true);
  await turns([two, three]);
  expect(three.keys.ring.get(made.secret.generation)).toBeDefined();
});

test('who was removed meanwhile is answered by nobody who knows, in sessions and in blocks', async () => {
  const { people, spaces } = await town(841);
  const [one, two, three] = spaces;
  const { secret } = await rotate(one, ROOT_ZONE, without(people[2]));
  await exchangeAll([one, two, three]);
  const { question } = three.keyCare.repair;
  if (question === undefined) return expect.unreachable();
  await three.keyCare.repair.say();
  await one.remove(people[2].identity);
  await exchange(one, two);
  for (const space of [one, two]) {
    expect(await space.keyCare.repair.answer(question)).toBeUndefined();
  }
  await turns(spaces);
  expect(three.keys.ring.get(secret.generation)).toBeUndefined();
  for (const space of [one, two]) {
    expect(space.authority.keys.copiesFor(people[2].identity, secret.generation)).toEqual([]);
  }
  // He knows that he was removed, and asks no more.
  expect(three.keyCare.repair.question).toBeUndefined();
});

test('whoever asks for ever costs a bounded number of copies, and others get theirs later', async () => {
  const { people, spaces } = await town(851);
  const [one, two, three] = spaces;
  await rotate(one, ROOT_ZONE, without(people[2]));
  await exchangeAll([one, two, three]);
  const question = three.keyCare.repair.question ?? new Uint8Array();
  let given = 0;
  for (let times = 0; times < 200; times++) {
    if ((await two.keyCare.repair.answer(question)) !== undefined) given++;
  }
  expect(given).toBeGreaterThanOrEqual(64);
  expect(given).toBeLessThan(70);
  for (const bytes of [[], [2], [2, 1, 2, 3], [3]]) {
    expect(await two.keyCare.repair.answer(Uint8Array.from(bytes))).toBeUndefined();
  }
});
