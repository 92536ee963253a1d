/**
 * What people ask of rights: who may do what and why, who let whom in, who was removed by whom, and what a
 * revocation would end. Everything is as it is from now on, worked out when it is asked for.
 */
import type { BlockHash, CredentialId, IdentityId } from '@atoll/kernel';
import type { AccessTree } from './access/access-tree.ts';
import type { HeldCredential, RevocationAct, RevocationEffect, SubjectKey } from './access/acts.ts';
import { isPremise, type GroupPaths } from './access/credentials-in-force.ts';
import { rankAgainst, rankBelow } from './access/grant-form.ts';
import { isBelow, isEndedBy, isInZones } from './access/path-keys.ts';
import { rightsNow, type RightNow } from './access/rights-now.ts';
import { pathKey } from './access-path.ts';
import { levelNumber, levelOfNumber, type Level, type RoleLevel } from './access-level.ts';
import type { DeviceEntry } from './identity-book.ts';
import { compareRank, type Rank } from './rank.ts';
import { roleLevelOfRight } from './role-level.ts';
import type { Exercised, Grant, GrantPremise, GrantSubject, GroupId } from './statements.ts';

/** A right as all replicas know it. */
export interface Credential {
  readonly id: CredentialId;
  readonly subject: GrantSubject;
  /** Ids from the space downwards, in hex and without gaps; empty for the whole space. */
  readonly path: string;
  readonly level: Level;
  /** Absent for the root credential. */
  readonly parent: CredentialId | undefined;
  /** Who gave it; the holder itself for the root credential. */
  readonly issuer: IdentityId;
  /** The signed grant, to be shown to who does not know it yet; absent for the root credential. */
  readonly grant?: Grant;
}

/** A right that somebody has, and how. */
export interface HeldRight {
  readonly credential: Credential;
  /** Memberships of groups through which it is held, from the group that has it downwards. */
  readonly through: readonly Credential[];
  /** How it is named by a statement that exercises it. */
  readonly exercised: Exercised;
  /** Number of the block that gave it; absent for the root credential. */
  readonly block: number | undefined;
  /** Number of the epoch with which it ends. */
  readonly until: number | undefined;
  readonly premise: GrantPremise | undefined;
}

/** A revocation that counts, or counted once. */
export interface RevocationShown {
  /** Its block, and its place among that block's control statements. */
  readonly block: number;
  readonly index: number;
  readonly by: IdentityId;
  readonly subject: GrantSubject;
  readonly path: string;
  /** Ends only what follows from this credential. */
  readonly under: CredentialId | undefined;
  readonly isPurge: boolean;
  /** How it works now; `none` if it was taken back. */
  readonly effect: RevocationEffect;
  /** Who took it back. */
  readonly withdrawnBy: readonly IdentityId[];
  /** Who else agreed to a purge. */
  readonly agreedBy: readonly IdentityId[];
  /** What it ends, or would. */
  readonly ends: readonly Credential[];
  /** Its own block gives the subject something else at the same path, or below it. */
  readonly givesAgain: boolean;
}

/** What a revocation would do. */
export interface RevocationPlan {
  readonly ends: readonly Credential[];
  /** At or below its path too, and no junior to the right that it would exercise. */
  readonly stays: readonly Credential[];
}

/** Whether a right is wanted. */
export type IsAbout = (right: Pick<Credential, 'level' | 'path'>) => boolean;

/** What the book says of subjects and credentials. */
export interface RightsNames {
  readonly groups: GroupPaths;
  shown(held: HeldCredential): Credential;
  subjectOf(key: SubjectKey): GrantSubject;
  subjectKey(subject: GrantSubject): SubjectKey;
}

/** See above. */
export class PeopleRights {
  readonly #tree: AccessTree;
  readonly #names: RightsNames;

  constructor(tree: AccessTree, names: RightsNames) {
    this.#tree = tree;
    this.#names = names;
  }

  /**
   * What somebody may do, by name, through groups and as everybody may; most senior first. With `is` only what is
   * wanted of it.
   */
  rightsOf(subject: GrantSubject, is?: IsAbout): readonly HeldRight[] {
    return this.#rights(subject, is).map((right) => this.#held(right));
  }

