/**
 * Rights of one space, decided in one pass by rank: a revocation touches only what is junior to the right that
 * it exercises, so everything that decides whether it counts is senior to it. Kept up to date: what is new makes
 * due what depends on it, and due acts are judged again from senior to junior, each once. See
 * docs/decisions/0150.
 */
import type { BlockHash, CredentialId, IdentityId } from '@atoll/kernel';
import { compareRank } from '../rank.ts';
import { COUNTS, voidFor, type Verdict } from '../verdict.ts';
import type { GrantInput, RemarkInput, RevocationInput } from './act-inputs.ts';
import {
  ANYONE,
  isLeaving,
  type Act,
  type ActPlace,
  type GrantAct,
  type HeldCredential,
  type RemarkAct,
  type RevocationAct,
  type RevocationEffect,
  type SubjectKey,
} from './acts.ts';
import {
  CredentialsInForce,
  GROUP_DEPTH_MAX,
  isPremiseOf,
  type AccessBlocks,
  type GroupPaths,
} from './credentials-in-force.ts';
import { Admissions } from './admissions.ts';
import { DueActs } from './due-acts.ts';
import { noteEffect, noteEnder } from './first-enders.ts';
import { LossList, lossesOf, type Loss, type LossParts } from './losses.ts';
import { faultOf, juniorOf, rankAgainst } from './grant-form.ts';
import { Held } from './held.ts';
import { isBelow, isEndedBy, isInZones } from './path-keys.ts';

/** Levels by number. */
const CONTROL = 3;
const OWN = 4;

/** See above. */
export class AccessTree {
  readonly #blocks: AccessBlocks;
  readonly #groups: GroupPaths;
  readonly #held: CredentialsInForce;
  readonly #revocations = new Map<SubjectKey, RevocationAct[]>();
  readonly #byName = new Map<string, RevocationAct>();
  /** Remarks about revocations that are not here yet. */
  readonly #early = new Map<string, RemarkAct[]>();
  /** Credentials with a premise, by the subject of that. */
  readonly #conditional = new Map<SubjectKey, HeldCredential[]>();
  readonly #ending: HeldCredential[] = [];
  /** Revocations that wait for a block that their cut names. */
  readonly #cutAt = new Map<BlockHash, RevocationAct[]>();
  readonly #due = new DueActs();
  readonly #admissions = new Admissions();
  readonly #lossParts: LossParts;
  readonly #byAuthor = new Map<IdentityId, Act[]>();
  /** Grows with every change of what is decided. */
  #version = 0;
  /** Whose rights may be others than they were. */
  #touched: 'everybody' | Set<IdentityId> = new Set();

