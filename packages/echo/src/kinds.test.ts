/** Kinds of fields as an application meets them: what they read as, what they refuse, how conflicts end. */
import type { ObjectId, SpaceId } from '@atoll/kernel';
import { defineRelation, defineType, s } from '@atoll/schema';
import { expect, expectTypeOf, test } from 'vitest';
import { Database } from './database.ts';
import { WorldReplica, refusal, sync, two } from './testing/log-world.ts';

const Thing = defineType('test.Thing', {
  name: s.string().nullable().default('none'),
  total: s.bigint().optional(),
  day: s.day().optional(),
  amount: s.number().optional(),
  raw: s.bytes().optional(),
  mixed: s.union([s.integer(), s.string(), s.null()]).optional(),
  when: s.union([s.date(), s.literal('never')]).optional(),
  shape: s
    .tagged('kind', { circle: { radius: s.number() }, note: { text: s.string(), on: s.day() } })
    .optional(),
  rows: s.list(s.value({ label: s.string(), due: s.date().optional() })),
  limits: s.map(s.number().nullable()),
  homes: s.map(s.record({ street: s.string(), at: s.record({ x: s.number().default(0) }) })),
  other: s.ref().optional(),
});
const Mail = defineType('test.Mail', { address: s.string().unique(), of: s.string().optional() });
const Knows = defineRelation('test.Knows', {
  source: Thing,
  target: Thing,
  fields: { since: s.day().optional() },
});

test('null, no value and the default are three things', () => {
  const { db } = new WorldReplica('ada');
  const thing = db.add(Thing, {});
  expect(thing.name).toBe('none');
  thing.name = null;
  expect(thing.name).toBeNull();
  expect(JSON.parse(JSON.stringify(thing))).toMatchObject({ name: null });
  thing.name = undefined as unknown as null;
  expect(thing.name).toBe('none');
  thing.limits.set('a', null);
  expect([thing.limits.get('a'), thing.limits.has('a'), thing.limits.get('b')]).toEqual([
    null,
    true,
    undefined,
  ]);
});

test('each kind reads as what was written, in its own form', () => {
  const { db } = new WorldReplica('ada');
  const raw = Uint8Array.of(1, 2);
  const thing = db.add(Thing, {
    total: 2n ** 100n,
    day: '2024-02-29',
    amount: -0,
    raw,
    mixed: null,
    when: new Date(5),
    shape: { kind: 'note', text: 'x', on: '2026-01-01' },
    rows: [{ label: 'a' }, { label: 'b', due: new Date(7) }],
  });
  expect(thing.total).toBe(2n ** 100n);
  expect(Object.is(thing.amount, 0)).toBe(true);
  raw[0] = 9;
  (thing.raw as Uint8Array)[1] = 9;
  thing.day = '2024-03-01';
  expect(thing.raw).toEqual(Uint8Array.of(1, 2));
  expect(thing.mixed).toBeNull();
  expect(thing.when).toEqual(new Date(5));
  thing.when = 'never';
  expect(thing.when).toBe('never');
  expect(thing.rows.at(1)).toEqual({ label: 'b', due: new Date(7) });
  if (thing.shape?.kind === 'note') expectTypeOf(thing.shape.on).toEqualTypeOf<string>();
  expect(JSON.parse(JSON.stringify(thing))).toMatchObject({
    total: '1267650600228229401496703205376',
    day: '2024-03-01',
    raw: '0102',
    mixed: null,
    shape: { kind: 'note', text: 'x', on: '2026-01-01' },
  });
});

