/** One question to several spaces, of which some may be closed: they are opened for it, and kept open. */
import { QueryAcross, type Database, type Query, type SpaceQuery } from '@atoll/echo';
import type { Clock } from '@atoll/kernel';
import type { Live } from './live.ts';
import type { SpaceHandle } from './space-handle.ts';
import { TickEnd } from './tick-end.ts';

/** What is asked of whom. */
export interface AcrossOptions<T> {
  readonly list: Live<readonly SpaceHandle[]>;
  /** Those of the list that are asked. */
  readonly wanted: () => readonly SpaceHandle[];
  readonly ask: (db: Database) => Query<T>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A query over spaces. */
export function acrossSpaces<T>(options: AcrossOptions<T>): QueryAcross<T> {
  const { ask, wanted } = options;
  const query = (space: SpaceHandle): SpaceQuery<T> => {
    const { db } = space;
    return { space: space.id, query: ask(db), of: db };
  };
  return new QueryAcross({
    // One that cannot be opened keeps nobody from what is in the others.
    now: () =>
      wanted()
        .filter(({ isOpen, problem }) => isOpen || problem.get() === undefined)
        .map(query),
    some: () =>
      wanted()
        .filter(({ isOpen }) => isOpen)
        .map(query),
    onChange: (listener) => follow(options, listener),
    ready: async () => {
      const spaces = wanted();
      const releases = spaces.map((space) => space.hold());
      const release = (): void => releases.forEach((each) => each());
      try {
        await Promise.all(spaces.map(openOrSayWhyNot));
        return release;
      } catch (failure) {
        release();
        throw failure;
      }
    },
  });
}

/** @throws what keeps a space closed, unless that is said as its problem. */
async function openOrSayWhyNot(space: SpaceHandle): Promise<void> {
  try {
    await space.openInTurn();
  } catch (failure) {
    if (space.problem.get() === undefined) throw failure;
  }
}

/** Holds all that are asked, and tells once a tick when any has opened or come. */
function follow<T>(options: AcrossOptions<T>, listener: () => void): () => void {
  const { clock, list, signal, wanted } = options;
  const ended = new AbortController();
  const until = AbortSignal.any([ended.signal, signal]);
  const held = new Map<SpaceHandle, () => void>();
  const soon = new TickEnd({ clock, signal: until, task: listener });
  const look = (): void => {
    const spaces = new Set(wanted());
    for (const [space, release] of held) {
      if (spaces.has(space)) continue;
      release();
      held.delete(space);
    }
    for (const space of spaces) {
      if (held.has(space)) continue;
      const stop = space.state.subscribe(() => soon.ask());
      const release = space.hold();
      held.set(space, () => {
        stop();
        release();
      });
    }
  };
  const stop = list.subscribe(() => {
    look();
    listener();
  });
  look();
  return () => {
    stop();
    ended.abort();
    for (const release of held.values()) release();
  };
}