  constructor(blocks: AccessBlocks, groups: GroupPaths) {
    this.#blocks = blocks;
    this.#groups = groups;
    this.#held = new CredentialsInForce(blocks, groups);
    const [held, admissions] = [this.#held, this.#admissions];
    const isMute: LossParts['isMute'] = ({ place }) => blocks.authors?.isMute(place.block) === true;
    this.#lossParts = { order: blocks, held, admissions, isMute };
  }

  /** The credential that everything follows from, known to whoever knows one of the blocks that state it. */
  addRoot(id: CredentialId, holder: IdentityId, block: number): void {
    this.#held.addRootBlock(block);
    if (this.#held.get(id) !== undefined) return;
    this.#enter(new Held(id, { subject: holder, path: '', level: OWN }), undefined);
  }

  /** Adds a grant whose author is checked. Its form decides for good; whether it counts may change. */
  addGrant(input: GrantInput): Verdict {
    const { admission, by, credential: id, place, premise, until } = input;
    const chain = this.#chain(by, place);
    if (!Array.isArray(chain)) return chain;
    const rank = juniorOf(chain);
    const fault = faultOf(input, chain, rank);
    if (fault !== undefined) return fault;
    // In branches that do not know of each other it is given in each: none may decide about the others.
    const first = this.#held.get(id);
    if (first !== undefined && this.isKnownIn(place.block, id)) return voidFor('granted-already');
    const act: GrantAct = {
      kind: 'grant',
      place,
      chain,
      rank,
      counts: false,
      credential: id,
      premise,
      until,
      admission,
      isHandover: input.isHandover === true,
      gives: undefined,
    };
    const held = new Held(id, input, act);
    act.gives = held;
    this.#enter(held, first);
    if (premise !== undefined) push(this.#conditional, premise.subject, held);
    if (until !== undefined) this.#ending.push(held);
    this.#admissions.enter(held);
    if (act.isHandover) this.#settleRoot();
    this.#state(act);
    return this.#verdict(act);
  }

  /** Adds a revocation whose author is checked. */
  addRevocation(input: RevocationInput): Verdict {
    const { by, cut, isPurge, keepsZones, name, path, place, subject, under } = input;
    const chain = this.#chain(by, place);
    if (!Array.isArray(chain)) return chain;
    const [right] = chain as [HeldCredential];
    if (subject !== place.author) {
      if (!isBelow(path, right.path)) return voidFor('right-exceeded');
      if (right.level < (isPurge ? OWN : CONTROL)) return voidFor('level-too-low');
    }
    const act: RevocationAct = {
      kind: 'revocation',
      place,
      chain,
      rank: juniorOf(chain),
      counts: false,
      name,
      subject,
      path,
      under,
      cut,
      isPurge,
      keepsZones,
      ends: [],
      withdrawals: [],
      countersignatures: [],
      effect: 'none',
    };
    this.#byName.set(name, act);
    push(this.#revocations, subject, act);
    for (const held of this.#held.of(subject)) this.#maybeEnds(act, held);
    for (const hash of cut) {
      if (this.#blocks.blockOf(hash) === undefined) push(this.#cutAt, hash, act);
    }
    for (const remark of this.#early.get(name) ?? []) this.#attach(remark, act);
    this.#early.delete(name);
    this.#state(act);
    return this.#verdict(act);
  }

  /** Adds what is said about a revocation, which may not be here yet. */
  addRemark({ by, kind, of, place }: RemarkInput): Verdict {
    const chain = this.#chain(by, place);
    if (!Array.isArray(chain)) return chain;
    const [right] = chain as [HeldCredential];
    if (right.level < CONTROL || right.path !== '') return voidFor('level-too-low');
    const act: RemarkAct = { kind, place, chain, rank: juniorOf(chain), counts: false, of };
    const about = this.#byName.get(of);
    if (about === undefined) push(this.#early, of, act);
    else this.#attach(act, about);
    this.#state(act);
    return this.#verdict(act);
  }

  /** A block is here, which a cut may have named before it was. */
  noteBlock(hash: BlockHash): void {
    const acts = this.#cutAt.get(hash);
    if (acts === undefined) return;
    this.#cutAt.delete(hash);
    for (const act of acts) this.#touchEnded(act);
    this.#judgeDue();
  }

  /** An epoch is sealed: nothing under it is cut any more, and rights may end. */
  noteEpoch(number: number, anchor: number): void {
    if (!this.#held.noteEpoch(number, anchor)) return;
    for (const held of this.#ending) if (held.act?.until === number) this.#touch(held);
    this.#settleRoot();
    for (const acts of this.#revocations.values()) {
      for (const act of acts) if (act.effect !== 'none') this.#touchEnded(act);
    }
    this.#judgeDue();
  }

  /** Others of somebody's blocks count than before: his devices were stopped, or are back. */
  noteAuthor(identity: IdentityId): void {
    for (const act of this.#byAuthor.get(identity) ?? []) this.#due.add(act);
    this.#settleRoot();
    this.#version++;
    if (this.#touched !== 'everybody') this.#touched.add(identity);
    this.#judgeDue();
  }

  /** Whose rights may be others, in some block or from now on, than when this was last asked. */
  takeTouched(): 'everybody' | ReadonlySet<IdentityId> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** A credential by its name, whether it is in force or not. */
  get(id: CredentialId): HeldCredential | undefined {
    return this.#held.get(id);
  }

  /** True if the grant of a credential, or the revocation of a name, counts at the moment. */
  counts(name: string): boolean {
    const places = this.#held.places(name as CredentialId);
    return (
      places.some(({ act }) => act?.counts === true) || this.#byName.get(name)?.counts === true
    );
  }

  /** True for a credential that was given in a block or its past, whether that counts or not. */
  isKnownIn(block: number, id: CredentialId): boolean {
    return this.#held.getIn(block, id) !== undefined;
  }

  /** What was given, and whether it is in force. */
  get credentials(): CredentialsInForce {
    return this.#held;
  }

  /** What was said to be ended, whether it counts or not. */
  revocations(): Iterable<RevocationAct> {
    return this.#byName.values();
  }

  /** Credentials of a subject that are in force from now on. */
  heldNow(subject: SubjectKey): HeldCredential[] {
    const inForce = this.#held
      .of(subject)
      .filter((held) => this.#held.judge(held, undefined).counts);
    if (!this.#held.isAnySaidTwice) return inForce;
    return inForce.filter((held) => {
      const places = this.#held.places(held.id);
      return places.length === 1 || places.find((one) => inForce.includes(one)) === held;
    });
  }

  /** Grows with every change of what is decided. */
  get version(): number {
    return this.#version;
  }

  /** Why a subject has not what it was given and has not any more; nothing where it has all of it. */
  lossesOf(subject: SubjectKey): readonly Loss[] {
    return lossesOf(this.#lossParts, this.#held.of(subject));
  }

  /** The same of several. */
  lossesOfAll(subjects: readonly SubjectKey[]): LossList {
    return new LossList(
      this.#blocks,
      subjects.flatMap((subject) => this.lossesOf(subject)),
    );
  }

  /** True if what a subject loses may be to the loss of others: of whom it let in, or who depend on it. */
  isReliedUpon(subject: SubjectKey): boolean {
    if (this.#conditional.has(subject)) return true;
    return this.#held.of(subject).some(({ level }) => level >= CONTROL);
  }

  /** Where somebody was let in by an invitation that had let in as many as it may. */
  surplusOf(subject: SubjectKey): Act['place'] | undefined {
    return this.#held.of(subject).find(({ act }) => {
      if (act?.admission === undefined || act.counts) return false;
      return act.chain.every((held) => this.#held.judge(held, act.place.block).counts);
    })?.act?.place;
  }

  /** Who was let in by an invitation, and counts. */
  admittedBy(invitation: string): readonly SubjectKey[] {
    return [...new Set(this.#admissions.counted(invitation).map(({ subject }) => subject))];
  }

  /** True if a subject was ever given anything that counts. */
  wasGiven(subject: SubjectKey): boolean {
    return this.#held
      .of(subject)
      .some(({ act, path }) => act?.counts !== false && !isInZones(path));
  }

  /** True if somebody who held a right ever gave a subject one, whether that counts or not. */
  wasNamed(subject: SubjectKey): boolean {
    return this.#held.of(subject).some(({ path }) => !isInZones(path));
  }

  /** Whether a credential allows something to somebody, in a block, or from now on. */
  judge(input: {
    readonly credential: CredentialId;
    readonly identity: IdentityId;
    readonly level: number;
    readonly block: number | undefined;
  }): Verdict {
    let verdict: Verdict = voidFor('credential-not-in-past');
    for (const held of this.#held.places(input.credential)) {
      verdict = this.#judgeUse(held, input.identity, input.level, input.block);
      if (verdict.counts) return verdict;
    }
    return verdict;
  }

  #judgeUse(
    held: HeldCredential,
    identity: IdentityId,
    level: number,
    block: number | undefined,
  ): Verdict {
    const why = this.#held.judge(held, block);
    if (!why.counts) return why;
    if (!this.#held.isHolder(identity, held.subject, block)) return voidFor('credential-not-held');
    if (held.level < level) return voidFor('level-too-low');
    // What is had in a zone may be senior to what put its holder out of the space.
    const isOut = isInZones(held.path) && !this.#held.isInside(identity, block);
    return isOut ? voidFor('credential-revoked') : COUNTS;
  }

  /** The credentials that an act exercises; a reason if its author does not hold them by their form. */
  #chain(by: readonly CredentialId[], place: ActPlace): HeldCredential[] | Verdict {
    if (by.length === 0 || by.length > GROUP_DEPTH_MAX + 1) return voidFor('chain-too-long');
    const chain = new Array<HeldCredential>(by.length);
    for (let at = 0; at < by.length; at++) {
      const held = this.#held.getIn(place.block, by[at] as CredentialId);
      if (held === undefined) return voidFor('credential-not-in-past');
      chain[at] = held;
    }
    let holder: SubjectKey | undefined = place.author;
    for (let at = chain.length - 1; at >= 0; at--) {
      const held = chain[at] as HeldCredential;
      if (holder === undefined || held.subject !== holder) return voidFor('credential-not-held');
      holder = at === 0 ? undefined : this.#groups.groupOf(held.path);
    }
    return chain;
  }

  /** Notes an act, and judges it and what depends on it. */
  #state(act: Act): void {
    for (const held of act.chain) (held.acts ??= []).push(act);
    push(this.#byAuthor, act.place.author, act);
    // Mostly it is all that is due, and needs no place among others.
    if (this.#due.isEmpty) this.#judge(act);
    else this.#due.add(act);
    this.#judgeDue();
  }

  #verdict(act: Act): Verdict {
    if (act.counts) return COUNTS;
    if (this.#lossParts.isMute(act)) return voidFor('device-stopped');
    const failed = act.chain.map((held) => this.#held.judge(held, act.place.block));
    const first = failed.find(({ counts }) => !counts);
    if (first !== undefined) return first;
    return act.kind === 'grant' ? voidFor('invitation-used-up') : COUNTS;
  }

  #judgeDue(): void {
    for (let act = this.#due.take(); act !== undefined; act = this.#due.take()) this.#judge(act);
  }

  /** Who has the root may be somebody else. */
  #settleRoot(): void {
    for (const held of this.#held.roots.settle(this.#held.anchors())) this.#touch(held);
  }

  #judge(act: Act): void {
    const isRightful = !this.#lossParts.isMute(act) && this.#areInForce(act);
    // Whether a handover counts is a matter of epochs alone.
    const isHandover = act.kind === 'grant' && act.isHandover;
    const counts = isHandover || (isRightful && this.#hasPlace(act));
    const before = act.counts;
    act.counts = counts;
    switch (act.kind) {
      case 'grant': {
        const held = before === counts ? undefined : act.gives;
        if (held === undefined) return;
        this.#touch(held);
        for (const junior of this.#admissions.behind(held)) this.#due.add(junior);
        return;
      }
      case 'revocation': {
        const effect = this.#effectOf(act);
        if (effect === act.effect) return;
        act.effect = effect;
        noteEffect(this.#blocks, act);
        this.#touchEnded(act);
        return;
      }
      default: {
        // Who takes a removal back in vain changes what makers of keys have to know, though nothing of the removal.
        this.#version++;
        const about = this.#byName.get(act.of);
        if (before !== counts && about !== undefined) this.#due.add(about);
      }
    }
  }

  /** The rights that an act exercises, where it exercises them. */
  #areInForce(act: Act): boolean {
    for (const held of act.chain) {
      if (!this.#held.judge(held, act.place.block, act).counts) return false;
    }
    return true;
  }

  /** False for whom an invitation let in when it had let in as many as it may. */
  #hasPlace(act: Act): boolean {
    return act.kind !== 'grant' || act.gives === undefined || this.#admissions.hasPlace(act.gives);
  }

  #effectOf(act: RevocationAct): RevocationEffect {
    const { countersignatures, isPurge, place, rank, withdrawals } = act;
    const bears = (one: RemarkAct): boolean => one.counts && compareRank(one.rank, rank) <= 0;
    if (!act.counts || withdrawals.some(bears)) return 'none';
    const isAgreed = countersignatures.some(
      (one) => bears(one) && one.place.author !== place.author,
    );
    return isPurge && isAgreed ? 'purges' : 'cuts';
  }

  #attach(remark: RemarkAct, about: RevocationAct): void {
    if (remark.kind === 'withdrawal') about.withdrawals.push(remark);
    else about.countersignatures.push(remark);
  }

  /** What a credential allows may be another, and so what depends on it. */
  #touch(held: HeldCredential): void {
    this.#makeDue(held);
    if (this.#conditional.size === 0 || held.act?.premise !== undefined) return;
    const others = this.#conditional.get(held.subject);
    if (others === undefined) return;
    for (const other of others) if (isPremiseOf(held, other)) this.#makeDue(other);
  }

  #makeDue({ acts, subject }: HeldCredential): void {
    this.#version++;
    if (acts !== undefined) for (const act of acts) this.#due.add(act);
    if (this.#touched === 'everybody') return;
    // Who is in a group changes as well: it is simpler to look at all than at those who are or were.
    if (subject === ANYONE || this.#groups.isGroup(subject)) this.#touched = 'everybody';
    else this.#touched.add(subject as IdentityId);
  }

  #touchEnded(act: RevocationAct): void {
    for (const held of act.ends) this.#touch(held);
  }

  #enter(held: HeldCredential, first: HeldCredential | undefined): void {
    this.#version++;
    this.#held.enter(held, first);
    if (this.#revocations.size === 0) return;
    const revocations = this.#revocations.get(held.subject);
    if (revocations !== undefined) for (const act of revocations) this.#maybeEnds(act, held);
  }

  #maybeEnds(act: RevocationAct, held: HeldCredential): void {
    if (!isEndedBy(held.path, act)) return;
    if (act.under !== undefined && !this.#isUnder(held, act.under)) return;
    if (held.act !== undefined && this.#isBefore(act.place, held.act.place)) return;
    const order = compareRank(rankAgainst(held, act.chain[0]?.path ?? ''), act.rank);
    if (order < 0 || (order === 0 && !isLeaving(act))) return;
    (held.enders ??= { all: [], first: [] }).all.push(act);
    act.ends.push(held);
    noteEnder(this.#blocks, held, act);
  }

  /** A later grant knew of it; so did one that the same block states after it, which gives somebody less. */
  #isBefore(revoked: ActPlace, granted: ActPlace): boolean {
    return revoked.block === granted.block
      ? revoked.step.index < granted.step.index
      : this.#blocks.isInPast(revoked.block, granted.block);
  }

  #isUnder(held: HeldCredential, above: CredentialId): boolean {
    for (let at: HeldCredential | undefined = held; at?.act !== undefined;) {
      if (at.act.chain.some(({ id }) => id === above)) return true;
      at = at.act.chain[0];
    }
    return false;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
