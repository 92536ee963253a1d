/** Members and strangers that do not keep to the rules, against whole replicas of everybody else. */
import { ready } from '@atoll/crypto';
import { BLOCK_BYTES_MAX, verifyForkProof, type Run } from '@atoll/feed';
import { credentialIdOf, grantAccess, identityIdOf, rootCredential, type Level } from '@atoll/halo';
import { Space } from '@atoll/echo';
import { beforeAll, describe, expect, test } from 'vitest';
import { Person, restored } from '../../packages/echo/src/space/testing/space-fixture.ts';
import {
  OutlawFeed,
  addTask,
  citing,
  founder,
  give,
  meet,
  member,
  oneRoot,
  removeTask,
  reopened,
  tasks,
  titles,
  type Citizen,
} from './town.ts';

beforeAll(() => ready());

/** Ada owns, Leo writes, Rea has the role under test; all have everything. */
async function town(seed: number, role: 'reader' | 'writer' | 'admin'): Promise<Citizen[]> {
  const ada = await founder(seed);
  const leo = await member(ada, 'Leo', 'writer');
  const rea = await member(ada, 'Rea', role);
  addTask(ada, 'pack');
  await meet(ada, leo, rea);
  return [ada, leo, rea];
}

/** What everybody else does after the attack works, and gives one state. */
async function lifeGoesOn(...citizens: readonly Citizen[]): Promise<void> {
  for (const citizen of citizens) addTask(citizen, `afterwards of ${citizen.person.name}`);
  await meet(...citizens);
  for (const citizen of citizens) {
    const written = titles(citizen).filter((title) => title.startsWith('afterwards'));
    expect(written).toHaveLength(citizens.length);
  }
  oneRoot(...citizens);
  const again = await Promise.all(citizens.map(reopened));
  oneRoot(...citizens, ...again);
}

async function everything(of: Citizen): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const run of of.space.replica.missingFor([])) runs.push(run);
  return runs;
}

