/** Closed zones: who reads one, who lets others in, and what no right over the space does. */
import { ROOT_ZONE, type CredentialId, type IdentityId } from '@atoll/kernel';
import { SimRng, simAgreer } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { ZONES_PATH, type AccessPath } from './access-path.ts';
import type { Level } from './access-level.ts';
import { createOpenZone, createZone, type NewOpenZone, type NewZone } from './create-zone.ts';
import { readingSecret } from './derive.ts';
import { createGeneration } from './generation.ts';
import { grantAccess, revokeAccess } from './issue.ts';
import { KeyRing, type GenerationSecret } from './key-ring.ts';
import { credentialIdOf } from './codec-grants.ts';
import { rootCredential } from './statement-ids.ts';
import { zoneCredentialOf, zoneIdOf, zonePath } from './statements-zones.ts';
import type { GrantSubject, GroupId, Reader, Statement } from './statements.ts';
import type { SpaceAuthority } from './space-authority.ts';
import type { TestFeed } from './testing/dag.ts';
import { person, type Person } from './testing/people.ts';
import { foundTown, letIn, type Town } from './testing/town.ts';

const counts = { counts: true };
const because = (why: string): unknown => ({ counts: false, why });
/** Whose members test groups are granted at. */
const GROUP = 'ab'.repeat(16) as GroupId;

interface Inside {
  readonly who: Person;
  readonly feed: TestFeed;
  readonly credential: CredentialId;
}

interface Scene {
  readonly town: Town;
  readonly ada: Inside;
  readonly mira: Inside;
  readonly leo: Inside;
  readonly jun: Inside;
  readonly zone: NewZone;
  readonly statedIn: number;
}

/** Ada has founded the space; Mira, who only writes there, has begun a zone; Leo writes, Jun has control. */
async function scene(): Promise<Scene> {
  const town = await foundTown();
  const { founder, founderFeed, space } = town;
  const ada = { who: founder, feed: founderFeed, credential: rootCredential(space) };
  const inside: Inside[] = [];
  for (const [name, level] of [
    ['Mira', 'write'],
    ['Leo', 'write'],
    ['Jun', 'control'],
  ] as const) {
    const who = await person(name);
    inside.push({ who, ...(await letIn(town, who, level)) });
  }
  const [mira, leo, jun] = inside as [Inside, Inside, Inside];
  const zone = newZone(town, mira);
  const statedIn = await say(town, mira, [zone.statement, zone.keys.rotation, ...zone.keys.copies]);
  return { town, ada, mira, leo, jun, zone, statedIn };
}

function newZone({ dag, space }: Town, { credential: parent, who }: Inside): NewZone {
  const reader = readerOf(who, space);
  const by = { parent, through: [] };
  return createZone({ rng: dag.rng, space, founder: who.identity, by, reader });
}

function readerOf({ haloSecret, identity }: Person, space: Town['space']): Reader {
  return { identity, key: simAgreer(readingSecret(haloSecret, space)).publicKey };
}

/** Says something with all that is known in its past. */
function say(town: Town, by: Inside, statements: readonly Statement[]): Promise<number> {
  const { dag, space } = town;
  const deps = dag.tips().filter((tip) => tip !== by.feed.tip);
  return dag.append(space, by.feed, { credential: by.credential, statements, deps });
}

async function give(
  town: Town,
  by: Inside & { readonly parent: CredentialId },
  to: GrantSubject,
  right: { readonly level: Level; readonly path: AccessPath; readonly withoutHistory?: boolean },
): Promise<{ readonly block: number; readonly credential: CredentialId }> {
  const { dag, space } = town;
  const { parent, who } = by;
  const from = { issuer: who.identity, deviceSigner: who.deviceSigner, parent };
  const grant = await grantAccess({ rng: dag.rng, space, subject: to, ...from, ...right });
  return { block: await say(town, by, [grant]), credential: credentialIdOf(grant) };
}

function toPerson({ who }: Inside): GrantSubject {
  return { to: 'identity', identity: who.identity };
}

function fold({ town }: Scene): { authority: SpaceAuthority; noOf: (index: number) => number } {
  return town.dag.fold(town.space);
}

function readers(all: Scene): readonly IdentityId[] {
  return fold(all)
    .authority.readers(all.zone.zone)
    .map(({ identity }) => identity);
}

function lastVerdict(all: Scene): unknown {
  const { authority } = fold(all);
  const block = all.town.dag.blocks.at(-1)?.hash;
  return authority
    .decisions()
    .filter((one) => one.block === block)
    .at(-1)?.verdict;
}

