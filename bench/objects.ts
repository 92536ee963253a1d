/**
 * Objects of six properties beside one Yjs document, Automerge, Loro, and JSON rows in SQLite. Fold and
 * encoding only: sealing, signing and storing have their own benches. CPU, each engine in a process of its
 * own, the median of three. Run with `node bench/objects.ts [--write]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Figures } from './objects/work.ts';

const ENGINES = ['atoll', 'yjs', 'automerge', 'loro', 'sqlite'] as const;
/** Automerge needs a minute for a hundred thousand. */
const SLOW = new Set<string>(['automerge']);
const ROUNDS = 3;
const BATCH = 100;
const lines: string[] = [];

function say(line = ''): void {
  lines.push(line);
  console.log(line);
}

function measure(engine: string, count: number, batch: number): Figures | undefined {
  const script = new URL('objects/work.ts', import.meta.url).pathname;
  const args = ['--disable-warning=ExperimentalWarning', '--expose-gc', script];
  const runs: Figures[] = [];
  for (let round = 0; round < (SLOW.has(engine) ? 1 : ROUNDS); round++) {
    const run = [...args, engine, `${count}`, `${batch}`];
    const { stdout, status } = spawnSync(process.execPath, run, { encoding: 'utf8' });
    if (status === 0) runs.push(JSON.parse(stdout) as Figures);
  }
  const first = runs[0];
  if (first === undefined) return undefined;
  return Object.fromEntries(
    Object.keys(first).map((name) => {
      const values = runs.map((run) => run[name] ?? 0).sort((a, b) => a - b);
      return [name, values[Math.floor(values.length / 2)] ?? 0];
    }),
  );
}

function cell(figures: Figures | undefined, base: Figures | undefined, name: string): string {
  const value = figures?.[name];
  const own = base?.[name];
  if (value === undefined) return '–';
  const digits = value < 10 ? 2 : 0;
  const ratio = own === undefined || own === 0 ? '' : ` (${(value / own).toFixed(1)}×)`;
  return `${value.toFixed(digits)}${figures === base ? '' : ratio}`;
}

const COLUMNS = [
  ['create', 'create, ms'],
  ['bytes', 'bytes an object'],
  ['load', 'load, ms'],
  ['first query', 'first query, ms'],
  ['next query', 'next query, ms'],
  ['memory', 'memory, B an object'],
  ['change', 'change, µs'],
  ['merge', 'merge, µs'],
] as const;

function table(count: number): void {
  say(`\n### ${count.toLocaleString('en')} objects, ${BATCH} a block\n`);
  say(`| engine | ${COLUMNS.map(([, title]) => title).join(' | ')} |`);
  say(`|---|${COLUMNS.map(() => '--:').join('|')}|`);
  let base: Figures | undefined;
  for (const engine of ENGINES) {
    if (SLOW.has(engine) && count > 10_000) continue;
    const figures = measure(engine, count, BATCH);
    base ??= figures;
    say(`| ${engine} | ${COLUMNS.map(([name]) => cell(figures, base, name)).join(' | ')} |`);
  }
  if (base === undefined) return;
  const single = measure('atoll', count, 1);
  say(`\nOurs, one object a block: create ${cell(single, single, 'create')} ms.`);
  say(`State root: ${cell(base, base, 'root')} ms; after ${1000} changes of one object`);
  say(
    `${cell(base, base, 'root after change')} ms. One property read: ${cell(base, base, 'read')} ns.`,
  );
}

say('# Objects');
say();
say(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, Node ${process.version}.`,
);
say(
  'In brackets: how many times what ours needs. A change and a merge are one property of one object;',
);
say(
  'SQLite stores durably, the others only encode. "Load" reads what "create" gave, as a peer would.',
);
table(10_000);
table(100_000);
if (process.argv.includes('--write')) {
  mkdirSync(new URL('results', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/objects.md', import.meta.url), `${lines.join('\n')}\n`);
}
