/** The browser is shown the built application: says so where there is none, instead of waiting for its first button. */
import { existsSync } from 'node:fs';

/** Run once before all files. */
export function setup(): void {
  const page = new URL('../../apps/workspace/dist/index.html', import.meta.url);
  if (!existsSync(page)) throw new RangeError('there is no application to show: npm run build');
}
