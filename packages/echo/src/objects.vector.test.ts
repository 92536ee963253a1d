/**
 * Golden bytes of types, sections, rows and roots, from spec/vectors/objects.json; they never change, they
 * are only added to: `ATOLL_UPDATE_VECTORS=1` does that.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hash } from '@atoll/crypto';
import { fromHex, toHex } from '@atoll/kernel';
import { compileType, decodeType, typeForm, type TypeData } from '@atoll/schema';
import { expect, test } from 'vitest';
import { canonicalRow } from './canonical-row.ts';
import { objectIdBytes } from './op-ids.ts';
import type { Op } from './ops.ts';
import { decodeSection, encodeSection } from './section-codec.ts';
import { WorldReplica, type WorldBlock } from './testing/log-world.ts';
import { randomEdit, randomFrom, randomPageEdit } from './testing/random-edits.ts';
import { randomKindsEdit } from './testing/random-kinds.ts';
import { randomModelEdit } from './testing/random-models.ts';

interface Vectors {
  readonly types: readonly {
    readonly form: unknown;
    readonly bytes: string;
    readonly hash: string;
    readonly fields: { readonly [leaf: string]: string };
  }[];
  readonly objectIds: readonly Readonly<Record<'feed' | 'nonce' | 'id', string>>[];
  readonly sections: readonly { readonly what: string; readonly bytes: string }[];
  readonly refused: readonly { readonly why: string; readonly bytes: string }[];
  readonly world: WorldVector;
  /** Another one, of every kind of field. */
  readonly worldOfKinds: WorldVector;
  /** Another one, of rich texts. */
  readonly worldOfTexts: WorldVector;
  /** And one of ops of custom data models, whose code nobody has. */
  readonly worldOfModels: WorldVector;
}

/** Blocks in a causal order, the deps of each by index, and what they amount to. */
interface WorldVector {
  readonly zoneKey: string;
  readonly blocks: readonly {
    readonly feed: string;
    readonly seq: number;
    readonly lamport: number;
    readonly hash: string;
    readonly nonce: string;
    readonly past: readonly number[];
    readonly section: string;
  }[];
  readonly rows: { readonly [id: string]: string };
  readonly root: string;
}

const FILE = new URL('../../../spec/vectors/objects.json', import.meta.url);
const bytes = (hex: string): Uint8Array<ArrayBuffer> => fromHex(hex) as Uint8Array<ArrayBuffer>;
const filled = (value: number, count: number): Uint8Array => new Uint8Array(count).fill(value);

const TYPES: readonly TypeData[] = [
  { name: 'org.example.Note', fields: { title: { kind: 'string' } } },
  {
    name: 'org.example.Task',
    fields: {
      title: { kind: 'string' },
      done: { kind: 'boolean', default: false },
      due: { kind: 'date', optional: true },
      state: { kind: 'enum', values: ['open', 'closed'] },
      tags: { kind: 'set', of: { kind: 'string' } },
      votes: { kind: 'counter' },
      notes: { kind: 'text' },
      items: { kind: 'list', of: { kind: 'number' } },
      meta: { kind: 'map', of: { kind: 'json' } },
      owner: { kind: 'ref', type: 'org.example.Person', by: 'name' },
      address: { kind: 'record', fields: { city: { kind: 'string', optional: true } } },
    },
  },
  {
    name: 'org.example.Knows',
    fields: { source: { kind: 'ref' }, target: { kind: 'ref' } },
    relation: { source: 'org.example.Person', target: 'org.example.Person' },
  },
  {
    name: 'org.example.Kinds',
    fields: {
      whole: { kind: 'bigint', nullable: true, index: true },
      day: { kind: 'day', unique: true },
      mixed: {
        kind: 'union',
        of: [{ kind: 'date' }, { kind: 'literal', value: 'x' }, { kind: 'null' }],
      },
      shape: {
        kind: 'union',
        tag: 'is',
        of: [
          {
            kind: 'value',
            fields: {
              is: { kind: 'literal', value: 'dot' },
              at: { kind: 'number', optional: true, nullable: true },
            },
          },
        ],
      },
      places: {
        kind: 'records',
        fields: {
          street: { kind: 'string' },
          at: { kind: 'record', fields: { x: { kind: 'number', default: 0 } } },
        },
      },
      parent: { kind: 'tree', tree: 'org.example.Tree' },
    },
  },
  { name: 'org.example.Page', fields: { body: { kind: 'rich' } } },
  {
    name: 'org.example.Board',
    fields: { drawing: { kind: 'model', model: 'org.example.drawing', version: 3 } },
  },
];

const object = 0;
const field = { leaf: 3 };
const dots = [
  { feed: 0, seq: 1, op: 2 },
  { feed: 1, seq: 300, op: 0 },
];

