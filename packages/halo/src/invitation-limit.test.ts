/** Invitations that let in so many: the senior admissions count, whoever heard of whom first. */
import { ROOT_ZONE } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { credentialIdOf } from './codec-grants.ts';
import { invitationIdOf } from './statement-ids.ts';
import type { Invitation } from './statements-invitations.ts';
import type { Grant } from './statements.ts';
import { grantAccess, revokeAccess } from './issue.ts';
import { createGeneration } from './generation.ts';
import { person, type Person } from './testing/people.ts';
import { foundTown, letIn, type Town } from './testing/town.ts';

const because = (why: string): object => ({ counts: false, why });

interface Door {
  readonly town: Town;
  readonly invitation: Invitation;
  readonly stated: number;
  /** Two admins, the senior one first. */
  readonly admins: readonly [Admin, Admin];
}

interface Admin {
  readonly who: Person;
  readonly let: Awaited<ReturnType<typeof letIn>>;
}

/** Ada's space with two admins and an invitation for so many. */
async function door(uses: number, seed = 1): Promise<Door> {
  const town = await foundTown(seed);
  const { dag, founded, founderFeed, space } = town;
  const [mira, leo] = [await person('Mira'), await person('Leo')];
  const admins = [
    { who: mira, let: await letIn(town, mira, 'control') },
    { who: leo, let: await letIn(town, leo, 'control') },
  ] as const;
  const invitation: Invitation = {
    kind: 'invitation',
    space,
    name: dag.rng.bytes(32),
    way: 'digits',
    level: 'write',
    uses,
    expiresAtMs: 1_767_312_000_000,
    parent: founded.credential,
    through: [],
  };
  const stated = await dag.append(space, founderFeed, {
    deps: dag.tips().filter((tip) => tip !== founderFeed.tip),
    credential: founded.credential,
    statements: [invitation],
  });
  return { town, invitation, stated, admins };
}

/** An admin lets somebody in; `deps` is what he knows besides his own feed. */
async function admit(
  { invitation, town }: Door,
  { let: right, who }: Admin,
  guest: Person,
  {
    deps,
    level = 'write',
    named = true,
  }: {
    readonly deps: readonly number[];
    readonly level?: Grant['level'];
    readonly named?: boolean;
  },
): Promise<{ readonly grant: Grant; readonly block: number }> {
  const { dag, space } = town;
  const grant = await grantAccess({
    rng: dag.rng,
    space,
    subject: { to: 'identity', identity: guest.identity },
    level,
    parent: right.credential,
    issuer: who.identity,
    deviceSigner: who.deviceSigner,
    ...(named ? { invitation: invitationIdOf(invitation) } : {}),
  });
  const statements = [guest.log.genesis, grant];
  const block = await dag.append(space, right.feed, {
    deps,
    credential: right.credential,
    statements,
  });
  return { grant, block };
}

