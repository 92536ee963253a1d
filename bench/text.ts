/**
 * Texts beside diamond-types, Yjs, Loro and Automerge: recorded editing, bytes, loading, hostile shapes. CPU
 * milliseconds, each work in a process of its own. Run with `node bench/text.ts [--write]`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { deflateSync } from 'node:zlib';
import { Writer } from '@atoll/codec';
import { TextChangeBuilder } from '../packages/echo/src/sequence/text-change-builder.ts';
import { writeTextChange } from '../packages/echo/src/sequence/text-change-codec.ts';
import { TextSequence } from '../packages/echo/src/sequence/text-sequence.ts';
import { PLAIN_ORDER, playPatch, readTrace } from '../packages/echo/src/sequence/trace.fixture.ts';
import { markCosts } from './text/marks.ts';
import type { Measured } from './text/work.ts';

const SEQUENTIAL = 'automerge-paper.json.gz';
const CONCURRENT = 'friendsforever.json.gz';
const ENGINES = ['atoll', 'diamond-types', 'yjs', 'loro', 'automerge'];
/** What takes minutes where others need a second: one cold round, or none. */
const ONCE = new Set(['local automerge', 'load automerge', 'remote loro']);
/** A work that takes longer is given up. */
const WALL_MS_MAX = 120_000;
const NEVER = new Set(['remote automerge', 'prepend automerge']);

const lines: string[] = [];

function say(line = ''): void {
  lines.push(line);
  console.log(line);
}

function measure(work: string, engine: string, file: string, rounds: number): Measured | undefined {
  if (NEVER.has(`${work} ${engine}`)) return undefined;
  const script = new URL('text/work.ts', import.meta.url).pathname;
  const count = ONCE.has(`${work} ${engine}`) ? '1' : `${rounds}`;
  const args = ['--disable-warning=ExperimentalWarning', script, work, engine, file, count];
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: WALL_MS_MAX,
  });
  return status === 0 ? (JSON.parse(stdout) as Measured) : undefined;
}

function cell(value: number | undefined, base: number | undefined, digits = 0): string {
  if (value === undefined) return '–';
  const ratio = base === undefined ? '' : ` (${(value / base).toFixed(2)}×)`;
  return `${value.toFixed(digits)}${ratio}`;
}

/** One row an engine; the ratio is against ours, above one where the other needs more. */
function table(title: string, heads: readonly string[], works: readonly Work[]): void {
  say(`\n### ${title}\n`);
  say(`| engine | ${heads.join(' | ')} |`);
  say(`|---|${heads.map(() => '--:').join('|')}|`);
  const bases: (number | undefined)[] = [];
  for (const engine of ENGINES) {
    const values = works.flatMap((work) => work(engine));
    if (engine === 'atoll') bases.push(...values);
    say(`| ${engine} | ${values.map((value, at) => cell(value, bases[at])).join(' | ')} |`);
  }
}

type Work = (engine: string) => (number | undefined)[];

function coldAndWarm(work: string, file: string): Work {
  return (engine) => {
    const measured = measure(work, engine, file, 4);
    const [cold, ...warm] = measured?.cpuMs ?? [];
    return [cold, warm.length > 0 ? Math.min(...warm) : undefined];
  };
}

say(`# Texts\n`);
say(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Node ${process.version}.`,
);
say(
  'CPU milliseconds; in brackets, how many times ours. The machine was shared: trust the ratios.',
);

table(
  'automerge-paper, 259,778 edits, one call each, no encoding',
  ['cold', 'warm'],
  [coldAndWarm('local', SEQUENTIAL)],
);
table(
  'automerge-paper, applying another replica’s updates one by one, bytes decoded',
  ['cold', 'warm'],
  [coldAndWarm('remote', SEQUENTIAL)],
);
table(
  'friendsforever, 26,078 concurrent transactions applied one by one, bytes decoded',
  ['cold', 'warm'],
  [coldAndWarm('remote', CONCURRENT)],
);
table(
  'automerge-paper, saved state (ours and Loro’s keep deleted text, Yjs does not, diamond-types and Automerge keep history)',
  ['bytes', 'deflated', 'load and read, cold', 'warm'],
  [
    (engine) => {
      const measured = measure('load', engine, SEQUENTIAL, 4);
      const [cold, ...warm] = measured?.cpuMs ?? [];
      const best = warm.length > 0 ? Math.min(...warm) : undefined;
      return [measured?.bytes, measured?.deflated, cold, best];
    },
  ],
);
table(
  '2 writers prepend 2,000 characters each at one place; a reader gets one after the other, the worse order',
  ['CPU ms'],
  [(engine) => [measure('prepend', engine, '', 1)?.cpuMs[0]]],
);

say('\n### automerge-paper as blocks, without headers and sealing\n');
say('| edits a block | bytes | bytes an edit | deflated a block |');
say('|--:|--:|--:|--:|');
const trace = readTrace(SEQUENTIAL);
for (const size of [1, 16, 256, 4096]) {
  const text = new TextSequence(PLAIN_ORDER);
  let bytes = 0;
  let deflated = 0;
  for (let from = 0; from < trace.steps.length; from += size) {
    const builder = new TextChangeBuilder(0, text.nextCounter(0));
    for (const { patches } of trace.steps.slice(from, from + size)) {
      const by = { agent: 0, stamp: from, to: builder.add.bind(builder) };
      for (const patch of patches) playPatch(text, patch, by);
    }
    const writer = new Writer();
    writeTextChange(writer, builder.finish(), { indexOf: () => 0, agentAt: () => 0 });
    bytes += writer.length;
    if (size > 16) deflated += deflateSync(writer.finish()).length;
  }
  const perEdit = (bytes / trace.steps.length).toFixed(2);
  say(`| ${size} | ${bytes} | ${perEdit} | ${size > 16 ? deflated : '–'} |`);
}

say('\n### Hostile shapes, ours: microseconds an op\n');
say('| shape | average CPU | 99.9th percentile, wall |');
say('|---|--:|--:|');
for (const [name, [average, high]] of Object.entries(
  measure('shapes', 'atoll', '', 1)?.shapes ?? {},
)) {
  say(`| ${name} | ${average.toFixed(1)} | ${high.toFixed(0)} |`);
}

say('\n### Marks of 20 units in a text of 100,000, ours\n');
say(
  '| marks | writing one, µs | typing a letter, µs | marks at a place, µs | runs of 80 units, µs | all runs, ms | bytes a mark |',
);
say('|--:|--:|--:|--:|--:|--:|--:|');
markCosts(1_000);
for (const count of [100, 1_000, 10_000]) {
  const { writeUs, typeUs, gapUs, lineUs, runsMs, bytes } = markCosts(count);
  const cells = [writeUs, typeUs, gapUs, lineUs, runsMs].map((value) => value.toFixed(2));
  say(`| ${count} | ${cells.join(' | ')} | ${count < 10_000 ? '–' : bytes.toFixed(0)} |`);
}

if (process.argv.includes('--write')) {
  writeFileSync(new URL('results/text.md', import.meta.url), `${lines.join('\n')}\n`);
}