test('what does not fit is refused with the place and what would fit', () => {
  const { db } = new WorldReplica('ada');
  const thing = db.add(Thing, {});
  const loose = thing as unknown as Record<string, unknown>;
  expect(refusal(() => (loose['day'] = '2023-02-29'))).toBe(
    'ECHO_VALUE day: a day such as 2026-03-01 is expected',
  );
  expect(refusal(() => (loose['total'] = 2n ** 8192n))).toContain('8192 bits');
  expect(refusal(() => (loose['amount'] = Number.NaN))).toContain('a finite number');
  expect(refusal(() => (loose['shape'] = { kind: 'square' }))).toContain('circle or note');
  expect(refusal(() => thing.homes.set('a', { street: 'x', at: { x: 'no' } } as never))).toBe(
    'ECHO_VALUE homes.a.at.x: a finite number is expected',
  );
  expect(refusal(() => thing.homes.set('a', {} as never))).toContain('homes.a.street');
  expect(refusal(() => thing.limits.set('x'.repeat(400), 1))).toContain('a key is');
  expect(refusal(() => thing.limits.set('\ud800', 1))).toContain('a key is');
  const shape = { kind: 'note', text: 1, on: '2026-01-01' };
  expect(refusal(() => db.add(Thing, { shape } as never))).toContain(
    'shape.text: well-formed text',
  );
});

test('two people may change two fields of one entry of a map of records', () => {
  const [ada, bob] = two();
  const mine = ada.db.add(Thing, { homes: { a: { street: 'First', at: {} } } });
  sync(ada, bob);
  const theirs = bob.db.get(mine.id) as unknown as typeof mine;
  bob.db.register(Thing);
  const [here, there] = [mine.homes.get('a'), theirs.homes.get('a')];
  if (here === undefined || there === undefined) throw new TypeError('both have the entry');
  here.street = 'Second';
  there.at.x = 5;
  sync(ada, bob);
  expect(mine.homes.toObject()).toEqual({ a: { street: 'Second', at: { x: 5 } } });
  mine.homes.delete('a');
  there.street = 'Third';
  sync(ada, bob);
  expect([mine.homes.size, theirs.homes.size, theirs.homes.get('a')]).toEqual([0, 0, undefined]);
  expect(refusal(() => (there.street = 'Fourth'))).toContain('no entry a');
});

test('a conflict lists what stands, and its resolution covers exactly what was listed', () => {
  const [ada, bob] = two();
  const eve = new WorldReplica('eve');
  const mine = ada.db.add(Thing, { name: 'a' });
  sync(ada, bob, eve);
  mine.name = 'b';
  bob.db.change(bob.db.get(mine.id) as unknown as typeof mine, (thing) => (thing.name = 'c'));
  sync(ada, bob);
  const listed = ada.db.conflicts(mine, 'name');
  expect(listed.map(({ value }) => value).sort()).toEqual(['b', 'c']);
  expect(listed.map(({ author }) => author).sort()).toEqual(['ada', 'bob']);
  eve.db.change(eve.db.get(mine.id) as unknown as typeof mine, (thing) => (thing.name = 'late'));
  eve.tick();
  ada.pull(eve);
  const chosen = listed.find(({ value }) => value === 'c');
  if (chosen === undefined) throw new TypeError('it was listed');
  ada.db.resolve(mine, 'name', chosen);
  ada.tick();
  const standing = ada.db.conflicts(mine, 'name').map(({ value }) => value);
  expect(standing.sort()).toEqual(['c', 'late']);
  ada.db.resolve(mine, 'name', { value: 'both', of: ada.db.conflicts(mine, 'name') });
  expect(ada.db.conflicts(mine, 'name').map(({ value }) => value)).toEqual(['both']);
  const stranger = { value: 'x', author: chosen.author, timeMs: 0 };
  expect(refusal(() => ada.db.resolve(mine, 'name', stranger))).toContain('none that was listed');
});

test('of equal unique values the object that was created first is the owner', () => {
  const [ada, bob] = two();
  const first = ada.db.add(Mail, { address: 'x@example.org' });
  ada.db.add(Mail, { address: 'y@example.org' });
  sync(ada, bob);
  const second = bob.db.add(Mail, { address: 'x@example.org' });
  sync(ada, bob);
  for (const { db } of [ada, bob]) {
    const [only, ...more] = db.duplicates(Mail, 'address');
    expect(more).toEqual([]);
    expect([only?.value, only?.owner.id]).toEqual(['x@example.org', first.id]);
    expect(only?.others.map(({ id }) => id)).toEqual([second.id]);
  }
  second.address = 'z@example.org';
  expect(bob.db.duplicates('test.Mail', 'address')).toEqual([]);
  expect(refusal(() => bob.db.duplicates(Mail, 'of'))).toContain('no unique field');
});

