/**
 * Who may do what in a space, from the set of its blocks alone: grants in a tree, revocations that bind what is
 * junior to them and carry a cut, groups, conditions, ends by epoch. Evaluated in one pass by rank: a revocation
 * only touches credentials that are junior to the one it exercises, so all that decides whether it counts is
 * decided before it.
 */

import { isFromThere, mayBegin, mayWriteFrom, nowIn } from './access-zones.ts';
import { isFoundedBelow, isFromMember, isKept, readersOf } from './access-zones.ts';
import {
  LEVELS,
  ROOT_CREDENTIAL,
  SOUND_ACCESS,
  type Access,
  type AccessRules,
  type Block,
  type Epoch,
  type Grant,
  type Path,
  type Revocation,
  type Statement,
  type Subject,
} from './access-types.ts';
import {
  atLeast,
  compareRank,
  isRoot,
  placeName,
  placeOf,
  push,
  stepOf,
  turnOf,
  type Credential,
  type Rank,
  type Stated,
} from './access-rank.ts';

/** Groups within groups. */
const GROUP_DEPTH_MAX = 8;

interface Effective extends Stated<Revocation> {
  readonly keeps: ReadonlySet<number>;
}

interface RootHolder {
  readonly credential: Credential;
  readonly anchor: number | undefined;
}

/** A space as somebody has it: blocks with all their past. */
export interface SpaceBlocks {
  readonly founder: Subject;
  readonly blocks: readonly Block[];
  readonly epochs: readonly Epoch[];
  /** Blocks that say what the space begins with; where absent, everybody knows. */
  readonly founded?: readonly number[];
}

/** Decides. */
export function decide(space: SpaceBlocks, rules: AccessRules = SOUND_ACCESS): Access {
  return new Evaluation(space, rules).run();
}

class Evaluation {
  readonly #founder: Subject;
  readonly #blocks: readonly Block[];
  readonly #byNo = new Map<number, Block>();
  readonly #epochs: readonly Epoch[];
  readonly #rules: AccessRules;
  readonly #founded: readonly number[] | undefined;
  readonly #pasts = new Map<number, ReadonlySet<number>>();
  /** Credentials whose form is right, whether they count or not. */
  readonly #credentials = new Map<string, Credential[]>();
  readonly #counted = new Set<string>();
  /** Grants that count, with their blocks. */
  readonly #given = new Set<string>();
  readonly #effective: Effective[] = [];
  /** Who has the root, one after the other, each with the anchor of the epoch from which on. */
  readonly #roots: RootHolder[] = [];

  constructor({ blocks, epochs, founded, founder }: SpaceBlocks, rules: AccessRules) {
    this.#founded = founded;
    this.#founder = founder;
    this.#blocks = blocks;
    this.#epochs = epochs;
    this.#rules = rules;
    for (const block of blocks) this.#byNo.set(block.no, block);
  }