  /** From where somebody has his role: given by name rather than through a group; and the epoch with which all of it ends. */
  behindRole(
    identity: IdentityId,
    role: RoleLevel,
  ): { readonly best: Credential | undefined; readonly until: number | undefined } {
    const giving = this.rightsOf({ to: 'identity', identity }).filter(
      ({ credential: { level, path } }) => roleLevelOfRight(level, path) === role,
    );
    // Through a group: of that, somebody else says who is in it.
    const [best] = [...giving].sort((a, b) => a.through.length - b.through.length);
    return { best: best?.credential, until: lastEpochOf(giving) };
  }

  /**
   * The most senior right of at least a level over a path; reading needs any right at all, but for zones one in the
   * zone.
   */
  rightFor(identity: IdentityId, level: Level, path = ''): HeldRight | undefined {
    const needed = levelNumber(level);
    const isIn = isInZones(path);
    const isEnough = ({ held }: RightNow): boolean =>
      held.level >= needed &&
      isInZones(held.path) === isIn &&
      ((level === 'read' && !isIn) || isBelow(path, held.path));
    const best = this.#rights({ to: 'identity', identity }).find(isEnough);
    return best === undefined ? undefined : this.#held(best);
  }

  /** Everything that was given to a subject by name and is in force. */
  givenTo(subject: GrantSubject): readonly Credential[] {
    return this.#tree.heldNow(this.#names.subjectKey(subject)).map((held) => this.#shown(held));
  }

  /** Everything that is in force at just this path; without one, everywhere. */
  givenAt(path?: string): readonly Credential[] {
    return this.#inForce((held) => path === undefined || held.path === path);
  }

  /** Everything that is in force over less than the whole space. */
  givenBelow(): readonly Credential[] {
    return this.#inForce((held) => held.path !== '');
  }

  /** Number of the block that gave a credential; `undefined` for the root credential, and for one that is not known. */
  blockOf(credential: CredentialId): number | undefined {
    return this.#tree.get(credential)?.act?.place.block;
  }

