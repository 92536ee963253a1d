/** Rules about keys after removals, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const generations = unit(`${halo}/key-generations.test.ts`);

/** All of this file. */
export const KEY_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/key-book.ts`, generations, {
    'any-generation-will-do': [
      'Keys are used whose makers knew of every removal that is known.',
      'lost.removals.every((removal) => presence.isBehind(removal, lost.block)) &&',
      '',
    ],
    'replaced-keys-go-on': [
      'A reading key that takes the place of another is a removal of the other.',
      'lost.replaced.every((key) => presence.isAfter(key, lost.block))',
      'true',
    ],
    'rotation-not-waited-for': [
      'Content lies under keys that its own past knows.',
      'if (generation?.rotation.of !== of || !generation.presence.at(block)) {',
      'if (generation?.rotation.of !== of) {',
    ],
    'a-second-beginning': [
      'Keys that follow nothing are the first there are.',
      'if (previous.length === 0) {',
      'if (previous.length < 0) {',
    ],
  }),
  ...rulesOf(`${halo}/key-book.ts`, unit(`${halo}/space-authority.test.ts`), {
    'reader-list-not-compared': [
      'A rotation is sealed to the readers that its past has, to all of them and to nobody else.',
      'if (!sameReaders(rotation.readers, this.readers(rotation.of, block))) {',
      'if (rotation.readers.length === 0) {',
    ],
  }),
];
