/** What counts in a space and what does not, case by case. */
import { ROOT_ZONE, type ZoneId } from '@atoll/kernel';
import { simAgreer, simSigner, SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { readingSecret } from './derive.ts';
import { joinStatements } from './join-statements.ts';
import { admitDevice, lastEntry } from './identity.ts';
import { admitFeed, grantAccess } from './issue.ts';
import { createGeneration } from './generation.ts';
import { credentialIdOf } from './codec-grants.ts';
import type { Verdict } from './verdict.ts';
import { pathKey } from './access-path.ts';
import { arrivalOrder } from './testing/dag.ts';
import { person } from './testing/people.ts';
import { authorOf, foundTown, grantBy, letIn } from './testing/town.ts';

const counts = { counts: true };
const because = (why: string): object => ({ counts: false, why });

function verdicts(of: { readonly verdict: Verdict }[]): Verdict[] {
  return of.map(({ verdict }) => verdict);
}

describe('founding', () => {
  test('every statement of the first block counts', async () => {
    const { dag, space } = await foundTown();
    const { authority } = dag.fold(space);
    for (const decision of authority.decisions())
      expect(decision).toMatchObject({ verdict: counts });
    expect(authority.decisions()).toHaveLength(9);
  });

  test('the founder owns the space and is shown with a profile', async () => {
    const { dag, space, founder, founded } = await foundTown();
    const { authority } = dag.fold(space);
    expect(authority.members()).toEqual([
      {
        identity: founder.identity,
        level: 'own',
        role: 'owner',
        profile: { name: 'Ada', colour: 3 },
        grantedBy: undefined,
        devices: [founder.log.genesis.device],
      },
    ]);
    expect(authority.credentialFor(founder.identity, 'own')).toBe(founded.credential);
    expect(authority.keys.current('membership')).toBe(founded.membership);
    expect(authority.keys.current(ROOT_ZONE)).toBe(founded.content);
  });

  test('the genesis of another space gives no root credential', async () => {
    const town = await foundTown();
    const other = await foundTown(2);
    const { dag, space, founderFeed } = town;
    const genesis = other.founded.statements[0];
    expect(genesis?.kind).toBe('space-genesis');
    await dag.append(space, founderFeed, { statements: genesis === undefined ? [] : [genesis] });
    expect(
      dag
        .fold(space)
        .authority.decisions()
        .map((d) => d.verdict),
    ).toContainEqual(because('genesis-wrong'));
  });
});

describe('writing', () => {
  test('a writer writes, a reader does not, a stranger neither', async () => {
    const town = await foundTown();
    const { dag, space } = town;
    const writer = await letIn(town, await person('Mira'), 'write');
    const reader = await letIn(town, await person('Leo'), 'read');
    const stranger = dag.feed();
    await dag.append(space, writer.feed, { data: [writer.credential] });
    await dag.append(space, reader.feed, { data: [reader.credential] });
    await dag.append(space, stranger, { deps: dag.tips(), data: [writer.credential] });
    const { authority } = dag.fold(space);
    const may = (block: number, credential = writer.credential): Verdict =>
      authority.mayWrite({ block, credential });
    expect(may(writer.feed.tip)).toEqual(counts);
    expect(may(reader.feed.tip, reader.credential)).toEqual(because('level-too-low'));
    expect(may(stranger.tip)).toEqual(because('author-unknown'));
  });

  test('a credential of somebody else is worth nothing, whoever sends the block', async () => {
    const town = await foundTown();
    const { dag, space } = town;
    const mira = await letIn(town, await person('Mira'), 'write');
    const leo = await letIn(town, await person('Leo'), 'read');
    await dag.append(space, leo.feed, { deps: [mira.feed.tip], data: [mira.credential] });
    const { authority } = dag.fold(space);
    const verdict = authority.mayWrite({ block: leo.feed.tip, credential: mira.credential });
    expect(verdict).toEqual(because('credential-not-held'));
  });

  test('a credential outside the causal past does not count, even if it arrived before', async () => {
    const town = await foundTown();
    const { dag, space, founder, founderFeed, founded } = town;
    const mira = await person('Mira');
    const first = await letIn(town, mira, 'read');
    const more = await grantBy(town, founder, mira, { level: 'write', parent: founded.credential });
    await dag.append(space, founderFeed, { statements: [more] });
    const credential = credentialIdOf(more);
    // Written without knowing the second grant, which every replica has by now.
    const early = await dag.append(space, first.feed, { data: [credential] });
    const late = await dag.append(space, first.feed, {
      deps: [founderFeed.tip],
      data: [credential],
    });
    const { authority } = dag.fold(space);
    expect(authority.mayWrite({ block: early, credential })).toEqual(
      because('credential-not-in-past'),
    );
    expect(authority.mayWrite({ block: late, credential })).toEqual(counts);
    const mutant = dag.fold(space, undefined, arrivalOrder).authority;
    expect(mutant.mayWrite({ block: early, credential })).toEqual(counts);
  });

  test('a zone that this version does not know takes no ops', async () => {
    const { dag, space, founded, founderFeed } = await foundTown();
    const { authority } = dag.fold(space);
    const zone = '11'.repeat(16) as ZoneId;
    const section = { block: founderFeed.tip, credential: founded.credential };
    expect(authority.mayWrite({ ...section, zone })).toEqual(because('zone-unsupported'));
    expect(authority.mayWrite({ ...section, zone: ROOT_ZONE })).toEqual(counts);
  });

  test('what was granted to anyone allows reading, and never writing', async () => {
    const town = await foundTown();
    const { dag, space, founder, founded, founderFeed } = town;
    const right = {
      rng: dag.rng,
      space,
      subject: { to: 'anyone' } as const,
      parent: founded.credential,
      issuer: founder.identity,
      deviceSigner: founder.deviceSigner,
    };
    const reading = await grantAccess({ ...right, level: 'read' });
    const writing = await grantAccess({ ...right, level: 'write' });
    const block = await dag.append(space, founderFeed, { statements: [reading, writing] });
    const { authority } = dag.fold(space);
    expect(authority.mayRead({ block, credential: credentialIdOf(reading) })).toEqual(counts);
    expect(authority.mayWrite({ block, credential: credentialIdOf(reading) })).toEqual(
      because('level-too-low'),
    );
    expect(verdicts([...authority.decisions()])).toContainEqual(because('anyone-reads-only'));
    expect(authority.members()).toHaveLength(1);
  });
});

describe('granting', () => {
  test('an admin lets writers in and makes no admins', async () => {
    const town = await foundTown();
    const { dag, space } = town;
    const [mira, leo] = [await person('Mira'), await person('Leo')];
    const admin = await letIn(town, mira, 'control');
    const level = { parent: admin.credential };
    const writer = await grantBy(town, mira, leo, { ...level, level: 'write' });
    const second = await grantBy(town, mira, leo, { ...level, level: 'control' });
    const owner = await grantBy(town, mira, leo, { ...level, level: 'own' });
    const statements = [leo.log.genesis, writer, second, owner];
    await dag.append(space, admin.feed, { credential: admin.credential, statements });
    const folded = dag.fold(space).authority;
    const decisions = folded
      .decisions()
      .filter(({ block }) => block === dag.block(admin.feed.tip).hash);
    expect(verdicts(decisions)).toEqual([
      counts,
      counts,
      because('right-exceeded'),
      because('right-exceeded'),
    ]);
    expect(folded.roleOf(leo.identity)).toBe('writer');
    expect(folded.members().find((m) => m.identity === leo.identity)?.grantedBy).toBe(
      mira.identity,
    );
  });

  test('a writer gives nothing', async () => {
    const town = await foundTown();
    const { dag, space } = town;
    const [mira, leo] = [await person('Mira'), await person('Leo')];
    const { credential, feed } = await letIn(town, mira, 'write');
    const grant = await grantBy(town, mira, leo, { level: 'read', parent: credential });
    await dag.append(space, feed, { credential, statements: [grant] });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).toContainEqual(because('level-too-low'));
    expect(authority.roleOf(leo.identity)).toBeUndefined();
  });

  test('a grant repeated by somebody else than its issuer does not count there', async () => {
    const town = await foundTown();
    const { dag, space, founder, founded } = town;
    const [mira, leo] = [await person('Mira'), await person('Leo')];
    const { feed } = await letIn(town, mira, 'write');
    // Signed by the founder, and shown by a writer: nobody finds it in the founder's own feed.
    const grant = await grantBy(town, founder, leo, { level: 'own', parent: founded.credential });
    await dag.append(space, feed, { statements: [grant] });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).toContainEqual(because('issuer-wrong'));
    expect(authority.roleOf(leo.identity)).toBeUndefined();
  });

  test('a grant with a changed level is not signed any more', async () => {
    const town = await foundTown();
    const { dag, space, founder, founded, founderFeed } = town;
    const leo = await person('Leo');
    const grant = await grantBy(town, founder, leo, { level: 'read', parent: founded.credential });
    await dag.append(space, founderFeed, { statements: [{ ...grant, level: 'own' }] });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).toContainEqual(because('signature-wrong'));
  });

  test('a grant made for another space does not count here', async () => {
    const town = await foundTown();
    const other = await foundTown(5);
    const { dag, space, founderFeed, founder } = town;
    const leo = await person('Leo');
    const right = { level: 'read', parent: other.founded.credential } as const;
    const grant = await grantBy(other, founder, leo, right);
    await dag.append(space, founderFeed, { statements: [grant] });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).toContainEqual(because('other-space'));
  });

  test('a right below the whole space allows nothing that names no place below it', async () => {
    const town = await foundTown();
    const { dag, space, founder, founded, founderFeed } = town;
    const leo = await person('Leo');
    const plain = await grantBy(town, founder, leo, { level: 'write', parent: founded.credential });
    const { signBody } = await import('./statement-signing.ts');
    const object = dag.rng.bytes(16);
    const body = { ...plain, path: [object] };
    const grant = { ...body, signature: await signBody(founder.deviceSigner, body) };
    const block = await dag.append(space, founderFeed, { statements: [grant] });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).not.toContainEqual(because('right-exceeded'));
    const credential = credentialIdOf(grant);
    expect(authority.credentials.pathOf(credential)).toBe(pathKey([object]));
    expect(authority.credentialFor(leo.identity, 'write')).toBeUndefined();
    expect(authority.credentialFor(leo.identity, 'write', pathKey([object]))).toBe(credential);
    const below = pathKey([object, object]);
    expect(authority.credentialFor(leo.identity, 'write', below)).toBe(credential);
    expect(authority.mayWrite({ block, credential }).counts).toBe(false);
  });
});