test('a relation is found from either end, and hidden while one of them is deleted', () => {
  const { db } = new WorldReplica('ada');
  const [one, other] = [db.add(Thing, {}), db.add(Thing, {})];
  const edge = db.add(Knows, { source: one, target: other, since: '2020-01-01' });
  expect(db.relations(one).map(({ id }) => id)).toEqual([edge.id]);
  expect(db.relations(other, { end: 'target', type: Knows }).map(({ id }) => id)).toEqual([
    edge.id,
  ]);
  expect(db.relations(other, { end: 'source' })).toEqual([]);
  db.delete(one);
  expect(db.relations(other)).toEqual([]);
  db.restore(one);
  expect(db.relations(other)).toHaveLength(1);
});

test('a ref into another space says why there is no target, and finds it when there is', () => {
  const space = 'ab'.repeat(32) as SpaceId;
  const ports = {
    causality: { isInPast: () => false },
    scheduler: { soon: () => undefined },
    tableSeed: 1,
    sink: {
      open: () => ({
        no: 0,
        branch: 0,
        feed: new Uint8Array(32),
        seq: 0,
        lamport: 1,
        nonce: new Uint8Array(16),
        timeMs: 0,
        author: 'eve' as never,
      }),
      seal: () => new Uint8Array(32),
    },
  };
  const elsewhere = new Database({ ...ports, space });
  const far = elsewhere.add(Thing, { name: 'far' });
  const { db } = new WorldReplica('ada');
  const near = db.add(Thing, { other: far });
  expect([near.other?.$id, near.other?.$space, near.other?.$state]).toEqual([
    far.id,
    space,
    'elsewhere',
  ]);
  expect(JSON.parse(JSON.stringify(near))).toMatchObject({ other: `${space}/${far.id}` });
  db.directory = {
    resolve: (of, id: ObjectId) =>
      of === space ? elsewhere.resolveId(id) : { target: undefined, state: 'not-shared' },
  };
  expect([near.other?.$state, near.other?.$target]).toEqual(['present', far]);
  elsewhere.delete(far);
  expect([near.other?.$state, near.other?.$target]).toEqual(['deleted', undefined]);
  const nowhere = new Database(ports);
  expect(refusal(() => (near.other = nowhere.add(Thing, {})))).toContain('space is not known');
});

test('elements of a list keep their names, and a range moves as one', () => {
  const [ada, bob] = two();
  const List = defineType('test.List', { items: s.list(s.string()) });
  const mine = ada.db.add(List, { items: ['a', 'b', 'c', 'd', 'e'] });
  const name = mine.items.idAt(1) ?? '';
  ada.tick();
  const blocks = ada.own.length;
  mine.items.moveRange(0, 2, 3);
  ada.tick();
  expect([mine.items.toArray().join(''), ada.own.length]).toEqual(['cdeab', blocks + 1]);
  expect(mine.items.indexOfId(name)).toBe(4);
  mine.items.moveRange(3, 2, 1);
  expect(mine.items.toArray().join('')).toBe('cabde');
  expect(refusal(() => mine.items.moveRange(0, 3, 3))).toContain('ECHO_POSITION');
  expect(mine.items.indexOfId('nothing')).toBeUndefined();
  sync(ada, bob);
  const theirs = bob.db.get(mine.id) as unknown as typeof mine;
  mine.items.moveRange(0, 2, 2);
  theirs.items.moveRange(0, 2, 3);
  sync(ada, bob);
  expect([...mine.items].sort().join('')).toBe('abcde');
  expect(theirs.items.toArray()).toEqual(mine.items.toArray());
  mine.items.delete(mine.items.indexOfId(name) ?? -1);
  expect(mine.items.indexOfId(name)).toBeUndefined();
});

