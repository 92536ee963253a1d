/** What makers of keys have to know of those who lost reading: all of it, and none of it twice. */
import { ROOT_ZONE, type KeyId } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import { createGeneration, type Generation } from './generation.ts';
import { grantAccess, remarkOn, revokeAccess } from './issue.ts';
import type { GenerationSecret } from './key-ring.ts';
import type { Statement } from './statements.ts';
import { person, type Person } from './testing/people.ts';
import { foundTown, grantBy, letIn, type Town } from './testing/town.ts';
import { exactOrder, type TestFeed } from './testing/dag.ts';

const counts = { counts: true };
const stale = { counts: false, why: 'generation-stale' };

/** Ada has founded it; Mira and Leo have control; Jun reads. All know of all. */
async function scene() {
  const town = await foundTown();
  const [mira, leo, jun] = (await Promise.all(['Mira', 'Leo', 'Jun'].map(person))) as [
    Person,
    Person,
    Person,
  ];
  const ofMira = { who: mira, ...(await letIn(town, mira, 'control')) };
  const ofLeo = { who: leo, ...(await letIn(town, leo, 'control')) };
  const ofJun = { who: jun, ...(await letIn(town, jun, 'read')) };
  const { dag, founderFeed, space } = town;
  const feeds = [ofMira, ofLeo, ofJun].map(({ feed }) => feed);
  await dag.append(space, founderFeed, { deps: feeds.map(({ tip }) => tip) });
  for (const feed of feeds) await dag.append(space, feed, { deps: [founderFeed.tip] });
  const first = town.founded.keys.get(town.founded.content) as GenerationSecret;
  return { town, mira: ofMira, leo: ofLeo, jun: ofJun, first };
}

function named(who: Person) {
  return { to: 'identity', identity: who.identity } as const;
}

/** Ada says something. */
function byAda(
  { dag, founded, founderFeed, space }: Town,
  statements: Statement[],
  deps: number[] = [],
) {
  return dag.append(space, founderFeed, { credential: founded.credential, statements, deps });
}

/** New keys as whoever writes at the end of a feed makes them: in a block of their own. */
async function makeKeys(
  { dag, space }: Town,
  by: { readonly feed: TestFeed; readonly credential: Town['founded']['credential'] },
  previous: readonly GenerationSecret[],
): Promise<Generation> {
  // What the next block of the feed knows, by a block that says nothing.
  await dag.append(space, by.feed, {});
  const past = [...dag.block(by.feed.tip).past, by.feed.tip].sort((a, b) => a - b);
  const readers = dag.fold(space, past).authority.readers();
  const made = createGeneration({ rng: dag.rng, space, of: ROOT_ZONE, readers, previous });
  const { credential, feed } = by;
  await dag.append(space, feed, { credential, statements: [made.rotation] });
  return made;
}

function maySeal({ dag, space }: Town, id: KeyId, block: number): unknown {
  const { authority, noOf } = dag.fold(space);
  return authority.keys.maySeal(ROOT_ZONE, id, noOf(block));
}

function current({ dag, space }: Town): KeyId | undefined {
  return dag.fold(space).authority.keys.current(ROOT_ZONE);
}

/** How often it is looked up what lies in the past of what, to find the keys to use. */
function workOf({ dag, space }: Town): number {
  let lookups = 0;
  const { authority } = dag.fold(space, undefined, (...about) => {
    const order = exactOrder(...about);
    return { isInPast: (a, b) => ++lookups > 0 && order.isInPast(a, b) };
  });
  lookups = 0;
  authority.keys.current(ROOT_ZONE);
  return lookups;
}

