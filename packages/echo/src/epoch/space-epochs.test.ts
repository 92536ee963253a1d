/** Epochs of spaces with members: proposed, recomputed, sealed, and the same for all. */
import { resetEpoch } from '@atoll/halo';
import { recoverySecrets, softwareSigner, wordsToSeed } from '@atoll/crypto';
import type { CredentialId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, exchange, meet, rootOf } from '../space/testing/space-fixture.ts';

const Note = defineType('org.example.Note', {
  title: s.string(),
  body: s.text(),
  tags: s.set(s.string()),
});

async function threeAdmins(seed: number): Promise<readonly [Space, Space, Space]> {
  const [ada, jun, kim] = await Promise.all([
    Person.make('Ada', seed),
    Person.make('Jun', seed + 1),
    Person.make('Kim', seed + 2),
  ]);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'admin');
  const three = await kim.join(one, ada.deviceSigner, 'admin');
  for (const space of [two, three]) await space.introduce();
  await meet(one, two, three);
  return [one, two, three];
}

test('a founder alone seals an epoch at once, and finds it again after opening', async () => {
  const ada = await Person.make('Ada', 1);
  const space = await ada.found();
  space.database.add(Note, { title: 'One' });
  await space.epochs.propose();
  const { current, blocksAbove, isVoter } = space.epochs.status();
  expect(current).toMatchObject({ era: 0, number: 1, isReset: false });
  expect(current?.terms?.roots[0]?.root).toEqual(space.stateRoot());
  expect(blocksAbove).toBe(1);
  expect(isVoter).toBe(true);
  const { ring } = space.keys;
  await space[Symbol.asyncDispose]();
  const again = await Space.open(ada.ports, { space: space.id, ring, writer: ada.writer() });
  expect(again.epochs.status().current?.id).toBe(current?.id);
});

test('the first epoch lists a device of every admin, and a majority of them seals the second', async () => {
  const [one, two, three] = await threeAdmins(10);
  await one.epochs.propose();
  await meet(one, two, three);
  const first = three.epochs.status().current;
  expect(first?.number).toBe(1);
  expect(first?.voters).toHaveLength(3);
  // One of them never hears of the second.
  await Promise.all([one, two, three].map((space) => space.epochs.propose()));
  await meet(one, two);
  if (one.epochs.status().current?.number === 1) {
    // Ballot 0 was the third one's to open.
    await one.epochs.hurry();
    await meet(one, two);
    await one.epochs.propose();
    await meet(one, two);
  }
  expect(one.epochs.status().current?.number).toBe(2);
  expect(two.epochs.status().current?.id).toBe(one.epochs.status().current?.id);
  expect(three.epochs.status().current?.number).toBe(1);
  await meet(one, two, three);
  expect(three.epochs.status().current?.number).toBe(2);
});

test('a writer is no voter, and sees the epoch that the others seal', async () => {
  const ada = await Person.make('Ada', 20);
  const jun = await Person.make('Jun', 21);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  two.database.add(Note, { title: 'Mine' });
  await exchange(one, two);
  await two.epochs.propose();
  expect(two.epochs.status()).toMatchObject({ isVoter: false, isVoting: false });
  await one.epochs.propose();
  await exchange(one, two);
  expect(two.epochs.status().current?.voters).toEqual([
    { identity: ada.identity, device: ada.log.genesis.device },
  ]);
});

