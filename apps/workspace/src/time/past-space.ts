/** A space as it was, in the form of a space: every view can show it, and nothing in it can be changed. */
import {
  LiveCell,
  type PastState,
  type Presence,
  type PresenceEntry,
  type Role,
  type Space,
} from '@atoll/client';
import { use } from 'react';
import { codeOf } from '../app/failure.ts';
import { parsePoint } from './point.ts';

/** A state of the past that was looked up. */
export type SeenPast =
  | { readonly at: 'ready'; readonly space: Space }
  | { readonly at: 'failed'; readonly code: string | undefined };

interface Kept {
  readonly of: Space;
  readonly point: string;
  readonly seen: Promise<SeenPast>;
}

/** One at a time: a state of the past takes as much room as the present. */
let kept: Kept | undefined;

/** A space at a point of an address. Suspends while it is looked up. */
export function usePastSpace(space: Space, point: string): SeenPast {
  return use(pastOf(space, point));
}

/** Lets go of what was looked up. */
export function forgetPast(): void {
  kept = undefined;
}

function pastOf(space: Space, point: string): Promise<SeenPast> {
  if (kept?.of === space && kept.point === point) return kept.seen;
  const seen = space.history.at(parsePoint(point)).then(
    (past): SeenPast => ({ at: 'ready', space: asSpace(space, past) }),
    (failure: unknown): SeenPast => ({ at: 'failed', code: codeOf(failure) }),
  );
  kept = { of: space, point, seen };
  return seen;
}

/** Nobody sees where one looks in the past, and one sees nobody. */
const NOBODY: Presence = {
  others: new LiveCell<readonly PresenceEntry[]>([]),
  set: () => undefined,
  setPart: () => undefined,
};

function asSpace(space: Space, past: PastState): Space {
  const then: Partial<Record<keyof Space, unknown>> = {
    db: past.db,
    myRole: new LiveCell<Role>('reader'),
    presence: NOBODY,
  };
  return new Proxy(space, {
    get: (target, key) => {
      if (key in then) return then[key as keyof Space];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