describe('a limit across a partition', () => {
  test('of two admissions that do not know of each other the senior one counts, in any order', async () => {
    const all = await door(1);
    const { admins, stated, town } = all;
    const [eve, jun] = [await person('Eve'), await person('Jun')];
    const junior = await admit(all, admins[1], eve, { deps: [stated] });
    const senior = await admit(all, admins[0], jun, { deps: [stated] });
    for (let seed = 1; seed <= 40; seed++) {
      const order = town.dag.arrival(new SimRng(seed));
      const { authority } = town.dag.fold(town.space, order);
      expect(authority.roleOf(jun.identity), `order ${seed}`).toBe('writer');
      expect(authority.roleOf(eve.identity), `order ${seed}`).toBeUndefined();
      expect(authority.credentials.counts(credentialIdOf(senior.grant))).toBe(true);
      expect(authority.credentials.surplusOf(eve.identity)).toMatchObject({
        author: admins[1].who.identity,
      });
      expect(authority.credentials.wasRemoved(eve.identity)).toBe(false);
      expect(authority.credentials.admittedBy(invitationIdOf(all.invitation))).toBe(1);
      expect(authority.credentials.counts(credentialIdOf(junior.grant))).toBe(false);
    }
  });

  test('what a surplus guest writes is void', async () => {
    const all = await door(1);
    const { admins, stated, town } = all;
    const { dag, space } = town;
    const [eve, jun] = [await person('Eve'), await person('Jun')];
    const { block, grant } = await admit(all, admins[1], eve, { deps: [stated] });
    await admit(all, admins[0], jun, { deps: [stated] });
    const feed = dag.feed();
    const { joinStatements } = await import('./join-statements.ts');
    const { authorOf } = await import('./testing/town.ts');
    const credential = credentialIdOf(grant);
    const statements = await joinStatements({
      space,
      author: authorOf(eve, space),
      feed: feed.opening,
    });
    await dag.append(space, feed, { deps: [block], credential, statements });
    await dag.append(space, feed, { data: [credential] });
    const { authority } = dag.fold(space);
    expect(authority.mayWrite({ block: feed.tip, credential })).toEqual(because('credential-void'));
  });

  test('a place becomes free when the admission that took it turns out void', async () => {
    const all = await door(1);
    const { admins, stated, town } = all;
    const { dag, founded, founderFeed, space } = town;
    const [eve, jun] = [await person('Eve'), await person('Jun')];
    await admit(all, admins[0], jun, { deps: [stated] });
    await admit(all, admins[1], eve, { deps: [stated] });
    expect(dag.fold(space).authority.roleOf(eve.identity)).toBeUndefined();
    // Ada removes Mira without having seen whom she let in: that lies outside of the cut.
    const subject = { to: 'identity', identity: admins[0].who.identity } as const;
    const statement = revokeAccess({ space, subject, parent: founded.credential });
    await dag.append(space, founderFeed, {
      credential: founded.credential,
      statements: [statement],
    });
    for (let seed = 1; seed <= 20; seed++) {
      const { authority } = dag.fold(space, dag.arrival(new SimRng(seed)));
      expect(authority.roleOf(jun.identity)).toBeUndefined();
      expect(authority.roleOf(eve.identity)).toBe('writer');
    }
  });

  test('one who is let in twice takes one place', async () => {
    const all = await door(2);
    const { admins, stated, town } = all;
    const [eve, jun] = [await person('Eve'), await person('Jun')];
    await admit(all, admins[0], jun, { deps: [stated] });
    await admit(all, admins[1], jun, { deps: [stated] });
    await admit(all, admins[1], eve, { deps: [] });
    const { authority } = town.dag.fold(town.space);
    expect(authority.roleOf(eve.identity)).toBe('writer');
    expect(authority.credentials.admittedBy(invitationIdOf(all.invitation))).toBe(2);
  });

  test('keys made by somebody who does not know that a guest is surplus are not used', async () => {
    const all = await door(1);
    const { admins, stated, town } = all;
    const { dag, founded, founderFeed, space } = town;
    const [eve, jun] = [await person('Eve'), await person('Jun')];
    await admit(all, admins[1], eve, { deps: [stated] });
    await admit(all, admins[0], jun, { deps: [stated] });
    const before = dag.fold(space).authority;
    expect(before.keys.current(ROOT_ZONE)).toBeUndefined();
    const readers = before.readers();
    expect(readers.map(({ identity }) => identity)).not.toContain(eve.identity);
    const rotation = createGeneration({
      rng: dag.rng,
      space,
      of: ROOT_ZONE,
      readers,
      previous: founded.keys.all().filter(({ kind }) => kind === 'zone'),
    });
    await dag.append(space, founderFeed, {
      deps: dag.tips().filter((tip) => tip !== founderFeed.tip),
      credential: founded.credential,
      statements: [rotation.rotation],
    });
    expect(dag.fold(space).authority.keys.current(ROOT_ZONE)).toBe(rotation.secret.generation);
  });
});

