/**
 * Durable block stores in a real Chromium: ours (packed IndexedDB, durability strict) against the
 * least that an OPFS append log in a worker does, in one run.
 *
 *   npx node bench/store-web/run.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, launch, openPage, servePage } from '../../lab/process/web/bundled-page.ts';
import type { Line } from './page.ts';

const dir = await mkdtemp(join(process.env['ATOLL_BENCH_DIR'] ?? tmpdir(), 'atoll-bench-web-'));
const script = await bundle(fileURLToPath(new URL('page.ts', import.meta.url)));
{
  await using server = await servePage(script);
  const context = await launch(dir);
  const page = await openPage(context, server.url);
  console.log(`Chromium ${context.browser()?.version() ?? ''}`);
  for (const call of ['benchOurs()', 'benchOpfs()']) {
    const lines = await page.evaluate<Line[]>(call);
    for (const [what, perSecond] of lines) {
      const digits = perSecond < 100 ? 1 : 0;
      console.log(`${what.padEnd(60)} ${perSecond.toFixed(digits).padStart(9)}/s`);
    }
  }
  await context.close();
}
await rm(dir, { recursive: true, force: true });
