/**
 * Changing who may do what: the statements that an intention comes to, in one block each, so that nobody sees
 * half of it. Loaded when somebody first changes anything.
 */
import {
  groupPath,
  levelOfRole,
  remarkOn,
  revokeAccess,
  rightOfRoleLevel,
  roleOfLevel,
  type Credential,
  type GrantSubject,
  type HeldRight,
  type Level,
  type Revocation,
  type Statement,
} from '@atoll/halo';
import { type BlockHash, type IdentityId, type KeyId } from '@atoll/kernel';
import type { Role } from '../api.ts';
import { ClientError } from '../client-error.ts';
import type {
  RemovalPlan,
  RemoveOptions,
  RightsChange,
  RightsLimits,
  RightsSubject,
} from '../members-api.ts';
import {
  idsOf,
  isAbove,
  isAsMeant,
  isMore,
  keyOf,
  notAllowed,
  roleLevelOf,
  type Meant,
} from './rights-terms.ts';
import { greatestRole, removalsOf } from './rights-view.ts';

import { RightsActor } from './rights-actor.ts';
import { namedIn, teamName } from '../names-in-space.ts';

/** Levels below another, the greatest first. */
const BELOW: readonly Level[] = ['own', 'control', 'write', 'read'];

/** Changes rights in one space. */
export class RightsActs extends RightsActor {
  /** See `SpaceRights.planRemoval`. */
  planRemoval(member: string): RemovalPlan {
    const subject = this.member(member);
    const own = this.right('control');
    const { people } = this.space.authority.credentials;
    const { ends, stays } = people.plan({ subject, path: '', by: own.exercised });
    const teams = ends.flatMap(({ path }) => this.#teamAt(path) ?? []);
    return {
      ...(stays.length === 0
        ? {}
        : { stays: { role: greatestRole(stays) ?? 'reader', from: this.issuers(stays) } }),
      letIn: this.#letIn(subject.identity),
      teams: [...new Set(teams)].sort(),
      isPossible: ends.length > 0,
    };
  }

  /** See `SpaceRights.setRole`. */
  async setRole(to: RightsSubject, role: Role, limits: RightsLimits = {}): Promise<RightsChange> {
    const subject = this.subject(to);
    const level = levelOfRole(role);
    const own = this.right('control');
    this.requireEpochAhead(limits.untilEpoch);
    if (own.credential.level !== 'own' && !isAbove(own.credential.level, level)) {
      const most = roleOfLevel(BELOW[BELOW.indexOf(own.credential.level) + 1] ?? 'read');
      throw notAllowed(`you can make somebody ${most} at most`);
    }
    const given = this.given(subject);
    const premise = this.premise(own, limits.onlyWhile);
    const meant: Meant = { level, premise, until: limits.untilEpoch };
    const isLower = given.some((one) => isAbove(roleLevelOf(one) ?? 'read', level));
    if (isLower || this.#lastsLonger(subject, meant)) return this.#lower(subject, own, meant);
    if (given.some((one) => isAsMeant(one, meant))) return this.outcome(subject, role);
    const statements = [await this.#role(subject, own, meant)];
    await this.change(own, [...statements, ...this.copies(subject)]);
    return this.outcome(subject, role);
  }

  /** See `SpaceRights.clearRole`. */
  clearRole(team: string): Promise<RightsChange> {
    const subject = this.team(team);
    const own = this.right('control');
    if (this.given(subject).length === 0) return Promise.resolve({ stays: [] });
    return this.#lower(subject, own);
  }

  /** See `SpaceRights.remove`. */
  async remove(member: string, options: RemoveOptions = {}): Promise<RightsChange> {
    const { letIn = 'keep', purge = false } = options;
    const subject = this.member(member);
    const { authority, id, identity } = this.space;
    if (subject.identity === identity) {
      throw notAllowed('nobody removes himself: leave the space instead');
    }
    const own = this.right(purge ? 'own' : 'control');
    const { people } = authority.credentials;
    const { ends } = people.plan({ subject, path: '', by: own.exercised });
    if (ends.length === 0) throw this.senior(subject);
    const statements: Revocation[] = [
      revokeAccess({ space: id, subject, ...own.exercised, isPurge: purge }),
    ];
    if (letIn === 'remove') statements.push(...this.#dropLetIn(subject.identity, own));
    await this.change(own, statements);
    return this.outcome(subject);
  }

  /** See `SpaceRights.handOver`. */
  async handOver(member: string): Promise<void> {
    const subject = this.member(member);
    const { authority, identity } = this.space;
    const { root } = authority.credentials;
    const own = this.right('own');
    const holds = root !== undefined && own.credential.id === root.credential.id;
    if (!holds || root.next !== undefined) {
      throw new ClientError(
        'CLIENT_NOT_ROOT',
        'only whoever the space belongs to can hand it over',
      );
    }
    if (subject.identity === identity) {
      throw notAllowed('the space belongs to you already');
    }
    await this.change(own, [
      await this.grant(own, { subject, level: 'own', isHandover: true }),
      ...this.copies(subject),
    ]);
  }

  /** See `SpaceRights.restore`. */
  async restore(removal: string): Promise<void> {
    const { own, statements, who } = this.#remarks(removal, 'withdrawn');
    const copies = who.flatMap((one) => this.copies({ to: 'identity', identity: one }));
    await this.change(own, [...statements, ...copies], this.#lastRead(who));
  }

  /** See `SpaceRights.agree`. */
  async agree(removal: string): Promise<void> {
    const { own, statements } = this.#remarks(removal, 'agreed');
    await this.change(own, statements);
  }

  /** True for who has this by name already, and longer. */
  #lastsLonger(subject: GrantSubject, meant: Meant): boolean {
    const { people } = this.space.authority.credentials;
    const named = people.givenTo(subject).filter((one) => roleLevelOf(one) !== undefined);
    return named.some((one) => isMore(one, meant));
  }

  /**
   * Ends what is more than is meant and gives that in the same block, and again what else would end with it: places
   * in teams are not meant, and neither is what is left once a limited role has ended.
   */
  async #lower(subject: GrantSubject, own: HeldRight, meant?: Meant): Promise<RightsChange> {
    const { authority, id, identity } = this.space;
    const isLeaving = subject.to === 'identity' && subject.identity === identity;
    if (isLeaving) this.#refuseLastOwner(own);
    const { exercised: by } = own;
    const keepsZones = true;
    const of = { subject, path: '', by, isLeaving, keepsZones };
    const plan = authority.credentials.people.plan(of);
    const isEnded = (one: Credential): boolean =>
      roleLevelOf(one) !== undefined && (meant === undefined || isMore(one, meant));
    if (!plan.ends.some(isEnded)) throw this.senior(subject);
    const statements: Statement[] = [revokeAccess({ space: id, subject, keepsZones, ...by })];
    if (meant !== undefined) statements.push(await this.#role(subject, own, meant));
    for (const had of plan.ends.filter((one) => isLeft(one, meant))) {
      const again = own.credential.level === 'own' || isAbove(own.credential.level, had.level);
      const { grant, path } = had;
      const level: Level = again ? had.level : 'read';
      const limits = { premise: grant?.premise, until: grant?.until };
      statements.push(await this.grant(own, { subject, level, path: idsOf(path), ...limits }));
    }
    await this.change(own, statements);
    return this.outcome(subject, meant && roleOfLevel(meant.level));
  }

  #role(subject: GrantSubject, own: HeldRight, { level, ...limits }: Meant): Promise<Statement> {
    return this.grant(own, { subject, ...rightOfRoleLevel(level), ...limits });
  }

  /** What the founder or another owner gives up must not leave a space that nobody owns. */
  #refuseLastOwner(own: HeldRight): void {
    if (own.credential.level !== 'own') return;
    const { authority, identity } = this.space;
    const isOwned = authority
      .members()
      .some((one) => one.identity !== identity && one.level === 'own');
    if (!isOwned) throw new ClientError('CLIENT_LAST_OWNER', 'nobody else owns this space');
  }

  #dropLetIn(identity: IdentityId, own: HeldRight): readonly Revocation[] {
    const { authority, id } = this.space;
    const pairs = new Map<string, Revocation>();
    for (const { credential, from } of authority.credentials.people.followFrom(identity)) {
      const { subject } = credential;
      if (subject.to === 'identity' && subject.identity === this.space.identity) continue;
      const revocation = revokeAccess({ space: id, subject, under: from, ...own.exercised });
      pairs.set(`${from} ${keyOf(subject)}`, revocation);
    }
    return [...pairs.values()];
  }

  #letIn(identity: IdentityId): RemovalPlan['letIn'] {
    const found = new Map<string, RemovalPlan['letIn'][number]>();
    for (const { credential } of this.space.authority.credentials.people.followFrom(identity)) {
      const { issuer, path, subject } = credential;
      if (subject.to !== 'identity' || path !== '') continue;
      const by = namedIn(this.space, issuer);
      found.set(subject.identity, { ...namedIn(this.space, subject.identity), by });
    }
    return [...found.values()];
  }