describe('blocks that are not true', () => {
  test('a wrong signature, altered bytes or another version are refused and leave no trace', async () => {
    const [ada, leo, rea] = (await town(1, 'writer')) as [Citizen, Citizen, Citizen];
    const before = oneRoot(ada, leo);
    addTask(rea, 'from Rea');
    await rea.space.flush();
    const [run] = await everything(rea).then((runs) => runs.slice(-1));
    if (run === undefined) throw new RangeError('nothing was written');
    const altered = (at: number): Run => ({
      ...run,
      blocks: run.blocks.map((block) =>
        block.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      ),
    });
    const attempts: [string, Run][] = [
      ['FEED_SIGNATURE_WRONG', { ...run, signature: run.signature.map((byte) => byte ^ 1) }],
      ['FEED_SIGNATURE_WRONG', { ...run, endSeq: run.endSeq + 1 }],
      ['FEED_BLOCK_VERSION', altered(0)],
      ['FEED_CONTENT_DAMAGED', altered((run.blocks[0]?.length ?? 0) - 1)],
      ['FEED_BLOCK_TOO_LARGE', { ...run, blocks: [new Uint8Array(BLOCK_BYTES_MAX + 1)] }],
      ['FEED_RUN_LIMITS', { ...run, blocks: Array.from({ length: 9_000 }, () => run.signature) }],
      ['FEED_RUN_LIMITS', { ...run, blocks: [] }],
    ];
    for (const [code, attempt] of attempts) {
      expect(await leo.space.replica.receive(attempt, 'rea')).toEqual({ at: 'refused', code });
    }
    expect(oneRoot(ada, leo)).toBe(before);
    await meet(ada, leo, rea);
    expect(titles(leo)).toContain('from Rea');
    await lifeGoesOn(ada, leo, rea);
  });

  test.each([
    ['jumps ahead', 1_000_000],
    ['stays behind', 1],
  ])('a lamport number that %s is kept with its code, and void', async (_how, lamport) => {
    const [ada, leo, rea] = (await town(2, 'writer')) as [Citizen, Citizen, Citizen];
    const outlaw = await OutlawFeed.begin(rea);
    outlaw.write({ lamport });
    const blocks = leo.space.figures().blocks;
    const code = 'FEED_LAMPORT_FALSE';
    const received = await leo.space.replica.receive(await outlaw.run(), 'rea');
    expect(received).toEqual({ at: 'kept', blocks: 2, code });
    await leo.space.settled();
    // The first block of the feed is true, whatever comes after it.
    expect(leo.space.figures().blocks).toBe(blocks + 1);
    expect(leo.space.parked.blocks).toBe(1);
    await lifeGoesOn(ada, leo);
  });

  test('a false number, place or lamport stated of another block is kept with its code, and void', async () => {
    const [ada, leo, rea] = (await town(3, 'writer')) as [Citizen, Citizen, Citizen];
    for (const lie of [{ lamport: 900 }, { seq: 900 }] as const) {
      const outlaw = await OutlawFeed.begin(rea);
      const [end] = outlaw.ends();
      if (end === undefined) throw new RangeError('there are blocks');
      outlaw.write({ deps: [{ ...end, ...lie }] });
      const code = 'FEED_DEP_FALSE';
      const received = await leo.space.replica.receive(await outlaw.run(), 'rea');
      expect(received).toEqual({ at: 'kept', blocks: 2, code });
    }
    await leo.space.settled();
    expect(leo.space.parked.blocks).toBe(2);
    await lifeGoesOn(ada, leo);
  });

  test('a feed that builds on blocks that do not exist waits within bounds and harms nobody', async () => {
    const [ada, leo, rea] = (await town(4, 'writer')) as [Citizen, Citizen, Citizen];
    for (let count = 0; count < 40; count++) {
      const outlaw = await OutlawFeed.begin(rea);
      const [end] = outlaw.ends();
      if (end === undefined) throw new RangeError('there are blocks');
      outlaw.write({ deps: [{ ...end, hash: `${count}`.padStart(64, 'a') as typeof end.hash }] });
      const received = await leo.space.replica.receive(await outlaw.run(), 'rea');
      expect(received).toEqual({ at: 'kept', blocks: 2, code: 'FEED_DEPS_UNKNOWN' });
    }
    await leo.space.settled();
    expect(leo.space.replica.waiting).toBe(0);
    expect(leo.space.parked.blocks).toBe(40);
    await lifeGoesOn(ada, leo);
  });

  test('a feed of one space, replayed into another of the same people, is refused there', async () => {
    const [ada, leo] = (await town(5, 'writer')) as [Citizen, Citizen, Citizen];
    const other: Citizen = { ...ada, space: await ada.person.found() };
    addTask(other, 'only here');
    await other.space.flush();
    const before = oneRoot(other);
    for (const run of await everything(leo)) {
      const received = await other.space.replica.receive(run, 'leo');
      expect(received.at === 'stored' || received.at === 'known').toBe(false);
    }
    expect(oneRoot(other)).toBe(before);
    expect(titles(other)).toEqual(['only here']);
    expect(other.space.figures().members).toBe(1);
    await lifeGoesOn(other);
  });
});

