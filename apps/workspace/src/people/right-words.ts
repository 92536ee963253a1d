/** Rights over one thing in sentences: what somebody may do with it, why, and how long. */
import type {
  ConditionShown,
  PartRight,
  PlaceReason,
  PlaceRights,
  Space,
  Zone,
} from '@atoll/client';
import { ROLES } from '../copy/general.ts';
import { PARTS_GIVEN, UNTIL, WHILE, WHO_CAN } from '../copy/rights.ts';
import { fieldWords } from '../data/type-words.ts';
import { objectName } from '../table/cell.tsx';

/** "until the next agreed state of the space". */
export function untilText(space: Space, epoch: number): string {
  return epoch === space.epochs.status.get().number + 1 ? UNTIL.next : UNTIL.later(epoch);
}

/** "as long as Ada is at least admin". */
function conditionText(space: Space, { displayName, object, role }: ConditionShown): string {
  if (object !== undefined) return WHILE.over(displayName, nameOfObject(space, object));
  return WHILE.inSpace(displayName, ROLES[role].name.toLowerCase());
}

/** What limits a right, each in some words. */
export function limitTexts(
  space: Space,
  { onlyWhile, untilEpoch }: Pick<PartRight, 'onlyWhile' | 'untilEpoch'>,
): readonly string[] {
  return [
    ...(untilEpoch === undefined ? [] : [untilText(space, untilEpoch)]),
    ...(onlyWhile === undefined ? [] : [conditionText(space, onlyWhile)]),
  ];
}

/** What somebody may do with a thing. */
export function mayText({ changes, gives, reasons }: PlaceRights): string {
  if (gives) return WHO_CAN.may.gives;
  if (changes) return WHO_CAN.may.changes;
  return reasons.some(({ over }) => over === 'part') ? WHO_CAN.may.part : WHO_CAN.may.sees;
}

/** Why: one right in a sentence; `zone` is the one that the thing is in. */
export function whyText(space: Space, reason: PlaceReason, zone: Zone | undefined): string {
  const { through } = reason;
  return [
    ruleText(space, reason, zone),
    ...(through.length === 0 ? [] : [WHO_CAN.through(through.map(({ name }) => name).join(', '))]),
    ...limitTexts(space, reason),
  ].join(', ');
}

function ruleText(space: Space, reason: PlaceReason, zone: Zone | undefined): string {
  const { field = '', from, object, over, role } = reason;
  const { why } = WHO_CAN;
  if (over === 'zone') return zoneText(from?.displayName, zone?.isOpen === true);
  if (from === undefined) return why.founder;
  const by = from.displayName;
  switch (over) {
    case 'space':
      return why.space(ROLES[role].name, by);
    case 'type':
    case 'just-this':
      return why[over](by);
    case 'above':
      return why.above(nameOfObject(space, object ?? ''), by);
    case 'part':
      return why.part(fieldWords(field), by);
  }
}

function zoneText(by: string | undefined, isOpen: boolean): string {
  const { why } = WHO_CAN;
  if (by === undefined) return isOpen ? why.openFounder : why.zoneFounder;
  return isOpen ? why.open(by) : why.zone(by);
}

/** How an object is called, as far as it is here. */
export function nameOfObject(space: Space, id: string): string {
  const types = new Map(space.db.types().map((type) => [type.name, type]));
  const object = space.db.get(id);
  if (object !== undefined) return objectName(object, types);
  const deleted = space.db.getDeleted(id);
  if (deleted === undefined) return PARTS_GIVEN.unknown;
  return PARTS_GIVEN.deleted(objectName(deleted, types));
}

/** "can change it, only “Title”, until the next agreed state of the space, from Ada". */
export function givenText(space: Space, given: PartRight): string {
  const { field, from, isLess, role } = given;
  return [
    PARTS_GIVEN[role],
    ...(field === undefined ? [] : [PARTS_GIVEN.part(fieldWords(field))]),
    ...(isLess ? [PARTS_GIVEN.someEntry] : []),
    ...limitTexts(space, given),
    PARTS_GIVEN.from(from.displayName),
  ].join(', ');
}
