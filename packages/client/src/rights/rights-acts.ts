/**
 * Changing who may do what: the statements that an intention comes to, in one block each, so that nobody sees
 * half of it. Loaded when somebody first changes anything.
 */
import type { Space } from '@atoll/echo';
import {
  GROUPS_PATH,
  copyKeys,
  grantAccess,
  groupPath,
  levelOfRole,
  remarkOn,
  revokeAccess,
  roleOfLevel,
  type Credential,
  type GrantSubject,
  type GroupId,
  type HeldRight,
  type Level,
  type Revocation,
  type Statement,
} from '@atoll/halo';
import {
  toHex,
  utf8,
  type BlockHash,
  type IdentityId,
  type KeyId,
  type Rng,
  type Signer,
} from '@atoll/kernel';
import type { Role } from '../api.ts';
import { ClientError } from '../client-error.ts';
import type {
  Named,
  RemovalPlan,
  RemoveOptions,
  RightsChange,
  RightsSubject,
  Team,
} from '../members-api.ts';
import { distinct, idsOf, isAbove, keyOf, notAllowed, pathOf, roleIn } from './rights-terms.ts';
import { greaterRole, namedIn, removalsOf, teamOf, teamsOf } from './rights-view.ts';

/** What acts are made with. */
export interface ActsParts {
  readonly space: Space;
  readonly rng: Rng;
  readonly deviceSigner: Signer;
}

/** Bytes of the name of a team; what statements hold. */
const TEAM_NAME_BYTES_MAX = 256;
/** Levels below another, the greatest first. */
const BELOW: readonly Level[] = ['own', 'control', 'write', 'read'];

/** Changes rights in one space. */
export class RightsActs {
  readonly #space: Space;
  readonly #parts: ActsParts;

  constructor(parts: ActsParts) {
    this.#parts = parts;
    this.#space = parts.space;
  }

