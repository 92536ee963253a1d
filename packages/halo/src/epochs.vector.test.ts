/** Golden bytes of the statements about epochs: `spec/epochs.md`. They are only added to. */
import { ready, softwareSigner } from '@atoll/crypto';
import { fromHex, idFromBytes, toHex } from '@atoll/kernel';
import { simEd25519 } from '@atoll/testkit';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { resetEpoch } from './issue.ts';
import { decodeStatements, encodeStatements } from './statement-codec.ts';
import { NO_EPOCH, epochIdOf } from './statement-ids.ts';
import { verifyStatements } from './statement-signing.ts';
import type { EpochTerms, Statement } from './statements.ts';
import { plain } from './testing/vectors.ts';

interface VectorFile {
  readonly epoch: string;
  readonly statements: readonly { readonly section: string; readonly fields: unknown }[];
}

beforeAll(() => ready());

const bytes = (value: number, size = 32): Uint8Array<ArrayBuffer> =>
  new Uint8Array(size).fill(value);

const terms: EpochTerms = {
  space: idFromBytes('space', bytes(1)),
  era: 0,
  number: 1,
  previous: NO_EPOCH,
  anchor: idFromBytes('block', bytes(2)),
  roots: [{ zone: idFromBytes('zone', bytes(0, 16)), root: bytes(3) }],
  voters: [
    { identity: idFromBytes('identity', bytes(4)), device: idFromBytes('device', bytes(5)) },
    { identity: idFromBytes('identity', bytes(4)), device: idFromBytes('device', bytes(6)) },
  ],
  retired: [{ feed: idFromBytes('feed', bytes(7)), end: idFromBytes('block', bytes(8)) }],
  listedIn: 1,
  collects: false,
  order: bytes(9),
};

async function samples(): Promise<Statement[]> {
  const { space, previous } = terms;
  return [
    { kind: 'epoch-promise', space, previous, ballot: 300 },
    { kind: 'epoch-proposal', ballot: 0, terms },
    { kind: 'epoch-acknowledgement', space, previous, ballot: 0, epoch: epochIdOf(terms) },
    await resetEpoch({ ...terms, era: 1, number: 2 }, softwareSigner(bytes(10))),
  ];
}

function vectors(): VectorFile {
  const file = new URL('../../../spec/vectors/epochs.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as VectorFile;
}

test('this program still writes the golden bytes of epochs', async () => {
  const statements = await samples();
  expect({
    about: 'Sections of one statement each; see spec/epochs.md. Bytes are hex.',
    epoch: epochIdOf(terms),
    statements: statements.map((statement) => ({
      section: toHex(encodeStatements([statement])),
      fields: plain(statement),
    })),
  }).toEqual(vectors());
});

test('golden statements of epochs are read and signed as the file says', async () => {
  for (const { section, fields } of vectors().statements) {
    const statements = decodeStatements(fromHex(section) ?? bytes(0));
    expect(plain(statements)).toEqual([fields]);
    const [checked] = await verifyStatements(simEd25519, statements);
    expect(checked?.signed).toBe(true);
  }
});

test('voters in another order, doubled voters and flags beyond one are refused', async () => {
  const [, , , reset] = await samples();
  const [one, two] = terms.voters;
  if (one === undefined || two === undefined) throw new RangeError('two voters');
  for (const voters of [
    [two, one],
    [one, one],
  ]) {
    const wrong = { kind: 'epoch-proposal', ballot: 0, terms: { ...terms, voters } } as const;
    expect(() => decodeStatements(encodeStatements([wrong]))).toThrow(/do not ascend/);
  }
  const section = encodeStatements([{ kind: 'epoch-proposal', ballot: 0, terms }]);
  const flag = section.length - 33;
  expect(section[flag]).toBe(0);
  section[flag] = 2;
  expect(() => decodeStatements(section)).toThrow(/neither 0 nor 1/);
  expect(reset?.kind).toBe('epoch-reset');
});

test('a reset whose terms were changed after signing has no right signature', async () => {
  const [, , , reset] = await samples();
  if (reset?.kind !== 'epoch-reset') throw new RangeError('the fourth is the reset');
  const forged = { ...reset, terms: { ...reset.terms, number: 3 } };
  const [checked] = await verifyStatements(simEd25519, [forged]);
  expect(checked?.signed).toBe(false);
});
