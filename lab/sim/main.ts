/** `npm run sim -- --seed 7 --steps 2000`: plays one seed, or many; a failing seed prints its command. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ready } from '@atoll/crypto';
import { ClientWorld } from './client-world.ts';
import { SpaceWorld } from './space-world.ts';

const WORLDS = { spaces: SpaceWorld, clients: ClientWorld } as const;

const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'spaces' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
    restores: { type: 'string', default: '0' },
    faults: { type: 'string', default: '0.5' },
    epochs: { type: 'string' },
    drops: { type: 'string', default: '0' },
  },
});
const world = values.world;
if (!(world in WORLDS)) {
  process.stderr.write(`There is no world "${world}": ${Object.keys(WORLDS).join(', ')}.\n`);
  process.exit(2);
}
const epochs = values.epochs ?? (world === 'spaces' ? '0.3' : '0');
const play = WORLDS[world as keyof typeof WORLDS];
const first = Number(values.seed);
const steps = Number(values.steps);
const rates = {
  restoreRate: Number(values.restores),
  faultRate: Number(values.faults),
  epochRate: Number(epochs),
  dropRate: Number(values.drops),
};
const options = (['restores', 'faults', 'epochs', 'drops'] as const)
  .map((name) => `--${name} ${name === 'epochs' ? epochs : values[name]}`)
  .join(' ');
await ready();
const startedMs = performance.now();
let failed = 0;
let played = 0;
let playing: number | undefined;
const again = (seed: number): string =>
  `  npm run sim -- --world ${world} --seed ${seed} --steps ${steps} ${options}\n`;
// A world whose promise is never kept leaves the process with nothing to do.
process.on('exit', () => {
  if (playing === undefined) return;
  process.stdout.write(`seed ${playing} HANGS: nothing is left to happen\n${again(playing)}`);
});
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  playing = seed;
  played++;
  try {
    const { root } = await play.play(seed, steps, rates);
    if (values.seeds === '1') process.stdout.write(`seed ${seed}: root ${root}\n`);
  } catch (failure) {
    failed++;
    const text = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    process.stdout.write(`seed ${seed} FAILED: ${text}\n`);
    process.stdout.write(again(seed));
    if (failed >= 5) break;
  }
}
playing = undefined;
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
process.stdout.write(`${played} seeds of ${steps} steps in ${seconds} s, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
