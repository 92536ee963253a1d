/** What a space holds goes through each form of file, and comes back the same in another space. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtollClient } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';
import { defineRelation, defineType, s } from '@atoll/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const Every = defineType('Every', {
  str: s.string().optional(),
  nul: s.string().nullable().default('none'),
  num: s.number().optional(),
  big: s.bigint().optional(),
  bool: s.boolean().optional(),
  date: s.date().optional(),
  day: s.day().optional(),
  bytes: s.bytes().optional(),
  json: s.json().optional(),
  state: s.enum(['a', 'b']).optional(),
  union: s.union([s.bigint(), s.date(), s.string(), s.null()]).optional(),
  tagged: s
    .tagged('kind', { p: { x: s.number() }, q: { on: s.day().optional(), n: s.bigint() } })
    .optional(),
  value: s.value({ a: s.integer(), b: s.bigint(), of: s.ref({ name: 'Every' }) }).optional(),
  ref: s.ref({ name: 'Every' }).optional(),
  record: s.record({ d: s.date().optional(), deep: s.record({ z: s.integer().optional() }) }),
  map: s.map(s.number().nullable()),
  records: s.map(s.record({ f: s.integer(), g: s.bigint().optional() })),
  set: s.set(s.bigint()),
  days: s.list(s.date()),
  refs: s.set(s.ref({ name: 'Every' })),
  count: s.counter(),
  text: s.text(),
  rich: s.richText(),
  words: s.richText(),
  parent: s.tree('every'),
});
const Near = defineRelation('Near', { source: Every, target: Every, fields: { n: s.integer() } });

const dir = mkdtempSync(join(tmpdir(), 'atoll-kinds-'));
let all = '';
const file = (name: string): string => join(dir, name);

async function run(...args: string[]): Promise<Record<string, unknown>[]> {
  let [stdout, stderr] = ['', ''];
  const code = await runCli({
    args: [...args, '--json'],
    env: { ATOLL_HOME: file('home') },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  if (code !== 0) expect.unreachable(stderr);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

beforeAll(async () => {
  const platform = await openNodePlatform({ dir: file('home') });
  await using client = await AtollClient.open(platform, { online: false });
  await client.halo.createIdentity({ displayName: 'Ann' });
  const { db } = await client.spaces.create({ name: 'From' });
  const full = db.add(Every, {
    str: '=1+1 "q"\n\'é😀',
    nul: 'null',
    num: 1e300,
    big: 2n ** 80n,
    bool: false,
    date: new Date(0),
    day: '0001-01-01',
    bytes: Uint8Array.of(0, 255),
    json: '5',
    state: 'b',
    union: 7n,
    tagged: { kind: 'q', on: '2024-02-29', n: 3n },
    record: { d: new Date(5), deep: { z: 1 } },
    map: { é: null, '': 1 },
    records: { x: { f: 1, g: 5n }, y: { f: 2 } },
    set: [1n, 2n],
    days: [new Date(1), new Date(1)],
    count: 4,
    text: 'plain\n- *x*',
  });
  full.rich.insert(0, 'Hello bold');
  full.rich.mark(6, 10, 'bold');
  full.rich.setBlock(0, { kind: 'heading', level: 2 });
  full.words.insert(0, 'two\nlines');
  const bare = db.add(Every, { str: '', nul: null, union: null, parent: null });
  // Names an object that was made later, and stands below it behind one that was made later, too.
  full.ref = bare;
  full.value = { a: 1, b: 2n, of: bare };
  full.refs.add(bare);
  db.add(Every, { str: 'first below', parent: bare });
  db.move(full, { parent: bare });
  db.add(Near, { source: full, target: bare, n: 1 });
  await client.close();
  all = await contents('From');
  writeFileSync(file('schema.json'), JSON.stringify((await run('type', 'From', 'Every'))[0]));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A space as JSON Lines, its ids numbered in the order in which they appear. */
async function contents(space: string): Promise<string> {
  await run('export', space, file('out.jsonl'));
  const ids = new Map<string, string>();
  return readFileSync(file('out.jsonl'), 'utf8').replaceAll(/\b[0-9a-f]{32}\b/g, (id) => {
    const number = ids.get(id) ?? `#${ids.size}`;
    ids.set(id, number);
    return number;
  });
}

test.each(['all.jsonl', 'all.json.gz'])(
  'everything comes back from %s, types, refs, trees and relations included',
  async (name) => {
    await run('export', 'From', file(name));
    await run('space', 'create', name);
    expect(await run('import', name, file(name))).toMatchObject([{ added: 4 }]);
    expect(await contents(name)).toBe(all);
    await run('undo', name);
    expect(await run('query', name, 'Every', '--count')).toEqual([{ count: 0 }]);
  },
);

test.each(['every.jsonl', 'every.csv', 'every/'])(
  'objects of one type come back from %s with its schema',
  async (name) => {
    const type = ['--type', 'Every'];
    await run('export', 'From', file(name), ...type);
    await run('space', 'create', name);
    await run('import', name, file(name), ...type, '--schema', file('schema.json'));
    // Files of a folder have no order of their own: which object is which is told by the other fields.
    const objects = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => line.includes('"$type":"Every"'))
        .map((line) => (name.endsWith('/') ? line.replaceAll(/#\d+/g, '#') : line))
        .sort();
    expect(objects(await contents(name))).toEqual(objects(all));
  },
);

test.each(['again.jsonl', 'again.csv', 'again/'])(
  'what was exported to %s changes nothing where it came from',
  async (name) => {
    const type = ['--type', 'Every', '--key', 'id'];
    await run('export', 'From', file(name), '--type', 'Every');
    const again = await run('import', 'From', file(name), ...type);
    expect(again).toMatchObject([{ objects: 3, added: 0, changed: 0 }]);
    expect(await contents('From')).toBe(all);
  },
);

test('an object of a file below one that is nowhere stands below none', async () => {
  await run('space', 'create', 'Apart');
  const lost = { id: '0'.repeat(31) + '1', str: 'lost', parent: 'ab'.repeat(16) };
  writeFileSync(file('lost.jsonl'), JSON.stringify(lost));
  const options = ['--type', 'Every', '--schema', file('schema.json')];
  expect(await run('import', 'Apart', file('lost.jsonl'), ...options)).toMatchObject([
    { added: 1 },
  ]);
  expect(await run('tree', 'Apart', 'every')).toMatchObject([{ parent: null, depth: 0 }]);
  expect(await run('query', 'Apart', 'Every')).toMatchObject([{ str: 'lost' }]);
});