describe('feeds', () => {
  test('an admission for another feed, space, incarnation or place is void', async () => {
    const town = await foundTown();
    const { dag, space, founder } = town;
    const other = await foundTown(3);
    const base = { identity: founder.identity, deviceSigner: founder.deviceSigner };
    const admit = (feed = dag.feed(), inSpace = space, incarnation = feed.opening.incarnation) =>
      admitFeed({ ...base, space: inSpace, ...feed.opening, incarnation });
    const cases: [string, ReturnType<typeof dag.feed>, ReturnType<typeof admit>][] = [];
    const [a, b, c, d] = [dag.feed(), dag.feed(), dag.feed(), dag.feed()];
    cases.push(['feed-wrong', a, admit()]);
    cases.push(['other-space', b, admit(b, other.space)]);
    cases.push(['feed-genesis-wrong', c, admit(c, space, dag.rng.bytes(16))]);
    await dag.append(space, d, { deps: [0] });
    cases.push(['feed-not-first', d, admit(d)]);
    for (const [why, feed, admission] of cases) {
      const statements = [await admission];
      const block = await dag.append(space, feed, { deps: [0], statements });
      const { authority } = dag.fold(space);
      const own = authority.decisions().filter((d) => d.block === dag.block(block).hash);
      expect(verdicts(own)).toEqual([because(why)]);
      expect(authority.authorOf(block)).toBeUndefined();
    }
  });

  test('a feed of a device that was never admitted has no author', async () => {
    const town = await foundTown();
    const { dag, space, founder } = town;
    const thief = simSigner(dag.rng.bytes(32));
    const feed = dag.feed();
    const admission = await admitFeed({
      space,
      identity: founder.identity,
      deviceSigner: thief,
      ...feed.opening,
    });
    const block = await dag.append(space, feed, { deps: [0], statements: [admission] });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).toContainEqual(because('device-not-in-past'));
    expect(authority.mayWrite({ block, credential: town.founded.credential })).toEqual(
      because('author-unknown'),
    );
  });

  test('a twin of a feed’s first block has its own author, and voids nothing', async () => {
    const town = await foundTown();
    const { dag, space, founderFeed, founded } = town;
    const tip = await dag.append(space, founderFeed, { data: [founded.credential] });
    const twin = { ...founderFeed, tip: -1, seq: 0 };
    const twinBlock = await dag.append(space, twin, { data: [founded.credential] });
    const { authority } = dag.fold(space);
    const credential = founded.credential;
    expect(authority.mayWrite({ block: tip, credential })).toEqual(counts);
    expect(authority.mayWrite({ block: twinBlock, credential })).toEqual(because('author-unknown'));
  });
});