  /** See `SpaceRights.planRemoval`. */
  planRemoval(member: string): RemovalPlan {
    const subject = this.#member(member);
    const own = this.#right('control');
    const { people } = this.#space.authority.credentials;
    const { ends, stays } = people.plan({ subject, path: '', by: own.exercised });
    const kept = stays.filter(({ path }) => path === '');
    const teams = ends.flatMap(({ path }) => this.#teamAt(path) ?? []);
    return {
      ...(stays.length === 0
        ? {}
        : { stays: { role: roleIn(kept) ?? 'reader', from: this.#issuers(stays) } }),
      letIn: this.#letIn(subject.identity),
      teams: [...new Set(teams)].sort(),
      isPossible: ends.length > 0,
    };
  }

  /** See `SpaceRights.setRole`. */
  async setRole(to: RightsSubject, role: Role, untilEpoch?: number): Promise<RightsChange> {
    const subject = this.#subject(to);
    const level = levelOfRole(role);
    const own = this.#right('control');
    if (own.credential.level !== 'own' && !isAbove(own.credential.level, level)) {
      const most = roleOfLevel(BELOW[BELOW.indexOf(own.credential.level) + 1] ?? 'read');
      throw notAllowed(`you can make somebody ${most} at most`);
    }
    const isLower = this.#given(subject).some((one) => isAbove(one.level, level));
    if (isLower) return this.#lower(subject, { own, level, untilEpoch });
    const has = this.#given(subject).some((one) => one.level === level);
    if (has && untilEpoch === undefined) return this.#outcome(subject, role);
    const statements = [await this.#grant(own, { subject, level, until: untilEpoch })];
    await this.#change(own, [...statements, ...this.#copies(subject)]);
    return this.#outcome(subject, role);
  }

  /** See `SpaceRights.clearRole`. */
  clearRole(team: string): Promise<RightsChange> {
    const subject = this.#team(team);
    const own = this.#right('control');
    if (this.#given(subject).length === 0) return Promise.resolve({ stays: [] });
    return this.#lower(subject, { own, level: undefined });
  }

  /** See `SpaceRights.remove`. */
  async remove(member: string, options: RemoveOptions = {}): Promise<RightsChange> {
    const { letIn = 'keep', purge = false } = options;
    const subject = this.#member(member);
    const { authority, id, identity } = this.#space;
    if (subject.identity === identity) {
      throw notAllowed('nobody removes himself: leave the space instead');
    }
    const own = this.#right(purge ? 'own' : 'control');
    const { people } = authority.credentials;
    const { ends } = people.plan({ subject, path: '', by: own.exercised });
    if (ends.length === 0) throw this.#senior(subject);
    const statements: Revocation[] = [
      revokeAccess({ space: id, subject, ...own.exercised, isPurge: purge }),
    ];
    if (letIn === 'remove') statements.push(...this.#dropLetIn(subject.identity, own));
    await this.#change(own, statements);
    return this.#outcome(subject);
  }

  /** See `SpaceRights.restore`. */
  async restore(removal: string): Promise<void> {
    const { own, statements, who } = this.#remarks(removal, 'withdrawn');
    const copies = who.flatMap((one) => this.#copies({ to: 'identity', identity: one }));
    await this.#change(own, [...statements, ...copies], this.#lastRead(who));
  }

  /** See `SpaceRights.agree`. */
  async agree(removal: string): Promise<void> {
    const { own, statements } = this.#remarks(removal, 'agreed');
    await this.#change(own, statements);
  }

  /** See `SpaceRights.createTeam`. */
  async createTeam(name: string): Promise<Team> {
    const own = this.#right('control');
    const group = toHex(this.#parts.rng.bytes(GROUPS_PATH.length)) as GroupId;
    await this.#change(own, [{ kind: 'group-name', group, name: this.#freeName(name) }]);
    return teamOf(this.#space, group);
  }

  /** See `SpaceRights.renameTeam`. */
  async renameTeam(team: string, name: string): Promise<void> {
    const { group } = this.#team(team);
    const own = this.#right('control', groupPath(group));
    await this.#change(own, [{ kind: 'group-name', group, name: this.#freeName(name, group) }]);
  }

  /** See `SpaceRights.addToTeam`. */
  async addToTeam(team: string, of: RightsSubject, leads = false): Promise<void> {
    const { group } = this.#team(team);
    const subject = this.#subject(of);
    const own = this.#right('control', groupPath(group));
    if (subject.to === 'group' && this.#isWithin(group, subject.group)) {
      throw new ClientError('CLIENT_TEAM_CIRCLE', 'this team is in the other one already');
    }
    const level = leads ? 'control' : 'read';
    if (leads && own.credential.level !== 'own') {
      throw notAllowed('only owners can say who leads a team');
    }
    await this.#change(own, [
      await this.#grant(own, { subject, level, path: pathOf(group) }),
      ...this.#copies(subject),
    ]);
  }

  /** See `SpaceRights.removeFromTeam`. */
  async removeFromTeam(team: string, of: RightsSubject): Promise<void> {
    const { group } = this.#team(team);
    const subject = this.#subject(of);
    const own = this.#right('control', groupPath(group));
    const by = own.exercised;
    const path = groupPath(group);
    const { ends, stays } = this.#space.authority.credentials.people.plan({ subject, path, by });
    if (ends.length === 0) {
      if (stays.length > 0) throw this.#senior(subject);
      throw new ClientError('CLIENT_UNKNOWN_MEMBER', 'he is not in this team');
    }
    const { id } = this.#space;
    await this.#change(own, [revokeAccess({ space: id, subject, path: pathOf(group), ...by })]);
  }

  /** See `SpaceRights.endTeam`. */
  async endTeam(team: string): Promise<void> {
    const subject = this.#team(team);
    const { group } = subject;
    const own = this.#right('control');
    const { authority, id } = this.#space;
    const { people } = authority.credentials;
    const inTeam = people.givenAt(groupPath(group)).map((one) => one.subject);
    const revoke = (of: GrantSubject, path = pathOf(group)): Revocation =>
      revokeAccess({ space: id, subject: of, path, ...own.exercised });
    const { stays } = people.plan({ subject, path: '', by: own.exercised });
    if (stays.length > 0) throw this.#senior(subject);
    const statements: Statement[] = [{ kind: 'group-name', group, name: '' }, revoke(subject, [])];
    for (const one of distinct(inTeam)) statements.push(revoke(one));
    await this.#change(own, statements);
  }

  /**
   * Ends what is above a level and gives that in the same block, and again what else would end with it: places in
   * teams are not meant.
   */
  async #lower(
    subject: GrantSubject,
    to: {
      readonly own: HeldRight;
      readonly level: Level | undefined;
      readonly untilEpoch?: number | undefined;
    },
  ): Promise<RightsChange> {
    const { level, own, untilEpoch } = to;
    const { authority, id, identity } = this.#space;
    const isLeaving = subject.to === 'identity' && subject.identity === identity;
    if (isLeaving) this.#refuseLastOwner(own);
    const { exercised: by } = own;
    const plan = authority.credentials.people.plan({ subject, path: '', by, isLeaving });
    const isEnded = ({ level: had, path }: Credential): boolean =>
      path === '' && (level === undefined || isAbove(had, level));
    if (!plan.ends.some(isEnded)) throw this.#senior(subject);
    const statements: Statement[] = [revokeAccess({ space: id, subject, ...by })];
    if (level !== undefined) {
      statements.push(await this.#grant(own, { subject, level, until: untilEpoch }));
    }
    for (const had of plan.ends.filter(({ path }) => path !== '')) {
      const again = own.credential.level === 'own' || isAbove(own.credential.level, had.level);
      const path = idsOf(had.path);
      statements.push(await this.#grant(own, { subject, level: again ? had.level : 'read', path }));
    }
    await this.#change(own, statements);
    return this.#outcome(subject, level === undefined ? undefined : roleOfLevel(level));
  }

  /** What the founder or another owner gives up must not leave a space that nobody owns. */
  #refuseLastOwner(own: HeldRight): void {
    if (own.credential.level !== 'own') return;
    const { authority, identity } = this.#space;
    const isOwned = authority
      .members()
      .some((one) => one.identity !== identity && one.level === 'own');
    if (!isOwned) throw new ClientError('CLIENT_LAST_OWNER', 'nobody else owns this space');
  }

  #dropLetIn(identity: IdentityId, own: HeldRight): readonly Revocation[] {
    const { authority, id } = this.#space;
    const pairs = new Map<string, Revocation>();
    for (const { credential, from } of authority.credentials.people.followFrom(identity)) {
      const { subject } = credential;
      if (subject.to === 'identity' && subject.identity === this.#space.identity) continue;
      const revocation = revokeAccess({ space: id, subject, under: from, ...own.exercised });
      pairs.set(`${from} ${keyOf(subject)}`, revocation);
    }
    return [...pairs.values()];
  }

  #letIn(identity: IdentityId): RemovalPlan['letIn'] {
    const found = new Map<string, RemovalPlan['letIn'][number]>();
    for (const { credential } of this.#space.authority.credentials.people.followFrom(identity)) {
      const { issuer, path, subject } = credential;
      if (subject.to !== 'identity' || path !== '') continue;
      const by = namedIn(this.#space, issuer);
      found.set(subject.identity, { ...namedIn(this.#space, subject.identity), by });
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
    const { authority, id, index } = this.#space;
    const found = removalsOf(this.#space).find((one) => one.id === removal);
    if (found === undefined) {
      throw new ClientError('CLIENT_UNKNOWN_REMOVAL', 'there is no such removal');
    }
    const own = this.#right('control');
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

  /** All keys there are, sealed to a reader who lacks some: he was out while they were made. */
  #copies(subject: GrantSubject): readonly Statement[] {
    if (subject.to !== 'identity') return [];
    const { authority, id, keys } = this.#space;
    const { identity } = subject;
    if (authority.readers().some((reader) => reader.identity === identity)) return [];
    const key = authority.keys.readingKey(identity)?.key;
    if (key === undefined) return [];
    const reader = { identity, key };
    const { rng } = this.#parts;
    return keys.ring.all().map((secret) => copyKeys({ rng, space: id, secret, reader }));
  }

  /**
   * The newest membership keys that all of these have had: they cannot read what is said under newer ones, nor that
   * they are back.
   */
  #lastRead(who: readonly IdentityId[]): KeyId | undefined {
    const { authority, keys } = this.#space;
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

  async #change(own: HeldRight, statements: readonly Statement[], under?: KeyId): Promise<void> {
    const control = { statements, credential: own.credential.id };
    await this.#space.changeRights(under === undefined ? control : { ...control, under });
  }

  #grant(
    own: HeldRight,
    right: {
      readonly subject: GrantSubject;
      readonly level: Level;
      readonly path?: readonly Uint8Array<ArrayBuffer>[];
      readonly until?: number | undefined;
    },
  ): Promise<Statement> {
    const { deviceSigner, rng } = this.#parts;
    const { id, identity } = this.#space;
    return grantAccess({
      ...{ rng, space: id, issuer: identity, deviceSigner },
      ...own.exercised,
      ...right,
    });
  }

  /** What came of it. */
  #outcome(subject: GrantSubject, meant?: Role): RightsChange {
    const given = this.#given(subject);
    const role = roleIn(given);
    const isMore =
      role !== undefined && (meant === undefined || greaterRole(meant, role) !== meant);
    const above = given.filter(({ level }) => meant === undefined || roleOfLevel(level) === role);
    return {
      ...(role === undefined ? {} : { role }),
      stays: isMore ? this.#issuers(above) : [],
    };
  }

  /** What somebody has over the whole space, a person through teams too. */
  #given(subject: GrantSubject): readonly Credential[] {
    const { people } = this.#space.authority.credentials;
    const all =
      subject.to === 'identity'
        ? people.rightsOf(subject).map(({ credential }) => credential)
        : people.givenTo(subject);
    return all.filter(({ path }) => path === '');
  }

  #issuers(credentials: readonly Credential[]): readonly Named[] {
    const issuers = new Set(credentials.map(({ issuer }) => issuer));
    return [...issuers].map((one) => namedIn(this.#space, one));
  }

  #senior(subject: GrantSubject): ClientError {
    const names = this.#issuers(this.#given(subject)).map(({ displayName }) => displayName);
    return new ClientError(
      'CLIENT_SENIOR_RIGHT',
      `${names.join(', ') || 'somebody senior'} gave this, and only who is above that can take it away`,
    );
  }

  #right(level: Level, path = ''): HeldRight {
    const { authority, identity } = this.#space;
    const right = authority.credentials.people.rightFor(identity, level, path);
    if (right !== undefined) return right;
    throw notAllowed(level === 'own' ? 'only owners can do this' : 'only admins can do this');
  }

  #subject(of: RightsSubject): GrantSubject {
    return of.member === undefined ? this.#team(of.team) : this.#member(of.member);
  }

  #member(member: string): { readonly to: 'identity'; readonly identity: IdentityId } {
    const identity = member as IdentityId;
    if (this.#space.authority.roleOf(identity) === undefined) {
      throw new ClientError('CLIENT_UNKNOWN_MEMBER', 'nobody of that name is in this space');
    }
    return { to: 'identity', identity };
  }

  #team(team: string): { readonly to: 'group'; readonly group: GroupId } {
    const group = this.#space.authority.groups().find((one) => one === team);
    if (group !== undefined) return { to: 'group', group };
    throw new ClientError('CLIENT_UNKNOWN_TEAM', 'there is no such team in this space');
  }

  #teamAt(path: string): string | undefined {
    const { authority } = this.#space;
    const group = authority.groups().find((one) => groupPath(one) === path);
    return group === undefined ? undefined : authority.groupName(group);
  }

  /** True if a team is another one or somewhere within it. */
  #isWithin(team: GroupId, outer: GroupId): boolean {
    const seen = new Set<GroupId>([outer]);
    for (const at of seen) {
      if (at === team) return true;
      for (const { subject } of this.#space.authority.credentials.people.givenAt(groupPath(at))) {
        if (subject.to === 'group') seen.add(subject.group);
      }
    }
    return false;
  }

  #freeName(name: string, own?: GroupId): string {
    const trimmed = name.trim();
    const isTaken = teamsOf(this.#space).some(
      (team) => team.id !== own && team.name.toLowerCase() === trimmed.toLowerCase(),
    );
    if (trimmed === '' || utf8(trimmed).length > TEAM_NAME_BYTES_MAX || isTaken) {
      throw new ClientError(
        'CLIENT_TEAM_NAME',
        isTaken ? 'another team here has this name' : 'a team needs a name of at most 256 bytes',
      );
    }
    return trimmed;
  }
}