describe('what an admission may say', () => {
  test('one that names an invitation which its block did not know is void', async () => {
    const all = await door(5);
    const eve = await person('Eve');
    const { grant } = await admit(all, all.admins[0], eve, { deps: [] });
    const { authority } = all.town.dag.fold(all.town.space);
    const own = authority.decisions().filter(({ kind }) => kind === 'grant');
    expect(own.map(({ verdict }) => verdict)).toContainEqual(because('invitation-unknown'));
    expect(authority.credentials.get(credentialIdOf(grant))).toBeUndefined();
  });

  test('it gives no more than the invitation offers, though its giver could', async () => {
    const all = await door(5);
    const { founder, founded, founderFeed } = all.town;
    const ada = { who: founder, let: { credential: founded.credential, feed: founderFeed } };
    const eve = await person('Eve');
    await admit(all, ada as never, eve, { deps: [], level: 'control' });
    const { authority } = all.town.dag.fold(all.town.space);
    const verdicts = authority.decisions().map(({ verdict }) => verdict);
    expect(verdicts).toContainEqual(because('invitation-exceeded'));
    expect(authority.roleOf(eve.identity)).toBeUndefined();
  });

  test('nobody without control admits by it, whatever the invitation says', async () => {
    const all = await door(5);
    const { dag, space } = all.town;
    const [ben, eve] = [await person('Ben'), await person('Eve')];
    const writer = { who: ben, let: await letIn(all.town, ben, 'write') };
    await admit(all, writer, eve, {
      deps: dag.tips().filter((tip) => tip !== writer.let.feed.tip),
    });
    const { authority } = dag.fold(space);
    expect(authority.roleOf(eve.identity)).toBeUndefined();
  });
});

describe('invitations that stand', () => {
  test('one made by a writer does not, nor one that offers what its maker could not give', async () => {
    const all = await door(5);
    const { dag, space } = all.town;
    const ben = await person('Ben');
    const writer = await letIn(all.town, ben, 'write');
    const [mira] = all.admins;
    const forged = { ...all.invitation, name: dag.rng.bytes(32), parent: writer.credential };
    const much = { ...all.invitation, parent: mira.let.credential, level: 'control' } as const;
    await dag.append(space, writer.feed, { credential: writer.credential, statements: [forged] });
    const { credential, feed } = mira.let;
    await dag.append(space, feed, { credential, statements: [much] });
    const { authority } = dag.fold(space);
    const verdicts = authority.decisions().map(({ verdict }) => verdict);
    expect(verdicts).toContainEqual(because('level-too-low'));
    expect(verdicts).toContainEqual(because('right-exceeded'));
    const [only, ...others] = authority.invitations.standing();
    expect(others).toEqual([]);
    expect(only?.id).toBe(invitationIdOf(all.invitation));
  });

  test('an end by an admin ends it; an end by anybody else does not', async () => {
    const all = await door(5);
    const { dag, space } = all.town;
    const invitation = invitationIdOf(all.invitation);
    const ben = await letIn(all.town, await person('Ben'), 'write');
    const end = { kind: 'invitation-end', space, invitation, through: [] } as const;
    const byBen = { ...end, parent: ben.credential };
    await dag.append(space, ben.feed, { credential: ben.credential, statements: [byBen] });
    expect(dag.fold(space).authority.invitations.standing()).toHaveLength(1);
    const [mira] = all.admins;
    const { credential, feed } = mira.let;
    await dag.append(space, feed, { credential, statements: [{ ...end, parent: credential }] });
    for (let seed = 1; seed <= 10; seed++) {
      const { authority } = dag.fold(space, dag.arrival(new SimRng(seed)));
      expect(authority.invitations.standing()).toEqual([]);
    }
  });

  test('one whose private part somebody has who lost control is not safe to answer', async () => {
    const all = await door(5);
    const { dag, founded, founderFeed, space } = all.town;
    const [mira] = all.admins;
    const copy = {
      kind: 'invitation-copy',
      space,
      invitation: invitationIdOf(all.invitation),
      identity: mira.who.identity,
      readingKey: dag.rng.bytes(32),
      sealed: dag.rng.bytes(100),
      through: [],
    } as const;
    const { credential } = founded;
    await dag.append(space, founderFeed, {
      credential,
      statements: [{ ...copy, parent: credential }],
    });
    // A copy that a writer says there is does not harm it.
    const ben = await letIn(all.town, await person('Ben'), 'write');
    const told = { ...copy, identity: (await person('Eve')).identity, parent: ben.credential };
    await dag.append(space, ben.feed, { credential: ben.credential, statements: [told] });
    expect(dag.fold(space).authority.invitations.standing()).toMatchObject([{ isSafe: true }]);
    const subject = { to: 'identity', identity: mira.who.identity } as const;
    const removal = revokeAccess({ space, subject, parent: credential });
    await dag.append(space, founderFeed, {
      deps: dag.tips().filter((tip) => tip !== founderFeed.tip),
      credential,
      statements: [removal],
    });
    expect(dag.fold(space).authority.invitations.standing()).toMatchObject([{ isSafe: false }]);
  });
});
