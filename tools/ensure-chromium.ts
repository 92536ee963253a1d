// Makes sure that the browser tests find a chromium: installs Debian's where it may, else says how.
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.ts';

/** What this needs from the machine. */
export interface Machine {
  findChromium(): string | undefined;
  /** Whether apt may be used: a Debian, and its root. */
  mayInstall(): boolean;
  /** Runs apt-get; false if it failed or is not there. */
  apt(...args: readonly string[]): boolean;
}

/** Told to people whose machine we must not or cannot change. */
export const HOW_TO_INSTALL: string = [
  'The browser tests need chromium, and none was found.',
  'On Debian or Ubuntu:  sudo apt-get update && sudo apt-get install --yes chromium',
  'Elsewhere: install Chromium or Chrome and set ATOLL_CHROMIUM to the path of its executable.',
].join('\n');

const thisMachine: Machine = {
  findChromium,
  mayInstall: () => process.platform === 'linux' && process.getuid?.() === 0,
  apt(...args) {
    const { status } = spawnSync('apt-get', ['--quiet', ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    return status === 0;
  },
};

/** Returns nothing when a chromium is there afterwards, otherwise what its user has to do. */
export function ensureChromium(machine: Machine = thisMachine): string | undefined {
  if (machine.findChromium() !== undefined) return undefined;
  if (!machine.mayInstall()) return HOW_TO_INSTALL;
  process.stdout.write('Installing chromium for the browser tests.\n');
  // A fresh container has no package lists, and a stale one lists versions that are gone.
  const installed =
    machine.apt('update') && machine.apt('install', '--yes', '--no-install-recommends', 'chromium');
  return installed && machine.findChromium() !== undefined ? undefined : HOW_TO_INSTALL;
}
