/** `atoll who` and `atoll member parts`: who sees one thing and may change it, and rights over single things. */
import type { PartRight, PlaceReason, PlaceRights } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { findSpace } from '../find-space.ts';
import { placeIn } from './grant.ts';
import { SINGLE, conditionData, conditionWords, reasonData } from './member.ts';

/** Who sees one thing, what each may do with it, and why. */
export async function who({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const place = placeIn(space, line, line.operand(1)) ?? { object: line.operand(1) };
  const people = await space.rights.whoCan(place);
  out.rows(
    people.map((person) => ({
      ...{ identity: person.id, name: person.displayName },
      ...{ changes: person.changes, gives: person.gives },
      reasons: person.reasons.map((reason) => ({
        ...reasonData(reason),
        over: reason.over,
        ...(reason.object === undefined ? {} : { object: reason.object }),
        ...(reason.field === undefined ? {} : { field: reason.field }),
      })),
    })),
    people.map((person) => [
      person.displayName,
      mayWords(person),
      person.reasons.map(whyWords).join('; '),
    ]),
  );
}

/** Rights over single things. */
export async function listParts({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const parts = space.rights.parts.get();
  out.rows(parts.map(partData), parts.map(partCells));
}

function mayWords({ changes, gives, reasons }: PlaceRights): string {
  if (gives) return 'changes it and lets others';
  if (changes) return 'changes it';
  return reasons.some(({ over }) => over === 'part') ? 'changes a part' : 'sees it';
}

function whyWords(reason: PlaceReason): string {
  const { field, from, object, onlyWhile, over, role, through, untilEpoch } = reason;
  const by = from === undefined ? 'founded it' : `from ${from.displayName}`;
  const of = over === 'above' ? `object ${(object ?? '').slice(0, SINGLE)} above it` : over;
  return [
    from === undefined ? '' : `${role} over ${over === 'part' ? (field ?? over) : of}`,
    by,
    through.length === 0 ? '' : `through ${through.map(({ name }) => name).join(' > ')}`,
    untilEpoch === undefined ? '' : `until epoch ${untilEpoch}`,
    onlyWhile === undefined ? '' : conditionWords(onlyWhile),
  ]
    .filter((words) => words !== '')
    .join(', ');
}

function partData(part: PartRight): Readonly<Record<string, unknown>> {
  const { field, from, grant, isLess, key, mayTakeBack, object, onlyWhile, role } = part;
  const { sinceMs, to, untilEpoch } = part;
  return {
    ...{ grant, role, object },
    ...(field === undefined ? {} : { field }),
    ...(key === undefined ? {} : { key }),
    ...(isLess ? { less: true } : {}),
    ...(to.kind === 'team' ? { group: to.id } : { identity: to.id }),
    ...{ name: to.displayName, from: from.id, since: new Date(sinceMs).toISOString() },
    ...(untilEpoch === undefined ? {} : { untilEpoch }),
    ...(onlyWhile === undefined ? {} : { onlyWhile: conditionData(onlyWhile) }),
    mayTakeBack,
  };
}

function partCells(part: PartRight): readonly string[] {
  const { field, from, key, object, onlyWhile, role, to, untilEpoch } = part;
  const place = [object, field, key].filter((each) => each !== undefined).join(' ');
  const until = untilEpoch === undefined ? '' : `until epoch ${untilEpoch}`;
  const condition = onlyWhile === undefined ? '' : conditionWords(onlyWhile);
  return [to.displayName, role, place, `from ${from.displayName}`, until, condition];
}
