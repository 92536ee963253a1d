/**
 * What somebody may do from now on, also through the groups that he is in: each right with the memberships
 * through which it is held, as statements have to name them.
 */
import { compareRank, type Rank } from '../rank.ts';
import { ANYONE, type HeldCredential, type SubjectKey } from './acts.ts';
import {
  GROUP_DEPTH_MAX,
  type CredentialsInForce,
  type GroupPaths,
} from './credentials-in-force.ts';

/** A right, and how it is held. */
export interface RightNow {
  readonly held: HeldCredential;
  /** From the group that holds it downwards; empty for what is held by name. */
  readonly through: readonly HeldCredential[];
  /** Of the most junior of all these. */
  readonly rank: Rank;
}

/** Says of a right whether it is wanted, by what never changes of it. */
export type IsWanted = (held: HeldCredential) => boolean;

interface Way {
  readonly subject: SubjectKey;
  readonly through: readonly HeldCredential[];
  readonly rank: Rank;
}

/**
 * Most senior first. A right that is held in several ways is named once, by the most senior of them. With `is` only
 * those that it wants: others are not even judged.
 */
export function rightsNow(
  held: CredentialsInForce,
  groups: GroupPaths,
  {
    is = () => true,
    subject,
  }: { readonly subject: SubjectKey; readonly is?: IsWanted | undefined },
): readonly RightNow[] {
  const rights = waysOf(held, groups, subject).flatMap((way) =>
    inForce(held, way.subject, is).map((right) => ({
      held: right,
      through: way.through,
      rank: junior(right.rank, way.rank),
    })),
  );
  const open = inForce(held, ANYONE, is);
  rights.push(...open.map((right) => ({ held: right, through: [], rank: right.rank })));
  return rights.sort((a, b) => compareRank(a.rank, b.rank));
}

/** Himself, and the groups that he is in, each by its most senior chain of memberships. */
function waysOf(held: CredentialsInForce, groups: GroupPaths, subject: SubjectKey): readonly Way[] {
  const best = new Map<SubjectKey, Way>([[subject, { subject, through: [], rank: [] }]]);
  let next: readonly Way[] = [...best.values()];
  for (let depth = 0; depth < GROUP_DEPTH_MAX && next.length > 0; depth++) {
    const found: Way[] = [];
    for (const way of next) {
      const isMembership: IsWanted = ({ path }) => groups.groupOf(path) !== undefined;
      for (const membership of inForce(held, way.subject, isMembership)) {
        const group = groups.groupOf(membership.path) as SubjectKey;
        const rank = junior(membership.rank, way.rank);
        const before = best.get(group);
        if (before !== undefined && compareRank(before.rank, rank) <= 0) continue;
        const better = { subject: group, through: [membership, ...way.through], rank };
        best.set(group, better);
        found.push(better);
      }
    }
    next = found;
  }
  return [...best.values()];
}

function inForce(
  held: CredentialsInForce,
  subject: SubjectKey,
  is: IsWanted,
): readonly HeldCredential[] {
  return held.of(subject).filter((one) => is(one) && held.judge(one, undefined).counts);
}

function junior(a: Rank, b: Rank): Rank {
  return compareRank(a, b) > 0 ? a : b;
}
