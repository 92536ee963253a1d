/** Under which keys content may lie: those whose makers knew of every removal that the writer knew. */
import { ROOT_ZONE, type KeyId } from '@atoll/kernel';
import { simAgreer } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { admitGuest } from './admit-guest.ts';
import { createGeneration, type Generation } from './generation.ts';
import { publishReadingKey, revokeAccess } from './issue.ts';
import type { GenerationSecret } from './key-ring.ts';
import { openKeyCopy, openPrevious } from './rotation.ts';
import { rootCredential } from './statement-ids.ts';
import type { Reader } from './statements.ts';
import { person, type Person } from './testing/people.ts';
import { foundTown, letIn, type Town } from './testing/town.ts';
import type { TestFeed } from './testing/dag.ts';

const counts = { counts: true };
const stale = { counts: false, why: 'generation-stale' };

/** Ada has founded it; Mira and Leo may let others in and remove them; Jun reads. */
async function scene(seed?: number) {
  const town = await foundTown(seed);
  const [mira, leo, jun, kim] = await Promise.all(['Mira', 'Leo', 'Jun', 'Kim'].map(person));
  const people = [mira, leo, jun, kim] as [Person, Person, Person, Person];
  const inside = [
    await letIn(town, people[0], 'control'),
    await letIn(town, people[1], 'control'),
    await letIn(town, people[2], 'write'),
    await letIn(town, people[3], 'write'),
  ] as const;
  const { dag, space, founderFeed } = town;
  const tips = [founderFeed.tip, ...inside.map(({ feed }) => feed.tip)];
  for (const { feed } of inside) await dag.append(space, feed, { deps: tips });
  await dag.append(space, founderFeed, { deps: inside.map(({ feed }) => feed.tip) });
  const first = town.founded.keys.get(town.founded.content) as GenerationSecret;
  return { town, people, inside, first };
}

type Scene = Awaited<ReturnType<typeof scene>>;

function revocation({ town, people, inside }: Scene, by: 0 | 1, whom: number) {
  const subject = { to: 'identity', identity: (people[whom] as Person).identity } as const;
  const { credential } = inside[by];
  return revokeAccess({ space: town.space, subject, parent: credential });
}

/** Readers as a block at the end of a feed would know them, after these are taken out. */
function readersAt(town: Town, feed: TestFeed, without: readonly Person[]): readonly Reader[] {
  const past = [...town.dag.block(feed.tip).past, feed.tip].sort((a, b) => a - b);
  const gone = new Set(without.map(({ identity }) => identity));
  return town.dag
    .fold(town.space, past)
    .authority.readers()
    .filter(({ identity }) => !gone.has(identity));
}

function rotate(
  { town }: Scene,
  readers: readonly Reader[],
  previous: readonly GenerationSecret[],
): Generation {
  return createGeneration({
    rng: town.dag.rng,
    space: town.space,
    of: ROOT_ZONE,
    readers,
    previous,
  });
}

function maySeal({ town }: Scene, id: KeyId, block: number): unknown {
  const { authority, noOf } = town.dag.fold(town.space);
  return authority.keys.maySeal(ROOT_ZONE, id, noOf(block));
}