function write(all: Scene, by: Inside, cites: CredentialId, zone = all.zone.zone): unknown {
  const { authority, noOf } = fold(all);
  return authority.mayWriteBelow({ block: noOf(by.feed.tip), credential: cites, zone });
}

describe('a zone', () => {
  test('is read by who began it, and by nobody else however great their right', async () => {
    const all = await scene();
    expect(readers(all)).toEqual([all.mira.who.identity]);
    expect(write(all, all.mira, all.zone.credential)).toEqual({ counts: true, path: '' });
    await say(all.town, all.ada, []);
    expect(write(all, all.ada, all.ada.credential)).toEqual(because('zone-closed'));
    expect(write(all, all.ada, all.zone.credential)).toEqual(because('credential-not-held'));
  });

  test('is given by nobody who has not been given it there', async () => {
    const all = await scene();
    const { ada, jun, town, zone } = all;
    const at = zonePath(zone.zone);
    for (const path of [at, [...at, new Uint8Array(16)], [ZONES_PATH]]) {
      for (const by of [ada, jun]) {
        const right = { level: 'read', path } as const;
        await give(town, { ...by, parent: by.credential }, toPerson(by), right);
        expect(lastVerdict(all)).toEqual(because('zone-closed'));
      }
    }
    expect(readers(all)).toEqual([all.mira.who.identity]);
  });

  test('is read by whom its founder lets in, who lets in others only if he may', async () => {
    const all = await scene();
    const { ada, jun, leo, mira, town, zone } = all;
    const at = { path: zonePath(zone.zone) };
    const byMira = { ...mira, parent: zone.credential };
    const { credential } = await give(town, byMira, toPerson(leo), { level: 'write', ...at });
    expect(new Set(readers(all))).toEqual(new Set([mira.who.identity, leo.who.identity]));
    await say(town, leo, []);
    expect(write(all, leo, credential)).toEqual({ counts: true, path: '' });
    await give(town, { ...leo, parent: credential }, toPerson(ada), { level: 'read', ...at });
    expect(lastVerdict(all)).toEqual(because('level-too-low'));
    const lead = await give(town, byMira, toPerson(jun), { level: 'control', ...at });
    const byJun = { ...jun, parent: lead.credential };
    await give(town, byJun, toPerson(ada), { level: 'read', ...at });
    expect(readers(all)).toContain(ada.who.identity);
  });

  test('is read by who is in a team that it was given to', async () => {
    const all = await scene();
    const { ada, leo, mira, town, zone } = all;
    const group = { to: 'group', group: GROUP } as const;
    const at = [new Uint8Array(16).fill(0xff), new Uint8Array(16).fill(0xab)];
    await give(town, { ...mira, parent: zone.credential }, group, {
      level: 'write',
      path: zonePath(zone.zone),
    });
    expect(readers(all)).toEqual([mira.who.identity]);
    const byAda = { ...ada, parent: ada.credential };
    await give(town, byAda, toPerson(leo), { level: 'read', path: at });
    expect(readers(all)).toContain(leo.who.identity);
    const subject = toPerson(leo);
    await say(town, ada, [
      revokeAccess({ space: town.space, subject, path: at, parent: ada.credential }),
    ]);
    expect(readers(all)).toEqual([mira.who.identity]);
    expect(fold(all).authority.keys.isStale(zone.zone)).toBe(true);
  });

  test('makes nobody a member of the space, and is read by members alone', async () => {
    const all = await scene();
    const { mira, town, zone } = all;
    const stranger = await person('Kim');
    const to = { to: 'identity', identity: stranger.identity } as const;
    const by = { ...mira, parent: zone.credential };
    await give(town, by, to, { level: 'own', path: zonePath(zone.zone) });
    const { authority } = fold(all);
    expect(authority.roleOf(stranger.identity)).toBeUndefined();
    expect(authority.members().map(({ identity }) => identity)).not.toContain(stranger.identity);
    expect(authority.readers().map(({ identity }) => identity)).not.toContain(stranger.identity);
    expect(readers(all)).toEqual([mira.who.identity]);
    expect(authority.keys.isStale(ROOT_ZONE)).toBe(false);
  });

  test('can be begun by nobody in the name of somebody else, and by no reader', async () => {
    const all = await scene();
    const { jun, leo, town } = all;
    const another = newZone(town, leo);
    await say(town, jun, [another.statement]);
    expect(lastVerdict(all)).toEqual(because('issuer-wrong'));
    const kim = await person('Kim');
    const reading = { who: kim, ...(await letIn(town, kim, 'read')) };
    await say(town, reading, [newZone(town, reading).statement]);
    expect(lastVerdict(all)).toEqual(because('level-too-low'));
  });

  test('is no place for what is cited from outside, nor the space for what is cited from it', async () => {
    const all = await scene();
    const { mira, town, zone } = all;
    const other = newZone(town, mira);
    await say(town, mira, [other.statement, other.keys.rotation]);
    expect(write(all, mira, zone.credential, ROOT_ZONE)).toEqual(because('zone-closed'));
    expect(write(all, mira, zone.credential, other.zone)).toEqual(because('zone-closed'));
    expect(write(all, mira, mira.credential)).toEqual(because('zone-closed'));
    expect(write(all, mira, other.credential, other.zone)).toEqual({ counts: true, path: '' });
  });
});

