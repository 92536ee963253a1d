// What the workspace saves for other programs, `atoll import` brings back.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtollClient, type Client, type Space } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';
import { defineType, s, toJsonSchema, type RichTextField } from '@atoll/schema';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../../apps/cli/src/run-cli.ts';
import { collectPlain } from '../../apps/workspace/src/keep/plain-files.ts';
import { Note, Task } from '../../apps/workspace/src/data/workspace-types.ts';

const Plan = defineType('Plan', { name: s.string(), until: s.string().nullable().optional() });

const dir = mkdtempSync(join(tmpdir(), 'atoll-saved-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function opened<T>(home: string, work: (client: Client) => Promise<T>): Promise<T> {
  const platform = await openNodePlatform({ dir: join(dir, home) });
  await using client = await AtollClient.open(platform, { online: false });
  return await work(client);
}

/** Makes a space in a new profile, and saves it in one form. */
function saved(
  home: string,
  form: 'json' | 'csv',
  fill: (space: Space) => void,
): Promise<{ readonly path: string; readonly name: string }> {
  return opened(home, async (client) => {
    await client.halo.createIdentity({ displayName: 'Ann' });
    const space = await client.spaces.create({ name: 'From' });
    fill(space);
    await space.flush();
    await client.spaces.create({ name: 'To' });
    const file = await collectPlain(space, form);
    if (file === undefined) expect.unreachable('nothing was saved');
    const path = join(dir, `${home}.${form}`);
    writeFileSync(path, new Uint8Array(await file.content.arrayBuffer()));
    return { path, name: file.name };
  });
}

async function imported(home: string, ...args: readonly string[]): Promise<void> {
  let stderr = '';
  const code = await runCli({
    args: ['import', 'To', ...args],
    env: { ATOLL_HOME: join(dir, home) },
    stdout: { write: () => undefined },
    stderr: { write: (text) => (stderr += text) },
  });
  if (code !== 0) expect.unreachable(stderr);
}

function inTo<T>(home: string, look: (space: Space) => T): Promise<T> {
  return opened(home, async (client) => {
    const space = client.spaces.list.get().find((each) => each.name.get() === 'To');
    if (space === undefined) expect.unreachable('the space is gone');
    await space.open();
    return look(space);
  });
}

test('notes saved as JSON come back with their marks and their places in the tree', async () => {
  const { path } = await saved('json', 'json', ({ db }) => {
    db.register(Note);
    db.register(Task);
    const above = db.add(Note, { title: 'Above' });
    const note = db.add(Note, { title: 'Below', parent: above });
    note.body.insert(0, 'sail at dawn');
    note.body.mark(0, 4, 'bold', true);
    db.add(Task, { title: 'Rig', state: 'doing', rank: 2 });
  });
  await imported('json', path);
  await inTo('json', ({ db }) => {
    db.register(Note);
    db.register(Task);
    const [above, note] = ['Above', 'Below'].map(
      (title) => db.query(Note).where({ title }).run()[0],
    );
    expect(note?.parent?.$id).toBe(above?.id);
    expect((note?.body as RichTextField).toDocument()).toEqual([
      {
        block: { kind: 'paragraph' },
        runs: [
          { text: 'sail', marks: { bold: true } },
          { text: ' at dawn', marks: {} },
        ],
      },
    ]);
    expect(db.query(Task).run()).toMatchObject([{ title: 'Rig', state: 'doing', rank: 2 }]);
  });
});

test('a table saved as CSV keeps null, an empty text and no value apart', async () => {
  const { path, name } = await saved('csv', 'csv', ({ db }) => {
    db.register(Plan);
    db.add(Plan, { name: 'null', until: null });
    db.add(Plan, { name: 'word', until: 'null' });
    db.add(Plan, { name: 'empty', until: '' });
    db.add(Plan, { name: 'none' });
  });
  expect(name).toBe('From, Plans.csv');
  const schema = join(dir, 'plan.json');
  writeFileSync(schema, JSON.stringify(toJsonSchema(Plan.data())));
  await imported('csv', path, '--type', 'Plan', '--schema', schema);
  await inTo('csv', ({ db }) => {
    db.register(Plan);
    const found = db.query(Plan).run();
    expect(found.map((plan) => [plan.name, plan.until])).toEqual([
      ['null', null],
      ['word', 'null'],
      ['empty', ''],
      ['none', undefined],
    ]);
  });
});