describe('devices', () => {
  test('a second device writes after its admission was presented', async () => {
    const town = await foundTown();
    const { dag, space, founder, founded } = town;
    const rng = new SimRng(77);
    const phone = simSigner(rng.bytes(32));
    const admission = await admitDevice({
      log: founder.log,
      admitting: founder.deviceSigner,
      newSigner: phone,
      newAgreementKey: simAgreer(rng.bytes(32)).publicKey,
    });
    const log = { ...founder.log, admissions: [admission] };
    const feed = dag.feed();
    const author = { ...authorOf(founder, space), log, deviceSigner: phone };
    const statements = await joinStatements({ space, author, feed: feed.opening });
    const { credential } = founded;
    const block = await dag.append(space, feed, { deps: [0], credential, statements });
    const { authority } = dag.fold(space);
    expect(authority.mayWrite({ block, credential })).toEqual(counts);
    expect(authority.authorOf(block)).toMatchObject({ device: admission.device });
    expect(authority.members()[0]?.devices).toHaveLength(2);
    expect(authority.identities.logOf(founder.identity)).toEqual(log);
    expect(lastEntry(log)).not.toBe(lastEntry(founder.log));
    expect(authority.identities.byAgreementKey(admission.deviceAgreementKey)).toEqual([
      { identity: founder.identity, device: admission.device },
    ]);
  });

  test('a device has no feed in a past that does not know it, even if its admission arrived', async () => {
    const town = await foundTown();
    const { dag, space, founder, founderFeed } = town;
    const phone = simSigner(dag.rng.bytes(32));
    const admission = await admitDevice({
      log: founder.log,
      admitting: founder.deviceSigner,
      newSigner: phone,
      newAgreementKey: simAgreer(dag.rng.bytes(32)).publicKey,
    });
    await dag.append(space, founderFeed, { statements: [admission] });
    const feed = dag.feed();
    const { identity } = founder;
    const base = { space, identity, deviceSigner: phone };
    const statements = [await admitFeed({ ...base, ...feed.opening })];
    const block = await dag.append(space, feed, { deps: [0], statements });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).toContainEqual(because('device-not-in-past'));
    expect(authority.authorOf(block)).toBeUndefined();
  });

  test('a device that admits itself stays outside', async () => {
    const town = await foundTown();
    const { dag, space, founder, founderFeed } = town;
    const rng = new SimRng(78);
    const thief = simSigner(rng.bytes(32));
    const admission = await admitDevice({
      log: founder.log,
      admitting: thief,
      newSigner: thief,
      newAgreementKey: rng.bytes(32),
    });
    await dag.append(space, founderFeed, { statements: [admission] });
    const { authority } = dag.fold(space);
    expect(verdicts([...authority.decisions()])).toContainEqual(because('admitting-key-wrong'));
  });
});

