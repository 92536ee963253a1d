/**
 * Credentials of one space by name and by subject, and whether one is in force at a block: its grant counts and
 * is in the block's past, nothing that counts ends it there, and its premise is met. See docs/decisions/0150.
 */
import type { BlockHash, CredentialId, IdentityId } from '@atoll/kernel';
import type { CausalOrder } from '../causal-presence.ts';
import { compareRank, type Rank } from '../rank.ts';
import { COUNTS, voidFor, type Verdict } from '../verdict.ts';
import {
  ANYONE,
  isJudgedLater,
  type Act,
  type HeldCredential,
  type PathKey,
  type Premise,
  type RevocationAct,
  type SubjectKey,
} from './acts.ts';
import { isBelow, isInZones } from './path-keys.ts';
import { RootLine, isRoot } from './root-line.ts';

/** Groups within groups. */
export const GROUP_DEPTH_MAX = 8;

const NOTHING: readonly HeldCredential[] = [];

/** What the tree asks of the blocks. */
export interface AccessBlocks extends CausalOrder {
  /** Number of a block, `undefined` if it is not here. */
  blockOf(hash: BlockHash): number | undefined;
  /** Absent where devices do not matter. */
  readonly authors?: AuthorsNow;
}

/** Whether what a device wrote counts at all. */
export interface AuthorsNow {
  /** True if a block lies outside of its device's cut, as `at` knows it; without, as is known now. */
  isMute(block: number, at?: number): boolean;
  /** True if a block knows all that was said about devices. */
  isAllKnown(block: number): boolean;
  /** Grows with every change. */
  version(): number;
  /** Those of whom not every block counts, or may not. */
  troubled?(): Iterable<IdentityId>;
}

/** Path under which the members of groups are granted, and the part that names the group. */
export interface GroupPaths {
  /** The group whose members are granted at this path; `undefined` for other paths. */
  groupOf(path: PathKey): SubjectKey | undefined;
  isGroup(subject: SubjectKey): boolean;
}

/** See above. */
export class CredentialsInForce {
  readonly #blocks: AccessBlocks;
  readonly #groups: GroupPaths;
  readonly #byId = new Map<CredentialId, HeldCredential>();
  /**
   * A grant that was stated in several blocks, none of which knew of the others, is held so many times: all of them,
   * the most senior place first, which is the one above.
   */
  readonly #places = new Map<CredentialId, HeldCredential[]>();
  /** Blocks that state what the space begins with, none in the past of another. */
  readonly #rootBlocks: number[] = [];
  readonly #bySubject = new Map<SubjectKey, HeldCredential[]>();
  /** Anchors of sealed epochs by number; each knows of those before. */
  readonly #anchors = new Map<number, number>();
  /** Who has the root. */
  readonly roots: RootLine;
  #lastAnchor: { readonly number: number; readonly block: number } | undefined;

  constructor(blocks: AccessBlocks, groups: GroupPaths) {
    this.#blocks = blocks;
    this.#groups = groups;
    this.roots = new RootLine(blocks);
  }

