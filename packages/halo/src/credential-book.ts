/**
 * Rights in one space: the root credential and the grants below it. Whether a credential may be exercised
 * is asked as of a block: it must be in that block's causal past and be held by its author.
 */
import type { CredentialId, IdentityId, SpaceId } from '@atoll/kernel';
import { levelNumber, suffices, type Level } from './access-level.ts';
import { Presence, type CausalOrder } from './causal-presence.ts';
import { compareRank, compareSteps, type Rank, type RankStep } from './rank.ts';
import { credentialIdOf, rootCredential } from './statement-ids.ts';
import type { Grant, GrantSubject, SpaceGenesis } from './statements.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** Grants from the root to one credential; a longer chain is no way to run a space. */
export const CREDENTIAL_DEPTH_MAX = 64;

/** A right as all replicas know it. */
export interface Credential {
  readonly id: CredentialId;
  readonly subject: GrantSubject;
  readonly level: Level;
  /** Absent for the root credential. */
  readonly parent: CredentialId | undefined;
  /** Who gave it; the holder itself for the root credential. */
  readonly issuer: IdentityId;
  /** The signed grant, to be shown to who does not know it yet; absent for the root credential. */
  readonly grant?: Grant;
}

interface Held extends Credential {
  readonly depth: number;
  readonly presence: Presence;
  /** Least of the places where it was given; absent for the root credential. */
  step: RankStep | undefined;
}

/** What a block wants to do with a credential. */
export interface Exercise {
  readonly credential: CredentialId;
  readonly identity: IdentityId;
  readonly level: Level;
  /** Block that exercises it; absent for a block still to be written. */
  readonly block: number | undefined;
}

/** Credentials of one space. */
export class CredentialBook {
  readonly #space: SpaceId;
  readonly #order: CausalOrder;
  readonly #byId = new Map<CredentialId, Held>();
  readonly #bySubject = new Map<IdentityId | 'anyone', Held[]>();
  /** By subject, most senior first; emptied when a credential or its rank is new. */
  readonly #sorted = new Map<IdentityId | 'anyone', readonly Held[]>();

  constructor(space: SpaceId, order: CausalOrder) {
    this.#space = space;
    this.#order = order;
  }

  /** The genesis, already compared with the space id, gives the root credential. */
  addRoot(genesis: SpaceGenesis, block: number): void {
    const { root } = genesis;
    const subject = { to: 'identity', identity: root } as const;
    const id = rootCredential(this.#space);
    this.#add({ id, subject, level: 'own', parent: undefined, issuer: root, depth: 0 }, block);
  }

  /** A grant whose signature, space and author are already checked. */
  addGrant(grant: Grant, block: number, step: RankStep): Verdict {
    const { issuer, level, parent, subject } = grant;
    if (grant.path.length > 0) return voidFor('path-unsupported');
    const needed = { credential: parent, identity: issuer, level: 'control', block } as const;
    const right = this.judge(needed);
    if (!right.counts) return right;
    const above = this.#byId.get(parent);
    if (above === undefined) return voidFor('credential-not-in-past');
    if (!mayGive(above.level, level)) return voidFor('right-exceeded');
    if (subject.to === 'anyone' && level !== 'read') return voidFor('anyone-reads-only');
    if (above.depth >= CREDENTIAL_DEPTH_MAX) return voidFor('chain-too-long');
    const id = credentialIdOf(grant);
    const depth = above.depth + 1;
    this.#add({ id, subject, level, parent, issuer, depth, grant }, block, step);
    return COUNTS;
  }

  /** Whether a credential allows something to an identity, in a block. */
  judge({ credential, identity, level, block }: Exercise): Verdict {
    const held = this.#byId.get(credential);
    // Unknown and not in the past are one answer: which of them it is depends on what has arrived.
    if (held === undefined || !held.presence.at(block)) return voidFor('credential-not-in-past');
    if (held.subject.to === 'identity' && held.subject.identity !== identity) {
      return voidFor('credential-not-held');
    }
    return suffices(held.level, level) ? COUNTS : voidFor('level-too-low');
  }

  /** A credential by its name. */
  get(id: CredentialId): Credential | undefined {
    return this.#byId.get(id);
  }

  /** Credentials given to an identity by name, most senior first; those known to `block` if given. */
  heldBy(identity: IdentityId, block?: number): readonly Credential[] {
    return this.#known(identity, block);
  }

  /** Credentials given to everybody. */
  heldByAnyone(block?: number): readonly Credential[] {
    return this.#known('anyone', block);
  }

  /** Greatest level that an identity was given by name. */
  levelOf(identity: IdentityId, block?: number): Level | undefined {
    let greatest: Level | undefined;
    for (const { level, presence } of this.#bySubject.get(identity) ?? []) {
      if (!presence.at(block)) continue;
      if (greatest === undefined || levelNumber(level) > levelNumber(greatest)) greatest = level;
    }
    return greatest;
  }

  /** Identities that were given a right by name, as known to `block` if given. */
  members(block?: number): readonly IdentityId[] {
    const members: IdentityId[] = [];
    for (const [subject, credentials] of this.#bySubject) {
      if (subject === 'anyone') continue;
      if (credentials.some(({ presence }) => presence.at(block))) members.push(subject);
    }
    return members.sort();
  }

  /** Seniority; `undefined` for a credential that is not known. */
  rankOf(id: CredentialId): Rank | undefined {
    const steps: RankStep[] = [];
    let at = this.#byId.get(id);
    if (at === undefined) return undefined;
    while (at?.step !== undefined) {
      steps.unshift(at.step);
      at = at.parent === undefined ? undefined : this.#byId.get(at.parent);
    }
    return steps;
  }

  #known(subject: IdentityId | 'anyone', block: number | undefined): readonly Credential[] {
    const sorted = this.#sorted.get(subject) ?? this.#sort(subject);
    return block === undefined ? sorted : sorted.filter(({ presence }) => presence.at(block));
  }

  #sort(subject: IdentityId | 'anyone'): readonly Held[] {
    const ranked = (this.#bySubject.get(subject) ?? []).map((held) => ({
      held,
      rank: this.rankOf(held.id) ?? [],
    }));
    ranked.sort((a, b) => compareRank(a.rank, b.rank));
    const sorted = ranked.map(({ held }) => held);
    this.#sorted.set(subject, sorted);
    return sorted;
  }

  #add(known: Omit<Held, 'presence' | 'step'>, block: number, step?: RankStep): void {
    const existing = this.#byId.get(known.id);
    if (existing !== undefined) {
      existing.presence.add(block);
      const before = existing.step;
      if (step !== undefined && before !== undefined && compareSteps(step, before) < 0) {
        existing.step = step;
        this.#sorted.clear();
      }
      return;
    }
    const held: Held = { ...known, presence: new Presence(this.#order), step };
    held.presence.add(block);
    this.#sorted.clear();
    this.#byId.set(held.id, held);
    const subject = held.subject.to === 'anyone' ? 'anyone' : held.subject.identity;
    const list = this.#bySubject.get(subject);
    if (list === undefined) this.#bySubject.set(subject, [held]);
    else list.push(held);
  }
}

/** Rights only shrink downwards: control gives reading and writing, own gives anything. */
function mayGive(held: Level, given: Level): boolean {
  return held === 'own' || levelNumber(given) < levelNumber(held);
}
