/** Values that concurrent writers left beside each other in one register, and how one of them is chosen. */
import type { IdentityId } from '@atoll/kernel';
import { isScalar, type ElementData } from '@atoll/schema';
import { EchoError } from './echo-error.ts';
import type { FieldRef } from './mutations.ts';
import type { ObjectHost } from './object-host.ts';
import type { GlobalDot } from './open-transaction.ts';
import { shownValue, storedValue } from './stored-value.ts';

/** One of several values that stand. */
export interface Conflict {
  /** Absent: the field was emptied. */
  readonly value: unknown;
  readonly author: IdentityId;
  /** The writer's claim, milliseconds since 1970. */
  readonly timeMs: number;
}

/** What a listed value was written by, and what was listed with it. */
interface Listed {
  readonly dot: GlobalDot;
  readonly all: readonly GlobalDot[];
}

const listedByConflict = new WeakMap<Conflict, Listed>();

/** Siblings that a view lists at most: more than anybody reads. */
const SHOWN_MAX = 16;

/** The values of a register, the shown one first; one value means that there is no conflict. */
export function conflictsOf(host: ObjectHost, ref: FieldRef, key?: string): readonly Conflict[] {
  const element = elementOf(ref);
  if (element === undefined) return [];
  const siblings = host.mutations.siblings(ref, key).slice(-SHOWN_MAX).reverse();
  const all = siblings.map(({ block, op }) => host.mutations.dotOf(block, op));
  return siblings.map(({ block, value }, at) => {
    const { author, timeMs } = host.fold.blocks.get(block);
    const conflict: Conflict = { value: shownValue(element, value, host), author, timeMs };
    listedByConflict.set(conflict, { dot: all[at] as GlobalDot, all });
    return conflict;
  });
}

/** What settles a conflict: one of the values that {@link conflictsOf} listed, or another one. */
export type Resolution = Conflict | { readonly value: unknown; readonly of: readonly Conflict[] };

/**
 * Writes the chosen value over exactly the listed ones; what came in since stands beside it, so that
 * nothing is overwritten that nobody has seen. @throws EchoError `ECHO_FIELD`, `ECHO_VALUE`.
 */
export function resolveConflict(
  host: ObjectHost,
  ref: FieldRef,
  choice: Resolution,
  key?: string,
): void {
  const element = elementOf(ref);
  const listed = 'of' in choice ? choice.of[0] : choice;
  const covers = listed === undefined ? undefined : listedByConflict.get(listed)?.all;
  if (element === undefined || covers === undefined) {
    throw new EchoError('ECHO_FIELD', `${ref.leaf.name}: the choice is none that was listed`);
  }
  const stored = storedOf(host, { ref, element, key }, choice);
  host.mutations.set(ref, stored, { ...(key === undefined ? {} : { key }), covers });
}

function storedOf(
  host: ObjectHost,
  at: { readonly ref: FieldRef; readonly element: ElementData; readonly key: string | undefined },
  choice: Resolution,
): ReturnType<typeof storedValue> | undefined {
  const { ref, element, key } = at;
  if (!('of' in choice)) {
    // What was written is taken as it is: a place in a tree, for one, has no other form.
    const dot = listedByConflict.get(choice)?.dot;
    const chosen = host.mutations.siblings(ref, key).find((sibling) => {
      const own = host.mutations.dotOf(sibling.block, sibling.op);
      return own.feed === dot?.feed && own.seq === dot.seq && own.op === dot.op;
    });
    if (chosen !== undefined) return chosen.value;
  }
  if (choice.value === undefined) return undefined;
  if (element.kind === 'tree') {
    throw new EchoError('ECHO_FIELD', `${ref.leaf.name}: what was chosen does not stand any more`);
  }
  return storedValue(element, choice.value, host, ref.leaf.name);
}

function elementOf(ref: FieldRef): ElementData | undefined {
  const { data } = ref.leaf;
  const element = data.kind === 'map' || data.kind === 'list' ? data.of : data;
  return isScalar(element) ? element : undefined;
}