describe('after a removal', () => {
  test('content under older keys counts only from who did not know of it', async () => {
    const all = await scene();
    const { town, inside, first } = all;
    const [mira, leo] = inside;
    const { dag, space } = town;
    const removal = await dag.append(space, mira.feed, {
      credential: mira.credential,
      statements: [revocation(all, 0, 2)],
    });
    const unaware = await dag.append(space, leo.feed, {});
    const aware = await dag.append(space, leo.feed, { deps: [removal] });
    expect(maySeal(all, first.generation, unaware)).toEqual(counts);
    expect(maySeal(all, first.generation, aware)).toEqual(stale);
    expect(town.dag.fold(space).authority.keys.current(ROOT_ZONE)).toBeUndefined();
    expect(town.dag.fold(space).authority.keys.isStale(ROOT_ZONE)).toBe(true);
  });

  test('content under keys that were made in the same block as the removal counts', async () => {
    const all = await scene();
    const { town, people, inside, first } = all;
    const [mira, leo] = inside;
    const { dag, space } = town;
    const next = rotate(all, readersAt(town, mira.feed, [people[2]]), [first]);
    const removal = await dag.append(space, mira.feed, {
      credential: mira.credential,
      statements: [revocation(all, 0, 2), next.rotation],
    });
    const aware = await dag.append(space, leo.feed, { deps: [removal] });
    expect(maySeal(all, next.secret.generation, aware)).toEqual(counts);
    expect(town.dag.fold(space).authority.keys.current(ROOT_ZONE)).toBe(next.secret.generation);
  });

  test('keys that the removed one makes in a block that pretends to be older are never used', async () => {
    const all = await scene();
    const { town, people, inside, first } = all;
    const [mira, leo, jun] = inside;
    const { dag, space } = town;
    const removal = await dag.append(space, mira.feed, {
      credential: mira.credential,
      statements: [revocation(all, 0, 2)],
    });
    // He has read of his removal, and writes as if he had not: behind the newest keys that he knows.
    let latest: GenerationSecret = first;
    for (let height = 0; height < 5; height++) {
      const next = rotate(all, readersAt(town, jun.feed, []), [latest]);
      expect(next.rotation.readers.map(({ identity }) => identity)).toContain(people[2].identity);
      const { credential } = jun;
      await dag.append(space, jun.feed, { credential, statements: [next.rotation] });
      latest = next.secret;
    }
    const aware = await dag.append(space, leo.feed, { deps: [removal, jun.feed.tip] });
    expect(town.dag.fold(space).authority.keys.current(ROOT_ZONE)).toBeUndefined();
    expect(maySeal(all, latest.generation, aware)).not.toEqual(counts);
  });

  test('two removals that did not know of each other lead to a third generation', async () => {
    const all = await scene();
    const { town, people, inside, first } = all;
    const [mira, leo] = inside;
    const { dag, space } = town;
    const one = rotate(all, readersAt(town, mira.feed, [people[2]]), [first]);
    const other = rotate(all, readersAt(town, leo.feed, [people[3]]), [first]);
    const byMira = await dag.append(space, mira.feed, {
      credential: mira.credential,
      statements: [revocation(all, 0, 2), one.rotation],
    });
    const byLeo = await dag.append(space, leo.feed, {
      credential: leo.credential,
      statements: [revocation(all, 1, 3), other.rotation],
    });
    expect(town.dag.fold(space).authority.keys.current(ROOT_ZONE)).toBeUndefined();
    const both = await dag.append(space, town.founderFeed, { deps: [byMira, byLeo] });
    expect(maySeal(all, one.secret.generation, both)).toEqual(stale);
    expect(maySeal(all, other.secret.generation, both)).toEqual(stale);
    const readers = readersAt(town, town.founderFeed, []);
    expect(readers).toHaveLength(3);
    const third = rotate(all, readers, [one.secret, other.secret]);
    const made = await dag.append(space, town.founderFeed, {
      credential: town.founded.credential,
      statements: [third.rotation],
    });
    expect(town.dag.fold(space).authority.keys.current(ROOT_ZONE)).toBe(third.secret.generation);
    expect(maySeal(all, third.secret.generation, made)).toEqual(counts);
  });

  test('who is let in and removed again takes along the keys that were there: they are not used', async () => {
    const all = await scene();
    const { town, inside, first } = all;
    const { dag, space, founderFeed } = town;
    const [mira] = inside;
    const zoe = await person('Zoe');
    const guest = await letIn(town, zoe, 'write');
    const subject = { to: 'identity', identity: zoe.identity } as const;
    const statements = [revokeAccess({ space, subject, parent: rootCredential(space) })];
    const { credential } = town.founded;
    const removal = await dag.append(space, founderFeed, { credential, statements });
    const after = await dag.append(space, mira.feed, { deps: [removal, guest.feed.tip] });
    // She is not among the readers of the first keys, for they were made before she came.
    expect(maySeal(all, first.generation, after)).toEqual(stale);
  });

  test('a reading key that takes the place of another is a removal of the other', async () => {
    const all = await scene();
    const { town, people, inside, first } = all;
    const { dag, space } = town;
    const [mira, leo] = inside;
    const key = simAgreer(dag.rng.bytes(32)).publicKey as Uint8Array<ArrayBuffer>;
    const { deviceSigner, identity } = people[0];
    const reading = await publishReadingKey({ space, identity, deviceSigner, counter: 1, key });
    const replaced = await dag.append(space, mira.feed, { statements: [reading] });
    const unaware = await dag.append(space, leo.feed, {});
    const aware = await dag.append(space, leo.feed, { deps: [replaced] });
    expect(maySeal(all, first.generation, unaware)).toEqual(counts);
    expect(maySeal(all, first.generation, aware)).toEqual(stale);
    const next = rotate(all, readersAt(town, leo.feed, []), [first]);
    const { credential } = leo;
    const made = await dag.append(space, leo.feed, { credential, statements: [next.rotation] });
    expect(maySeal(all, next.secret.generation, made)).toEqual(counts);
    expect(town.dag.fold(space).authority.keys.current(ROOT_ZONE)).toBe(next.secret.generation);
  });
});

