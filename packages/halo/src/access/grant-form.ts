/** What is said of a grant by its form alone, for good; and the rank of what it gives. */
import { compareRank, rankAbove, type Rank, type RankStep } from '../rank.ts';
import { voidFor, type Verdict, type VoidCode } from '../verdict.ts';
import type { GrantInput } from './act-inputs.ts';
import { ANYONE, type GrantAct, type HeldCredential, type PathKey } from './acts.ts';
import { isBelow, isFromZone, isInZones } from './path-keys.ts';
import { isRoot } from './root-line.ts';

/** Grants from the root to one credential; a longer chain is no way to run a space. */
export const CREDENTIAL_DEPTH_MAX = 64;
/** Levels by number. */
const READ = 1;
const WRITE = 2;
const CONTROL = 3;
const OWN = 4;

/** Why a grant by these credentials never counts; `undefined` for one that may. */
export function faultOf(
  input: GrantInput,
  chain: readonly HeldCredential[],
  rank: Rank,
): Verdict | undefined {
  const { level, subject } = input;
  const [right] = chain as [HeldCredential];
  const why = whyNotGiven(input, right);
  if (why !== undefined) return voidFor(why);
  if (subject === ANYONE && level !== READ) return voidFor('anyone-reads-only');
  if (rank.length >= CREDENTIAL_DEPTH_MAX) return voidFor('chain-too-long');
  const isFalse = input.isHandover === true && !isWholeRoot(input, chain);
  return isFalse ? voidFor('right-exceeded') : undefined;
}

/** What the right does not allow. What lies in a zone is given by who has it from there. */
function whyNotGiven(
  { isZone, level, path }: GrantInput,
  right: HeldCredential,
): VoidCode | undefined {
  if (isZone === true) {
    if (right.path !== '') return 'right-exceeded';
    return right.level < WRITE ? 'level-too-low' : undefined;
  }
  if (right.level < CONTROL) return 'level-too-low';
  if (!isBelow(path, right.path)) return 'right-exceeded';
  if (isInZones(path) && !isFromZone(right.path)) return 'zone-closed';
  return right.level !== OWN && level >= right.level ? 'right-exceeded' : undefined;
}

/** Only the root is handed over, whole, to somebody, and by whom it was given to by name. */
function isWholeRoot(
  { level, path, premise, subject, until }: GrantInput,
  chain: readonly HeldCredential[],
): boolean {
  const [right] = chain;
  const isWhole = path === '' && level === OWN && premise === undefined && until === undefined;
  return (
    isWhole && subject !== ANYONE && chain.length === 1 && right !== undefined && isRoot(right)
  );
}

/** Rank of what a grant gives. */
export function rankOf({ isHandover, place, rank }: GrantAct): Rank {
  return isHandover ? rankAbove(rank) : rankBelow(rank, place.step);
}

/** Rank of what is given by a right of a rank. */
export function rankBelow(rank: Rank, step: RankStep): Rank {
  const below = new Array<RankStep>(rank.length + 1);
  for (let at = 0; at < rank.length; at++) below[at] = rank[at] as RankStep;
  below[rank.length] = step;
  return below;
}

/**
 * Rank of what somebody has, to who ends it by a right at a path. From outside of a zone, whoever began it is as senior
 * there as by the right with which he began it: who cannot put him out of the space does not put him out of the zone.
 */
export function rankAgainst({ act, path, rank }: HeldCredential, right: PathKey): Rank {
  const founding = act?.chain[0];
  if (act === undefined || founding === undefined || !isInZones(path)) return rank;
  return isInZones(founding.path) || isInZones(right) ? rank : act.rank;
}

/** Rank of the most junior of these. */
export function juniorOf(chain: readonly HeldCredential[]): Rank {
  let junior = (chain[0] as HeldCredential).rank;
  if (chain.length === 1) return junior;
  for (const { rank } of chain) if (compareRank(rank, junior) > 0) junior = rank;
  return junior;
}