test('a voter that has written on meanwhile recomputes the state without what it wrote', async () => {
  const [one, two, three] = await threeAdmins(30);
  await one.epochs.propose();
  await meet(one, two, three);
  const note = one.database.add(Note, { title: 'Shared', tags: ['a'] });
  note.body.insert(0, 'hello world');
  await meet(one, two, three);
  // Everybody edits the same object and adds one, and nobody has heard of it when the vote begins.
  for (const [at, space] of [one, two, three].entries()) {
    const mine = space.database.query(Note).run()[0];
    if (mine === undefined) throw new RangeError('the note has arrived');
    mine.title = `Title ${at}`;
    mine.body.insert(5, ` number ${at}`);
    mine.tags.add(`tag ${at}`);
    space.database.add(Note, { title: `New ${at}` });
  }
  await Promise.all([one, two, three].map((space) => space.flush()));
  await Promise.all([one, two, three].map((space) => space.epochs.propose()));
  await meet(one, two, three);
  const statuses = [one, two, three].map((space) => space.epochs.status());
  expect(statuses.map(({ current }) => current?.number)).toEqual([2, 2, 2]);
  expect(statuses.map(({ refused }) => refused)).toEqual([0, 0, 0]);
  expect(statuses[0]?.current?.terms?.roots[0]?.root).not.toEqual(one.stateRoot());
  expect(rootOf(one)).toBe(rootOf(two));
  expect(rootOf(one)).toBe(rootOf(three));
  expect(one.database.query(Note).run()).toHaveLength(4);
});

test('a voter refuses terms that are not what it finds', async () => {
  const [one, two, three] = await threeAdmins(40);
  await one.epochs.propose();
  await meet(one, two, three);
  const spaces = [one, two, three];
  const { vote, current } = one.epochs.book;
  const owner = current?.voters.find(({ device }) => device === vote?.ownerOf(0));
  const liar = spaces.find(({ identity }) => identity === owner?.identity);
  const honest = spaces.find(({ identity }) => identity !== owner?.identity);
  if (liar === undefined || honest === undefined) throw new RangeError('one owns ballot 0');
  const terms = { ...(await liar.epochs.resetTerms()), era: 0, roots: [] };
  const credential = credentialOf(liar);
  await liar.publish({
    statements: [{ kind: 'epoch-proposal', ballot: 0, terms }],
    credential,
  });
  await exchange(liar, honest);
  await honest.epochs.settled();
  expect(honest.epochs.book.vote?.proposals).toHaveLength(1);
  expect(honest.epochs.status()).toMatchObject({ refused: 1, current: { number: 1 } });
  // Nobody has acknowledged anything, so the next ballot is free, and honest.
  await honest.epochs.propose();
  await honest.epochs.hurry();
  await meet(one, two, three);
  expect(honest.epochs.status().current?.number).toBe(2);
  expect(honest.epochs.status().current?.terms?.roots).toHaveLength(1);
});

test('the words of the founder begin a new era when the voters are gone, and no other key does', async () => {
  const ada = await Person.make('Ada', 50);
  const jun = await Person.make('Jun', 51);
  const kim = await Person.make('Kim', 52);
  const one = await ada.found();
  for (const person of [jun, kim]) {
    const space = await person.join(one, ada.deviceSigner, 'admin');
    await space.introduce();
    await exchange(one, space);
  }
  await one.epochs.propose();
  await one.epochs.propose();
  await one.epochs.hurry();
  expect(one.epochs.status()).toMatchObject({ current: { era: 0, number: 1 }, isVoting: true });
  const terms = await one.epochs.resetTerms();
  const voters = terms.voters.filter(({ identity }) => identity === one.identity);
  const secrets = recoverySecrets(await wordsToSeed(ada.words));
  for (const [seed, era] of [
    [new Uint8Array(32), 0],
    [secrets.signingSeed, 1],
  ] as const) {
    const reset = await resetEpoch({ ...terms, voters }, softwareSigner(seed));
    await one.publish({ statements: [reset], credential: credentialOf(one) });
    expect(one.epochs.status().current?.era).toBe(era);
  }
  await one.epochs.propose();
  expect(one.epochs.status().current).toMatchObject({ era: 1, number: 3 });
});

function credentialOf(space: Space): CredentialId {
  const credential = space.authority.credentialFor(space.identity, 'control');
  if (credential === undefined) throw new RangeError('an admin may control');
  return credential;
}