describe('an open zone', () => {
  /** Mira has begun one in the scene's space. */
  async function open(all: Scene): Promise<NewOpenZone> {
    const { mira, town } = all;
    const by = { parent: mira.credential, through: [] };
    const { dag, space } = town;
    const founder = mira.who.identity;
    const zone = createOpenZone({ rng: dag.rng, space, founder, by });
    await say(town, mira, [zone.statement]);
    return zone;
  }

  test('is read by all members, and has no keys', async () => {
    const all = await scene();
    const { zone } = await open(all);
    const { authority } = fold(all);
    expect(authority.readersOfZone(zone)).toHaveLength(4);
    expect(authority.readersOfZone(all.zone.zone)).toEqual([all.mira.who.identity]);
    expect(authority.keyed()).toEqual(['membership', ROOT_ZONE, all.zone.zone]);
    const { rotation } = createGeneration({
      ...{ rng: new SimRng(7), space: all.town.space, of: zone },
      readers: [readerOf(all.mira.who, all.town.space)],
    });
    await say(all.town, all.mira, [rotation]);
    expect(lastVerdict(all)).toEqual(because('zone-unsupported'));
    expect(fold(all).authority.keys.generations(zone)).toEqual([]);
  });

  test('is written by whom its founder lets, and by no admin of the space', async () => {
    const all = await scene();
    const { ada, jun, leo, mira, town } = all;
    const { credential, zone } = await open(all);
    expect(write(all, mira, credential, zone)).toEqual({ counts: true, path: '' });
    await say(town, ada, []);
    expect(write(all, ada, ada.credential, zone)).toEqual(because('zone-closed'));
    const right = { level: 'write', path: zonePath(zone) } as const;
    await give(town, { ...jun, parent: jun.credential }, toPerson(jun), right);
    expect(lastVerdict(all)).toEqual(because('zone-closed'));
    const given = await give(town, { ...mira, parent: credential }, toPerson(leo), right);
    await say(town, leo, []);
    expect(write(all, leo, given.credential, zone)).toEqual({ counts: true, path: '' });
    expect(write(all, leo, leo.credential, zone)).toEqual(because('zone-closed'));
    const subject = toPerson(leo);
    const { path } = right;
    await say(town, ada, [
      revokeAccess({ space: town.space, subject, path, parent: ada.credential }),
    ]);
    await say(town, leo, []);
    expect(write(all, leo, given.credential, zone)).toEqual(because('credential-revoked'));
    expect(fold(all).authority.readersOfZone(zone)).toContain(leo.who.identity);
  });

  test('lies under the keys of the space and no others, and a closed one never does', async () => {
    const all = await scene();
    const { mira, town } = all;
    const { credential, zone } = await open(all);
    await say(town, mira, []);
    const { authority, noOf } = fold(all);
    const block = noOf(mira.feed.tip);
    const [shared] = authority.keys.generations(ROOT_ZONE);
    const own = all.zone.keys.secret.generation;
    if (shared === undefined) return expect.unreachable();
    const inOpen = { block, credential, zone };
    const inClosed = { block, credential: all.zone.credential, zone: all.zone.zone };
    expect(authority.mayWrite({ ...inOpen, keyId: shared })).toEqual(counts);
    expect(authority.mayWrite({ ...inClosed, keyId: own })).toEqual(counts);
    const other = because('generation-not-in-past');
    expect(authority.mayWrite({ ...inOpen, keyId: own })).toEqual(other);
    expect(authority.mayWrite({ ...inClosed, keyId: shared })).toEqual(other);
  });

  test('is another zone than the closed one that is like it in all else', async () => {
    const all = await scene();
    const { statement } = await open(all);
    const closed = { ...statement, kind: 'zone' } as const;
    expect(zoneIdOf(closed)).not.toBe(zoneIdOf(statement));
    expect(zoneCredentialOf(closed)).not.toBe(zoneCredentialOf(statement));
  });
});

