/** Rules of forgetting in two phases, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const people = unit(`${echo}/collection/collection.test.ts`);

/** All of this file. */
export const COLLECTION_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${echo}/epoch/collection-terms.ts`, people, {
    'collection-waits-for-all': [
      'Nothing is collected before every device that writes has written behind the list.',
      'const collects = waits.length === 0 && !hasUnheard(place) && !hasZones(place);',
      'const collects = true;',
    ],
    'retirement-begins-a-list': [
      'An epoch that retires a device collects nothing: others must hear of it first.',
      'if (place.retired.size > before.retired.length) return begins;',
      '',
    ],
  }),
  ...rulesOf(`${echo}/collection/keep-off.ts`, people, {
    'adopters-keep-off': [
      'Who has adopted a list hangs nothing on what is listed.',
      'sequence.avoid(hasListed === undefined ? undefined : avoidedUnits(state, hasListed));',
      'sequence.avoid(undefined);',
    ],
  }),
  ...rulesOf(`${echo}/sequence/collect-units.ts`, people, {
    'anchors-of-the-living-stay': [
      'A deleted unit on which something hangs that is seen stays as an anchor.',
      'if (fates[unit] !== KEPT) continue;',
      'if (fates[unit] !== EMPTIED) continue;',
    ],
  }),
  ...rulesOf(`${echo}/collection/collect-row.ts`, people, {
    'inexact-rows-are-folded-again': [
      'A row with ops above the frontier that hang on what is collected is folded again.',
      'if (isSequence && !isExact(field, stage)) return false;',
      '',
    ],
  }),
  ...rulesOf(`${echo}/space/epoch-adoption.ts`, people, {
    'own-work-is-carried-over': [
      'What this device has built upon what is collected is written anew.',
      'const carried = carryOver(database, seen);',
      'const carried = carryOver(database, seen.slice(0, 0));',
    ],
  }),
  ...rulesOf(`${echo}/collection/listed-objects.ts`, people, {
    'listed-objects-do-not-return': [
      'An object that may be collected at any time is not restored.',
      'return !deleted.every(({ block }) => listed.objects(block));',
      'return deleted.length > 0;',
    ],
  }),
];