  run(): Access {
    push(this.#credentials, ROOT_CREDENTIAL, {
      id: ROOT_CREDENTIAL,
      place: ROOT_CREDENTIAL,
      to: this.#founder,
      path: [],
      level: 'own',
      by: [],
      block: undefined,
      rank: [],
    });
    this.#counted.add(ROOT_CREDENTIAL);
    this.#given.add(ROOT_CREDENTIAL);
    const stated = this.#state();
    this.#handOver();
    const withdrawn = new Map<string, Rank[]>();
    const signed = new Map<string, string[]>();
    for (const { statement, block, rank } of stated) {
      const isHandover = statement.kind === 'grant' && statement.handover === true;
      if (!isHandover && !this.#mayState(statement, block)) continue;
      if (statement.kind === 'grant') {
        this.#counted.add(statement.id);
        this.#given.add(placeName(statement.id, block));
      }
      if (statement.kind === 'withdrawal') push(withdrawn, statement.of, rank);
      if (statement.kind === 'countersignature') push(signed, statement.of, block.author);
      if (statement.kind !== 'revocation') continue;
      this.#counted.add(statement.id);
      const isBack = (withdrawn.get(statement.id) ?? []).some((by) => compareRank(by, rank) <= 0);
      if (isBack) continue;
      const others = (signed.get(statement.id) ?? []).filter((one) => one !== block.author);
      this.#effective.push({
        statement,
        block,
        rank,
        keeps: this.#keeps(statement, block, others),
      });
    }
    const writes = this.#blocks.filter((block) => this.#mayWrite(block)).map(({ no }) => no);
    return {
      statements: [...this.#counted].sort(),
      writes: writes.sort((a, b) => a - b),
      readers: this.#readers(),
    };
  }

  /** Everything that is stated in the right form, senior first. */
  #state(): readonly Stated[] {
    const stated: Stated[] = [];
    for (const block of this.#inCausalOrder()) {
      for (const [index, statement] of block.statements.entries()) {
        const chain = this.#chain(statement.by, block);
        if (chain === undefined) continue;
        const rank = this.#rankOf(chain);
        // Whoever repeats what is known says nothing.
        const isGrant = statement.kind === 'grant';
        const isHandover = isGrant && statement.handover === true;
        if (isHandover && !this.#mayHandOver(statement, chain)) continue;
        if (isGrant && this.#knownAs(statement.id, block) !== undefined) continue;
        stated.push({ statement, block, rank });
        if (!isGrant) continue;
        const usual = this.#rules.rankByHash ? [block.hash] : [...rank, stepOf(block, index)];
        const isLevel = this.#rules.newRootIsNoMore;
        const above = isLevel ? 0 : (rank.above ?? 0) + 1;
        const step = isHandover ? Object.assign([], { above }) : usual;
        const place = placeName(statement.id, block);
        push(this.#credentials, statement.id, { ...statement, place, block, rank: step });
      }
    }
    if (this.#rules.arrivalOrder) return stated;
    // What agrees or takes back is known before that which it is about.
    return stated.sort(
      (a, b) =>
        compareRank(a.rank, b.rank) ||
        turnOf(a) - turnOf(b) ||
        (a.block.hash < b.block.hash ? -1 : 1),
    );
  }

  /** Only the root is handed over, by whom it was given to by name, and whole. */
  #mayHandOver({ level, path, premise, to, until }: Grant, chain: readonly Credential[]): boolean {
    const [right] = chain;
    if (right === undefined || chain.length > 1 || to === 'anyone') return false;
    if (path.length > 0 || level !== 'own' || premise !== undefined || until !== undefined) {
      return false;
    }
    return isRoot(right) || (this.#rules.ownersHandOver && right.level === 'own');
  }

  /** Each epoch settles at most one handover, of the root as it was until then: the one that was said first. */
  #handOver(): void {
    const root = (this.#credentials.get(ROOT_CREDENTIAL) ?? [])[0] as Credential;
    this.#roots.push({ credential: root, anchor: undefined });
    const all = [...this.#credentials.values()].flat().filter(isRoot);
    for (const { place } of all) this.#given.add(place);
    for (const { anchor } of this.#epochs.toSorted((a, b) => a.number - b.number)) {
      const now = this.#roots.at(-1) as RootHolder;
      const under = this.#under(anchor);
      const said = all.filter(({ block, by }) => {
        if (block === undefined || !under.has(block.no)) return false;
        const knows = now.anchor === undefined || this.#under(block.no).has(now.anchor);
        return knows && (this.#rules.ownersHandOver || by[0] === now.credential.id);
      });
      const [first] = said.sort((a, b) => (this.#saidAt(a) < this.#saidAt(b) ? -1 : 1));
      if (first !== undefined) this.#roots.push({ credential: first, anchor });
    }
  }

  #saidAt({ block, id }: Credential): string {
    return block === undefined ? '' : stepOf(block, placeOf(block, id));
  }

  #isRootAt(credential: Credential, block: Block): boolean {
    if (this.#rules.handoverUnsealed) return true;
    const found = this.#roots.find((one) => one.credential === credential);
    if (found === undefined) return false;
    return found.anchor === undefined || this.#under(block.no).has(found.anchor);
  }

  /** The credentials that a statement exercises, if its author holds them by their form. */
  #chain(by: readonly string[], block: Block): readonly Credential[] | undefined {
    const chain = by.map((id) => this.#knownAs(id, block));
    let holder: Subject = block.author;
    if (this.#rules.citeWhatOthersHold) holder = chain[chain.length - 1]?.to ?? holder;
    // From the author upwards: each membership leads to the group that holds the one before it.
    for (let at = chain.length - 1; at >= 0; at--) {
      const credential = chain[at];
      if (credential?.to !== holder) return undefined;
      if (at > 0) {
        const [space, group] = credential.path;
        if (space !== 'group' || group === undefined || credential.path.length !== 2) {
          return undefined;
        }
        holder = group;
      }
    }
    if (chain.length === 0 || chain.length > GROUP_DEPTH_MAX + 1) return undefined;
    return chain as readonly Credential[];
  }

  /** A credential as a block knows it; the most senior, where it was given more than once. */
  #knownAs(id: string, block: Block): Credential | undefined {
    const known = (this.#credentials.get(id) ?? []).filter((one) => this.#knows(block, one));
    return known.sort((a, b) => compareRank(a.rank, b.rank))[0];
  }

  #rankOf(chain: readonly Credential[]): Rank {
    const ranks = chain.map(({ rank }) => rank);
    if (this.#rules.groupRankAlone) return ranks[0] ?? [];
    return ranks.reduce((junior, rank) => (compareRank(rank, junior) > 0 ? rank : junior));
  }

  #knows(block: Block, { block: stated }: Credential): boolean {
    if (stated === undefined) {
      const isKnown = (no: number): boolean => no === block.no || this.#past(block).has(no);
      return this.#founded === undefined || this.#founded.some(isKnown);
    }
    return stated.no === block.no || this.#past(block).has(stated.no);
  }

  #mayState(statement: Statement, block: Block): boolean {
    const chain = this.#chain(statement.by, block);
    const [right] = chain ?? [];
    if (chain === undefined || right === undefined) return false;
    // One leaves once: copies of a profile that leave at the same time do not undo each other.
    const isLeaving = statement.kind === 'revocation' && statement.subject === block.author;
    const passed = isLeaving ? block.author : undefined;
    if (!chain.every((credential) => this.#isInForce(credential, block, { passed }))) return false;
    switch (statement.kind) {
      case 'grant':
        return this.#mayGive(right, statement, block.author);
      case 'revocation':
        return this.#mayRevoke(right, statement, block);
      case 'withdrawal':
      case 'countersignature':
        return atLeast(right.level, 'control') && right.path.length === 0;
    }
  }

  #mayGive(right: Credential, grant: Grant, author: Subject): boolean {
    const { level, path, to } = grant;
    if (grant.zone === true) return mayBegin(right, grant, author, this.#rules);
    if (!isFromThere(right.path, path, this.#rules.zoneFromAbove)) return false;
    if (!this.#isBelow(path, right.path) || !atLeast(right.level, 'control')) return false;
    if (to === 'anyone' && level !== 'read') return false;
    if (this.#rules.noAttenuation) return true;
    return right.level === 'own' || LEVELS.indexOf(level) < LEVELS.indexOf(right.level);
  }

  #mayRevoke(right: Credential, { path, purge, subject }: Revocation, block: Block): boolean {
    // Whoever leaves needs nobody's leave.
    if (subject === block.author) return true;
    if (!this.#isBelow(path, right.path)) return false;
    return atLeast(right.level, purge === true ? 'own' : 'control');
  }

  #mayWrite(block: Block): boolean {
    const places = this.#credentials.get(block.write?.by ?? '') ?? [];
    return places.some((right) => this.#mayWriteBy(right, block.write?.path ?? [], block));
  }

  #mayWriteBy(right: Credential, path: Path, block: Block): boolean {
    if (!this.#isInForce(right, block)) return false;
    if (!atLeast(right.level, 'write') || !this.#isBelow(path, right.path)) return false;
    if (!mayWriteFrom(right.path, path, { blocks: this.#blocks, rules: this.#rules })) return false;
    const at = [block, nowIn(this.#blocks, this.#byNo)];
    const inForce = (one: Credential): boolean => at.some((each) => this.#isInForce(one, each));
    if (!isFromMember(right.path, this.#credentials, { block, inForce, rules: this.#rules }))
      return false;
    return this.#rules.citeWhatOthersHold || this.#isIn(block.author, right.to, block, 0);
  }

  /** As of a block that knows of everything. */
  #readers(): Access['readers'] {
    const now = nowIn(this.#blocks, this.#byNo);
    return readersOf(this.#blocks, this.#rules, {
      held: () => [...this.#credentials.values()].flat().filter((one) => this.#isInForce(one, now)),
      isIn: (who, subject) => this.#isIn(who, subject, now, 0),
    });
  }

  /** True if somebody is the subject, or is in that group at a block. */
  #isIn(who: Subject, subject: Subject, block: Block, depth: number): boolean {
    if (who === subject) return true;
    if (depth >= GROUP_DEPTH_MAX) return false;
    for (const membership of [...this.#credentials.values()].flat()) {
      const { path, to } = membership;
      if (path.length !== 2 || path[0] !== 'group' || path[1] !== subject) continue;
      if (!this.#isInForce(membership, block)) continue;
      if (this.#isIn(who, to, block, depth + 1)) return true;
    }
    return false;
  }

  /** True if a credential counts, is known to a block, and has not ended for it. */
  #isInForce(
    credential: Credential,
    block: Block,
    { below, passed }: { readonly below?: Rank; readonly passed?: Subject | undefined } = {},
  ): boolean {
    const { place, premise, rank, until } = credential;
    if (!this.#given.has(place) || !this.#knows(block, credential)) return false;
    const isJunior = below !== undefined && compareRank(rank, below) >= 0;
    if (isJunior && !this.#rules.premiseAnyRank) return false;
    if (isRoot(credential) && !this.#isRootAt(credential, block)) return false;
    const end = this.#epochs.find(({ number }) => number === until);
    if (end !== undefined && !this.#under(end.anchor).has(block.no)) return false;
    const ending = this.#effective.filter(
      (one) => one.block.author !== passed && this.#ends(one, credential),
    );
    if (!ending.every(({ keeps }) => keeps.has(block.no))) return false;
    if (premise === undefined) return true;
    return [...this.#credentials.values()].flat().some(
      (other) =>
        // Premises do not follow from each other.
        other.premise === undefined &&
        other.to === premise.subject &&
        atLeast(other.level, premise.level) &&
        this.#isBelow(premise.path, other.path) &&
        this.#isInForce(other, block, { below: rank }),
    );
  }

  #ends(revocation: Effective, credential: Credential): boolean {
    const { block, rank, statement } = revocation;
    if (!this.#isMeant(statement, credential)) return false;
    const { block: stated } = credential;
    // A later grant knew of it, and so does one that its own block states after it.
    if (stated !== undefined && this.#past(stated).has(block.no)) return false;
    const isAfter =
      stated?.no === block.no && placeOf(stated, credential.id) > placeOf(block, statement.id);
    if (isAfter && !this.#rules.ownBlockForgets) return false;
    const isOlder = stated === undefined || this.#past(block).has(stated.no);
    if (this.#rules.concurrentGrantStands && !isOlder) return false;
    const isFounder = isFoundedBelow(credential, this.#chain(statement.by, block), this.#rules);
    const from = isFounder ? this.#chain(credential.by, stated as Block) : undefined;
    const order = compareRank(from === undefined ? credential.rank : this.#rankOf(from), rank);
    const isLeaving = statement.subject === block.author;
    return this.#rules.anybodyRevokes || order > 0 || (isLeaving && order === 0);
  }

  #isMeant(revocation: Revocation, credential: Credential): boolean {
    const { path, subject, under } = revocation;
    if (under !== undefined && !this.#isUnder(credential, under)) return false;
    if (this.#rules.descendantsFall && this.#isFrom(credential, subject)) return true;
    const isHis = credential.to === subject && this.#isBelow(credential.path, path);
    return isHis && !isKept(revocation, credential, this.#rules);
  }

  /** True if a right was given by somebody, or by whom he let in. */
  #isFrom(credential: Credential, subject: Subject): boolean {
    for (let at: Credential | undefined = credential; at?.block !== undefined;) {
      if (at.block.author === subject) return true;
      at = this.#above(at);
    }
    return false;
  }

  #above({ block, by }: Credential): Credential | undefined {
    return block === undefined ? undefined : this.#knownAs(by[0] ?? '', block);
  }

  #isUnder(credential: Credential, above: string): boolean {
    for (let at: Credential | undefined = credential; at !== undefined;) {
      if (at.by.includes(above)) return true;
      at = this.#above(at);
    }
    return false;
  }

  /** Blocks that stay. */
  #keeps(
    { cut, purge }: Revocation,
    block: Block,
    countersigned: readonly string[],
  ): ReadonlySet<number> {
    const { cutBelowEpoch, noCut, purgeAlone } = this.#rules;
    const keeps = new Set<number>();
    const keep = (no: number): void => this.#under(no).forEach((each) => keeps.add(each));
    for (const tip of cut) keep(tip);
    const isPurge = purge === true && (purgeAlone || countersigned.length > 0);
    if (!isPurge) keep(block.no);
    if (noCut) keeps.clear();
    if (!cutBelowEpoch) for (const { anchor } of this.#epochs) keep(anchor);
    this.#keepByFeed(cut, keeps);
    return keeps;
  }

  /** What wrong rules keep. */
  #keepByFeed(cut: readonly number[], keeps: Set<number>): void {
    const { cutByNumber, unlistedStay } = this.#rules;
    const named = cut.flatMap((no) => this.#byNo.get(no) ?? []);
    for (const { feed, no, seq } of this.#blocks) {
      const tip = named.find((one) => one.feed === feed);
      if (cutByNumber && tip !== undefined && seq <= tip.seq) keeps.add(no);
      if (unlistedStay && tip === undefined) keeps.add(no);
    }
  }

  #under(no: number): ReadonlySet<number> {
    const block = this.#byNo.get(no);
    return block === undefined ? new Set() : new Set([...this.#past(block), no]);
  }

  #past(block: Block): ReadonlySet<number> {
    let past = this.#pasts.get(block.no) as Set<number> | undefined;
    if (past !== undefined) return past;
    past = new Set();
    for (const no of block.prev === undefined ? block.deps : [block.prev, ...block.deps]) {
      const before = this.#byNo.get(no);
      if (before === undefined) continue;
      past.add(no);
      for (const earlier of this.#past(before)) past.add(earlier);
    }
    this.#pasts.set(block.no, past);
    return past;
  }

  #inCausalOrder(): readonly Block[] {
    const done = new Set<number>();
    const order: Block[] = [];
    const visit = (block: Block): void => {
      if (done.has(block.no)) return;
      done.add(block.no);
      for (const no of this.#past(block)) {
        const before = this.#byNo.get(no);
        if (before !== undefined) visit(before);
      }
      order.push(block);
    };
    for (const block of this.#blocks) visit(block);
    return order;
  }

  #isBelow(path: Path, above: Path): boolean {
    if (this.#rules.pathAsText) return path.join('').startsWith(above.join(''));
    return above.every((id, at) => path[at] === id);
  }
}
