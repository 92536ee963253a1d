/**
 * The same work by Atoll and by other frameworks, in one run: `node bench/peers/run.ts [--write] [NAMES]`.
 * Each peer is a program in a folder with a lockfile of its own, which the main installation never touches;
 * one that is not installed is left out. README.md says how to install them, and what can be compared.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure } from './workload.ts';

interface Peer {
  readonly name: string;
  readonly script: string;
  readonly count: number;
}

interface Outcome {
  readonly peer: Peer;
  readonly figures: ReadonlyMap<string, Figure>;
  /** Why it ended early. */
  readonly failure: string;
}

const OBJECTS = 10_000;
/** What DXOS can do within the bound. */
const FEW_OBJECTS = 100;
/** A peer that takes longer has failed; what it measured until then is kept. */
const PEER_MAX_MS = 230_000;
const FAILURE_CHARS = 160;

const PEERS: readonly Peer[] = [
  { name: 'Atoll', script: 'atoll.ts', count: OBJECTS },
  { name: 'Yjs 13.6.33, y-leveldb 0.2.0', script: 'documents/yjs.mjs', count: OBJECTS },
  { name: 'automerge-repo 2.5.6', script: 'documents/automerge.mjs', count: OBJECTS },
  { name: 'TinyBase 10.0.1, 1,000', script: 'documents/tinybase.mjs', count: 1_000 },
  { name: 'Jazz (cojson 0.20.19), 3,000', script: 'jazz/run.mjs', count: 3_000 },
  { name: 'Atoll, 100', script: 'atoll.ts', count: FEW_OBJECTS },
  { name: 'DXOS 0.8.3, 100', script: 'dxos/run.mjs', count: FEW_OBJECTS },
  { name: 'Evolu 8.11.0', script: 'evolu/run.mjs', count: OBJECTS },
];

const COLUMNS = [
  ['create', 'create, ms', 'cpuMs'],
  ['bytes', 'bytes an object', 'value'],
  ['open', 'open, ms', 'cpuMs'],
  ['query', 'first query, ms', 'cpuMs'],
  ['query again', 'next query, ms', 'cpuMs'],
  ['memory', 'memory, MiB', 'value'],
  ['change', 'one change, ms', 'cpuMs'],
  ['sync', 'second peer has all, ms (wall)', 'cpuMs'],
  ['sync a change', 'and sees a change, ms (wall)', 'cpuMs'],
] as const;

function measure(peer: Peer): Outcome | undefined {
  const script = fileURLToPath(new URL(peer.script, import.meta.url));
  const folder = dirname(script);
  if (peer.script.includes('/') && !existsSync(`${folder}/node_modules`)) return undefined;
  const args = ['--disable-warning=ExperimentalWarning', '--expose-gc', script, `${peer.count}`];
  const { status, stderr, stdout, signal } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: PEER_MAX_MS,
    maxBuffer: 2 ** 28,
  });
  const figures = new Map<string, Figure>();
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{"stage"')) continue;
    const figure = JSON.parse(line) as Figure;
    figures.set(figure.stage, figure);
  }
  if (status === 0) return { peer, figures, failure: '' };
  const message = stderr.split('\n').find((line) => /^[A-Za-z]*Error|^missing/.test(line)) ?? '';
  const why = signal === null ? message : `not done after ${PEER_MAX_MS / 1_000} s`;
  // Where it lies on this machine is nobody's business.
  const told = why.trim().replaceAll(/(?:\/[\w.@-]+){2,}\//g, '…/');
  return { peer, figures, failure: told.slice(0, FAILURE_CHARS) };
}

function shown(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}

function rowOf({ figures, peer }: Outcome): string {
  const cells = COLUMNS.map(([stage, title, of]) => {
    const figure = figures.get(stage);
    const wall =
      title.endsWith('(wall)') && figure !== undefined ? ` (${shown(figure.wallMs)})` : '';
    return `${shown(figure?.[of])}${wall}`;
  });
  return `| ${peer.name} | ${cells.join(' | ')} |`;
}

const names = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const wanted = PEERS.filter(
  ({ name }) =>
    names.length === 0 || names.some((each) => name.toLowerCase().includes(each.toLowerCase())),
);
const load = loadavg()[0]?.toFixed(1) ?? '';
const outcomes = wanted.flatMap((peer) => {
  const outcome = measure(peer);
  console.error(
    `${peer.name}: ${outcome === undefined ? 'not installed' : outcome.failure || 'done'}`,
  );
  return outcome === undefined ? [] : [outcome];
});
const lines = [
  '# Peers',
  '',
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}, Node ${process.version}, load ${load} at the start.`,
  `CPU; ${OBJECTS.toLocaleString('en')} objects of six properties unless the name says another number. README.md says what can be compared.`,
  '',
  `| | ${COLUMNS.map(([, title]) => title).join(' | ')} |`,
  `|---|${COLUMNS.map(() => '--:').join('|')}|`,
  ...outcomes.map((outcome) => rowOf(outcome)),
  '',
  ...outcomes.flatMap(({ failure, peer }) =>
    failure === '' ? [] : [`- ${peer.name}: ${failure}`],
  ),
];
const text = `${lines.join('\n').trimEnd()}\n`;
console.log(text);
if (process.argv.includes('--write')) {
  writeFileSync(new URL('../results/peers.md', import.meta.url), text);
}
