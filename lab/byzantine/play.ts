/** Plays worlds, and finds the few steps without which a failing one would not fail. */
import { ROOT_ZONE } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { AuthorityWorld, type WorldKind } from './authority-world.ts';
import { brokenIn } from './checks.ts';
import { step } from './deeds.ts';
import { brokenInSpace } from './space-checks.ts';
import { meetAll, spaceStep } from './space-deeds.ts';
import { SpaceTown, seenIn, type TownKind } from './space-town.ts';
import { endOf } from './thief-checks.ts';
import { thiefStep } from './thief-deeds.ts';
import { ThiefTown } from './thief-town.ts';
import { reopenAll } from './town-zone-deeds.ts';

/** Steps get seeds of their own, so far apart. */
const SEED_STRIDE = 1_000_003;

/** What a world came to. */
export interface Played {
  readonly broken: readonly string[];
  readonly blocks: number;
  readonly counted: number;
  /** Devices that do not act any more. */
  readonly stopped?: number;
  /** Invitations that have let in as many as they may. */
  readonly full?: number;
  /** What was written in zones, and counts. */
  readonly inZones?: number;
}

/** Plays a world of rights; only these steps where they are given. */
export async function playAuthority(
  seed: number,
  steps: number,
  only: readonly number[] = Array.from({ length: steps }, (_, at) => at),
  kind: WorldKind = {},
): Promise<Played> {
  const world = await AuthorityWorld.begin(seed, kind);
  for (const at of only) await step(world, new SimRng(seed * SEED_STRIDE + at));
  const broken = brokenIn(world, new SimRng(seed));
  const [one] = world.actors;
  const counted = world.dag.blocks.filter(({ index }) => one?.replica.counts(index)).length;
  const authority = one?.replica.authority;
  const people = world.actors.map(({ who }) => who.identity);
  const stopped = people.flatMap((who) =>
    (authority?.identities.devicesOf(who) ?? []).filter(({ device }) =>
      authority?.identities.isStopped(who, device),
    ),
  ).length;
  const full = world.invitations.filter(
    ({ id, uses }) => (authority?.credentials.admittedBy(id) ?? 0) >= uses,
  ).length;
  const inZones = world.dag.blocks.filter(
    ({ index, zone }) => zone !== ROOT_ZONE && one?.replica.counts(index) === true,
  ).length;
  return { broken, blocks: world.dag.blocks.length, counted, stopped, full, inZones };
}

/** Plays a world of rights in which more is said than the model knows of. */
export function playWide(seed: number, steps: number, only?: readonly number[]): Promise<Played> {
  return playAuthority(seed, steps, only, { isWide: true });
}

/** Plays a world of rights with closed zones; only these steps where they are given. */
export function playZones(seed: number, steps: number, only?: readonly number[]): Promise<Played> {
  return playAuthority(seed, steps, only, { hasZones: true });
}

/** Plays a world of whole replicas; only these steps where they are given. */
export async function playSpace(
  seed: number,
  steps: number,
  only: readonly number[] = Array.from({ length: steps }, (_, at) => at),
  kind: TownKind = {},
): Promise<Played> {
  const town = await SpaceTown.begin(seed, kind);
  for (const at of only) await spaceStep(town, new SimRng(seed * SEED_STRIDE + at));
  await meetAll(town);
  if (kind.hasZones === true) await reopenAll(town);
  const broken = await brokenInSpace(town);
  const one = town.honest[0]?.space;
  const blocks = one?.index.branches.blockCount ?? 0;
  const seen = town.honest.map(({ space }) => seenIn(space));
  const zoned = new Set(
    seen.flatMap((names) => [...names].flatMap(([text, zone]) => (zone === ROOT_ZONE ? [] : text))),
  );
  await town.close();
  return { broken, blocks, counted: seen[0]?.size ?? 0, inZones: zoned.size };
}

/** Plays a world of whole replicas with zones; only these steps where they are given. */
export function playZoneSpaces(
  seed: number,
  steps: number,
  only?: readonly number[],
): Promise<Played> {
  return playSpace(seed, steps, only, { hasZones: true });
}

/** Plays a world in which a laptop was stolen; only these steps where they are given. */
export async function playThief(
  seed: number,
  steps: number,
  only: readonly number[] = Array.from({ length: steps }, (_, at) => at),
): Promise<Played> {
  const town = await ThiefTown.begin(seed);
  for (const at of only) await thiefStep(town, new SimRng(seed * SEED_STRIDE + at));
  const broken = await endOf(town);
  const [one] = town.honest;
  const [id] = town.spaces;
  const space = one === undefined || id === undefined ? undefined : one.engine.opened(id);
  const blocks = space?.index.branches.blockCount ?? 0;
  await town.close();
  return { broken, blocks, counted: town.heard.size };
}

/** Leaves out steps as long as something stays broken. Ever smaller parts are tried. */
export async function shrink(
  steps: number | readonly number[],
  isBroken: (only: readonly number[]) => Promise<boolean>,
): Promise<readonly number[]> {
  let kept = typeof steps === 'number' ? Array.from({ length: steps }, (_, at) => at) : [...steps];
  for (let part = Math.ceil(kept.length / 2); ;) {
    let isLess = false;
    for (let from = 0; from < kept.length;) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + part)];
      if (await isBroken(fewer)) {
        kept = fewer;
        isLess = true;
      } else from += part;
    }
    if (part === 1 && !isLess) return kept;
    part = Math.max(1, Math.floor(part / 2));
  }
}
