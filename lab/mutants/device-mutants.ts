/** Rules about devices that are lost or stolen, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';

/** All of this file. */
export const DEVICE_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/devices/device-standings.ts`, unit('lab/models/device-standings.test.ts'), {
    'devices-half-is-enough': [
      'Half of the votes put nobody out.',
      'against * 2 > voters.length',
      'against * 2 >= voters.length',
    ],
    'devices-everybody-votes': [
      'Whom one device has let in does not vote.',
      'voices.filter(({ votes }) => votes)',
      'voices.filter(() => true)',
    ],
    'devices-words-are-final': [
      'Nobody stops a device that the words let stay.',
      "isAccused && fates.get(device) !== 'stays'",
      'isAccused',
    ],
  }),
  ...rulesOf(`${halo}/devices/device-view.ts`, unit(`${halo}/devices/devices.test.ts`), {
    'devices-cut-keeps-what-was-acknowledged': [
      'A suspension that is dated back takes no honest work away.',
      'if (this.#isUpTo(block, at.block)) return true;',
      'return this.#isUpTo(block, at.block);',
    ],
    'devices-unlisted-feeds': [
      'What lies outside of the cut is void, in feeds that nobody listed as well.',
      'return !this.#cutsOf(device).every((cut) => this.#keeps(cut, device, block));',
      'return false;',
    ],
  }),
];
