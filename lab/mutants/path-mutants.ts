/** Rules by which rights reach no further than their paths, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const halo = 'packages/halo/src';
const places = unit(`${echo}/space/path-rights.test.ts`);
const hostile = unit(`${echo}/space/hostile-rights.test.ts`);
const inTime = unit(`${echo}/space/rights-in-time.test.ts`);

/** All of this file. */
export const PATH_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/access/path-keys.ts`, unit(`${halo}/access-path.test.ts`), {
    'path-prefix-by-bytes': [
      'Paths are compared by whole ids: bytes that begin alike are no path above.',
      'return path.startsWith(above);',
      'return path.startsWith(above.slice(0, -2));',
    ],
  }),
  ...rulesOf(`${halo}/access-path.ts`, unit(`${halo}/access-path.test.ts`), {
    'key-ids-by-bytes': [
      'What a key begins with is nothing that a right over another one reaches.',
      'return hash(tag, utf8(name)).slice(0, PATH_ID_BYTES);',
      'return Uint8Array.from({ length: 16 }, (_, at) => utf8(`${tag}${name}`)[at] ?? 0);',
    ],
  }),
  ...rulesOf(`${echo}/fold.ts`, hostile, {
    'ops-are-judged': [
      'Every op is judged by itself: one that a right does not reach is void beside those that it does.',
      'if (rights?.allows(this, targetOf(this, row, op, scope.names), at) === false) {',
      'if (rights?.allows(this, targetOf(this, row, op, scope.names), at) === undefined && at < 0) {',
    ],
    'creations-are-judged': [
      'What somebody makes has to be reached by his right, too.',
      'return rights?.allows(this, creationOf(type, payload), at) === false',
      'return rights?.allows(this, creationOf(type, payload), at) === undefined && at < 0',
    ],
  }),
  ...rulesOf(`${echo}/rights/reach.ts`, places, {
    'field-is-compared': [
      'A right over a field reaches no other one.',
      'if (ids[FIELD_DEPTH] !== topFieldOf(field)) return false;',
      "if (ids[FIELD_DEPTH] === '') return false;",
    ],
    'key-is-compared': [
      'A right over a key or an element reaches no other one.',
      'if (field.key === undefined || ids[KEY_DEPTH] !== keyIdOf(fold, field, field.key)) return false;',
      'if (field.key === undefined) return false;',
    ],
    'own-objects-only': [
      'Who may change what he has made may not change what others have.',
      'return fold.blocks.get(fold.rows.block(row)).author === moment.author;',
      'return fold.blocks.get(fold.rows.block(row)).author !== undefined;',
    ],
  }),
  ...rulesOf(`${echo}/rights/section-rights.ts`, places, {
    'both-sides-of-a-move': [
      'To take something out of a subtree takes a right to where it goes, and from where it comes.',
      'return [from, to ?? null];',
      'return to === undefined ? [from] : [];',
    ],
  }),
  ...rulesOf(`${echo}/rights/place-log.ts`, hostile, {
    'unheard-of-has-no-place': [
      'Of what a block had not heard of nothing is said, whoever has it here already.',
      'return isKnownAt(fold, made, moment) ? row : -1;',
      'return row;',
    ],
  }),
  ...rulesOf(`${echo}/rights/place-log.ts`, places, {
    'places-as-known': [
      'Where something stood is what the block knew: no move that it had not seen decides.',
      'if (at.block === block) return at.op < moment.op;',
      'if (at.block >= 0) return true;',
    ],
  }),
  ...rulesOf(`${echo}/rights/place-log.ts`, inTime, {
    'epochs-settle-places': [
      'A move under an epoch is known to all that comes above it, or a late writer has what was taken away.',
      'return fold.blocks.reaches(at.block, block) || fold.isSettledFor(at.block, block);',
      'return fold.blocks.reaches(at.block, block);',
    ],
  }),
  ...rulesOf(`${echo}/space/judged-again.ts`, places, {
    'what-follows-is-judged-again': [
      'With a move that counts no longer falls what others did in the subtree that it had gone to.',
      'if (!partsToo) changed = await this.#changed(touched, base, true);',
      'if (!partsToo) changed = await this.#changed(touched, base, false);',
    ],
  }),
  ...rulesOf(`${echo}/space/epoch-adoption.ts`, inTime, {
    'rights-end-with-epochs': [
      'A right that was given until an epoch ends with it.',
      'authority.credentials.noteEpoch({ number: terms.number, anchor: block });',
      'authority.credentials.noteEpoch({ number: -terms.number, anchor: block });',
    ],
  }),
];