  #remarks(
    removal: string,
    says: 'withdrawn' | 'agreed',
  ): {
    readonly own: HeldRight;
    readonly statements: readonly Statement[];
    readonly who: readonly IdentityId[];
  } {
    const { authority, id, index } = this.space;
    const found = removalsOf(this.space).find((one) => one.id === removal);
    if (found === undefined) {
      throw new ClientError('CLIENT_UNKNOWN_REMOVAL', 'there is no such removal');
    }
    const own = this.right('control');
    const may = says === 'withdrawn' ? found.mayRestore : found.mayAgree;
    if (!may) throw notAllowed('only somebody who is no junior to who did it can do this');
    const block = removal as BlockHash;
    const no = index.branches.blockOf(block);
    const statements = authority.credentials.people
      .revocations()
      .filter((one) => one.block === no && one.effect !== 'none')
      .filter((one) => says === 'withdrawn' || one.isPurge)
      .map((one) => remarkOn({ space: id, says, block, index: one.index, ...own.exercised }));
    return { own, statements, who: found.who.map((one) => one.id as IdentityId) };
  }

  /**
   * The newest membership keys that all of these have had: they cannot read what is said under newer ones, nor that
   * they are back.
   */
  #lastRead(who: readonly IdentityId[]): KeyId | undefined {
    const { authority, keys } = this.space;
    const had = (identity: IdentityId, generation: KeyId): boolean =>
      authority.keys.copiesFor(identity, generation).length > 0;
    return authority.keys
      .generations('membership')
      .findLast(
        (generation) =>
          keys.ring.membership(generation) !== undefined &&
          who.every((identity) => had(identity, generation)),
      );
  }

  #teamAt(path: string): string | undefined {
    const { authority } = this.space;
    const group = authority.groups().find((one) => groupPath(one) === path);
    return group === undefined ? undefined : teamName(authority, group);
  }
}

/** What is no role stays; and of roles, what is less than one that is to end. */
function isLeft(had: Credential, meant: Meant | undefined): boolean {
  const level = roleLevelOf(had);
  if (level === undefined) return true;
  const isLimited = meant?.premise !== undefined || meant?.until !== undefined;
  return isLimited && meant !== undefined && isAbove(meant.level, level);
}
