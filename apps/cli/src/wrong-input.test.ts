/** Whatever is typed wrongly is answered by a code and a sentence, on one line, and nothing happens. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'atoll-wrong-'));
const file = (name: string): string => join(dir, name);

async function run(
  ...args: string[]
): Promise<{ code: number; lines: readonly Record<string, unknown>[]; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const code = await runCli({
    args: [...args, '--json'],
    env: { ATOLL_HOME: file('home') },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { code, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

async function ok(...args: string[]): Promise<Record<string, unknown>> {
  const { code, lines, stderr } = await run(...args);
  if (code !== 0) expect.unreachable(stderr);
  return lines.at(-1) ?? {};
}

const NOBODY = '00112233445566778899aabbccddeeff';
let plant = '';

beforeAll(async () => {
  await ok('init', '--name', 'Ann');
  await ok('space', 'create', 'Garden');
  const schema = {
    properties: {
      name: { type: 'string' },
      steps: { type: 'array', items: { type: 'string' } },
    },
  };
  writeFileSync(file('plant.json'), JSON.stringify(schema));
  writeFileSync(file('broken.json'), 'nope');
  const made = await ok(
    'add',
    'Garden',
    'Plant',
    'name=Quince',
    'height=2',
    'notes:text=Prune',
    'votes:counter=1',
    'tags=["tree"]',
    'steps:list=dig,plant,water',
  );
  plant = String(made['id']);
  await ok('version', 'Garden', 'One');
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Command lines, and what is said to them; `ID` is an object that is there. */
type Wrong = readonly [exit: 1 | 2, code: string, ...args: string[]];
const WRONG: readonly Wrong[] = [
  [2, 'CLI_USAGE', 'frobnicate'],
  [2, 'CLI_USAGE', 'space'],
  [2, 'CLI_USAGE', 'query', 'Garden', 'Plant', '--bogus'],
  [2, 'CLI_USAGE', 'query', 'Garden', 'Plant', '--limit', '-1'],
  [2, 'CLI_USAGE', 'whoami', '--kube', 'nonsense'],
  [2, 'CLI_USAGE', 'whoami', '--kube', 'ftp://example.org'],
  [1, 'CLIENT_HAS_IDENTITY', 'init', '--name', 'Bob'],
  [2, 'CLI_USAGE', 'space', 'create', ''],
  [1, 'CLI_SPACE_UNKNOWN', 'space', 'info', 'Nowhere'],
  [1, 'CLI_FIELD', 'add', 'Garden', 'Plant', 'height=tall'],
  [1, 'CLI_FIELD', 'add', 'Garden', 'Plant', 'x:foo=1'],
  [1, 'CLI_FIELD', 'add', 'Garden', 'Plant', 'nothing'],
  [2, 'CLI_USAGE', 'add', 'Garden', 'Plant', 'votes+=1'],
  [1, 'CLI_FILE', 'add', 'Garden', 'Tree', '--schema', file('broken.json')],
  [1, 'CLI_FILE', 'add', 'Garden', 'Tree', '--schema', file('none.json')],
  [1, 'CLI_OBJECT_UNKNOWN', 'set', 'Garden', NOBODY, 'a=1'],
  [1, 'CLI_FIELD', 'set', 'Garden', 'ID', 'name+=x'],
  [1, 'CLI_FIELD', 'set', 'Garden', 'ID', 'votes+=many'],
  [1, 'CLI_OBJECT_UNKNOWN', 'delete', 'Garden', 'zzz'],
  [1, 'CLI_TYPE_UNKNOWN', 'query', 'Garden', 'Nope'],
  [1, 'CLI_TYPE_UNKNOWN', 'type', 'Garden', 'Nope'],
  [2, 'CLI_USAGE', 'query', 'Garden', 'Plant', '--where', 'x'],
  [1, 'CLI_FIELD', 'query', 'Garden', 'Plant', '--where', 'nofield=1'],
  [1, 'ECHO_CURSOR', 'query', 'Garden', 'Plant', '--after', 'zzz'],
  [1, 'ECHO_QUERY', 'query', 'Garden', 'Plant', '--sum', 'name'],
  [1, 'CLI_FILE', 'query', 'Garden', 'Plant', '--json-query', file('none.json')],
  [1, 'ECHO_QUERY_MALFORMED', 'query', 'Garden', 'Plant', '--json-query', file('broken.json')],
  [1, 'CLI_FIELD', 'text', 'Garden', 'ID', 'name'],
  [1, 'CLI_FIELD', 'text', 'Garden', 'ID', 'notes', '--as', 'html'],
  [2, 'CLI_USAGE', 'text', 'Garden', 'ID', 'notes', '--insert', '99', 'x'],
  [2, 'CLI_USAGE', 'text', 'Garden', 'ID', 'notes', '--delete', '0', '99'],
  [1, 'CLI_FIELD', 'list', 'Garden', 'ID', 'name'],
  [2, 'CLI_USAGE', 'list', 'Garden', 'ID', 'steps', '--move', '0', '3'],
  [2, 'CLI_USAGE', 'list', 'Garden', 'ID', 'steps', '--delete', '1', '3'],
  [1, 'CLI_FIELD', 'tree', 'Garden'],
  [2, 'CLI_USAGE', 'move', 'Garden', 'ID'],
  [2, 'CLI_USAGE', 'move', 'Garden', 'ID', '--before', 'ID', '--after', 'ID'],
  [1, 'CLI_OBJECT_UNKNOWN', 'relate', 'Garden', 'Near', 'ID', NOBODY],
  [1, 'CLI_FIELD', 'relate', 'Garden', 'Plant', 'ID', 'ID'],
  [2, 'CLI_USAGE', 'relate', 'Garden', 'Near', 'ID', 'ID', 'paces+=1'],
  [1, 'CLI_OBJECT_UNKNOWN', 'relations', 'Garden', NOBODY],
  [1, 'CLI_FIELD', 'conflicts', 'Garden', 'ID', 'tags'],
  [1, 'CLI_FIELD', 'resolve', 'Garden', 'ID', 'name', '7'],
  [2, 'CLI_USAGE', 'resolve', 'Garden', 'ID', 'name', 'Quince'],
  [2, 'CLI_USAGE', 'undo', 'Garden', '--field', 'name'],
  [1, 'HISTORY_OBJECT', 'history', 'Garden', NOBODY],
  [1, 'HISTORY_CURSOR', 'history', 'Garden', 'ID', '--after', 'zzz'],
  [1, 'CLI_OBJECT_UNKNOWN', 'show', 'Garden', NOBODY],
  [1, 'CLI_POINT', 'show', 'Garden', 'ID', '--at', 'nonsense'],
  [2, 'CLI_USAGE', 'diff', 'Garden', 'ID'],
  [1, 'CLI_OBJECT_UNKNOWN', 'diff', 'Garden', NOBODY, '--from', 'One'],
  [1, 'CLI_POINT', 'revert', 'Garden', 'ID', '--to', 'bogus'],
  [1, 'HISTORY_NAME', 'version', 'Garden', 'One'],
  [1, 'HISTORY_VERSION', 'version', 'Garden', 'Nope', '--delete'],
  [2, 'CLI_USAGE', 'branch', 'Garden', ' '],
  [1, 'CLI_OBJECT_UNKNOWN', 'branch', 'Garden', 'Other', NOBODY],
  [1, 'HISTORY_BRANCH', 'merge', 'Garden'],
  [2, 'CLI_USAGE', 'merge', 'Garden', '--keep', 'both'],
  [1, 'CLI_FILE', 'blob', 'put', 'Garden', file('none')],
  [1, 'CLI_FIELD', 'blob', 'get', 'Garden', 'ID', file('out')],
  [1, 'CLI_FILE', 'import', 'Garden', file('none'), '--type', 'X'],
  [1, 'CLI_FILE', 'import', 'Garden', file('broken.json')],
  [2, 'CLI_USAGE', 'import', 'Garden', file('table.csv')],
  [2, 'CLI_USAGE', 'import', 'Garden', file('plant.json')],
  [1, 'CLI_FILE', 'import', 'Garden', file('plant.json'), '--type', 'X', '--schema', file('none')],
  [2, 'CLI_USAGE', 'export', 'Garden', file('all.csv')],
  [1, 'CLI_TYPE_UNKNOWN', 'export', 'Garden', file('out'), '--type', 'Nope'],
  [1, 'CLI_FILE', 'unarchive', file('none')],
  [1, 'CLIENT_ARCHIVE_DAMAGED', 'unarchive', file('broken.json')],
  [1, 'CLI_FILE', 'backup', join(file('broken.json'), 'x')],
  [2, 'CLI_USAGE', 'join', 'nonsense', '--auth', '12'],
  [1, 'CLI_INVITATION', 'join', 'nonsense'],
  [2, 'CLI_USAGE', 'invite', 'Garden', '--role', 'king'],
  [1, 'CLI_MEMBER_UNKNOWN', 'member', 'show', 'Garden', 'Zoe'],
  [2, 'CLI_USAGE', 'member', 'show', 'Garden'],
  [2, 'CLI_USAGE', 'member', 'role', 'Garden', 'Ann', 'king'],
  [2, 'CLI_USAGE', 'member', 'role', 'Garden', 'Ann', 'reader', '--until-epoch', 'soon'],
  [1, 'CLI_MEMBER_UNKNOWN', 'member', 'role', 'Garden', 'Zoe', 'reader'],
  [1, 'CLIENT_LAST_OWNER', 'member', 'role', 'Garden', 'Ann', 'reader'],
  [1, 'CLIENT_NOT_ALLOWED', 'member', 'remove', 'Garden', 'Ann'],
  [1, 'CLI_MEMBER_UNKNOWN', 'member', 'remove', 'Garden', 'Zoe', '--dry-run'],
  [1, 'CLI_MEMBER_UNKNOWN', 'member', 'restore', 'Garden', 'Zoe'],
  [1, 'CLI_MEMBER_UNKNOWN', 'member', 'agree', 'Garden', 'Zoe'],
  [2, 'CLI_USAGE', 'grant', 'Garden', 'Ann'],
  [1, 'CLI_MEMBER_UNKNOWN', 'grant', 'Garden', 'Zoe', 'writer'],
  [1, 'CLI_MEMBER_UNKNOWN', 'revoke', 'Garden', 'Zoe'],
  [1, 'CLIENT_TEAM_NAME', 'group', 'create', 'Garden', ' '],
  [1, 'CLI_MEMBER_UNKNOWN', 'group', 'add', 'Garden', 'Nobodies', 'Ann'],
  [1, 'CLI_MEMBER_UNKNOWN', 'group', 'rename', 'Garden', 'Nobodies', 'Crew'],
  [1, 'CLI_MEMBER_UNKNOWN', 'group', 'remove', 'Garden', 'Nobodies'],
];

