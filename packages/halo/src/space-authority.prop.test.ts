/** Laws of the access fold over random histories: the set of blocks decides, never their arrival. */
import fc from 'fast-check';
import { ROOT_ZONE } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { LEVELS } from './access-level.ts';
import { arrivalOrder, type Dag, type Folded } from './testing/dag.ts';
import { randomHistory } from './testing/random-history.ts';
import { compareRank, type Rank } from './rank.ts';

const RUNS = 15;
/** Histories are made once each and looked at by every law. */
const SEEDS = 20;
const seeds = (): fc.Arbitrary<number> => fc.integer({ min: 1, max: SEEDS });

/** Everything that replicas must agree on. */
function shown({ authority, written }: Folded): unknown {
  const members = authority.members();
  return {
    decisions: authority.decisions(),
    written,
    members,
    credentials: members.map(({ identity }) =>
      LEVELS.map((level) => authority.credentialFor(identity, level)),
    ),
    readers: authority.readers(),
    generations: [
      authority.keys.current('membership'),
      authority.keys.current(ROOT_ZONE),
      authority.keys.generations(ROOT_ZONE),
    ],
    logs: authority.identities.identities().map((id) => authority.identities.logOf(id)),
  };
}

test('every order of arrival gives the same decisions, members, keys and logs', async () => {
  await fc.assert(
    fc.asyncProperty(seeds(), async (seed) => {
      const { dag, space } = await randomHistory(seed);
      const expected = shown(dag.fold(space));
      const rng = new SimRng(seed);
      for (let at = 0; at < 2; at++) {
        expect(shown(dag.fold(space, dag.arrival(rng)))).toEqual(expected);
      }
    }),
    { numRuns: RUNS },
  );
});

test('a decision about a block does not change with blocks outside its past', async () => {
  const met = { decided: 0, refused: 0, outside: 0 };
  await fc.assert(
    fc.asyncProperty(seeds(), async (seed) => {
      const { dag, space } = await randomHistory(seed);
      const whole = dag.fold(space);
      const rng = new SimRng(seed);
      const block = dag.block(rng.int(dag.blocks.length));
      const past = [...block.past, block.index].sort((a, b) => a - b);
      const alone = dag.fold(space, past);
      const hashes = new Set(past.map((index) => dag.block(index).hash));
      const decisions = whole.authority.decisions().filter((one) => hashes.has(one.block));
      expect(alone.authority.decisions()).toEqual(decisions);
      met.decided += decisions.length;
      met.refused += decisions.filter(({ verdict }) => !verdict.counts).length;
      met.outside += dag.blocks.length - past.length;
      const written = whole.written.filter((line) => hashes.has(line.split('/')[0] as never));
      expect(alone.written).toEqual(written);
    }),
    { numRuns: RUNS },
  );
  // Nothing decided, or nothing outside: then nothing was looked at.
  expect(met.decided).toBeGreaterThan(10 * RUNS);
  expect(met.refused).toBeGreaterThan(RUNS);
  expect(met.outside).toBeGreaterThan(5 * RUNS);
});

test('histories are rich enough to catch a fold that decides by arrival', async () => {
  let caught = 0;
  for (let seed = 1; seed <= 24; seed++) {
    const { dag, space } = await randomHistory(seed);
    const rng = new SimRng(seed);
    const mutant = (order: readonly number[]): unknown =>
      shown(dag.fold(space, order, arrivalOrder));
    const first = JSON.stringify(mutant(dag.arrival(rng)));
    if (JSON.stringify(mutant(dag.arrival(rng))) !== first) caught++;
  }
  expect(caught).toBeGreaterThan(4);
});

test('random histories meet every reason for which something is void', async () => {
  const met = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { dag, space } = await randomHistory(seed);
    for (const { verdict } of dag.fold(space).authority.decisions()) {
      met.add(verdict.counts ? 'counts' : verdict.why);
    }
  }
  for (const expected of [
    'counts',
    'author-unknown',
    'feed-wrong',
    'identity-not-in-past',
    'entry-not-in-past',
    'admitting-key-wrong',
    'device-not-in-past',
    'credential-not-in-past',
    'credential-not-held',
    'level-too-low',
    'issuer-wrong',
    'right-exceeded',
    'anyone-reads-only',
    'previous-not-in-past',
    'readers-differ',
  ]) {
    expect(met).toContain(expected);
  }
});

test('no member holds more than the one who let it in could give', async () => {
  const met = { byControl: 0, byOwn: 0 };
  await fc.assert(
    fc.asyncProperty(seeds(), async (seed) => {
      const { dag, space } = await randomHistory(seed);
      const { authority } = dag.fold(space);
      for (const { identity, level, grantedBy } of authority.members()) {
        if (grantedBy === undefined) continue;
        const giver = authority.levelOf(grantedBy);
        expect(giver).toMatch(/control|own/);
        if (giver === 'control') expect(level).toMatch(/read|write/);
        if (giver === 'control') met.byControl++;
        else met.byOwn++;
        expect(identity).toHaveLength(64);
      }
    }),
    { numRuns: RUNS },
  );
  expect(met.byOwn).toBeGreaterThan(RUNS);
  // Most are let in by the founder; that somebody else does it is what the law is about.
  expect(met.byControl).toBeGreaterThan(0);
});

test('seniority is a total order that puts every credential after its parent', async () => {
  let pairs = 0;
  await fc.assert(
    fc.asyncProperty(seeds(), async (seed) => {
      const { dag, space } = await randomHistory(seed);
      const { authority } = dag.fold(space);
      const all = credentialsOf(dag, authority);
      for (const { rank, parentRank } of all) {
        if (parentRank !== undefined) expect(compareRank(parentRank, rank)).toBe(-1);
      }
      for (const a of all) {
        for (const b of all) {
          expect(compareRank(a.rank, b.rank)).toBe(0 - compareRank(b.rank, a.rank));
          if (a.id !== b.id) expect(compareRank(a.rank, b.rank)).not.toBe(0);
          if (a.id !== b.id) pairs++;
        }
      }
    }),
    { numRuns: 20 },
  );
  expect(pairs).toBeGreaterThan(200);
});

function credentialsOf(
  dag: Dag,
  authority: Folded['authority'],
): { readonly id: string; readonly rank: Rank; readonly parentRank: Rank | undefined }[] {
  expect(dag.blocks.length).toBeGreaterThan(0);
  const { credentials } = authority;
  return credentials.members().flatMap((identity) =>
    credentials.heldBy(identity).map(({ id, parent }) => ({
      id,
      rank: credentials.rankOf(id) ?? [],
      parentRank: parent === undefined ? undefined : credentials.rankOf(parent),
    })),
  );
}
