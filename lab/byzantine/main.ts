/** `npm run byzantine -- --seed 7 --steps 200`: plays worlds; a failing one is made short, and its command printed. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ready } from '@atoll/crypto';
import {
  playAuthority,
  playSpace,
  playThief,
  playWide,
  playZoneSpaces,
  playZones,
  shrink,
} from './play.ts';

const WORLDS = {
  rights: playAuthority,
  wide: playWide,
  zones: playZones,
  spaces: playSpace,
  private: playZoneSpaces,
  thief: playThief,
} as const;

const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'rights' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
    only: { type: 'string' },
  },
});
if (!(values.world in WORLDS)) {
  process.stderr.write(`There is no world "${values.world}": ${Object.keys(WORLDS).join(', ')}.\n`);
  process.exit(2);
}
const play = WORLDS[values.world as keyof typeof WORLDS];
const first = Number(values.seed);
const steps = Number(values.steps);
const only = values.only?.split(',').map(Number);
await ready();
const startedMs = performance.now();
let failed = 0;
let blocks = 0;
const seeds = Number(values.seeds);
for (let seed = first; seed < first + seeds; seed++) {
  const { blocks: made, broken } = await play(seed, steps, only);
  blocks += made;
  const why = broken.at(-1);
  if (why === undefined) continue;
  failed++;
  process.stdout.write(`seed ${String(seed)} FAILED: ${broken.join('; ')}\n`);
  const kept = await shrink(only ?? steps, async (few) => {
    return (await play(seed, steps, few)).broken.includes(why);
  });
  process.stdout.write(
    `  npm run byzantine -- --world ${values.world} --seed ${String(seed)} --steps ${String(steps)} --only ${kept.join(',')}\n`,
  );
  if (failed >= 5) break;
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
process.stdout.write(
  `${String(seeds)} worlds of ${String(steps)} steps, ${String(blocks)} blocks in ${seconds} s, ${String(failed)} failed\n`,
);
process.exit(failed === 0 ? 0 : 1);