describe('generations', () => {
  test('content under keys that its past does not know does not count', async () => {
    const all = await scene();
    const { town, inside, first } = all;
    const { dag, space } = town;
    const [mira, leo] = inside;
    const next = rotate(all, readersAt(town, mira.feed, []), [first]);
    const { credential } = mira;
    await dag.append(space, mira.feed, { credential, statements: [next.rotation] });
    const block = await dag.append(space, leo.feed, {});
    const why = 'generation-not-in-past';
    expect(maySeal(all, next.secret.generation, block)).toEqual({ counts: false, why });
    expect(maySeal(all, 'ab'.repeat(32) as KeyId, block)).toEqual({ counts: false, why });
  });

  test('a rotation that follows nothing counts only where there is nothing', async () => {
    const all = await scene();
    const { town, inside } = all;
    const { dag, space } = town;
    const [mira] = inside;
    const alone = rotate(all, readersAt(town, mira.feed, []), []);
    const { credential } = mira;
    await dag.append(space, mira.feed, { credential, statements: [alone.rotation] });
    const { authority } = dag.fold(space);
    expect(authority.keys.generations(ROOT_ZONE)).toEqual([town.founded.content]);
  });

  test('each is listed behind those that it follows, whatever its name', async () => {
    const all = await scene();
    const { town, first } = all;
    const { dag, space, founderFeed } = town;
    const { credential } = town.founded;
    const made = [first];
    for (let at = 0; at < 6; at++) {
      const last = made.at(-1) as GenerationSecret;
      const next = rotate(all, readersAt(town, founderFeed, []), [last]);
      await dag.append(space, founderFeed, { credential, statements: [next.rotation] });
      made.push(next.secret);
    }
    const names = made.map(({ generation }) => generation);
    expect(dag.fold(space).authority.keys.generations(ROOT_ZONE)).toEqual(names);
  });

  test('who is let in without history is sealed the keys in use and nothing that opens others', async () => {
    const all = await scene();
    const { town, first } = all;
    const { dag, space, founder, founded, founderFeed } = town;
    const next = rotate(all, readersAt(town, founderFeed, []), [first]);
    const { credential } = founded;
    await dag.append(space, founderFeed, { credential, statements: [next.rotation] });
    founded.keys.add(next.secret);
    const zoe = await person('Zoe');
    const { deviceSigner, identity } = zoe;
    const agreer = simAgreer(dag.rng.bytes(32));
    const key = agreer.publicKey as Uint8Array<ArrayBuffer>;
    const readingKey = await publishReadingKey({ space, identity, deviceSigner, counter: 0, key });
    const { statements } = await admitGuest({
      ...{ rng: dag.rng, space, guest: { log: zoe.log, readingKey }, level: 'write' },
      ...{ parent: rootCredential(space), issuer: founder.identity, keys: founded.keys },
      deviceSigner: founder.deviceSigner,
      withoutHistory: [next.secret.generation],
    });
    await dag.append(space, founderFeed, { credential, statements });
    const { authority } = dag.fold(space);
    expect(authority.roleOf(identity)).toBe('writer');
    expect(authority.isGivenAll(identity)).toBe(false);
    expect(authority.isGivenAll(founder.identity)).toBe(true);
    expect(authority.keys.copiesFor(identity, first.generation)).toEqual([]);
    const [copy] = authority.keys.copiesFor(identity, next.secret.generation);
    if (copy === undefined) return expect.unreachable();
    const opened = await openKeyCopy(agreer, copy, next.rotation);
    expect(opened).toMatchObject({ kind: 'zone', generation: next.secret.generation });
    expect(opened?.kind === 'zone' && opened.history).toBeUndefined();
    expect(opened === undefined ? [] : openPrevious(opened, next.rotation)).toEqual([]);
  });

  test('whoever seals rubbish to a reader leaves room for what others seal', async () => {
    const all = await scene();
    const { town, people, inside, first } = all;
    const { dag, space } = town;
    const [, leo] = inside;
    const { identity } = people[0];
    const copy = (byte: number) =>
      ({
        kind: 'key-copy',
        generation: first.generation,
        identity,
        readingKey: new Uint8Array(32),
        sealed: new Uint8Array(80).fill(byte),
      }) as const;
    const before = dag.fold(space).authority.keys.copiesFor(identity, first.generation).length;
    const rubbish = Array.from({ length: 20 }, (_, at) => copy(at));
    await dag.append(space, leo.feed, { credential: leo.credential, statements: rubbish });
    await dag.append(space, town.founderFeed, { statements: [copy(99)] });
    const { keys } = dag.fold(space).authority;
    const copies = keys.copiesFor(identity, first.generation);
    expect(copies.length).toBeLessThanOrEqual(before + 3);
    expect(copies.some(({ sealed }) => sealed[0] === 99)).toBe(true);
  });
});