/** One op of every kind and variant. */
const OPS: readonly Op[] = [
  { kind: 'set', object, field, covers: undefined, value: 'x' },
  { kind: 'set', object, field: { leaf: 0, type: 0 }, covers: undefined, value: 1.5 },
  { kind: 'set', object, field, key: 'k', covers: dots, value: filled(7, 16) },
  { kind: 'unset', object, field, covers: undefined },
  { kind: 'retract', object, field, covers: dots },
  { kind: 'delete', object, covers: undefined },
  { kind: 'restore', object, covers: dots },
  { kind: 'undelete', object, covers: dots },
  { kind: 'add', object, field, value: 'é' },
  { kind: 'remove', object, field, value: 'é', covers: undefined },
  { kind: 'remove', object, field, value: -70, covers: dots },
  { kind: 'increment', object, field, amount: -3, counter: undefined },
  { kind: 'increment', object, field, amount: 3, counter: { feed: 1, seq: 2, op: 3 } },
  { kind: 'assign', object, field, amount: 10 },
  { kind: 'recount', object, field, covers: dots, counter: undefined },
  { kind: 'sequence', object, field, bytes: filled(1, 3) },
  { kind: 'set', object, field, covers: undefined, value: [filled(2, 16), filled(3, 7)] },
  { kind: 'set', object, field, key: 'é', covers: undefined, value: null },
  { kind: 'set', object, field, key: 'start', covers: undefined, value: { kind: 'quote' } },
  { kind: 'model', object, field, needs: [], bytes: filled(9, 4) },
  { kind: 'model', object, field, needs: dots, bytes: filled(9, 4) },
];

function sectionOf(op: Op): Uint8Array {
  const needs = JSON.stringify(op);
  const names = needs.includes('"feed":1');
  return encodeSection({
    feeds: names ? [filled(0xfe, 32)] : [],
    types: needs.includes('"type":0') ? [filled(0x55, 32)] : [],
    objects: [{ id: filled(0xab, 16), feed: 0, seq: 5 }],
    ops: [op],
  });
}

function refusals(): Vectors['refused'] {
  const good = sectionOf(OPS[0] as Op);
  const change = (at: number, byte: number): Uint8Array => {
    const other = good.slice();
    other[at < 0 ? other.length + at : at] = byte;
    return other;
  };
  const twice = { id: filled(1, 16), feed: 0, seq: 0 };
  return [
    { why: 'unknown version', bytes: change(0, 2) },
    { why: 'unknown kind', bytes: change(23, 16) },
    { why: 'a variant that the kind lacks', bytes: change(23, 9 + 128) },
    { why: 'object outside the dictionary', bytes: change(24, 2) },
    { why: 'creation that does not exist', bytes: change(24, 1) },
    { why: 'left over byte', bytes: Uint8Array.of(...good, 0) },
    { why: 'truncated', bytes: good.slice(0, -1) },
    { why: 'needless bytes in a number', bytes: Uint8Array.of(1, 0x80, 0, 0, 0, 0) },
    {
      why: 'a feed named in vain',
      bytes: encodeSection({ feeds: [filled(9, 32)], types: [], objects: [], ops: [] }),
    },
    {
      why: 'an object named twice',
      bytes: encodeSection({
        feeds: [],
        types: [],
        objects: [twice, twice],
        ops: [0, 2].map((at) => ({ kind: 'delete', object: at, covers: undefined })),
      }),
    },
    {
      why: 'dots that do not ascend',
      bytes: encodeSection({
        feeds: [filled(9, 32)],
        types: [],
        objects: [twice],
        ops: [{ kind: 'delete', object: 0, covers: dots.toReversed() }],
      }),
    },
    { why: 'a model op that lists that it needs nothing', bytes: needsNothing() },
  ].map(({ why, bytes: wrong }) => ({ why, bytes: toHex(wrong) }));
}

/** With the code of an op that lists dots, and none. */
function needsNothing(): Uint8Array {
  const bare = sectionOf({ kind: 'model', object, field, needs: [], bytes: filled(9, 4) });
  return Uint8Array.of(...bare.slice(0, 23), 15 + 128, ...bare.slice(24, 26), 0, ...bare.slice(26));
}

/** A small world from a seed. */
function makeWorld(makeEdit: typeof randomEdit): WorldVector {
  const random = randomFrom(42);
  const writers = ['ada', 'bob'].map((name) => new WorldReplica(name));
  const [ada, bob] = writers as [WorldReplica, WorldReplica];
  for (let round = 0; round < 6; round++) {
    for (const writer of writers) {
      for (let edit = 0; edit < 4; edit++) makeEdit(writer.db, random);
      writer.tick();
    }
    if (round % 2 === 1) {
      ada.pull(bob);
      bob.pull(ada);
    }
  }
  const { fold } = ada.db;
  const rows = Array.from({ length: fold.rows.count }, (_, row) => row);
  return {
    zoneKey: toHex(filled(7, 32)),
    blocks: ada.log.map((block) => ({
      feed: toHex(block.feed),
      seq: block.seq,
      lamport: block.lamport,
      hash: toHex(block.hash),
      nonce: toHex(block.nonce),
      past: [...block.past].map((before) => ada.log.indexOf(before)).sort((a, b) => a - b),
      section: toHex(block.section),
    })),
    rows: Object.fromEntries(
      rows.map((row) => [fold.rows.id(row), toHex(canonicalRow(fold, row))]),
    ),
    root: toHex(ada.db.stateRoot(filled(7, 32))),
  };
}

