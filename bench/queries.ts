/**
 * Live queries over 1,000 to 1,000,000 objects: what a change costs that concerns them, beside asking anew
 * after each change. The first must not grow with what is stored. CPU, each size in a process of its own,
 * the least of three rounds. Run with `node bench/queries.ts [--write] [SIZES]`; a million takes about a
 * minute of CPU and 3.5 GiB, since every object is touched and every block kept.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { logPlot } from './plots/log-plot.ts';
import type { QueryFigures } from './queries/work.ts';

const given = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
const SIZES = given.length > 0 ? given : [1_000, 10_000, 100_000];
/** Shown in the plot: one of each kind. */
const PLOTTED = ['order and limit: the', 'groups:', 'ref: tasks of a team, a task', 'words:'];
const lines: string[] = [];

function say(line = ''): void {
  lines.push(line);
  console.log(line);
}

function measure(count: number): readonly QueryFigures[] {
  const script = new URL('queries/work.ts', import.meta.url).pathname;
  const args = ['--disable-warning=ExperimentalWarning', '--expose-gc', script, String(count)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${count} objects: ${stderr}`);
  return JSON.parse(stdout) as QueryFigures[];
}

function micros(value: number): string {
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

say('# Live queries');
say();
const load = loadavg().map((each) => each.toFixed(1));
say(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, Node ${process.version}, load ${load.join(' ')}.`,
);
say(
  'Microseconds of CPU a change, the change itself included (in brackets: without any listener).',
);
say('"Anew" is the same change and then the query asked again, through its best index.');
say();
const bySize = SIZES.map((size) => measure(size));
const sizes = SIZES.map((size) => size.toLocaleString('en'));
say(
  `| live query | ${sizes.map((size) => `${size}: live`).join(' | ')} | growth | ${sizes.map((size) => `${size}: anew`).join(' | ')} | anew ÷ live |`,
);
say(`|---|${SIZES.map(() => '--:').join('|')}|--:|${SIZES.map(() => '--:').join('|')}|--:|`);
(bySize[0] ?? []).forEach((first, at) => {
  const row = bySize.map((figures) => figures[at] ?? first);
  const last = row.at(-1) ?? first;
  const live = row.map(({ live: value, change }) => `${micros(value)} (${micros(change)})`);
  const growth = `${(last.live / first.live).toFixed(1)}×`;
  const anew = row.map(({ rerun }) => micros(rerun));
  const ratio = `${(last.rerun / last.live).toFixed(0)}×`;
  say(`| ${first.name} | ${live.join(' | ')} | ${growth} | ${anew.join(' | ')} | ${ratio} |`);
});
if (process.argv.includes('--write')) {
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL('queries.md', results), `${lines.join('\n')}\n`);
  const plotted = (bySize[0] ?? []).filter(({ name }) =>
    PLOTTED.some((begin) => name.startsWith(begin)),
  );
  const line = (name: string, of: 'live' | 'rerun') => ({
    name: `${name.split(/[:,]/)[0] ?? ''}: ${of === 'live' ? 'live' : 'anew'}`,
    values: bySize.map((figures) => figures.find((each) => each.name === name)?.[of] ?? 0),
  });
  const svg = logPlot({
    title: 'A change with a live query, and asking anew',
    x: { label: 'objects', values: SIZES },
    yLabel: 'µs CPU',
    lines: plotted.flatMap(({ name }) => [line(name, 'live'), line(name, 'rerun')]),
  });
  writeFileSync(new URL('queries-scale.svg', results), svg);
}
