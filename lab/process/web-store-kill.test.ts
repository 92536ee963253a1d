/** A browser killed while a page writes keeps everything that the page had reported as durable. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, errors, type Browser, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { SimRng } from '@atoll/testkit';
import { CHROMIUM_ARGS, findChromium } from '../../tools/chromium.ts';
import { bundle, openPage, servePage } from './web/bundled-page.ts';

const ROUNDS = 5;

interface Started {
  readonly page: Page;
  /** Kill -9 for the browser and all its processes. */
  kill(): Promise<void>;
}

/** A browser that was killed may, at its next start, listen and then answer nobody: it is killed again, then. */
const ANSWER_MS = 15_000;
const STARTS_MAX = 3;

/** Playwright ends its browsers politely, so this one is started by hand. */
async function start(profileDir: string, url: string): Promise<Started> {
  const { browser, child } = await answeringBrowser(profileDir);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('the browser has no context');
  return {
    page: await openPage(context, url),
    kill: async () => {
      await killAll(child);
      await browser.close().catch(() => {});
    },
  };
}

async function answeringBrowser(profileDir: string): Promise<{
  readonly browser: Browser;
  readonly child: ChildProcess;
}> {
  const args = [
    ...CHROMIUM_ARGS,
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${profileDir}`,
  ];
  for (let attempt = 1; ; attempt++) {
    const child = spawn(findChromium() ?? 'chromium', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const endpoint = await devtoolsEndpoint(child);
    try {
      return { child, browser: await chromium.connectOverCDP(endpoint, { timeout: ANSWER_MS }) };
    } catch (failure) {
      await killAll(child);
      if (!(failure instanceof errors.TimeoutError) || attempt === STARTS_MAX) throw failure;
    }
  }
}

/** Kill -9 for a browser and all its processes. */
async function killAll(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await gone;
}

function devtoolsEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /listening on (ws:\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`chromium ended: ${output}`)));
  });
}

/**
 * Chromium that is killed while it writes its list of storages may, at its next start, begin all storage of
 * an origin anew, whatever is in it. LevelDB's own log says so. No page can prevent that, and none can tell
 * it from a first visit: see docs/decisions/0051-packed-indexeddb.md.
 */
async function wasMadeAnew(profileDir: string): Promise<boolean> {
  const databases = join(profileDir, 'Default', 'IndexedDB');
  for (const name of await readdir(databases)) {
    const log = await readFile(join(databases, name, 'LOG'), 'utf8').catch(() => '');
    if (log.includes('since it was missing')) return true;
  }
  return false;
}

test('a browser killed five times while a page writes has lost nothing reported', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-kill-web-'));
  const rng = new SimRng(5);
  const script = await bundle(fileURLToPath(new URL('web/kill-page.ts', import.meta.url)));
  await using server = await servePage(script);
  let reported = 0;
  let thrownAway = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const { page, kill } = await start(dir, server.url);
    if (reported > 0) {
      const outcome = await page.evaluate<{ stored: number; faults: string[] }>('check()');
      expect(outcome.faults).toEqual([]);
      if (outcome.stored === 0 && (await wasMadeAnew(dir))) {
        thrownAway++;
        reported = 0;
      }
      expect(outcome.stored).toBeGreaterThanOrEqual(reported);
    }
    if (round < ROUNDS) {
      const before = reported;
      await page.exposeFunction('report', (next: number) => {
        reported = Math.max(reported, next);
      });
      void page.evaluate('void write()');
      await expect.poll(() => reported, { timeout: 60_000 }).toBeGreaterThan(before);
      await sleep(rng.int(300));
    }
    await kill();
  }
  expect(thrownAway, 'databases that the browser itself threw away').toBeLessThanOrEqual(1);
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});
