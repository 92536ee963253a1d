// Makes sure that the browser tests find a chromium: installs Debian's where it may, else says how.
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.ts';

const HOW_TO = [
  'The browser tests need chromium, and none was found.',
  'On Debian or Ubuntu:  sudo apt-get update && sudo apt-get install --yes chromium',
  'Elsewhere: install Chromium or Chrome and set ATOLL_CHROMIUM to the path of its executable.',
].join('\n');

function apt(...args: readonly string[]): boolean {
  const done = spawnSync('apt-get', ['--quiet', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return done.status === 0;
}

/** Returns nothing when a chromium is there afterwards, otherwise what its user has to do. */
export function ensureChromium(): string | undefined {
  if (findChromium() !== undefined) return undefined;
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0;
  if (!mayInstall) return HOW_TO;
  process.stdout.write('Installing chromium for the browser tests.\n');
  // A fresh container has no package lists.
  const installed = apt('update') && apt('install', '--yes', '--no-install-recommends', 'chromium');
  return installed && findChromium() !== undefined ? undefined : HOW_TO;
}

if (import.meta.main) {
  const missing = ensureChromium();
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`);
    process.exitCode = 1;
  }
}