  /** Takes a block that states what the space begins with. */
  addRootBlock(block: number): void {
    if (!this.#rootBlocks.some((stated) => this.#isUpTo(stated, block)))
      this.#rootBlocks.push(block);
  }

  /** Takes a credential, or one more place where it was given; `first`: the first place that is known already. */
  enter(held: HeldCredential, first: HeldCredential | undefined): void {
    if (isRoot(held)) this.roots.enter(held);
    if (first === undefined) this.#byId.set(held.id, held);
    else this.#enterPlace(held, first);
    const all = this.#bySubject.get(held.subject);
    if (all === undefined) this.#bySubject.set(held.subject, [held]);
    else all.push(held);
  }

  /** A credential by its name, whether it is in force or not. */
  get(id: CredentialId): HeldCredential | undefined {
    return this.#byId.get(id);
  }

  /** True where any grant was stated in several blocks. */
  get isAnySaidTwice(): boolean {
    return this.#places.size > 0;
  }

  /** A credential wherever it was given, the most senior place first. */
  places(id: CredentialId): readonly HeldCredential[] {
    const first = this.#byId.get(id);
    if (first === undefined) return NOTHING;
    return this.#places.get(id) ?? [first];
  }

  /** A credential by its name as a block knows it: where there are several, the most senior. */
  getIn(block: number, id: CredentialId): HeldCredential | undefined {
    const first = this.#byId.get(id);
    if (first === undefined || this.isKnownIn(block, first)) return first;
    for (const held of this.places(id)) if (this.isKnownIn(block, held)) return held;
    return undefined;
  }

  /** Credentials of a subject, in force or not. */
  of(subject: SubjectKey): readonly HeldCredential[] {
    return this.#bySubject.get(subject) ?? NOTHING;
  }

  /** True if anything of what a subject has is in force from now on and is wanted. */
  holds(subject: SubjectKey, is: (held: HeldCredential) => boolean): boolean {
    return this.of(subject).some((held) => is(held) && this.judge(held, undefined).counts);
  }

  /** All of them, in force or not. */
  all(): Iterable<HeldCredential> {
    return [...this.#byId].flatMap(([id, first]) => this.#places.get(id) ?? [first]);
  }

  /** Anchors of sealed epochs, the earlier ones first. */
  anchors(): readonly number[] {
    return [...this.#anchors].sort(([a], [b]) => a - b).map(([, anchor]) => anchor);
  }

  /** Takes the anchor of a sealed epoch; false if it was known. */
  noteEpoch(number: number, anchor: number): boolean {
    if (this.#anchors.has(number)) return false;
    this.#anchors.set(number, anchor);
    if (number > (this.#lastAnchor?.number ?? 0)) this.#lastAnchor = { number, block: anchor };
    return true;
  }

  /** Whether a credential is in force in a block, or from now on; `by`: as far as an act that exercises it is concerned. */
  judge(held: HeldCredential, block: number | undefined, by?: Act): Verdict {
    const fault = this.#faultOf(held, block);
    if (fault !== undefined) return fault;
    if (held.enders !== undefined && this.#isEnded(held.enders.all, block, by)) {
      return voidFor('credential-revoked');
    }
    return this.#isPremiseMet(held, block) ? COUNTS : voidFor('premise-missing');
  }

  /** True if a credential was given in a block or its past; without a block, at all. */
  isKnownIn(block: number | undefined, { act }: HeldCredential): boolean {
    if (block === undefined) return true;
    if (act === undefined) return this.#rootBlocks.some((stated) => this.#isUpTo(stated, block));
    return this.#isUpTo(act.place.block, block);
  }

  /** True if somebody is the subject, or is in that group. */
  isHolder(identity: IdentityId, subject: SubjectKey, block: number | undefined): boolean {
    if (subject === identity || subject === ANYONE) return true;
    const seen = new Set<SubjectKey>();
    let members: readonly SubjectKey[] = [identity];
    for (let depth = 0; depth < GROUP_DEPTH_MAX && members.length > 0; depth++) {
      const above: SubjectKey[] = [];
      for (const member of members) {
        for (const held of this.of(member)) {
          const group = this.#groups.groupOf(held.path);
          if (group === undefined || seen.has(group)) continue;
          if (!this.judge(held, block).counts) continue;
          if (group === subject) return true;
          seen.add(group);
          above.push(group);
        }
      }
      members = above;
    }
    return false;
  }

  /** True for a member of the space, as a block goes or now: another role ends one right by name and gives another. */
  isInside(identity: IdentityId, block: number | undefined): boolean {
    const given = this.of(identity).filter(({ path }) => !isInZones(path));
    const isAt = (at: number | undefined): boolean =>
      given.some((one) => this.judge(one, at).counts);
    return isAt(block) || isAt(undefined);
  }

  /** What could be the premise of a credential; none where it has none. */
  premisesOf(held: HeldCredential): readonly HeldCredential[] {
    const premise = held.act?.premise;
    if (premise === undefined) return [];
    return this.of(premise.subject).filter((other) => isPremiseOf(other, held));
  }

  /** Revocations that end a credential in a block; from now on, those that know of no other one. */
  endersOf(held: HeldCredential, block: number | undefined): readonly RevocationAct[] {
    if (held.enders === undefined) return [];
    if (block === undefined) return held.enders.first;
    return held.enders.all.filter((one) => one.effect !== 'none' && !this.#keeps(one, block));
  }

  /** True for a credential that was given until an epoch, of a block that is not under that. */
  hasEnded({ act }: HeldCredential, block: number | undefined): boolean {
    if (act?.until === undefined) return false;
    const anchor = this.#anchors.get(act.until);
    return anchor !== undefined && (block === undefined || !this.#isUpTo(block, anchor));
  }

  #enterPlace(held: HeldCredential, first: HeldCredential): void {
    const places = this.#places.get(held.id) ?? [first];
    places.push(held);
    places.sort((a, b) => compareRank(a.rank, b.rank));
    this.#places.set(held.id, places);
    this.#byId.set(held.id, places[0] as HeldCredential);
  }

  /** Why it is not in force whatever was revoked. */
  #faultOf(held: HeldCredential, block: number | undefined): Verdict | undefined {
    if (held.act?.counts === false) return voidFor('credential-void');
    if (!this.isKnownIn(block, held)) return voidFor('credential-not-in-past');
    if (this.hasEnded(held, block)) return voidFor('credential-ended');
    const verdict = isRoot(held) ? this.roots.judge(held, block) : COUNTS;
    return verdict.counts ? undefined : verdict;
  }

  #isEnded(enders: readonly RevocationAct[], block: number | undefined, by?: Act): boolean {
    for (const ender of enders) {
      if (ender.effect === 'none' || (by !== undefined && isJudgedLater(ender, by))) continue;
      if (block === undefined || !this.#keeps(ender, block)) return true;
    }
    return false;
  }

  #isPremiseMet(held: HeldCredential, block: number | undefined): boolean {
    if (held.act?.premise === undefined) return true;
    return this.premisesOf(held).some((other) => this.judge(other, block).counts);
  }

  #keeps({ cut, effect, place }: RevocationAct, block: number): boolean {
    if (effect !== 'purges' && this.#isUpTo(block, place.block)) return true;
    if (this.#lastAnchor !== undefined && this.#isUpTo(block, this.#lastAnchor.block)) return true;
    return cut.some((hash) => {
      const tip = this.#blocks.blockOf(hash);
      return tip !== undefined && this.#isUpTo(block, tip);
    });
  }

  #isUpTo(earlier: number, later: number): boolean {
    return earlier === later || this.#blocks.isInPast(earlier, later);
  }
}

/** True for what a credential of a rank may depend on. */
export function isPremiseOf(held: HeldCredential, { act, rank }: HeldCredential): boolean {
  return act?.premise !== undefined && isPremise(held, act.premise, rank);
}

/** Premises do not follow from each other: only what has none may be one, so that nobody makes circles. */
export function isPremise(held: HeldCredential, premise: Premise, rank: Rank): boolean {
  return (
    held.act?.premise === undefined &&
    held.subject === premise.subject &&
    held.level >= premise.level &&
    isBelow(premise.path, held.path) &&
    compareRank(held.rank, rank) < 0
  );
}
