// Real data: the package index of Debian, imported, asked, killed in between, and sent to others.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CliWorld, PACKAGES, bringIn, rootsOf, type Profile } from './cli-world.ts';

const IMPORT = ['import', 'Debian', PACKAGES, '--type', 'Package', '--key', 'name'] as const;
const REFS = ['--ref', 'depends=Package.name'] as const;
const SLOW_MS = 180_000;

async function countRefs(profile: Profile, to: string): Promise<unknown> {
  return (await profile.ok('query', 'Debian', 'Package', '--ref-to', to, '--count'))['count'];
}

/** Groups, explanations, pages, and a question in JSON that goes along the dependencies. */
async function askForMore(world: CliWorld, ann: Profile): Promise<void> {
  const packages = ['query', 'Debian', 'Package'] as const;
  const sections = await ann.run(...packages, '--group', 'section', '--sum', 'installedSizeKiB');
  const counts = sections.lines.map(({ count }) => Number(count));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(21_297);
  const { plan, examined, found } = await ann.ok(
    ...packages,
    '--where',
    'section=libs',
    '--explain',
  );
  expect(plan).toMatchObject({ kind: 'equality', field: 'section' });
  expect(examined).toBe(found);
  const ordered = [
    ...packages,
    '--order',
    'name',
    '--where',
    'name^=perl',
    '--limit',
    '3',
    '--page',
  ];
  const first = await ann.run(...ordered);
  expect(first.lines.map(({ name }) => name).slice(0, 2)).toEqual(['perl', 'perl-base']);
  const second = await ann.run(...ordered, '--after', String(first.lines[3]?.['next']));
  expect(second.lines[0]?.['name']).not.toBe(first.lines[2]?.['name']);
  expect(await ann.ok('query', '*', 'Package', '--count')).toEqual({ count: 21_297 });
  const file = join(world.dir, 'needs.json');
  // What needs, within two steps, something that is called perl.
  const near = { where: { depends: { to: { name: 'perl' }, depth: 2 } } };
  await writeFile(file, JSON.stringify(near));
  const needs = await ann.ok(...packages, '--json-query', file, '--count');
  expect(needs['count']).toBeGreaterThan(1_679);
  await writeFile(file, '{"where":{"$code":1}}');
  const refused = await ann.refused(...packages, '--json-query', file);
  expect(refused).toMatchObject({ code: 'ECHO_QUERY_MALFORMED' });
}

test(
  'all packages and their dependencies are imported, and absent ones resolve when they appear',
  async () => {
    await using world = await CliWorld.open({ kube: false });
    const ann = await world.person('Ann');
    await ann.ok('space', 'create', 'Debian');
    expect(await ann.ok(...IMPORT, ...REFS)).toEqual({
      objects: 21_296,
      refs: 91_114,
      unresolved: 91_114 - 22_876,
      added: 21_296,
      changed: 0,
    });
    expect(await countRefs(ann, 'perl')).toBe(1_679);
    expect(await countRefs(ann, 'libc6')).toBe(7_278);
    const { id } = await ann.ok('add', 'Debian', 'Package', 'name=libc6', 'section=libs');
    expect(await countRefs(ann, String(id))).toBe(7_278);
    expect(await countRefs(ann, 'libc6')).toBe(7_278);
    // 7,278 edges name a package that is there now; nothing else has changed.
    expect(await ann.ok(...IMPORT, ...REFS)).toEqual({
      objects: 21_296,
      refs: 91_114,
      unresolved: 91_114 - 22_876 - 7_278,
      added: 0,
      changed: 0,
    });
    const libs = ['query', 'Debian', 'Package', '--where', 'section=libs'] as const;
    const { lines } = await ann.run(...libs, '--order', 'installedSizeKiB:desc', '--limit', '2');
    expect(lines.map(({ name }) => name)).toEqual(['swe-sat-data', 'agda-stdlib']);
    const tagged = await ann.ok(
      'query',
      'Debian',
      'Package',
      '--where',
      'tags~role::program',
      '--count',
    );
    expect(tagged['count']).toBeGreaterThan(1_000);
    await askForMore(world, ann);
  },
  SLOW_MS,
);

test(
  'an import that is killed loses nothing that was written, and goes on where it was',
  async () => {
    await using world = await CliWorld.open({ kube: false });
    const ann = await world.person('Ann');
    await ann.ok('space', 'create', 'Debian');
    const importing = ann.start(...IMPORT, ...REFS);
    let objects = 0;
    while (objects < 2_000) {
      objects = Number((await ann.ok('space', 'info', 'Debian'))['objects']);
    }
    await importing.end('SIGKILL');
    const { objects: kept } = await ann.ok('space', 'info', 'Debian');
    expect(kept).toBeGreaterThanOrEqual(objects);
    const again = await ann.ok(...IMPORT, ...REFS);
    // One object is the space's own name.
    expect(again).toMatchObject({ objects: 21_296, added: 21_296 - Number(kept), changed: 0 });
    expect(await ann.ok('query', 'Debian', 'Package', '--count')).toEqual({ count: 21_296 });
    expect(await countRefs(ann, 'perl')).toBe(1_679);
  },
  SLOW_MS,
);

test(
  'the whole index goes to a peer that is there, and out of the mailbox to one that comes later',
  async () => {
    await using world = await CliWorld.open();
    const [ann, bob, cleo] = [
      await world.person('Ann'),
      await world.person('Bob'),
      await world.person('Cleo'),
    ];
    await ann.ok('space', 'create', 'Debian');
    await bringIn(ann, cleo, { space: 'Debian' });
    await ann.ok(...IMPORT, ...REFS);
    // Ann is there when Bob joins, and nothing is in the mailbox yet.
    const serving = ann.start('serve');
    await serving.next((line) => line['at'] === 'online');
    await bringIn(ann, bob, { space: 'Debian' });
    await bob.ok('sync', '--until-idle');
    expect(await countRefs(bob, 'perl')).toBe(1_679);
    await serving.end();
    // Now nobody is there but the server.
    const got = await cleo.ok('sync', '--until-idle');
    expect(got).toMatchObject({ peers: 0, sent: 0 });
    expect(Number(got['received'])).toBeGreaterThan(70);
    expect(await countRefs(cleo, 'libc6')).toBe(7_278);
    const [root, ...others] = await rootsOf('Debian', [ann, bob, cleo]);
    expect(others).toEqual([root, root]);
  },
  SLOW_MS,
);

test(
  'a server that is killed in the middle of a transfer costs time and nothing else',
  async () => {
    await using world = await CliWorld.open();
    const [ann, bob] = [await world.person('Ann'), await world.person('Bob')];
    await ann.ok('space', 'create', 'Debian');
    await bringIn(ann, bob, { space: 'Debian' });
    await ann.ok(...IMPORT, ...REFS);
    const serving = ann.start('serve');
    await serving.next((line) => line['at'] === 'online');
    const syncing = bob.start('sync', '--until-idle', '--timeout', '90');
    let objects = 0;
    while (objects < 1_000) {
      objects = Number((await bob.ok('space', 'info', 'Debian'))['objects']);
    }
    await world.stopKube('SIGKILL');
    await world.startKube();
    expect((await syncing.ended).code).toBe(0);
    await bob.ok('sync', '--until-idle');
    expect(await countRefs(bob, 'perl')).toBe(1_679);
    await serving.end();
    const [root, same] = await rootsOf('Debian', [ann, bob]);
    expect(same).toBe(root);
  },
  SLOW_MS,
);