describe('the keys of a zone', () => {
  test('are stale once a reader was put out, and content under them counts no more', async () => {
    const all = await scene();
    const { leo, mira, town, zone } = all;
    const path = zonePath(zone.zone);
    const by = { ...mira, parent: zone.credential };
    await give(town, by, toPerson(leo), { level: 'write', path });
    const { generation } = zone.keys.secret;
    const before = await say(town, mira, []);
    const subject = toPerson(leo);
    const put = revokeAccess({ space: town.space, subject, path, parent: zone.credential });
    const removal = await say(town, mira, [put]);
    const { authority, noOf } = fold(all);
    const at = (block: number): unknown =>
      authority.keys.maySeal(zone.zone, generation, noOf(block));
    expect(at(before)).toEqual(counts);
    await say(town, mira, []);
    expect(readers(all)).toEqual([mira.who.identity]);
    const after = fold(all);
    const stale = after.authority.keys.maySeal(zone.zone, generation, after.noOf(mira.feed.tip));
    expect(stale).toEqual(because('generation-stale'));
    expect(after.authority.keys.isStale(zone.zone)).toBe(true);
    // Of the space nobody was put out.
    expect(after.authority.keys.isStale(ROOT_ZONE)).toBe(false);
    expect(removal).toBeLessThan(mira.feed.tip);
    const next = createGeneration({
      rng: new SimRng(5),
      space: town.space,
      of: zone.zone,
      readers: [readerOf(mira.who, town.space)],
      previous: [zone.keys.secret],
    });
    await say(town, mira, [next.rotation]);
    expect(fold(all).authority.keys.current(zone.zone)).toBe(next.secret.generation);
  });

  test('are stale once a reader is no member of the space any more, who then reads nothing', async () => {
    const all = await scene();
    const { ada, leo, mira, town, zone } = all;
    const by = { ...mira, parent: zone.credential };
    await give(town, by, toPerson(leo), { level: 'own', path: zonePath(zone.zone) });
    const subject = toPerson(leo);
    const { space } = town;
    await say(town, ada, [revokeAccess({ space, subject, parent: ada.credential })]);
    expect(readers(all)).toEqual([mira.who.identity]);
    expect(fold(all).authority.keys.isStale(zone.zone)).toBe(true);
  });

  test('that somebody makes who does not read it are none', async () => {
    const all = await scene();
    const { ada, mira, town, zone } = all;
    const made = createGeneration({
      rng: new SimRng(6),
      space: town.space,
      of: zone.zone,
      readers: [readerOf(mira.who, town.space)],
      previous: [zone.keys.secret],
    });
    await say(town, ada, [made.rotation]);
    expect(lastVerdict(all)).toEqual(because('zone-closed'));
    expect(fold(all).authority.keys.current(zone.zone)).toBe(zone.keys.secret.generation);
  });

  test('go with no ticket', async () => {
    const { town, zone } = await scene();
    const ring = KeyRing.import(town.founded.keys.export());
    ring.add(zone.keys.secret);
    for (const withHistory of [true, false]) {
      const current = ring.all().map((secret: GenerationSecret) => secret.generation);
      const shared = ring.share({ withHistory, current });
      expect(shared.get(zone.keys.secret.generation)).toBeUndefined();
      expect(shared.all().length).toBe(ring.all().length - 1);
    }
  });

  test('open what was before only for who was let in with history', async () => {
    const all = await scene();
    const { jun, leo, mira, town, zone } = all;
    const right = { level: 'read', path: zonePath(zone.zone) } as const;
    const by = { ...mira, parent: zone.credential };
    await give(town, by, toPerson(leo), { ...right, withoutHistory: true });
    await give(town, by, toPerson(jun), right);
    const { authority } = fold(all);
    expect(authority.isGivenAll(leo.who.identity, zone.zone)).toBe(false);
    expect(authority.isGivenAll(jun.who.identity, zone.zone)).toBe(true);
    expect(authority.isGivenAll(leo.who.identity)).toBe(true);
    expect(authority.isGivenAll(all.ada.who.identity, zone.zone)).toBe(false);
    // Nor are they given to who says that he lacks them.
    const { generation } = zone.keys.secret;
    const given = (who: Inside): unknown =>
      authority.needs.mayHave(who.who.identity, generation)?.isWhole;
    expect([given(leo), given(jun), given(all.ada)]).toEqual([false, true, undefined]);
  });
});
