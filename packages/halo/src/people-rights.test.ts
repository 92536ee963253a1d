/** Teams, and what people ask of rights: who may do what and why, what a removal would end, who can undo it. */
import { toHex, type CredentialId } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import { GROUPS_PATH } from './access-path.ts';
import { groupPath } from './credential-book.ts';
import { grantAccess, remarkOn, revokeAccess } from './issue.ts';
import { credentialIdOf } from './codec-grants.ts';
import type { Bytes, GrantSubject, GroupId, Statement } from './statements.ts';
import type { SpaceAuthority } from './space-authority.ts';
import type { Level } from './access-level.ts';
import { person, type Person } from './testing/people.ts';
import { foundTown, letIn, type Town } from './testing/town.ts';
import type { TestFeed } from './testing/dag.ts';

const who = ({ identity }: Person): GrantSubject => ({ to: 'identity', identity });
const team = (group: GroupId): GrantSubject => ({ to: 'group', group });

/** Says things under a right, in one block behind all there is. */
async function say(
  town: Town,
  feed: TestFeed,
  credential: CredentialId,
  statements: readonly Statement[],
): Promise<number> {
  const deps = town.dag.tips().filter((tip) => tip !== feed.tip);
  return town.dag.append(town.space, feed, { credential, statements, deps });
}

function give(
  town: Town,
  issuer: Person,
  grant: {
    readonly subject: GrantSubject;
    readonly level: Level;
    readonly parent: CredentialId;
    readonly through?: readonly CredentialId[];
    readonly group?: GroupId;
  },
) {
  const { group, ...right } = grant;
  const path = group === undefined ? [] : [GROUPS_PATH, bytesOf(group)];
  const { identity, deviceSigner } = issuer;
  const { rng } = town.dag;
  return grantAccess({ rng, space: town.space, ...right, path, issuer: identity, deviceSigner });
}

