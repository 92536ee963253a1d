/** Rules about keys after removals, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const echo = 'packages/echo/src';
const generations = unit(`${halo}/key-generations.test.ts`);
const needs = unit(`${halo}/key-needs.test.ts`);
const repair = unit(`${echo}/space/key-repair.test.ts`);

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
  ...rulesOf(`${halo}/key-needs.ts`, needs, {
    'removed-helpers-count': [
      'Who reads nothing any more has helped nobody.',
      'return [...helpers].filter((helper) => this.#keys.isReader(helper, of)).length;',
      'return helpers.size;',
    ],
    'old-copies-help': [
      'Copies that were there before somebody said that it lacks them are no help.',
      'return need !== undefined && this.#helped(need) < need.blocks.length;',
      'return need !== undefined && this.#keys.copiesFor(identity, generation).length === 0;',
    ],
    'needs-without-end': [
      'Somebody says so a few times, and not for ever.',
      'need === undefined || need.blocks.length >= NEEDS_MAX',
      'need === undefined',
    ],
    'anybody-may-have-it': [
      'Keys are given to who reads.',
      'rotation === undefined || !this.#keys.isReader(identity, rotation.of)',
      'rotation === undefined',
    ],
    'history-for-everybody': [
      'Who was let in without history is given content keys alone.',
      "if (rotation.of === 'membership' || this.#rights.readsHistory(identity, rotation.of)) {",
      'if (rotation.readers.length >= 0) {',
    ],
    'helps-twice': [
      'Who has answered once does not answer again: somebody else has to.',
      '!helpers.has(helper) &&',
      '',
    ],
  }),
  ...rulesOf(`${echo}/space/key-repair.ts`, repair, {
    'answers-without-end': [
      'Whoever asks for ever costs a bounded number of copies.',
      'held.slice(0, this.#copies.takeUpTo(nowMs, held.length))',
      'held',
    ],
    'says-so-for-ever': [
      'What was said is not said again before somebody has answered.',
      '!authority.needs.isOpen(identity, generation) &&',
      '',
    ],
  }),
];
