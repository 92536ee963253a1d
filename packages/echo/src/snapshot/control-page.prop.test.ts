/** What a snapshot keeps of a space's statements says the same, and is decided the same, as what they came from. */
import fc from 'fast-check';
import { CodecError } from '@atoll/codec';
import { SimRng } from '@atoll/testkit';
import {
  SpaceAuthority,
  credentialIdOf,
  encodeStatements,
  identityIdOf,
  type ControlSection,
  type Statement,
} from '@atoll/halo';
import { expect, test } from 'vitest';
import { randomHistory } from '../../../halo/src/testing/random-history.ts';
import type { Town } from '../../../halo/src/testing/town.ts';
import {
  decodeControlPage,
  decodeKeptControlPage,
  encodeControlPage,
  encodeKeptControlPage,
  type ControlEntry,
} from './control-page.ts';

const RUNS = 15;
const SEEDS = 20;

function entriesOf({ dag }: Town): ControlEntry[] {
  return dag.blocks.flatMap(({ control, index, prev }) =>
    control.length === 0 ? [] : [{ no: index, prev, sections: control }],
  );
}

/** As {@link Dag.fold}, with sections that come from elsewhere. */
function folded(
  { dag, space }: Town,
  order: readonly number[],
  sections: ReadonlyMap<number, readonly ControlSection[]>,
): SpaceAuthority {
  const numbers = new Map(order.map((index, no) => [index, no]));
  const byHash = new Map(order.map((index, no) => [dag.block(index).hash, no]));
  const authority = new SpaceAuthority(space, {
    isInPast: (earlier, later) =>
      dag.block(order[later] as number).past.has(order[earlier] as number),
    blockOf: (hash) => byHash.get(hash),
  });
  for (const [no, index] of order.entries()) {
    const { prevIndex, ...block } = dag.block(index);
    const prevNo = prevIndex === undefined ? undefined : numbers.get(prevIndex);
    authority.add({ ...block, no, prevNo, control: sections.get(index) ?? [] });
  }
  return authority;
}

/** All that follows from what was said. */
function shown(authority: SpaceAuthority): unknown {
  const { credentials } = authority;
  const members = authority.members();
  return {
    decisions: authority.decisions(),
    ...{ members, root: credentials.root?.credential.id, readers: authority.readers() },
    held: credentials.members().map((identity) =>
      credentials.heldBy(identity).map(({ grant, id, issuer, level, parent, path }) => ({
        ...{ id, issuer, level, parent, path, rank: credentials.rankOf(id) },
        bytes: grant === undefined ? undefined : encodeStatements([grant]),
        removed: credentials.wasRemoved(identity),
      })),
    ),
    logs: authority.identities.identities().map((id) => authority.identities.logOf(id)),
  };
}

function nameOf(statement: Statement): string | undefined {
  if (statement.kind === 'grant') return credentialIdOf(statement);
  return statement.kind === 'identity-genesis' ? identityIdOf(statement) : undefined;
}

function saidIn(entries: readonly ControlEntry[]): readonly Statement[] {
  return entries.flatMap(({ sections }) =>
    sections.flatMap(({ statements }) => statements.map(({ statement }) => statement)),
  );
}

test('a space that is loaded has the rights of one that is computed from scratch', async () => {
  let grants = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: SEEDS }), async (seed) => {
      const town = await randomHistory(seed);
      const order = town.dag.arrival(new SimRng(seed));
      const entries = entriesOf(town);
      const scratch = new Map(entries.map(({ no, sections }) => [no, sections]));
      const kept = decodeKeptControlPage(encodeKeptControlPage(entries));
      const loaded = new Map(kept.map(({ no, sections }) => [no, sections]));
      const expected = shown(folded(town, order, scratch));
      expect(shown(folded(town, order, loaded))).toEqual(expected);
      grants += saidIn(kept).filter(({ kind }) => kind === 'grant').length;
    }),
    { numRuns: RUNS },
  );
  expect(grants).toBeGreaterThan(RUNS);
});

test('what was kept says what was said, under the same names, and is kept and told to others alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: SEEDS }), async (seed) => {
      const entries = entriesOf(await randomHistory(seed));
      const kept = decodeKeptControlPage(encodeKeptControlPage(entries));
      const said = saidIn(entries);
      expect(saidIn(kept).map(nameOf)).toEqual(said.map(nameOf));
      expect(encodeKeptControlPage(kept)).toEqual(encodeKeptControlPage(entries));
      expect(encodeControlPage(kept)).toEqual(encodeControlPage(entries));
    }),
    { numRuns: RUNS },
  );
});

test('of what others send no name is believed: it is made of what is said', async () => {
  const entries = entriesOf(await randomHistory(3));
  const told = decodeControlPage(encodeControlPage(entries));
  expect(saidIn(told).map(nameOf)).toEqual(saidIn(entries).map(nameOf));
  const [first] = entries;
  if (first === undefined) throw new RangeError('a history begins with something');
  // The page of a device for itself is nothing that a page of others can be taken for.
  expect(() => decodeControlPage(encodeKeptControlPage([first]))).toThrow(CodecError);
});
