/** Real data: an index of software packages as objects, with refs by key to packages that may be absent. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { defineDynamic, inferType, type AnyTypeDefinition } from '@atoll/schema';
import { ready } from '@atoll/crypto';
import { beforeAll, expect, test, vi } from 'vitest';
import { FoldRows } from './query/row-source.ts';
import { WorldReplica } from './testing/log-world.ts';

const FILE = new URL('../../../lab/data/debian-packages.jsonl.gz', import.meta.url);
const lines = existsSync(FILE)
  ? gunzipSync(readFileSync(FILE)).toString('utf8').trim().split('\n')
  : syntheticLines();
/** A quarter of them is enough here; the whole index goes through the command line's tests. */
const records = lines
  .filter((line, at) => at % 4 === 0 || line.includes('"name": "perl"'))
  .map((line) => JSON.parse(line) as { readonly [key: string]: unknown });

/** Like the real index: many packages need a few, and some of those are not in it. */
function syntheticLines(): string[] {
  return Array.from({ length: 2000 }, (_, at) =>
    JSON.stringify({
      name: at === 0 ? 'perl' : `package-${at}`,
      section: at % 7 === 0 ? 'libs' : 'misc',
      installedSizeKiB: at,
      tags: [`tag-${at % 5}`],
      depends: [...(at % 3 === 0 ? ['libc6'] : []), ...(at % 10 === 1 ? ['perl'] : [])],
    }),
  );
}

function imported(name: string): WorldReplica {
  const replica = new WorldReplica(name);
  const data = inferType(records, {
    name: 'Package',
    refs: { depends: { type: 'Package', by: 'name' } },
  });
  const type: AnyTypeDefinition = defineDynamic(data);
  for (let at = 0; at < records.length; at += 500) {
    replica.db.transaction(() => {
      for (const record of records.slice(at, at + 500)) replica.db.add(type, record as never);
    });
  }
  return replica;
}

beforeAll(() => ready());

test('who depends on a package is answered from both ends, also for absent ones', () => {
  const writer = imported('writer');
  const reader = new WorldReplica('reader');
  reader.pull(writer);
  const { db } = reader;
  const needing = (key: string): number =>
    records.filter((record) => (record['depends'] as string[]).includes(key)).length;
  expect(db.query('Package').count()).toBe(records.length);
  expect(db.query('Package').refTo('perl').count()).toBe(needing('perl'));
  expect(db.query('Package').refTo('libc6').count()).toBe(needing('libc6'));
  const perl = db.findByKey('Package', 'name', 'perl');
  if (perl === undefined) return expect.unreachable();
  expect(db.refsTo(perl).length).toBe(needing('perl'));
  expect(db.query('Package').where({ section: 'libs' }).count()).toBe(
    records.filter((record) => record['section'] === 'libs').length,
  );
  expect(reader.root()).toBe(writer.root());
});

test('who depends on a package is read once, and from the index alone after that', () => {
  const { db } = imported('writer');
  let [read, tested] = [0, 0];
  const { has, items } = FoldRows.prototype;
  const spies = [
    vi.spyOn(FoldRows.prototype, 'items').mockImplementation(function (this: FoldRows, of) {
      const look = items.call(this, of);
      return (row) => {
        read++;
        return look(row);
      };
    }),
    vi.spyOn(FoldRows.prototype, 'has').mockImplementation(function (this: FoldRows, of, value) {
      const test = has.call(this, of, value);
      return (row) => {
        tested++;
        return test(row);
      };
    }),
  ];
  try {
    const ask = (): number => db.query('Package').refTo('libc6').count();
    const found = ask();
    expect([read, tested]).toEqual([records.length, 0]);
    expect(ask()).toBe(found);
    expect(db.query('Package').refTo('libc6').run()).toHaveLength(found);
    expect([read, tested]).toEqual([records.length, 0]);
    // Only what has changed since is looked at again.
    const [changed] = db.query('Package').refTo('libc6').run();
    if (changed === undefined) return expect.unreachable();
    const depends = changed['depends'] as Set<{ readonly $key?: string }>;
    for (const ref of [...depends]) if (ref.$key === 'libc6') depends.delete(ref);
    db.commit();
    expect(ask()).toBe(found - 1);
    expect(tested).toBe(1);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
