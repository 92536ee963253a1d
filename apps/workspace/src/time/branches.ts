/**
 * Which spaces are branches of which, and which of them were thrown away. Spaces that nobody uses are closed,
 * and say neither: what was last known of them is kept on this device.
 */
import { useClient, useSpaces } from '@atoll/react';
import type { Client, Space } from '@atoll/client';
import { defineType, s, type ScalarField, type TypeDefinition } from '@atoll/schema';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { PROFILE } from '../app/own-settings.ts';

/** What is known of a branch. */
export interface BranchFacts {
  /** Id of the space that it grew from. */
  readonly origin: string;
  /** It was thrown away: out of all lists, until it is taken out again. */
  readonly isAside: boolean;
}

type Known = Readonly<Record<string, BranchFacts>>;

/** Kept in a branch that was thrown away. */
const Aside: TypeDefinition<{
  readonly isAside: ScalarField<boolean, boolean, 'optional'>;
}> = defineType('org.atoll.workspace.Aside', { isAside: s.boolean().default(true) });

const KEY = `atoll:${PROFILE}:branches`;

let known: Known = read();
const listeners = new Set<() => void>();

function read(): Known {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof stored === 'object' && stored !== null ? (stored as Known) : {};
  } catch {
    // Storage may be forbidden or edited by hand; open spaces say it again.
    return {};
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Looks what an open space is. */
function learn(space: Space): void {
  const { origin } = space.history.branchOrigin() ?? {};
  const before = known[space.id];
  if (origin === undefined && before === undefined) return;
  const isAside = origin !== undefined && asideIn(space);
  if (before?.origin === origin && before?.isAside === isAside) return;
  const { [space.id]: _, ...others } = known;
  known = origin === undefined ? others : { ...others, [space.id]: { origin, isAside } };
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
  } catch {
    // Not known beyond this window.
  }
  for (const listener of listeners) listener();
}

function asideIn(space: Space): boolean {
  return space.db
    .query(Aside)
    .run()
    .some(({ isAside }) => isAside);
}

/** Learns from all spaces that are open. Once, in the frame. */
export function useBranchWatch(): void {
  const spaces = useSpaces();
  useEffect(() => {
    const stops = spaces.map(watch);
    return () => {
      for (const stop of stops) stop();
    };
  }, [spaces]);
}

function watch(space: Space): () => void {
  let stopChanges: (() => void) | undefined;
  const look = (): void => {
    stopChanges?.();
    stopChanges = undefined;
    if (space.state.get() !== 'open') return;
    stopChanges = space.db.onChange(() => learn(space));
    learn(space);
  };
  const stopState = space.state.subscribe(look);
  look();
  return () => {
    stopState();
    stopChanges?.();
  };
}

/** What is known of all branches, by id. */
function useBranches(): Known {
  return useSyncExternalStore(subscribe, () => known);
}

/** A space and its branches that are in the lists. */
export interface Grown {
  readonly space: Space;
  readonly branches: readonly Space[];
}

/** Spaces with their branches below them; those that were thrown away are left out. */
export function useGrownSpaces(): readonly Grown[] {
  const spaces = useSpaces();
  const facts = useBranches();
  return useMemo(() => {
    const shown = spaces.filter(({ id }) => facts[id]?.isAside !== true);
    const ids = new Set(shown.map(({ id }) => id));
    const originOf = ({ id }: Space): string | undefined => {
      const origin = facts[id]?.origin;
      return origin !== undefined && ids.has(origin) ? origin : undefined;
    };
    // A branch of a branch stands below the space in which all of them begin.
    const rootOf = (space: Space): string => {
      const seen = new Set<string>();
      let at = space.id;
      for (let up = originOf(space); up !== undefined && !seen.has(up);) {
        seen.add(up);
        at = up;
        const parent = shown.find(({ id }) => id === at);
        up = parent === undefined ? undefined : originOf(parent);
      }
      return at;
    };
    return shown
      .filter((space) => originOf(space) === undefined)
      .map((space) => ({
        space,
        branches: shown.filter((other) => other !== space && rootOf(other) === space.id),
      }));
  }, [spaces, facts]);
}

/** The branches of a space: those to work in, and those that were thrown away. */
export function useBranchesOf(origin: Space): {
  readonly open: readonly Space[];
  readonly aside: readonly Space[];
} {
  const spaces = useSpaces();
  const facts = useBranches();
  return useMemo(() => {
    const all = spaces.filter(({ id }) => facts[id]?.origin === origin.id);
    return {
      open: all.filter(({ id }) => facts[id]?.isAside !== true),
      aside: all.filter(({ id }) => facts[id]?.isAside === true),
    };
  }, [spaces, facts, origin]);
}

/** The space that a branch grew from; `undefined` if it is none, or that space is not here. */
export function useOriginOf(space: Space): Space | undefined {
  const { spaces } = useClient();
  const origin = useBranches()[space.id]?.origin;
  return origin === undefined ? undefined : spaces.get(origin);
}

/** Takes a branch out of the lists. */
export async function putAside(branch: Space): Promise<void> {
  await branch.open();
  branch.db.add(Aside, {});
  learn(branch);
}

/** Puts it back. */
export async function takeOut(branch: Space): Promise<void> {
  await branch.open();
  for (const aside of branch.db.query(Aside).run()) aside.isAside = false;
  learn(branch);
}

/** Makes a branch of a space, or of some of its objects. @throws HistoryError, EchoError. */
export async function growBranch(
  client: Client,
  origin: Space,
  options: { readonly name: string; readonly objects?: readonly string[] },
): Promise<Space> {
  const made = await client.spaces.branch(origin, options);
  learn(made);
  return made;
}