describe('who was removed', () => {
  test('and is removed again a hundred times, by whomever, makes no more work', async () => {
    const { town, mira, leo, jun, first } = await scene();
    const { dag, space } = town;
    const revoke = ({ credential }: typeof mira) =>
      revokeAccess({ space, subject: named(jun.who), parent: credential });
    await dag.append(space, mira.feed, { ...mira, statements: [revoke(mira)] });
    const next = await makeKeys(town, mira, [first]);
    const again = async (times: number): Promise<number> => {
      for (let at = 0; at < times; at++) {
        await dag.append(space, mira.feed, { ...mira, statements: [revoke(mira)] });
        // Leo hears nothing of what Mira does.
        await dag.append(space, leo.feed, { ...leo, statements: [revoke(leo)] });
      }
      return workOf(town);
    };
    const work = await again(10);
    expect(work).toBeGreaterThan(0);
    expect(await again(40)).toBe(work);
    const end = await dag.append(space, town.founderFeed, { deps: [mira.feed.tip, leo.feed.tip] });
    expect(current(town)).toBe(next.secret.generation);
    expect(maySeal(town, next.secret.generation, end)).toEqual(counts);
    const { credentials } = dag.fold(space).authority;
    // One right, which is lost by either of two: that of Mira, or that of Leo.
    expect(
      credentials
        .asOf(undefined)
        .losses()
        .last.map((loss) => loss.length),
    ).toEqual([2]);
  });

  test('of a hundred, each of whom the next removal knew, one is left to know of', async () => {
    const { town } = await scene();
    const { dag, founded, space } = town;
    for (let at = 0; at < 20; at++) {
      const guest = await person(`Guest ${String(at)}`);
      await letIn(town, guest, 'read');
      await byAda(town, [
        revokeAccess({ space, subject: named(guest), parent: founded.credential }),
      ]);
    }
    const { credentials } = dag.fold(space).authority;
    expect(credentials.asOf(undefined).losses().last).toHaveLength(1);
  });

  test('by somebody who was out himself meanwhile, and is back, is not sealed to', async () => {
    const { town, mira, leo, jun, first } = await scene();
    const { dag, founded, space } = town;
    const { identity } = jun.who;
    const out = revokeAccess({ space, subject: named(jun.who), parent: leo.credential });
    const byLeo = await dag.append(space, leo.feed, { ...leo, statements: [out] });
    const parent = founded.credential;
    // Ada has not heard of it, and so it counts no longer.
    const removal = await byAda(town, [revokeAccess({ space, subject: named(leo.who), parent })]);
    await dag.append(space, mira.feed, { deps: [byLeo, removal] });
    const made = await makeKeys(town, mira, [first]);
    expect(made.rotation.readers.map((reader) => reader.identity)).toContain(identity);
    expect(current(town)).toBe(made.secret.generation);
    const name = { block: dag.block(removal).hash, index: 0 };
    const back = await byAda(town, [remarkOn({ space, says: 'withdrawn', ...name, parent })]);
    expect(dag.fold(space).authority.roleOf(identity)).toBeUndefined();
    const end = await dag.append(space, mira.feed, { deps: [back] });
    expect(maySeal(town, made.secret.generation, end)).toEqual(stale);
    expect(current(town)).toBeUndefined();
  });

  /** Leo has removed Jun and made keys, and Mira takes that back; Ada lets her write only, of which she has not heard. */
  async function takenBackInVain() {
    const { town, mira, leo, jun, first } = await scene();
    const { dag, founded, founder, space } = town;
    const { identity } = jun.who;
    const out = revokeAccess({ space, subject: named(jun.who), parent: leo.credential });
    const removal = await dag.append(space, leo.feed, { ...leo, statements: [out] });
    const next = await makeKeys(town, leo, [first]);
    const name = { block: dag.block(removal).hash, index: 0 };
    const statements = [remarkOn({ space, says: 'withdrawn', ...name, parent: mira.credential })];
    const back = await dag.append(space, mira.feed, { ...mira, statements, deps: [leo.feed.tip] });
    expect(dag.fold(space).authority.roleOf(identity)).toBe('reader');
    const right = { level: 'write', parent: founded.credential } as const;
    const write = await grantBy(town, founder, mira.who, right);
    const less = revokeAccess({ space, subject: named(mira.who), parent: founded.credential });
    const demoted = await byAda(town, [less, write]);
    expect(dag.fold(space).authority.roleOf(identity)).toBeUndefined();
    return { town, leo, back, demoted, made: next.secret.generation };
  }

  test('and let in again by who might not may have been given keys by those who believed him', async () => {
    const { town, leo, back, demoted, made } = await takenBackInVain();
    const { dag, space } = town;
    const end = await dag.append(space, leo.feed, { deps: [back, demoted] });
    expect(maySeal(town, made, end)).toEqual(stale);
    expect(current(town)).toBeUndefined();
  });

  test('is let in again in vain: who had asked for the keys before he heard of it uses them no more', async () => {
    const { town, leo, back, demoted, made } = await takenBackInVain();
    const { dag, space } = town;
    const others = dag.blocks.map(({ index }) => index).filter((index) => index !== back);
    const { add, authority, noOf } = dag.fold(space, others);
    expect(authority.keys.current(ROOT_ZONE)).toBe(made);
    add(back);
    expect(authority.keys.current(ROOT_ZONE)).toBeUndefined();
    const end = await dag.append(space, leo.feed, { deps: [back, demoted] });
    add(end);
    expect(authority.keys.maySeal(ROOT_ZONE, made, noOf(end))).toEqual(stale);
  });
});

