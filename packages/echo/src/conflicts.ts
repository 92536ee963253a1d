/** Values that concurrent writers left beside each other in one register. */
import type { IdentityId } from '@atoll/kernel';
import type { FieldRef } from './mutations.ts';
import type { ObjectHost } from './object-host.ts';
import { shownValue } from './stored-value.ts';

/** One of several values that stand. */
export interface Conflict {
  /** Absent: the field was emptied. */
  readonly value: unknown;
  readonly author: IdentityId;
  /** The writer's claim, milliseconds since 1970. */
  readonly timeMs: number;
}

/** Siblings that a view lists at most: more than anybody reads. */
const SHOWN_MAX = 16;

/** The values of a register, the shown one first; one value means that there is no conflict. */
export function conflictsOf(host: ObjectHost, ref: FieldRef, key?: string): readonly Conflict[] {
  const { data } = ref.leaf;
  const scalar = data.kind === 'map' || data.kind === 'list' ? data.of : data;
  if (scalar.kind === 'set' || scalar.kind === 'counter' || scalar.kind === 'text') return [];
  return host.mutations
    .siblings(ref, key)
    .slice(-SHOWN_MAX)
    .reverse()
    .map(({ block, value }) => {
      const { author, timeMs } = host.fold.blocks.get(block);
      return { value: shownValue(scalar, value, host), author, timeMs };
    });
}
