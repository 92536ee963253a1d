/**
 * The work that every peer does, and how it is measured: objects of six properties are created, written to
 * the disk, opened again, asked for by a property, changed, and brought to a second peer in the same process.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { PROJECTS, rowAt } from '../objects/rows.ts';

/** What is asked for: one in a hundred objects. */
export const PROJECT = 'project-7';
/** Another of the same size. */
export const NEXT_PROJECT = 'project-8';
/** Single changes, each waited for as the peer's own way of saving does. */
export const CHANGES = 100;
/** Objects of one transaction, where a peer has any. */
export const BATCH = 100;
/** Objects in all. */
export const count: number = Number(process.argv[2] ?? 10_000);

/** A line of what a peer prints. */
export interface Figure {
  readonly stage: string;
  /** Milliseconds, for each call. */
  readonly wallMs?: number;
  readonly cpuMs?: number;
  readonly value?: number;
}

/** Does one stage and prints its figures as a line, so that they survive if a later one fails. */
export async function stage<R>(name: string, work: () => R | Promise<R>, calls = 1): Promise<R> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const result = await work();
  const wallMs = (performance.now() - began) / calls;
  const { user, system } = process.cpuUsage(cpu);
  print({ stage: name, wallMs, cpuMs: (user + system) / 1_000 / calls });
  return result;
}

/** Prints a figure that is no time. */
export function figure(name: string, value: number): void {
  print({ stage: name, value });
}

/** Prints the MiB that the process holds. */
export function memory(name: string): void {
  globalThis.gc?.();
  figure(name, process.memoryUsage().rss / 2 ** 20);
}

/** @throws RangeError when a peer finds another number of objects. */
export function check(found: number | string, wanted: number | string): void {
  if (found !== wanted) throw new RangeError(`found ${found} instead of ${wanted}`);
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, everyMs = 1): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}

/** A folder that is gone afterwards. */
export async function inFolder<R>(work: (dir: string) => Promise<R>): Promise<R> {
  const dir = mkdtempSync(join(tmpdir(), 'atoll-peer-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Bytes of all files in a folder. */
export function bytesIn(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function print(line: Figure): void {
  console.log(JSON.stringify(line));
}
