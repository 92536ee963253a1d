/** What all parts of the bench of identities and rights share: CPU time, the least of several, and lines. */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

const lines: string[] = [];

/** Prints a line and keeps it. */
export function say(line = ''): void {
  lines.push(line);
  console.log(line);
}

/** Where and when, and under which load. */
export function machine(): string {
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores, Node ${process.version}, load ${load}`;
}

/** Keeps what was printed as a file of results. */
export function keep(file: string): void {
  writeFileSync(new URL(`../results/${file}`, import.meta.url), `${lines.join('\n')}\n`);
}

/** CPU time of all threads in milliseconds: of the first round, and the least of all. */
export interface Taken {
  readonly first: number;
  readonly least: number;
}

/** Runs something several times. */
export async function taken(rounds: number, work: () => unknown): Promise<Taken> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const waits = work();
    if (waits instanceof Promise) await waits;
    const { system, user } = process.cpuUsage(before);
    all.push((system + user) / 1000);
  }
  return { first: all[0] ?? 0, least: Math.min(...all) };
}

/** A row of a table: what, least CPU milliseconds, what it is compared with and how often that fits in. */
export function row(what: string, ms: number, beside = '', besideMs?: number): void {
  const ratio = besideMs === undefined ? '' : `${(ms / besideMs).toPrecision(2)}×`;
  const digits = ms < 10 ? 2 : 0;
  const other = besideMs === undefined ? '' : besideMs.toFixed(besideMs < 10 ? 2 : 0);
  say(`| ${what} | ${ms.toFixed(digits)} | ${beside} | ${other} | ${ratio} |`);
}

/** Head of such a table. */
export function table(of: string): void {
  say();
  say(`## ${of}`);
  say();
  say('| | CPU ms | beside it | CPU ms | ratio |');
  say('|---|--:|---|--:|--:|');
}