const CASES = WRONG.map(([exit, expected, ...args]) => ({
  exit,
  expected,
  args,
  line: args.join(' ').replaceAll(dir, ''),
}));

describe('a wrong command line', () => {
  test.each(CASES)('$line: ends with $exit and $expected', async ({ exit, expected, args }) => {
    const { code, lines, stderr } = await run(...args.map((arg) => (arg === 'ID' ? plant : arg)));
    const error = lines.at(-1)?.['error'] as { code: string; message: string } | undefined;
    expect([code, error?.code]).toEqual([exit, expected]);
    expect(error?.message).toMatch(/^.*[.!?]$/);
    expect(error?.message).not.toMatch(/ENOENT|at .*\(|undefined|\[object/);
    expect(stderr.startsWith(`${expected}: `)).toBe(true);
  });
});

test('sets, counters and lists are changed in place', async () => {
  await ok('set', 'Garden', plant, 'votes+=4', 'votes-=2', 'tags+=fruit,old', 'tags-=tree');
  expect(await ok('show', 'Garden', plant)).toMatchObject({ votes: 3, tags: ['fruit', 'old'] });
  const moved = await ok('list', 'Garden', plant, 'steps', '--move', '2', '0');
  expect(moved['items']).toEqual(['water', 'dig', 'plant']);
  await ok('list', 'Garden', plant, 'steps', '--insert', '1', 'wait');
  const left = await ok('list', 'Garden', plant, 'steps', '--delete', '2', '1');
  expect(left['items']).toEqual(['water', 'wait', 'plant']);
});
