/**
 * What the private space lists of spaces, read as what somebody may have spoiled: until it is stopped, whoever holds a
 * stolen device writes anything there.
 */
import { KernelError, parseId, type SpaceId } from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import type { SpaceRecord } from './halo-records.ts';

/** A space as it is listed. */
export type Listed = InstanceOf<typeof SpaceRecord>;

/** A space that is listed, by an id that is one. */
export type ListedSpace = Listed & { readonly space: SpaceId };

/**
 * What names a space that others may be in: neither nothing, nor the private space itself, which is not to be opened
 * beside itself, and not to be left.
 */
export function listedSpaces(
  records: readonly Listed[],
  haloSpace: SpaceId | undefined,
): readonly ListedSpace[] {
  return records.filter(
    (record): record is ListedSpace => isIdOf('space', record.space) && record.space !== haloSpace,
  );
}

/** By space: what lists those that nothing lists as one to be here. */
export function leftAmong(
  records: readonly ListedSpace[],
): ReadonlyMap<SpaceId, readonly ListedSpace[]> {
  const live = new Set(records.flatMap((one) => (one.left === undefined ? [one.space] : [])));
  const left = new Map<SpaceId, ListedSpace[]>();
  for (const record of records) {
    const { space } = record;
    if (!live.has(space)) left.set(space, [...(left.get(space) ?? []), record]);
  }
  return left;
}

/** True for the id of something of that kind. */
export function isIdOf(kind: 'device' | 'space', text: string): boolean {
  try {
    return parseId(kind, text) === text;
  } catch (failure) {
    if (failure instanceof KernelError) return false;
    throw failure;
  }
}
