/**
 * How costs grow from 1,000 to 1,000,000 objects through the whole client: creating, changing one property,
 * opening, the first query, a live query, memory; beside SQLite in the same run. Each piece in a process of
 * its own, which ends after a bounded time. Run with `npm run bench -- scale`; with `--write 1000000` one
 * size is measured anew, kept among the others in results/scale.json, and the plots drawn from all of them, as
 * `--draw` does without measuring.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logPlot } from './plots/log-plot.ts';
import type { Figures } from './scale/work.ts';

interface Size {
  readonly count: number;
  readonly date: string;
  readonly load: string;
  readonly ours: Figures;
  readonly sql: Figures;
  /** SQLite with all rows read into plain objects. */
  readonly rows: Figures;
}

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
/** Larger ones are measured once. */
const REPEATED_MAX = 10_000;
const ROUNDS = 3;
/** A piece of work that takes longer has failed: the largest takes about a minute when the disk is quiet. */
const WORK_MAX_MS = 230_000;
const RESULTS = new URL('results/', import.meta.url);
const isWritten = process.argv.includes('--write');

function apart(work: string, count: number, place: string, rounds = 1): Figures {
  const least: Figures = {};
  for (let round = 0; round < rounds; round++) {
    const script = fileURLToPath(new URL('scale/work.ts', import.meta.url));
    const options = ['--disable-warning=ExperimentalWarning', '--expose-gc', script];
    const run = spawnSync(process.execPath, [...options, work, `${count}`, place], {
      encoding: 'utf8',
      timeout: WORK_MAX_MS,
    });
    if (run.status !== 0) throw new RangeError(`${work} of ${count}: ${run.stderr || run.signal}`);
    for (const [name, value] of Object.entries(JSON.parse(run.stdout) as Figures)) {
      least[name] = Math.min(least[name] ?? value, value);
    }
  }
  return least;
}

function measure(count: number): Size {
  const dir = mkdtempSync(join(tmpdir(), 'atoll-scale-'));
  const rounds = count <= REPEATED_MAX ? ROUNDS : 1;
  const load = loadavg()[0]?.toFixed(1) ?? '';
  try {
    const profile = join(dir, 'profile');
    const path = join(dir, 'rows.db');
    const created = apart('create', count, profile);
    const sqlCreated = apart('sqlCreate', count, path);
    const ours = { ...created, ...apart('open', count, profile, rounds) };
    const sql = { ...sqlCreated, ...apart('sqlOpen', count, path, rounds) };
    const rows = apart('sqlRead', count, path, rounds);
    return { count, date: new Date().toISOString().slice(0, 10), load, ours, sql, rows };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const ROWS = [
  ['create', 'create all, ms: durable each 2,000, SQLite once', 'sql'],
  ['open', 'open, ms', 'rows'],
  ['query', 'first query: one project of 100, ms', 'sql'],
  ['nextQuery', 'the same of another project, µs', 'sql'],
  ['firstOrder', 'first 50 by priority, ms', 'sql'],
  ['change', 'change one property, durable, µs', 'sql'],
  ['live', 'the same with two live queries, µs', 'sql'],
  ['memory', 'memory when open, MiB', 'rows'],
  ['queried', 'and after both queries, MiB', 'rows'],
] as const;

function cell(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}

function report(sizes: readonly Size[]): string {
  const lines = ['# Scale', ''];
  lines.push(
    `${cpus()[0]?.model ?? ''}, Node ${process.version}. CPU, by number of objects, ours beside SQLite; the ratio in brackets.`,
    '"Rows" are all rows of SQLite read into plain objects, as an application would hold them; "index" is SQLite asked by an index',
    'where it lies. A live query of SQLite is the change and then both queries asked again. Memory is what the process grew by.',
    '',
    `| | beside | ${sizes.map(({ count }) => count.toLocaleString('en')).join(' | ')} |`,
    `|---|---|${sizes.map(() => '--:').join('|')}|`,
  );
  for (const [name, title, beside] of ROWS) {
    const cells = sizes.map((size) => {
      const ours = size.ours[name];
      const base = size[beside][name] ?? size.rows['memory'];
      const ratio = ours === undefined || base === undefined ? '' : ` (${cell(ours / base)}×)`;
      return `${cell(ours)} beside ${cell(base)}${ratio}`;
    });
    lines.push(`| ${title} | ${beside === 'rows' ? 'rows' : 'index'} | ${cells.join(' | ')} |`);
  }
  const when = sizes.map(
    ({ count, date, load }) => `${count.toLocaleString('en')}: ${date}, load ${load}`,
  );
  lines.push('', `${when.join('; ')}.`);
  return `${lines.join('\n')}\n`;
}

function draw(sizes: readonly Size[]): void {
  const x = { label: 'objects', values: sizes.map(({ count }) => count) };
  const line = (name: string, of: 'ours' | 'sql' | 'rows', figure: string) => ({
    name,
    values: sizes.map((size) => size[of][figure] ?? 0),
  });
  const plots = {
    'scale-create': {
      title: 'Creating and opening',
      yLabel: 'ms CPU',
      lines: [
        line('ours: create, sign, seal, store', 'ours', 'create'),
        line('SQLite: insert', 'sql', 'create'),
        line('ours: open', 'ours', 'open'),
        line('SQLite: read all rows', 'rows', 'open'),
        line('ours: first query', 'ours', 'query'),
        line('SQLite: filter the rows', 'rows', 'query'),
      ],
    },
    'scale-change': {
      title: 'One change, and one query',
      yLabel: 'µs CPU',
      lines: [
        line('ours: change, durable', 'ours', 'change'),
        line('SQLite: update', 'sql', 'change'),
        line('ours: with live queries', 'ours', 'live'),
        line('SQLite: and ask again', 'sql', 'live'),
        line('ours: query', 'ours', 'nextQuery'),
        line('SQLite: query by index', 'sql', 'nextQuery'),
      ],
    },
    'scale-memory': {
      title: 'Memory of the process, grown by',
      yLabel: 'MiB',
      lines: [
        line('ours: open', 'ours', 'memory'),
        line('ours: after queries', 'ours', 'queried'),
        line('SQLite: rows as objects', 'rows', 'memory'),
        line('SQLite: only asked', 'sql', 'queried'),
      ],
    },
  };
  for (const [name, plot] of Object.entries(plots)) {
    writeFileSync(new URL(`${name}.svg`, RESULTS), logPlot({ x, ...plot }));
  }
}

const asked = process.argv
  .slice(2)
  .map(Number)
  .filter((count) => count > 0);
const isDrawnOnly = process.argv.includes('--draw');
const measured = isDrawnOnly
  ? []
  : (asked.length > 0 ? asked : SIZES).map((count) => measure(count));
const kept = new URL('scale.json', RESULTS);
const known = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as Size[]) : [];
const sizes =
  isWritten || isDrawnOnly
    ? [...known.filter(({ count }) => !measured.some((size) => size.count === count)), ...measured]
    : measured;
sizes.sort((a, b) => a.count - b.count);
const text = report(sizes);
console.log(text);
if (isWritten) {
  writeFileSync(kept, `${JSON.stringify(sizes, undefined, 2)}\n`);
  writeFileSync(new URL('scale.md', RESULTS), text);
}
if (isWritten || isDrawnOnly) draw(sizes);
