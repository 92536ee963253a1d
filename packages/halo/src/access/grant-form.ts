/** What is said of a grant by its form alone, for good; and the rank of what it gives. */
import { compareRank, rankAbove, type Rank } from '../rank.ts';
import { voidFor, type Verdict } from '../verdict.ts';
import type { GrantInput } from './act-inputs.ts';
import { ANYONE, type GrantAct, type HeldCredential } from './acts.ts';
import { isBelow } from './path-keys.ts';
import { isRoot } from './root-line.ts';

/** Grants from the root to one credential; a longer chain is no way to run a space. */
export const CREDENTIAL_DEPTH_MAX = 64;
/** Levels by number. */
const READ = 1;
const CONTROL = 3;
const OWN = 4;

/** Why a grant by these credentials never counts; `undefined` for one that may. */
export function faultOf(
  input: GrantInput,
  chain: readonly HeldCredential[],
  rank: Rank,
): Verdict | undefined {
  const { level, path, subject } = input;
  const [right] = chain as [HeldCredential];
  if (right.level < CONTROL) return voidFor('level-too-low');
  if (!isBelow(path, right.path)) return voidFor('right-exceeded');
  if (right.level !== OWN && level >= right.level) return voidFor('right-exceeded');
  if (subject === ANYONE && level !== READ) return voidFor('anyone-reads-only');
  if (rank.length >= CREDENTIAL_DEPTH_MAX) return voidFor('chain-too-long');
  const isFalse = input.isHandover === true && !isWholeRoot(input, chain);
  return isFalse ? voidFor('right-exceeded') : undefined;
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
  return isHandover ? rankAbove(rank) : [...rank, place.step];
}

/** Rank of the most junior of these. */
export function juniorOf(chain: readonly HeldCredential[]): Rank {
  return chain
    .map(({ rank }) => rank)
    .reduce((junior, rank) => (compareRank(rank, junior) > 0 ? rank : junior));
}