test('plain data that was given or read cannot be changed behind the back of the others', () => {
  const [ada, bob] = two();
  const Any = defineType('test.Any', { any: s.json() });
  const mine = ada.db.add(Any, { any: null });
  const given = { list: [1] };
  mine.any = given;
  given.list.push(2);
  expect(mine.any).toEqual({ list: [1] });
  const read = mine.any as { list: number[] };
  expect(() => read.list.push(3)).toThrow(TypeError);
  sync(ada, bob);
  expect(bob.root()).toBe(ada.root());
});

test('collections of what JSON has no kind for have a JSON form all the same', () => {
  const { db } = new WorldReplica('ada');
  const Odd = defineType('test.Odd', {
    sums: s.list(s.bigint()),
    raw: s.set(s.bytes()),
    by: s.map(s.bigint()),
    rows: s.map(s.record({ sum: s.bigint(), when: s.date() })),
  });
  const odd = db.add(Odd, {
    sums: [1n],
    raw: [Uint8Array.of(255)],
    by: { a: 2n },
    rows: { x: { sum: 3n, when: new Date(0) } },
  });
  const { sums, raw, by, rows } = odd;
  const form = {
    sums: ['1'],
    raw: ['ff'],
    by: { a: '2' },
    rows: { x: { sum: '3', when: '1970-01-01T00:00:00.000Z' } },
  };
  expect(JSON.parse(JSON.stringify({ sums, raw, by, rows }))).toEqual(form);
  expect(JSON.parse(JSON.stringify(odd))).toMatchObject(form);
});

test('checks of the application hold back its own writes and report those of others', () => {
  const [ada, bob] = two();
  const short = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) =>
        String(value).length < 5 ? { value } : { issues: [{ message: 'too long' }] },
    },
  } as const;
  const fields = { code: s.string(), in: s.record({ code: s.string().optional() }) };
  const Loose = defineType('test.Code', fields);
  const Strict = defineType('test.Code', {
    code: fields.code.refine(short),
    in: s.record({ code: fields.in.fields.code.refine(short) }),
  });
  expect(refusal(() => ada.db.add(Strict, { code: 'too long' }))).toContain('code: too long');
  const mine = ada.db.add(Strict, { code: 'ok' });
  expect(refusal(() => (mine.code = 'far too long'))).toBe('ECHO_VALUE code: too long');
  expect(refusal(() => (mine.in.code = 'far too long'))).toBe('ECHO_VALUE in.code: too long');
  expect(ada.db.problems(mine)).toEqual([]);
  sync(ada, bob);
  bob.db.register(Loose);
  bob.db.change(bob.db.get(mine.id) as unknown as typeof mine, (object) => {
    object.in.code = 'far too long';
  });
  sync(ada, bob);
  expect(mine.in.code).toBe('far too long');
  expect(ada.db.problems(mine)).toEqual([{ message: 'too long', path: ['in', 'code'] }]);
  expect(ada.root()).toBe(bob.root());
});

test('an object of an older type takes what only the newer one knows, everywhere', () => {
  const [ada, bob] = two();
  const older = { state: s.enum(['a']).default('a'), note: s.string(), all: s.set(s.enum(['a'])) };
  const newer = {
    state: s.enum(['a', 'b']).default('a'),
    note: s.string().nullable(),
    all: s.set(s.enum(['a', 'b'])),
  };
  const Old = defineType('test.Version', older);
  const New = defineType('test.Version', newer);
  const { id } = ada.db.add(Old, { note: 'x', all: ['a'] });
  sync(ada, bob);
  const [mine] = ada.db.query(New).run();
  if (mine === undefined) throw new TypeError('it is there');
  mine.state = 'b';
  mine.note = null;
  mine.all.add('b');
  expect([mine.state, mine.note, [...mine.all]]).toEqual(['b', null, ['a', 'b']]);
  sync(ada, bob);
  expect(JSON.parse(JSON.stringify(bob.db.get(id)))).toMatchObject({
    state: 'b',
    note: null,
    all: ['a', 'b'],
  });
  expect(bob.root()).toBe(ada.root());
});
