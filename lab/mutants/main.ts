/**
 * `npm run mutants [-- --only NAME]`: breaks one rule after another in a copy of the repository, and runs what
 * must notice. Renews the rows of lab/mutants/RESULTS.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ALL_MUTANTS } from './all.ts';
import type { Mutant } from './mutant.ts';

/** What hangs is noticed: by what it computes, since a busy machine is slow, not wrong. */
const RUN_CPU_SECONDS_MAX = 300;
/** What waits for ever has limits of its own in its tests. */
const RUN_MS_MAX = 1_800_000;
/** All tests of a project together take longer than those of one rule. */
const BASELINE_MS_MAX = 3_600_000;
const ROOT: string = join(import.meta.dirname, '../..');

const RESULTS: string = join(import.meta.dirname, 'RESULTS.md');

type Outcome = 'killed' | 'SURVIVED' | 'STALE';

/** The files that git knows or would take, and links to everything installed but our own packages. */
function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'atoll-mutants-'));
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of listed.split('\n')) {
    if (!/^(apps|examples|lab|packages|spec|tools)\/|^[^/]+\.(json|js|ts)$/.test(file)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    try {
      copyFileSync(join(ROOT, file), join(copy, file));
    } catch {
      // Listed, and deleted since.
    }
  }
  linkModules(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function linkModules(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name === '@atoll') linkModules(source, target);
    else if (!entry.name.startsWith('.') || entry.name === '.bin') symlinkSync(source, target);
  }
}

/** True if the run found something wrong, or did not end. */
function fails(copy: string, command: string, withinMs = RUN_MS_MAX): boolean {
  const [program = '', ...rest] = command.split(' ');
  const node = join(copy, 'node_modules/.bin/node');
  const quiet = '--disable-warning=ExperimentalWarning';
  const [path, args] =
    program === 'sim'
      ? [node, [quiet, 'lab/sim/main.ts', ...rest]]
      : [node, [quiet, `node_modules/${program}/${program}.mjs`, ...rest]];
  // The limit of each process alone: all tests of a project together have more.
  const limit = withinMs === RUN_MS_MAX ? `ulimit -t ${String(RUN_CPU_SECONDS_MAX)};` : '';
  const limited = ['-c', `${limit} exec "$0" "$@"`, path, ...args];
  const { status } = spawnSync('sh', limited, { cwd: copy, stdio: 'ignore', timeout: withinMs });
  return status !== 0;
}

function run(copy: string, { file, find, killedBy, replace }: Mutant): Outcome {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(find).length !== 2) return 'STALE';
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    return fails(copy, killedBy) ? 'killed' : 'SURVIVED';
  } finally {
    writeFileSync(path, source);
  }
}

/**
 * Runs that find something wrong where nothing is broken: then they prove nothing. All tests of one project
 * run at once, and one by one only if that fails.
 */
function brokenWithoutMutant(): number {
  const commands = [...new Set(chosen.map(({ killedBy }) => killedBy))];
  const together = new Map<string, string[]>();
  for (const command of commands) {
    const [, head = command] =
      /^(vitest run --project \S+ --bail 1)\s(?!.* -t )/.exec(command) ?? [];
    together.set(head, [...(together.get(head) ?? []), command]);
  }
  let broken = 0;
  for (const [head, each] of together) {
    const files = new Set(each.flatMap((command) => command.slice(head.length).split(' ')));
    const all = [head, ...files].join(' ').replaceAll('  ', ' ').trim();
    const passes = !fails(copy, all, BASELINE_MS_MAX);
    for (const command of each) {
      const isBroken = !passes && fails(copy, command);
      if (isBroken) broken++;
      process.stdout.write(`${isBroken ? 'FAILS' : 'passes'} without a mutant: ${command}\n`);
    }
  }
  return broken;
}

/** The table, with the rows of mutants that were not run now as they were. */
function table(run: ReadonlyMap<Mutant, readonly [Outcome, number]>, before: string): string {
  const lines = ALL_MUTANTS.map((mutant) => {
    const { name, why, file, killedBy } = mutant;
    const [outcome, seconds] = run.get(mutant) ?? [];
    const known = before.split('\n').find((line) => line.startsWith(`| ${name} `));
    if (outcome === undefined) return known ?? `| ${name} | ${why} | | | not run | | |`;
    const time = `${(seconds ?? 0).toFixed(0)} s`;
    return `| ${name} | ${why} | \`${file}\` | \`${killedBy}\` | ${outcome} | ${time} | ${commit} |`;
  });
  const killed = lines.filter((line) => line.includes('| killed ')).length;
  return [
    '# Mutants',
    '',
    `Made by \`npm run mutants\`: ${killed} of ${lines.length} killed. The last column has the commit at which`,
    'each was last run, with a `+` if files had changed since; after "by", the commit that recorded a run',
    'from before commits were noted row by row.',
    '',
    '| Mutant | Rule | File | Run | Outcome | Time | Commit |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

/** The commit that is checked out, with a `+` if files have changed since. */
function commitOfTree(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', '.', ':!lab/mutants/RESULTS.md');
  return git('rev-parse', '--short', 'HEAD') + (changed === '' ? '' : '+');
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, baseline: { type: 'boolean' } },
});
const chosen = ALL_MUTANTS.filter(
  ({ name }) => values.only === undefined || values.only.split(',').includes(name),
);
const commit = commitOfTree();
const copy = copyRepository();
const outcomes = new Map<Mutant, readonly [Outcome, number]>();
let bad = 0;
try {
  if (values.baseline === true) bad += brokenWithoutMutant();
  for (const mutant of chosen) {
    const startedMs = performance.now();
    const outcome = run(copy, mutant);
    const seconds = (performance.now() - startedMs) / 1000;
    if (outcome !== 'killed') bad++;
    outcomes.set(mutant, [outcome, seconds]);
    process.stdout.write(`${outcome} ${mutant.name} in ${seconds.toFixed(1)} s\n`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const before = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '';
writeFileSync(RESULTS, table(outcomes, before));
process.exit(bad === 0 ? 0 : 1);
