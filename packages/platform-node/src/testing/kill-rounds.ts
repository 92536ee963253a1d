/** Kills a writing process at random moments and looks at what it leaves. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { nodeRng } from '../node-ports.ts';
import { NodeStore } from '../node-store.ts';
import { KILL_SPACE, numberedBlock } from './kill-writer.ts';

const WRITER = fileURLToPath(new URL('kill-writer.ts', import.meta.url));
const READ_BLOCKS = 500;
/** The thread writes all, takes over while it writes, or comes too late. */
const COMMITS_BEFORE_THREAD = [0, 5, 10_000];

/** What a check of the store after a kill found. */
export interface KillOutcome {
  /** Number of blocks that the process had reported as durable. */
  readonly reported: number;
  /** Number of blocks in the store, all of them right. */
  readonly stored: number;
  /** What is wrong, if anything. */
  readonly faults: readonly string[];
}

/** One round: start, let it write for a while after its first report, kill -9, look. */
export async function killRound(dir: string, rng: SimRng): Promise<KillOutcome> {
  const before = COMMITS_BEFORE_THREAD[rng.int(COMMITS_BEFORE_THREAD.length)] ?? 0;
  const args = ['--disable-warning=ExperimentalWarning', WRITER, dir, String(before)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const first = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    });
    child.once('exit', () => reject(new Error('the writer ended by itself')));
  });
  const gone = new Promise((resolve) => child.once('close', resolve));
  await first;
  await sleep(rng.int(60));
  child.kill('SIGKILL');
  await gone;
  const lines = output.split('\n').slice(0, -1);
  return check(dir, Math.max(...lines.map(Number)));
}

async function check(dir: string, reported: number): Promise<KillOutcome> {
  await using store = NodeStore.open(dir, nodeRng);
  const faults: string[] = [];
  let stored = 0;
  for (;;) {
    const blocks = await store.read(KILL_SPACE, stored, READ_BLOCKS);
    if (blocks.length === 0) break;
    for (const { position, seq, hash, bytes } of blocks) {
      const wanted = numberedBlock(seq);
      if (position !== stored + 1 || seq !== stored)
        faults.push(`block ${seq} lies at ${position}`);
      if (hash !== wanted.hash || toHex(bytes) !== toHex(wanted.bytes)) {
        faults.push(`block ${seq} has changed`);
      }
      stored++;
    }
  }
  const value = await store.value('next');
  const next = value === undefined ? 0 : new Float64Array(value.slice().buffer)[0];
  if (next !== stored) faults.push(`the value says ${next}, the log holds ${stored}`);
  if (stored < reported) faults.push(`${reported} were reported, ${stored} are there`);
  return { reported, stored, faults };
}