describe('rights that somebody does not have', () => {
  /** Seals as `cheat` under a credential, hands it to the others, and expects it to be void everywhere. */
  async function isVoidEverywhere(
    cheat: Citizen,
    others: readonly Citizen[],
    credential: Parameters<typeof citing>[1],
  ): Promise<void> {
    const before = oneRoot(...others);
    citing(cheat, credential);
    const [task] = tasks(cheat);
    if (task !== undefined) {
      task.title = 'taken over';
      task.votes.increment(1_000);
      removeTask(cheat, 'taken over');
    }
    addTask(cheat, 'smuggled in');
    await cheat.space.flush();
    // Valid in form, so it is stored and passed on; void in effect, for everybody.
    expect(await give(cheat, ...others)).toEqual([]);
    expect(oneRoot(...others)).toBe(before);
    for (const other of others) {
      expect(titles(other)).toEqual(['pack']);
      expect(tasks(other)[0]?.votes.value).toBe(0);
      expect(other.space.counters.sectionsVoid).toBeGreaterThan(0);
    }
    const sober = await reopened(cheat);
    await meet(sober, ...others);
    oneRoot(sober, ...others);
  }

  test('what a reader seals under the founder’s credential is void on every replica', async () => {
    const [ada, leo, rea] = (await town(10, 'reader')) as [Citizen, Citizen, Citizen];
    await isVoidEverywhere(rea, [ada, leo], rootCredential(ada.space.id));
    await lifeGoesOn(ada, leo);
  });

  test('what a reader seals under a writer’s grant is void on every replica', async () => {
    const [ada, leo, rea] = (await town(11, 'reader')) as [Citizen, Citizen, Citizen];
    const grant = leo.space.authority.credentialFor(leo.person.identity, 'write');
    if (grant === undefined) throw new RangeError('Leo writes');
    await isVoidEverywhere(rea, [ada, leo], grant);
    await lifeGoesOn(ada, leo);
  });

  test('what a reader seals under its own credential for reading is void on every replica', async () => {
    const [ada, leo, rea] = (await town(12, 'reader')) as [Citizen, Citizen, Citizen];
    const grant = rea.space.authority.credentialFor(rea.person.identity, 'read');
    if (grant === undefined) throw new RangeError('Rea reads');
    await isVoidEverywhere(rea, [ada, leo], grant);
    await lifeGoesOn(ada, leo);
  });

  test('a grant that is not in a block’s causal past gives nothing, whoever has it already', async () => {
    const [ada, leo, rea] = (await town(13, 'reader')) as [Citizen, Citizen, Citizen];
    const mia = await member(ada, 'Mia', 'writer');
    await meet(ada, leo, mia, rea);
    // Ada lets Rea write; Leo hears of it before Rea's block comes, Mia after, Rea never.
    const granted = await grant(ada, rea, 'write');
    await give(ada, leo);
    await isVoidEverywhere(rea, [leo], granted);
    await give(rea, mia);
    await give(ada, mia);
    expect(oneRoot(leo, mia)).toBe(oneRoot(leo, ada));
    expect(titles(mia)).toEqual(['pack']);
    // From now on Rea has heard of it.
    const honest = await reopened(rea);
    await meet(ada, leo, mia, honest);
    addTask(honest, 'now allowed');
    await meet(ada, leo, mia, honest);
    expect(titles(leo)).toEqual(['now allowed', 'pack']);
    oneRoot(ada, leo, mia, honest);
  });

  test.each<[Level, string]>([
    ['own', 'owner'],
    ['control', 'admin'],
  ])('an admin that gives away %s makes nobody an %s', async (level) => {
    const [ada, leo, rea] = (await town(14, 'admin')) as [Citizen, Citizen, Citizen];
    const zoe = await member(ada, 'Zoe', 'reader');
    await meet(ada, leo, rea, zoe);
    const before = oneRoot(ada, leo, rea, zoe);
    const granted = await grant(rea, zoe, level);
    await meet(ada, leo, rea, zoe);
    const decisions = leo.space.authority.decisions().filter(({ verdict }) => !verdict.counts);
    expect(decisions.map(({ verdict }) => !verdict.counts && verdict.why)).toEqual([
      'right-exceeded',
    ]);
    for (const { space } of [ada, leo, rea, zoe]) {
      expect(space.authority.roleOf(zoe.person.identity)).toBe('reader');
    }
    expect(oneRoot(ada, leo, rea, zoe)).toBe(before);
    await isVoidEverywhere(zoe, [ada, leo, rea], granted);
    await lifeGoesOn(ada, leo, rea);
  });

  test('a stranger with stolen keys of the space reads, and writes nothing', async () => {
    const [ada, leo] = (await town(15, 'writer')) as [Citizen, Citizen, Citizen];
    const thief = await Person.make('Thief', 99);
    const { ring } = ada.space.keys;
    const options = { space: ada.space.id, ring, writer: thief.writer() };
    const citizen: Citizen = {
      person: thief,
      events: [],
      space: await Space.open(thief.ports, options),
    };
    await give(ada, citizen);
    await isVoidEverywhere(citizen, [ada, leo], rootCredential(ada.space.id));
    expect(ada.space.figures().members).toBe(3);
    expect(ada.space.authority.roleOf(identityIdOf(thief.log.genesis))).toBeUndefined();
    await lifeGoesOn(ada, leo);
  });

  /** Publishes a grant, whatever its issuer may. */
  async function grant(
    from: Citizen,
    to: Citizen,
    level: Level,
  ): Promise<Parameters<typeof citing>[1]> {
    const { authority, id } = from.space;
    const parent = authority.credentialFor(from.person.identity, 'control');
    if (parent === undefined) throw new RangeError('only who controls can publish');
    const statement = await grantAccess({
      rng: from.person.ports.rng,
      space: id,
      subject: { to: 'identity', identity: to.person.identity },
      level,
      parent,
      issuer: from.person.identity,
      deviceSigner: from.person.deviceSigner,
    });
    await from.space.publish({ statements: [statement], credential: parent });
    return credentialIdOf(statement);
  }
});