  /** Groups that have members or rights. */
  groups(): readonly GroupId[] {
    const found = new Set<GroupId>();
    for (const held of this.#tree.credentials.all()) {
      for (const key of [held.subject, this.#names.groups.groupOf(held.path)]) {
        const subject = key === undefined ? undefined : this.#names.subjectOf(key);
        if (subject?.to === 'group' && this.#isInForce(held)) found.add(subject.group);
      }
    }
    return [...found].sort();
  }

  /** Credentials in force that follow from those of somebody, theirs who were let in by him and so on. */
  followFrom(
    identity: IdentityId,
  ): readonly { readonly from: CredentialId; readonly credential: Credential }[] {
    const found: { readonly from: CredentialId; readonly credential: Credential }[] = [];
    for (const held of this.#tree.credentials.all()) {
      if (held.subject === identity || !this.#isInForce(held)) continue;
      const from = aboveOf(held).find((above) => above.subject === identity);
      if (from !== undefined) found.push({ from: from.id, credential: this.#shown(held) });
    }
    return found;
  }

  /** What a revocation would end, by the right that it would exercise. */
  plan(revocation: {
    readonly subject: GrantSubject;
    readonly path: string;
    readonly by: Exercised;
    /** Somebody revokes himself: the right that he exercises ends as well. */
    readonly isLeaving?: boolean;
    /** What he has in closed zones stays. */
    readonly keepsZones?: boolean;
  }): RevocationPlan {
    const rank = this.#rankOf(revocation.by);
    const { keepsZones = false, path } = revocation;
    const right = this.#tree.get(revocation.by.parent)?.path ?? '';
    const least = revocation.isLeaving === true ? 0 : 1;
    const ends: Credential[] = [];
    const stays: Credential[] = [];
    for (const held of this.#tree.heldNow(this.#names.subjectKey(revocation.subject))) {
      if (!isEndedBy(held.path, { path, keepsZones })) continue;
      (Math.sign(compareRank(rankAgainst(held, right), rank)) >= least ? ends : stays).push(
        this.#shown(held),
      );
    }
    return { ends, stays };
  }

  /**
   * True if somebody has now what a grant could depend on that a device gives by a right: nothing that is junior to
   * the grant can be its premise.
   */
  mayRestOn(
    premise: GrantPremise,
    by: { readonly right: Exercised; readonly device: DeviceEntry },
  ): boolean {
    const { depth: deviceDepth, entry: deviceEntry } = by.device;
    // Later than whatever that device has given.
    const later = { feedLamport: Infinity, feedGenesis: '' as BlockHash, seq: Infinity };
    const step = { deviceDepth, deviceEntry, ...later, block: '' as BlockHash, index: 0 };
    const rank = rankBelow(this.#rankOf(by.right), step);
    const subject = this.#names.subjectKey(premise.subject);
    const level = levelNumber(premise.level);
    const needed = { subject, path: pathKey(premise.path), level };
    return this.#tree.heldNow(subject).some((held) => isPremise(held, needed, rank));
  }

  /** True for a right that is no junior to the one by which a revocation was made: it can take that back. */
  canTakeBack(
    revocation: { readonly block: number; readonly index: number },
    by: Exercised,
  ): boolean {
    const act = [...this.#tree.revocations()].find((one) => isAt(one, revocation));
    return act !== undefined && compareRank(this.#rankOf(by), act.rank) <= 0;
  }

  /** Revocations that count, or have been taken back. */
  revocations(): readonly RevocationShown[] {
    return [...this.#tree.revocations()].flatMap((act) =>
      act.counts ? [this.#revocation(act)] : [],
    );
  }

  #revocation(act: RevocationAct): RevocationShown {
    const { effect, ends, isPurge, path, place, subject, under } = act;
    const heard = (from: RevocationAct['withdrawals']): readonly IdentityId[] =>
      from.flatMap((one) =>
        one.counts && compareRank(one.rank, act.rank) <= 0 ? [one.place.author] : [],
      );
    return {
      ...{ effect, isPurge, path, under },
      block: place.block,
      index: place.step.index,
      by: place.author,
      subject: this.#names.subjectOf(subject),
      withdrawnBy: heard(act.withdrawals),
      agreedBy: heard(act.countersignatures).filter((one) => one !== place.author),
      ends: ends.map((held) => this.#shown(held)),
      givesAgain: this.#tree.credentials
        .of(subject)
        .some((held) => held.act?.place.block === place.block && held.path.startsWith(path)),
    };
  }

  #rights(of: GrantSubject, isAbout?: IsAbout): readonly RightNow[] {
    const { groups } = this.#names;
    const subject = this.#names.subjectKey(of);
    const is =
      isAbout &&
      (({ level, path }: HeldCredential) =>
        isAbout({ path, level: levelOfNumber(level) ?? 'read' }));
    return rightsNow(this.#tree.credentials, groups, { subject, is });
  }

  #held({ held, through }: RightNow): HeldRight {
    const { act, id } = held;
    const credential = this.#shown(held);
    return {
      credential,
      through: through.map((one) => this.#shown(one)),
      exercised: { parent: id, through: through.map((one) => one.id) },
      block: act?.place.block,
      until: act?.until,
      premise: credential.grant?.premise,
    };
  }

  /** Rank of a statement that exercises this; that of nobody for what is not known. */
  #rankOf({ parent, through }: Exercised): Rank {
    const ranks = [parent, ...through].map((id) => this.#tree.get(id)?.rank ?? []);
    return ranks.reduce((junior, rank) => (compareRank(rank, junior) > 0 ? rank : junior));
  }

  #inForce(is: (held: HeldCredential) => boolean): readonly Credential[] {
    const found: Credential[] = [];
    for (const held of this.#tree.credentials.all()) {
      if (is(held) && this.#isInForce(held)) found.push(this.#shown(held));
    }
    return found;
  }

  #isInForce(held: HeldCredential): boolean {
    return this.#tree.credentials.judge(held, undefined).counts;
  }

  #shown(held: HeldCredential): Credential {
    return this.#names.shown(held);
  }
}

/** What a credential rests on, from the one exercised for it upwards, each with its memberships. */
function aboveOf(held: HeldCredential): readonly HeldCredential[] {
  const above: HeldCredential[] = [];
  for (let at: HeldCredential | undefined = held; at?.act !== undefined;) {
    above.push(...at.act.chain);
    at = at.act.chain[0];
  }
  return above;
}

function isAt(
  { place }: RevocationAct,
  { block, index }: { readonly block: number; readonly index: number },
): boolean {
  return place.block === block && place.step.index === index;
}

/** The epoch with which the last of these ends; `undefined` if one ends with none. */
function lastEpochOf(rights: readonly HeldRight[]): number | undefined {
  const ends = rights.flatMap(({ until }) => until ?? []);
  return ends.length === 0 || ends.length < rights.length ? undefined : Math.max(...ends);
}
