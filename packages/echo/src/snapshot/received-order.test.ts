/** Orders of blocks that no honest member sends: each is refused before anything is built from it. */
import type { FeedKey } from '@atoll/kernel';
import { expect, test } from 'vitest';
import type { BlockPage } from './block-page.ts';
import type { SnapshotHead } from './head.ts';
import { brokenRule } from './received-order.ts';

const ADA = '01'.repeat(32) as FeedKey;
const JUN = '02'.repeat(32) as FeedKey;

interface Row {
  readonly branch: number;
  readonly seq: number;
  readonly prev: number;
  readonly lamport: number;
  readonly flags: number;
  readonly deps: readonly number[];
  readonly timeMs: number;
}

const row = (changes: Partial<Row>): Row => ({
  branch: 0,
  seq: 0,
  prev: -1,
  lamport: 1,
  flags: 1,
  deps: [],
  timeMs: 1000,
  ...changes,
});

function pageOf(rows: readonly Row[]): BlockPage {
  const ints = (of: (each: Row) => number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(Int32Array.from(rows, of).buffer);
  const words = (of: (each: Row) => number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(Uint32Array.from(rows, of).buffer);
  return {
    columns: {
      hashes: new Uint8Array(rows.length * 32),
      branches: ints(({ branch }) => branch),
      seqs: words(({ seq }) => seq),
      prevs: ints(({ prev }) => prev),
      lamports: new Uint8Array(Float64Array.from(rows, ({ lamport }) => lamport).buffer),
      positions: new Uint8Array(0),
      signed: new Uint8Array(0),
    },
    kept: rows.map(({ deps, flags, timeMs }) => ({
      timeMs,
      flags,
      nonce: new Uint8Array(16),
      deps: [...deps],
    })),
  };
}

function headOf(rows: readonly Row[], changes: Partial<SnapshotHead>): SnapshotHead {
  return {
    position: 0,
    logEnd: undefined,
    blocks: rows.length,
    rows: 1,
    pages: [],
    branches: [
      { feed: ADA, parent: undefined, fork: 0, whole: 0 },
      { feed: JUN, parent: undefined, fork: 0, whole: 0 },
    ],
    types: [],
    voidBlocks: [],
    partlyVoidBlocks: [],
    voidRows: [],
    twins: new Map(),
    collectedRows: new Map(),
    epoch: undefined,
    pending: [],
    missingKeys: [],
    ...changes,
  };
}

const HONEST: readonly Row[] = [
  row({}),
  row({ branch: 1, deps: [0], lamport: 2 }),
  row({ seq: 40, prev: 0, deps: [1], lamport: 3 }),
];

function rule(rows: readonly Row[], changes: Partial<SnapshotHead> = {}): string | undefined {
  return brokenRule({ head: headOf(rows, changes), pages: [pageOf(rows)], control: [] });
}

const changed = (at: number, changes: Partial<Row>): readonly Row[] =>
  HONEST.map((each, no) => (no === at ? { ...each, ...changes } : each));

test('an order with blocks that were let go is taken', () => {
  expect(rule(HONEST)).toBeUndefined();
});

test.each([
  ['two blocks that claim to be four thousand million apart', changed(2, { seq: 2 ** 32 - 1 })],
  ['a branch that is not', changed(2, { branch: 2 })],
  ['a branch below all', changed(2, { branch: -1 })],
  ['a block twice', changed(2, { seq: 0 })],
  ['a block that continues itself', changed(2, { prev: 2 })],
  ['a block that continues another feed', changed(2, { prev: 1 })],
  ['a block that names one to come', changed(1, { deps: [2] })],
  ['a lamport number that is none', changed(1, { lamport: Number.NaN })],
  ['a lamport number above all', changed(1, { lamport: 2 ** 50 })],
  ['a time that is none', changed(1, { timeMs: Number.POSITIVE_INFINITY })],
  ['control sections that are not there', changed(1, { flags: 3 })],
])('%s is refused', (_what, rows) => {
  expect(rule(rows)).toBeDefined();
});

test.each([
  ['a branch without blocks', { branches: [...headOf(HONEST, {}).branches, branch(JUN, 1, 9)] }],
  ['a parent that comes later', { branches: [branch(ADA, 1, 0), branch(JUN, undefined, 0)] }],
  ['a parent of another feed', { branches: [branch(ADA, undefined, 0), branch(JUN, 0, 0)] }],
  [
    'a beginning in the middle',
    { branches: [branch(ADA, undefined, 5), branch(JUN, undefined, 0)] },
  ],
  ['a type of no block', { types: [{ bytes: new Uint8Array(1), publishedIn: [3] }] }],
  ['a void block that is not there', { voidBlocks: [-1] }],
  ['what counts in part', { partlyVoidBlocks: [0] }],
])('%s is refused', (_what, changes) => {
  expect(rule(HONEST, changes)).toBeDefined();
});

function branch(
  feed: FeedKey,
  parent: number | undefined,
  fork: number,
): SnapshotHead['branches'][number] {
  return { feed, parent, fork, whole: 0 };
}