describe('who loses it by what befalls somebody else', () => {
  test('was let in by somebody who might not any more, and stays: new keys', async () => {
    const { town, mira, leo } = await scene();
    const { dag, founded, founder, space } = town;
    const zoe = await person('Zoe');
    const write = await grantBy(town, founder, mira.who, {
      level: 'write',
      parent: founded.credential,
    });
    // Mira is to write only, and has not heard of it when she lets somebody in.
    const less = revokeAccess({ space, subject: named(mira.who), parent: founded.credential });
    const grant = await grantBy(town, mira.who, zoe, { level: 'read', parent: mira.credential });
    const statements = [zoe.log.genesis, ...zoe.log.admissions, grant];
    const guest = await dag.append(space, mira.feed, { ...mira, statements });
    const known = dag.fold(space).authority.keys.current(ROOT_ZONE) as KeyId;
    const demoted = await byAda(town, [less, write]);
    const { authority } = dag.fold(space);
    expect([authority.roleOf(mira.who.identity), authority.roleOf(zoe.identity)]).toEqual([
      'writer',
      undefined,
    ]);
    const end = await dag.append(space, leo.feed, { deps: [guest, demoted] });
    expect(maySeal(town, known, end)).toEqual(stale);
    const made = await makeKeys(town, leo, [founded.keys.get(known) as GenerationSecret]);
    expect(current(town)).toBe(made.secret.generation);
  });

  test('had it only while somebody else had something: new keys', async () => {
    const { town, jun, leo } = await scene();
    const { dag, founded, founder, space } = town;
    const zoe = await person('Zoe');
    const path = [new Uint8Array(16).fill(7)];
    const to = { rng: dag.rng, space, parent: founded.credential, issuer: founder.identity };
    const { deviceSigner } = founder;
    const first = await grantAccess({
      ...{ ...to, deviceSigner, path, level: 'write', subject: named(jun.who) },
    });
    const premise = { subject: named(jun.who), path, level: 'write' } as const;
    const second = await grantAccess({
      ...{ ...to, deviceSigner, premise, level: 'read', subject: named(zoe) },
    });
    await byAda(town, [first, zoe.log.genesis, ...zoe.log.admissions, second]);
    const known = current(town) as KeyId;
    const { parent } = to;
    const ended = await byAda(town, [
      revokeAccess({ space, subject: named(jun.who), path, parent }),
    ]);
    expect(dag.fold(space).authority.roleOf(zoe.identity)).toBeUndefined();
    const end = await dag.append(space, leo.feed, { deps: [ended] });
    expect(maySeal(town, known, end)).toEqual(stale);
  });
});

