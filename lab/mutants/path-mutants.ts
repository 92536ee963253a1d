/** Rules by which rights reach no further than their paths, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const halo = 'packages/halo/src';
const places = unit(`${echo}/space/path-rights.test.ts`);
const hostile = unit(`${echo}/space/hostile-rights.test.ts`);
const twins = unit(`${echo}/space/twin-objects.test.ts`);
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
      'return fold.blocks.get(made.block).author === moment.author;',
      'return fold.blocks.get(made.block).author !== undefined;',
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
      'return isKnownAt(fold, only, moment) ? only : undefined;',
      'return only;',
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
  ...rulesOf(`${echo}/creations.ts`, twins, {
    'twins-stand-nowhere': [
      'Where something stands that was made twice is no matter of which was heard of first.',
      'return firstOf(this.#blocks, counted.length > 0 ? counted : left);',
      'return left[0];',
    ],
  }),
  ...rulesOf(`${echo}/creations.ts`, inTime, {
    'collected-has-no-place': [
      'What an epoch has collected has no place for what lies above it: who begins with its state knows of none.',
      'return kept === undefined || isGone ? rest : [kept, ...rest];',
      'return kept === undefined ? rest : [kept, ...rest];',
    ],
  }),
  ...rulesOf(`${echo}/fold.ts`, twins, {
    'moves-of-twins-are-known': [
      'A move that counted for its writer decides for who knew no more, whatever came here before it.',
      'if (this.keepsPlaces) notePlace({ fold: this, row, state, scope, at }, op, own);',
      'if (at < 0) notePlace({ fold: this, row, state, scope, at }, op, own);',
    ],
    'all-twins-are-folded-again': [
      'Where one of several of one id counts no longer, another does: all are folded again.',
      'for (const { block } of this.creations.of(row)) blocks.add(block);',
      'blocks.add(this.rows.block(row));',
    ],
  }),
  ...rulesOf(`${echo}/fold.ts`, inTime, {
    'places-outlive-collection': [
      'What was judged by the place of something collected is judged by it again.',
      'before === undefined ? new ObjectState() : before.placesOnly()',
      'before === undefined ? new ObjectState() : new ObjectState({ ...before, fields: new Map() })',
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