function make(): Vectors {
  return {
    types: TYPES.map((data) => {
      const type = compileType(data, hash);
      return {
        form: typeForm(data),
        bytes: toHex(type.bytes),
        hash: type.hash,
        fields: Object.fromEntries(type.leaves.map((leaf) => [leaf.name, leaf.id])),
      };
    }),
    objectIds: [{ feed: filled(1, 32), nonce: filled(2, 16) }].map(({ feed, nonce }) => ({
      feed: toHex(feed),
      nonce: toHex(nonce),
      id: toHex(objectIdBytes({ feed, nonce }, 258)),
    })),
    sections: OPS.map((op) => ({ what: describe(op), bytes: toHex(sectionOf(op)) })),
    refused: refusals(),
    world: makeWorld(randomEdit),
    worldOfKinds: makeWorld(randomKindsEdit),
    worldOfTexts: makeWorld(randomPageEdit),
    worldOfModels: makeWorld(randomModelEdit),
  };
}

/** What is known stays; what is not yet there comes behind it. */
function added(known: Partial<Vectors>): Vectors {
  const all = make();
  const grown = <T>(before: readonly T[] = [], now: readonly T[]): readonly T[] => [
    ...before,
    ...now.slice(before.length),
  ];
  return {
    ...all,
    ...known,
    types: grown(known.types, all.types),
    sections: grown(known.sections, all.sections),
    refused: grown(known.refused, all.refused),
  };
}

/** An op in words of JSON; bytes in hex. */
function describe(op: Op): string {
  return JSON.stringify(op, (_, value: unknown) =>
    value instanceof Uint8Array ? toHex(value) : value,
  );
}

if (process.env['ATOLL_UPDATE_VECTORS'] === '1') {
  const known = JSON.parse(readFileSync(FILE, 'utf8')) as Partial<Vectors>;
  writeFileSync(FILE, `${JSON.stringify(added(known), null, 1)}\n`);
}
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

test.each(vectors.types)('the type $form.$id has these bytes, hash and field ids', (vector) => {
  const data = decodeType(bytes(vector.bytes));
  const type = compileType(data, hash);
  expect(typeForm(data)).toEqual(vector.form);
  expect([toHex(type.bytes), type.hash]).toEqual([vector.bytes, vector.hash]);
  for (const leaf of type.leaves) expect(vector.fields[leaf.name]).toBe(leaf.id);
});

test('object ids are made from feed, nonce and index', () => {
  for (const { feed, nonce, id } of vectors.objectIds) {
    expect(toHex(objectIdBytes({ feed: bytes(feed), nonce: bytes(nonce) }, 258))).toBe(id);
  }
});

test.each(vectors.sections)('a section with $what', ({ what, bytes: hex }) => {
  const section = decodeSection(bytes(hex));
  expect(section.ops.map(describe)).toEqual([what]);
  expect(toHex(encodeSection(section))).toBe(hex);
});

test.each(vectors.refused)('refused: $why', ({ bytes: hex }) => {
  expect(() => decodeSection(bytes(hex))).toThrow(expect.objectContaining({ name: 'CodecError' }));
});

const worlds = [vectors.world, vectors.worldOfKinds, vectors.worldOfTexts, vectors.worldOfModels];

test.each(worlds)('the blocks of a world with root $root amount to its rows', (world) => {
  const reader = new WorldReplica('reader');
  const blocks: WorldBlock[] = [];
  for (const { feed, seq, lamport, nonce, past, section, ...rest } of world.blocks) {
    const block: WorldBlock = {
      feed: bytes(feed),
      author: 'somebody' as WorldBlock['author'],
      seq,
      prev: blocks.findLast((before) => toHex(before.feed) === feed),
      lamport,
      hash: bytes(rest.hash),
      nonce: bytes(nonce),
      timeMs: 0,
      section: bytes(section),
      past: new Set(past.map((at) => blocks[at] as WorldBlock)),
    };
    blocks.push(block);
    expect(reader.receive(block)).toBe(true);
  }
  const { fold } = reader.db;
  for (let row = 0; row < fold.rows.count; row++) {
    expect(toHex(canonicalRow(fold, row))).toBe(world.rows[fold.rows.id(row)]);
  }
  expect(toHex(reader.db.stateRoot(bytes(world.zoneKey)))).toBe(world.root);
});