describe('forks', () => {
  test('a feed that was backdated is flagged with a proof; both branches stay, and all agree', async () => {
    const [ada, leo, rea] = (await town(20, 'writer')) as [Citizen, Citizen, Citizen];
    addTask(rea, 'first');
    await rea.space.flush();
    const ports = await restored(rea.person.ports, rea.space.id);
    addTask(rea, 'second');
    const pack = tasks(rea).find(({ title }) => title === 'pack');
    await rea.space.flush();
    await give(rea, ada, leo);
    if (pack !== undefined) pack.title = 'third';
    await give(rea, ada, leo);
    // The twin goes on where the feed was long ago, as if the rest had never been written.
    const { ring } = rea.space.keys;
    const writer = rea.person.writer({ mayContinue: true });
    const twin: Citizen = {
      ...rea,
      space: await Space.open(ports, { space: rea.space.id, ring, writer }),
    };
    addTask(twin, 'other second');
    await twin.space.flush();
    for (const run of await everything(twin)) {
      expect((await leo.space.replica.receive(run, 'rea')).at).not.toBe('refused');
    }
    await leo.space.settled();
    expect(leo.events).toContain('space.feed-forked');
    const [proof, ...more] = await leo.space.replica.forkProofs();
    expect(more).toEqual([]);
    const { ed25519 } = leo.person.ports;
    expect(proof !== undefined && (await verifyForkProof(ed25519, proof))).toBe(true);
    await give(leo, ada);
    expect(ada.events).toContain('space.feed-forked');
    for (const citizen of [ada, leo]) {
      expect(titles(citizen)).toEqual(['first', 'other second', 'second', 'third']);
    }
    await lifeGoesOn(ada, leo);
  });

  test('the first block of a feed, written twice, voids nothing of either', async () => {
    const [ada, leo, rea] = (await town(21, 'writer')) as [Citizen, Citizen, Citizen];
    const ports = await restored(rea.person.ports, rea.space.id);
    addTask(rea, 'one');
    await give(rea, leo);
    const { ring } = rea.space.keys;
    const writer = rea.person.writer({ mayContinue: true });
    const options = { space: rea.space.id, ring, writer };
    const twin: Citizen = { ...rea, space: await Space.open(ports, options) };
    addTask(twin, 'two');
    await give(twin, ada);
    await meet(ada, leo);
    expect(titles(leo)).toEqual(['one', 'pack', 'two']);
    await lifeGoesOn(ada, leo);
  });
});