describe('keys', () => {
  test('a rotation counts only for exactly the readers of its past', async () => {
    const town = await foundTown();
    const { dag, space, founder, founded, founderFeed } = town;
    const mira = await letIn(town, await person('Mira'), 'write');
    const previous = founded.keys.all().filter(({ kind }) => kind === 'zone');
    const make = (readers: Parameters<typeof createGeneration>[0]['readers']) =>
      createGeneration({ rng: dag.rng, space, of: ROOT_ZONE, readers, previous });
    const all = dag.fold(space).authority.readers();
    expect(all).toHaveLength(2);
    const alone = make(all.filter(({ identity }) => identity === founder.identity));
    const both = make(all);
    const { credential } = founded;
    const deps = [mira.feed.tip];
    await dag.append(space, founderFeed, { deps, credential, statements: [alone.rotation] });
    const kept = dag.fold(space).authority;
    expect(verdicts([...kept.decisions()])).toContainEqual(because('readers-differ'));
    expect(kept.keys.current(ROOT_ZONE)).toBe(founded.content);
    await dag.append(space, founderFeed, { credential, statements: [both.rotation] });
    expect(dag.fold(space).authority.keys.generations(ROOT_ZONE)).toContain(both.secret.generation);
  });

  test('a rotation that follows another replaces it', async () => {
    const town = await foundTown();
    const { dag, space, founded, founderFeed } = town;
    const { authority } = dag.fold(space);
    const first = founded.keys.get(founded.content);
    const next = createGeneration({
      rng: dag.rng,
      space,
      of: ROOT_ZONE,
      readers: authority.readers(),
      previous: first === undefined ? [] : [first],
    });
    const { credential } = founded;
    await dag.append(space, founderFeed, { credential, statements: [next.rotation] });
    expect(dag.fold(space).authority.keys.current(ROOT_ZONE)).toBe(next.secret.generation);
  });

  test('copies of the first generation open for the founder alone', async () => {
    const { dag, space, founded, founder } = await foundTown();
    const { authority } = dag.fold(space);
    const { openKeyCopy } = await import('./rotation.ts');
    const copies = authority.keys.copiesFor(founder.identity, founded.content);
    const rotation = authority.keys.rotation(founded.content);
    expect(copies).toHaveLength(1);
    const [copy] = copies;
    if (copy === undefined || rotation === undefined) throw new TypeError('nothing was sealed');
    const own = simAgreer(readingSecret(founder.haloSecret, space));
    expect(await openKeyCopy(own, copy, rotation)).toEqual(founded.keys.get(founded.content));
    expect(await openKeyCopy(simAgreer(dag.rng.bytes(32)), copy, rotation)).toBeUndefined();
  });
});
