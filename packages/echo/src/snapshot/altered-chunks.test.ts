/** A peer that serves something else than the epoch names: every chunk and every part of one. */
import { Reader } from '@atoll/codec';
import { compareBytes } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { Space } from '../space/space.ts';
import { Person, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { randomKindsEdit } from '../testing/random-kinds.ts';
import { readSiblings } from './field-stores.ts';
import { decodeOutline, encodeOutline, type SnapshotHead } from './head.ts';
import type { ChunkRow } from './row-chunk.ts';
import { SnapshotError } from './snapshot-error.ts';
import { SnapshotSink } from './snapshot-sink.ts';
import type { SnapshotSource } from './snapshot-source.ts';
import { fetchAll, pagesOf, rootKeyOf, sourceOf, turn } from './testing/served.ts';
import { decodeSubtree, encodeNode, encodeRows } from './transfer-codec.ts';

const Many = defineType('test.Many', { title: s.string() });

let ada: Person;
let space: Space;
let source: SnapshotSource;

beforeAll(async () => {
  ada = await Person.make('Ada', 9);
  space = await ada.found();
  const random = randomFrom(9);
  for (let at = 0; at < 240; at++) {
    randomEdit(space.database, random);
    randomKindsEdit(space.database, random);
    space.database.commit();
  }
  for (let at = 0; at < 700; at++) space.database.add(Many, { title: `thing ${at}` });
  source = await sourceOf(ada, space);
});

const sinkOf = (): SnapshotSink =>
  new SnapshotSink({ key: rootKeyOf(space), roots: source.roots() });

/** Code with which a fetch ends in which rows are others, wherever they can be; `undefined` if they are taken. */
function codeWith(change: (rows: readonly ChunkRow[]) => readonly ChunkRow[]): string | undefined {
  let altered = 0;
  const code = codeOf((_, honest) => {
    const answer = decodeSubtree(honest);
    if (answer.kind !== 'rows') return honest;
    const rows = encodeRows(change(answer.rows));
    if (compareBytes(rows, honest) !== 0) altered++;
    return rows;
  });
  expect(altered).toBeGreaterThan(0);
  return code;
}

function codeOf(
  lie: (request: readonly number[], honest: Uint8Array) => Uint8Array,
): string | undefined {
  try {
    fetchAll(source, sinkOf(), (request, honest) =>
      request.at === 'tree' ? lie(request.path, honest) : honest,
    );
  } catch (failure) {
    if (failure instanceof SnapshotError) return failure.code;
    throw failure;
  }
  return undefined;
}

/** Rows with one of them changed. */
const one =
  (
    which: (row: ChunkRow) => boolean,
    change: (row: ChunkRow, all: readonly ChunkRow[]) => ChunkRow,
  ) =>
  (rows: readonly ChunkRow[]): readonly ChunkRow[] => {
    const at = rows.findIndex(which);
    return rows.map((row, no) => (no === at ? change(row, rows) : row));
  };

const any = (): boolean => true;
const isTouched = ({ state }: ChunkRow): boolean => state !== undefined;

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array<ArrayBuffer> {
  const wrong = bytes.slice() as Uint8Array<ArrayBuffer>;
  wrong[at] = (wrong[at] as number) ^ (1 << bit);
  return wrong;
}

describe('rows that are not those of the root are refused:', () => {
  const changes: readonly [string, (rows: readonly ChunkRow[]) => readonly ChunkRow[]][] = [
    ['one is missing', (rows) => rows.slice(1)],
    ['all are missing', () => []],
    ['one is there twice', (rows) => [...rows, ...rows.slice(-1)]],
    [
      'one has another id',
      one(any, (row) => ({ ...row, id: flipped(row.id, row.id.length - 1, 0) })),
    ],
    ['one is from elsewhere', one(any, (row) => ({ ...row, id: flipped(row.id, 0, 7) }))],
    ['one has another type', one(any, (row) => ({ ...row, type: row.type === 0 ? 1 : 0 }))],
    ['one has an unknown type', one(any, (row) => ({ ...row, type: 1e6 }))],
    ['one is of another block', one(any, (row) => ({ ...row, block: row.block === 1 ? 2 : 1 }))],
    ['one is of no block', one(any, (row) => ({ ...row, block: 1e6 }))],
    ['one is of another op', one(any, (row) => ({ ...row, op: row.op + 1 }))],
    ['one has lost its changes', one(isTouched, (row) => ({ ...row, state: undefined }))],
    [
      'two have exchanged what they were created with',
      ([a, b, ...rest]) =>
        a === undefined || b === undefined
          ? []
          : [{ ...a, payload: b.payload }, { ...b, payload: a.payload }, ...rest],
    ],
    [
      'one has the changes of another',
      (rows) => {
        const [first, second] = rows.filter(isTouched);
        if (second === undefined) return rows;
        return rows.map((row) => (row === first ? { ...row, state: second.state } : row));
      },
    ],
  ];
  test.each(changes)('%s', (_, change) => {
    expect(codeWith(change)).toBe('SNAPSHOT_REFUSED');
  });

  test('any byte of what one was created with', () => {
    for (let place = 0; place < 24; place++) {
      const change = one(
        ({ payload }) => payload.length > place,
        (row) => ({ ...row, payload: flipped(row.payload, place, place % 8) }),
      );
      expect(codeWith(change)).toBe('SNAPSHOT_REFUSED');
    }
  });
});

test('hashes that are not those of the root are refused', () => {
  const lies: readonly ((hashes: Uint8Array[]) => Uint8Array[])[] = [
    ([a, b, ...rest]) => [b, a, ...rest] as Uint8Array[],
    (hashes) => hashes.map((hash, at) => (at === 3 ? flipped(hash, 0, 0) : hash)),
    (hashes) => hashes.map((hash, at) => (at === 3 ? new Uint8Array(hash.length) : hash)),
  ];
  for (const lie of lies) {
    const code = codeOf((path, honest) => {
      const answer = decodeSubtree(honest);
      if (answer.kind !== 'node' || path.length > 0) return honest;
      const hashes = Array.from({ length: 16 }, (_, at) =>
        answer.hashes.slice(at * 32, at * 32 + 32),
      );
      return encodeNode(lie(hashes));
    });
    expect(code).toBe('SNAPSHOT_REFUSED');
  }
});

describe('what late writers are judged by is covered by the root of the order:', () => {
  const order = (change: (head: SnapshotHead) => SnapshotHead): string | undefined => {
    try {
      fetchAll(source, sinkOf(), (request, honest) => {
        if (request.at !== 'outline') return honest;
        const { head, rows } = decodeOutline(honest);
        return encodeOutline(rows, change(head));
      });
    } catch (failure) {
      if (failure instanceof SnapshotError) return failure.code;
      throw failure;
    }
    return undefined;
  };
  const heads: readonly [string, (head: SnapshotHead) => SnapshotHead][] = [
    [
      'where a type was published',
      (head) => ({ ...head, types: head.types.map((type) => ({ ...type, publishedIn: [0] })) }),
    ],
    [
      'that a type was published',
      (head) => ({ ...head, types: head.types.map((type) => ({ ...type, publishedIn: [] })) }),
    ],
    ['that a block does not count', (head) => ({ ...head, voidBlocks: [head.blocks - 1] })],
  ];
  test.each(heads)('%s', (_, change) => {
    expect(order(change)).toBe('SNAPSHOT_REFUSED');
    expect(order((head) => head)).toBeUndefined();
  });

  test('by which blocks the units of texts and lists came, and units that do not count', () => {
    let places = 0;
    for (const [nth, of] of sequenceStates().entries()) {
      if (places > 20) break;
      const [from, to] = sequenceIn(of);
      for (let place = from; place < to; place += 1 + Math.floor((to - from) / 12)) {
        let seen = 0;
        const change = one(
          ({ state }) => state !== undefined && sequenceIn(state)[1] > 0 && seen++ === nth,
          (row) => ({ ...row, state: flipped(row.state ?? row.id, place, 0) }),
        );
        expect(codeWith(change)).toBe('SNAPSHOT_REFUSED');
        places++;
      }
    }
    expect(places).toBeGreaterThan(20);
  });

  test('any byte of the pages of blocks', () => {
    const random = randomFrom(3);
    let refused = 0;
    for (let times = 0; times < 50; times++) {
      const sink = sinkOf();
      try {
        fetchAll(source, sink, (request, honest) =>
          request.at === 'blocks' ? flipped(honest, random(honest.length), random(8)) : honest,
        );
      } catch (failure) {
        expect(failure).toMatchObject({ code: 'SNAPSHOT_REFUSED' });
        refused++;
      }
    }
    expect(refused).toBe(50);
  });

  test('an epoch whose rows name blocks that touched them is none', () => {
    const sink = new SnapshotSink({
      key: rootKeyOf(space),
      roots: source.roots(),
      isPruned: true,
    });
    expect(() => fetchAll(source, sink)).toThrow(
      expect.objectContaining({ code: 'SNAPSHOT_REFUSED' }),
    );
  });
});

test('with any byte of any answer changed the fetch is refused or comes to the very same state', async () => {
  const random = randomFrom(77);
  const root = rootOf(space);
  const shown = JSON.stringify(everything(space));
  let refused = 0;
  let taken = 0;
  for (let times = 0; times < 120; times++) {
    const sink = sinkOf();
    const lieAt = random(times % 2 === 0 ? 4 : 60);
    let asked = 0;
    try {
      fetchAll(source, sink, (_, honest) =>
        asked++ === lieAt ? flipped(honest, random(honest.length), random(8)) : honest,
      );
      if (asked <= lieAt) continue;
      const opened = await joined(sink);
      expect(rootOf(opened)).toBe(root);
      expect(JSON.stringify(everything(opened))).toBe(shown);
      taken++;
    } catch (failure) {
      expect(failure).toMatchObject({ code: 'SNAPSHOT_REFUSED' });
      refused++;
    }
  }
  expect(refused + taken).toBeGreaterThan(60);
  expect(taken).toBeLessThan(6);
});

/** States of rows with texts or lists, in the order in which they are asked for. */
function sequenceStates(): Uint8Array[] {
  const found: Uint8Array[] = [];
  fetchAll(source, sinkOf(), (request, honest) => {
    const answer = request.at === 'tree' ? decodeSubtree(honest) : undefined;
    if (answer?.kind !== 'rows' || found.length > 0) return honest;
    for (const { state } of answer.rows) {
      if (state !== undefined && sequenceIn(state)[1] > 0) found.push(state);
    }
    return honest;
  });
  return found;
}

/** Where the first text or list lies in a state; zeros where there is none. */
function sequenceIn(state: Uint8Array): readonly [from: number, to: number] {
  const reader = new Reader(state);
  readSiblings(reader);
  for (let rest = reader.varint(); rest > 0; rest--) {
    reader.varint();
    const code = reader.u8();
    const { length } = reader.bytes();
    if (code >= 5 && code <= 7) return [reader.at - length, reader.at];
  }
  return [0, 0];
}

async function joined(sink: SnapshotSink): Promise<Space> {
  const ports = { ...ada.ports, store: new MemoryStore(new MemoryDisk(new SimRng(3))) };
  await sink.finish(pagesOf(ada, ports, space), turn);
  const writer = ada.writer({ mayContinue: false });
  return Space.open(ports, { space: space.id, ring: space.keys.ring, writer });
}

/** All objects as applications see them. */
function everything({ database }: Space): unknown[] {
  return [...database.typeNames()]
    .sort()
    .flatMap((type) => database.queryForm({ type, deleted: 'include' }).run())
    .map((object) => [object.id, object.$state, object])
    .sort();
}