function bytesOf(group: GroupId): Bytes {
  return Uint8Array.from(group.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Ada has founded it and made a team of Mira and, within that, one of Leo; the outer one may write. */
async function crew() {
  const town = await foundTown();
  const { founded, founder, founderFeed, dag } = town;
  const [mira, leo] = [await person('Mira'), await person('Leo')];
  const miras = await letIn(town, mira, 'read');
  const leos = await letIn(town, leo, 'read');
  const [outer, inner] = [dag.rng.bytes(16), dag.rng.bytes(16)].map((id) => toHex(id)) as [
    GroupId,
    GroupId,
  ];
  const parent = founded.credential;
  const join = (subject: GrantSubject, group: GroupId) =>
    give(town, founder, { subject, level: 'read', parent, group });
  const grants = {
    right: await give(town, founder, { subject: team(outer), level: 'control', parent }),
    mira: await join(who(mira), outer),
    inner: await join(team(inner), outer),
    leo: await join(who(leo), inner),
  };
  const names = [
    { kind: 'group-name', group: outer, name: 'Crew' },
    { kind: 'group-name', group: inner, name: 'Divers' },
  ] as const;
  await say(town, founderFeed, parent, [...Object.values(grants), ...names]);
  return { town, mira, leo, miras, leos, outer, inner, grants, parent, founder, founderFeed };
}

function authorityOf(town: Town): SpaceAuthority {
  return town.dag.fold(town.space).authority;
}

describe('a team', () => {
  test('its members have what it has, those of teams within it too, and say through what', async () => {
    const { town, mira, leo, grants, outer, inner } = await crew();
    const authority = authorityOf(town);
    expect(authority.roleOf(mira.identity)).toBe('admin');
    expect(authority.roleOf(leo.identity)).toBe('admin');
    const right = authority.credentials.people.rightFor(leo.identity, 'control');
    expect(right?.exercised).toEqual({
      parent: credentialIdOf(grants.right),
      through: [credentialIdOf(grants.inner), credentialIdOf(grants.leo)],
    });
    expect(authority.credentials.people.groups()).toEqual([outer, inner].sort());
    expect(authority.groupName(outer)).toBe('Crew');
    const members = authority.credentials.people.givenAt(groupPath(outer));
    expect(members.map(({ subject }) => subject)).toContainEqual(team(inner));
  });

  test('who acts through it is heard, and cites the memberships', async () => {
    const { town, leo, leos } = await crew();
    const { exercised } =
      authorityOf(town).credentials.people.rightFor(leo.identity, 'control') ?? {};
    if (exercised === undefined) return expect.unreachable();
    const kim = await person('Kim');
    const grant = await give(town, leo, { subject: who(kim), level: 'write', ...exercised });
    await say(town, leos.feed, exercised.parent, [...kim.log.admissions, kim.log.genesis, grant]);
    expect(authorityOf(town).roleOf(kim.identity)).toBe('writer');
    const alone = await give(town, leo, {
      subject: who(kim),
      level: 'read',
      parent: exercised.parent,
    });
    await say(town, leos.feed, exercised.parent, [alone]);
    const because = { counts: false, why: 'credential-not-held' };
    expect(
      authorityOf(town)
        .decisions()
        .map(({ verdict }) => verdict),
    ).toContainEqual(because);
  });

  test('who leaves it has what he has besides, and no more', async () => {
    const { town, mira, outer, parent, founderFeed, leo } = await crew();
    const path = [GROUPS_PATH, bytesOf(outer)];
    const ended = revokeAccess({ space: town.space, subject: who(mira), path, parent });
    await say(town, founderFeed, parent, [ended]);
    const authority = authorityOf(town);
    expect(authority.roleOf(mira.identity)).toBe('reader');
    expect(authority.roleOf(leo.identity)).toBe('admin');
  });

  test('who has nothing but a membership reads, is given keys, and goes with it', async () => {
    const { town, leo, inner, parent, founderFeed, leos } = await crew();
    const { space } = town;
    const byName = revokeAccess({ space, subject: who(leo), under: parent, parent });
    const back = await give(town, town.founder, {
      ...{ subject: who(leo), level: 'read', parent, group: inner },
    });
    await say(town, founderFeed, parent, [byName, back]);
    const still = authorityOf(town);
    expect(still.credentials.levelOf(leo.identity)).toBe('control');
    expect(still.readers().map(({ identity }) => identity)).toContain(leo.identity);
    const path = [GROUPS_PATH, bytesOf(inner)];
    await say(town, founderFeed, parent, [
      revokeAccess({ space, subject: who(leo), path, parent }),
    ]);
    const gone = authorityOf(town);
    expect(gone.roleOf(leo.identity)).toBeUndefined();
    expect(gone.readers().map(({ identity }) => identity)).not.toContain(leo.identity);
    expect(gone.credentials.wasRemoved(leo.identity)).toBe(true);
    expect(leos.credential).toBeDefined();
  });

  test('its name is given by who controls the space or the team, and the latest of those counts', async () => {
    const { town, leo, leos, mira, miras, outer, parent, founderFeed } = await crew();
    const name = (called: string) => ({ kind: 'group-name', group: outer, name: called }) as const;
    const { space } = town;
    const all = [who(leo), who(mira)].map((subject) =>
      revokeAccess({ space, subject, path: [GROUPS_PATH], parent }),
    );
    await say(town, founderFeed, parent, all);
    await say(town, leos.feed, leos.credential, [name('Taken')]);
    expect(authorityOf(town).groupName(outer)).toBe('Crew');
    const lead = await give(town, town.founder, {
      ...{ subject: who(mira), level: 'control', parent, group: outer },
    });
    await say(town, founderFeed, parent, [lead]);
    await say(town, miras.feed, credentialIdOf(lead), [name('Boat')]);
    const authority = authorityOf(town);
    expect(authority.groupName(outer)).toBe('Boat');
    // Who leads a team has no say over the space.
    expect(authority.credentials.people.rightFor(mira.identity, 'own')).toBeUndefined();
    const wide = authority.credentials.people.rightFor(mira.identity, 'control');
    expect(wide?.credential.subject).toEqual(team(outer));
  });
});

describe('before somebody is removed', () => {
  test('it is known what ends, what stays because somebody senior gave it, and who follows', async () => {
    const town = await foundTown();
    const { space, founded, founder, founderFeed } = town;
    const parent = founded.credential;
    const [mira, leo, kim] = [await person('Mira'), await person('Leo'), await person('Kim')];
    const miras = await letIn(town, mira, 'control');
    const leos = await letIn(town, leo, 'control');
    const kims = await give(town, leo, {
      ...{ subject: who(kim), level: 'write', parent: leos.credential },
    });
    await say(town, leos.feed, leos.credential, [kim.log.genesis, kims]);
    const more = await give(town, leo, {
      ...{ subject: who(mira), level: 'write', parent: leos.credential },
    });
    await say(town, leos.feed, leos.credential, [more]);
    const { people } = authorityOf(town).credentials;
    const by = { parent: leos.credential, through: [] };
    const plan = people.plan({ subject: who(mira), path: '', by });
    expect(plan.ends.map(({ id }) => id)).toEqual([credentialIdOf(more)]);
    expect(plan.stays.map(({ id }) => id)).toEqual([miras.credential]);
    const all = people.plan({ subject: who(mira), path: '', by: { parent, through: [] } });
    expect([all.ends.length, all.stays.length]).toEqual([2, 0]);
    const follow = people.followFrom(leo.identity);
    expect(follow.map(({ from, credential }) => [from, credential.id])).toEqual([
      [leos.credential, credentialIdOf(kims)],
      [leos.credential, credentialIdOf(more)],
    ]);
    // And so it comes.
    await say(town, founderFeed, parent, [revokeAccess({ space, subject: who(leo), parent })]);
    const after = authorityOf(town);
    expect(after.roleOf(leo.identity)).toBeUndefined();
    expect(after.roleOf(kim.identity)).toBe('writer');
    expect(after.credentials.people.followFrom(leo.identity)).toHaveLength(2);
    expect(founder.identity).toBeDefined();
  });

  test('who could have removed somebody can take it back, and it is told who did what', async () => {
    const town = await foundTown();
    const { space, founded, founder, founderFeed, dag } = town;
    const parent = founded.credential;
    const [mira, leo] = [await person('Mira'), await person('Leo')];
    const miras = await letIn(town, mira, 'control');
    await letIn(town, leo, 'write');
    const removal = revokeAccess({ space, subject: who(leo), parent });
    const at = await say(town, founderFeed, parent, [removal]);
    const shown = authorityOf(town).credentials.people;
    const [revocation] = shown.revocations();
    expect(revocation).toMatchObject({ block: at, index: 0, by: founder.identity, effect: 'cuts' });
    const place = { block: at, index: 0 };
    expect(shown.canTakeBack(place, { parent: miras.credential, through: [] })).toBe(false);
    expect(shown.canTakeBack(place, { parent, through: [] })).toBe(true);
    const says = 'withdrawn';
    const block = dag.block(at).hash;
    await say(town, founderFeed, parent, [remarkOn({ space, says, block, index: 0, parent })]);
    const after = authorityOf(town);
    expect(after.roleOf(leo.identity)).toBe('writer');
    const { identity } = founder;
    const told = { effect: 'none', withdrawnBy: [identity] };
    expect(after.credentials.people.revocations()[0]).toMatchObject(told);
  });
});