describe('a right to read until an epoch', () => {
  /** Zoe reads until the first epoch, which Ada's next block but one tells of. */
  async function guestTown() {
    const all = await scene();
    const { town, leo } = all;
    const { dag, founded, founder, founderFeed, space } = town;
    const zoe = await person('Zoe');
    const grant = await grantAccess({
      ...{ rng: dag.rng, space, subject: named(zoe), level: 'read', until: 1 },
      ...{ parent: founded.credential, issuer: founder.identity },
      deviceSigner: founder.deviceSigner,
    });
    const given = await byAda(town, [zoe.log.genesis, ...zoe.log.admissions, grant]);
    await dag.append(space, leo.feed, { deps: [given] });
    const anchor = founderFeed.tip;
    const by = await dag.append(space, founderFeed, {});
    dag.epochs.push({ anchor, by });
    return { ...all, zoe, by };
  }

  test('is lost with it: who knows of the epoch writes under new keys, and who does not as before', async () => {
    const { town, mira, leo, zoe, by, first } = await guestTown();
    const { dag, space } = town;
    const aware = await dag.append(space, mira.feed, { deps: [by] });
    const unaware = await dag.append(space, leo.feed, {});
    expect(maySeal(town, first.generation, aware)).toEqual(stale);
    expect(maySeal(town, first.generation, unaware)).toEqual(counts);
    // What is in the block by which it is sealed was written before.
    expect(maySeal(town, first.generation, by)).toEqual(counts);
    expect(current(town)).toBeUndefined();
    const made = await makeKeys(town, mira, [first]);
    expect(made.rotation.readers.map(({ identity }) => identity)).not.toContain(zoe.identity);
    expect(current(town)).toBe(made.secret.generation);
    const later = await dag.append(space, leo.feed, { deps: [mira.feed.tip] });
    expect(maySeal(town, made.secret.generation, later)).toEqual(counts);
  });

  test('says who the readers are by what the maker of keys knew, whatever came first', async () => {
    const { town, mira, leo, by, first } = await guestTown();
    const { dag, space } = town;
    // Leo has not heard of it and makes keys; Mira has.
    const old = await makeKeys(town, leo, [first]);
    await dag.append(space, mira.feed, { deps: [by] });
    const made = await makeKeys(town, mira, [first]);
    const all = dag.blocks.map(({ index }) => index);
    const upTo = (tip: number) => all.filter((no) => no === tip || dag.block(tip).past.has(no));
    const orders = [leo.feed.tip, mira.feed.tip].map((tip) => [
      ...upTo(tip),
      ...all.filter((no) => !upTo(tip).includes(no)),
    ]);
    for (const order of orders) {
      const { authority } = dag.fold(space, order);
      expect(authority.decisions().filter(({ verdict }) => !verdict.counts)).toEqual([]);
      expect(new Set(authority.keys.generations(ROOT_ZONE))).toEqual(
        new Set([first.generation, old.secret.generation, made.secret.generation]),
      );
      expect(authority.keys.current(ROOT_ZONE)).toBe(made.secret.generation);
    }
  });
});

test('two sides that changed their keys again and again without hearing of each other meet under a third', async () => {
  const { town, mira, leo, jun, first } = await scene();
  const { dag, space } = town;
  const sides = [mira, leo] as const;
  const last: GenerationSecret[] = [first, first];
  for (let at = 0; at < 4; at++) {
    for (const [side, by] of sides.entries()) {
      const guest = await person(`Guest ${String(side)}.${String(at)}`);
      const grant = await grantBy(town, by.who, guest, { level: 'read', parent: by.credential });
      const statements = [guest.log.genesis, ...guest.log.admissions, grant];
      await dag.append(space, by.feed, { ...by, statements });
      const parent = by.credential;
      const out = revokeAccess({ space, subject: named(guest), parent });
      await dag.append(space, by.feed, { ...by, statements: [out] });
      const made = await makeKeys(town, by, [last[side] as GenerationSecret]);
      last[side] = made.secret;
      // Each side goes on by itself, for as long as it likes.
      expect(maySeal(town, made.secret.generation, by.feed.tip)).toEqual(counts);
    }
  }
  const [one, other] = last as [GenerationSecret, GenerationSecret];
  const before = await dag.append(space, jun.feed, { deps: [mira.feed.tip, leo.feed.tip] });
  expect(current(town)).toBeUndefined();
  for (const { generation } of [one, other]) {
    expect(maySeal(town, generation, before)).toEqual(stale);
  }
  const third = await makeKeys(town, jun, [one, other]);
  expect(current(town)).toBe(third.secret.generation);
  const { keys } = dag.fold(space).authority;
  expect(keys.latest(ROOT_ZONE)).toEqual([third.secret.generation]);
});
