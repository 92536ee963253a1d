// Where the browser tests find chromium, and how they start it.
import { existsSync } from 'node:fs';

/** Names under which distributions install it; `ATOLL_CHROMIUM` goes first. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** No sandbox (tests run as root in containers), no screen, and no connection but the test's own. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** The executable, or `undefined` where none is installed. */
export function findChromium(): string | undefined {
  return [process.env['ATOLL_CHROMIUM'] ?? '', ...PATHS].find((path) => path && existsSync(path));
}
