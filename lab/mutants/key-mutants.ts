/** Rules about keys after removals, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const halo = 'packages/halo/src';
const echo = 'packages/echo/src';
const generations = unit(`${halo}/key-generations.test.ts`);
const losses = unit(`${halo}/key-losses.test.ts`);
const needs = unit(`${halo}/key-needs.test.ts`);
const repair = unit(`${echo}/space/key-repair.test.ts`);

/** All of this file. */
export const KEY_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/key-book.ts`, generations, {
    'any-generation-will-do': [
      'Keys are used whose makers knew of every removal that is known.',
      'losses.every((loss) => loss.some((reason) => this.#knows(generation, reason, block))) &&',
      '',
    ],
    'replaced-keys-go-on': [
      'A reading key that takes the place of another is a removal of the other.',
      'replaced.every((key) => generation.presence.isAfter(key, block)) &&',
      '',
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
  ...rulesOf(`${halo}/key-book.ts`, losses, {
    'sealed-to-who-is-out': [
      'Keys are not used that are sealed to somebody who reads no more, though nothing is new that removes him.',
      'this.#isSealedToReaders(generation, of, block)',
      'true',
    ],
    'epochs-end-no-reading': [
      'What somebody reads until an epoch is lost with it: new keys have to be made.',
      'return epochs.some((epoch) => !this.#knows(generation, epoch, block));',
      'return false;',
    ],
  }),
  ...rulesOf(`${halo}/access/losses.ts`, losses, {
    'void-grants-lose-nothing': [
      'Whose grant counts no longer, because of what befell who gave it, may have been given keys.',
      'for (const above of act.chain) due.push({ held: above, block: act.place.block });',
      '',
    ],
    'premises-lose-nothing': [
      'Who had something only while somebody else had something loses it with that.',
      'const losses = why.length === 0 ? premiseLosses(parts, held) : [why];',
      'const losses = why.length === 0 ? [] : [why];',
    ],
    'taken-back-in-vain': [
      'Who was let in again by somebody who might not may have been given keys meanwhile.',
      'if (act.counts || compareRank(act.rank, rank) > 0) return [];',
      'if (rank.length >= 0) return [];',
    ],
    'epochs-unknown-to-makers': [
      "Makers of keys have to know of the epoch that ends somebody's reading.",
      "reasons.push({ is: 'epoch', epoch });",
      '',
    ],
  }),
  ...rulesOf(`${halo}/access/access-tree.ts`, losses, {
    'taken-back-unnoticed': [
      'Who takes a removal back in vain changes what makers of keys have to know, at once for all who hear of it.',
      'this.#version++;\n        const about',
      'const about',
    ],
  }),
  ...rulesOf(`${halo}/access/first-enders.ts`, losses, {
    'every-removal-is-work': [
      'Whoever is removed already may be removed again: that is nothing new to know of.',
      "if (act.effect === 'none' || first.some((known) => isUpTo(known, act))) return;",
      "if (act.effect === 'none') return;",
    ],
  }),
  ...rulesOf(`${halo}/credential-book.ts`, losses, {
    'relied-upon-in-vain': [
      'What somebody loses whom others depend on may be theirs to lose.',
      "if (subject.to !== 'identity' || this.#tree.isReliedUpon(subject.identity)) return false;",
      "if (subject.to !== 'identity') return false;",
    ],
  }),
  ...rulesOf(`${halo}/epochs-known.ts`, losses, {
    'epochs-as-heard': [
      'Who reads as a block knows it follows from the epochs that its own past says are sealed.',
      'return this.#sealed(block);',
      'return this.#sealed();',
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
      'if (this.#rights.isGivenAll(identity, rotation.of)) return',
      'if (rotation.readers.length >= 0) return',
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
  ...rulesOf(`${echo}/epoch/epoch-book.ts`, unit(`${echo}/space/rights-in-time.test.ts`), {
    'epochs-when-rows-are-behind': [
      'Who makes and uses keys goes by the epochs that are sealed, also before rows are behind them.',
      'if (current?.terms === undefined) return [];',
      'if (current?.terms === undefined || block !== undefined) return [];',
    ],
  }),
];
