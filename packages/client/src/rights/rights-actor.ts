/** Who changes rights: his own ones, what he writes, and whom he means by a name. */
import type { Space } from '@atoll/echo';
import {
  copyKeys,
  grantAccess,
  isInZones,
  levelOfRole,
  pathKey,
  rightOfRoleLevel,
  suffices,
  type AccessPath,
  type Credential,
  type GrantPremise,
  type GrantSubject,
  type GroupId,
  type HeldRight,
  type Level,
  type Statement,
} from '@atoll/halo';
import {
  ROOT_ZONE,
  idFromBytes,
  toHex,
  type IdentityId,
  type KeyId,
  type Rng,
  type Signer,
  type ZoneId,
} from '@atoll/kernel';
import type { Role } from '../api.ts';
import { ClientError } from '../client-error.ts';
import type { Named, RightsChange, RightsCondition, RightsSubject } from '../members-api.ts';
import { notAllowed, roleLevelOf } from './rights-terms.ts';
import { greaterRole, greatestRole, roleOfGrant } from './rights-view.ts';
import { namedIn } from '../names-in-space.ts';

/** What acts are made with. */
export interface ActsParts {
  readonly space: Space;
  readonly rng: Rng;
  readonly deviceSigner: Signer;
}

/** See above. */
export class RightsActor {
  readonly space: Space;
  readonly parts: ActsParts;

  constructor(parts: ActsParts) {
    this.parts = parts;
    this.space = parts.space;
  }

  /** All keys there are, sealed to a reader who lacks some: he was out while they were made. */
  copies(subject: GrantSubject): readonly Statement[] {
    if (subject.to !== 'identity') return [];
    const { authority, id, keys } = this.space;
    const { identity } = subject;
    if (authority.readers().some((reader) => reader.identity === identity)) return [];
    const key = authority.keys.readingKey(identity)?.key;
    if (key === undefined) return [];
    const reader = { identity, key };
    const { rng } = this.parts;
    // What he lost in closed zones is theirs to give who own them.
    const isMute = authority.identities.isLink(identity);
    // Who ever was let in without what was before is given what he may have when he asks.
    const withHistory = authority.credentials
      .namedTo(identity)
      .every(({ grant }) => grant?.withoutHistory !== true);
    const secrets = keys.ring.share({ withHistory, current: [], isMute }).all();
    return secrets.map((secret) => copyKeys({ rng, space: id, secret, reader }));
  }

  /** Writes it in one block. */
  async change(own: HeldRight, statements: readonly Statement[], under?: KeyId): Promise<void> {
    const control = { statements, credential: own.credential.id };
    await this.space.changeRights(under === undefined ? control : { ...control, under });
  }

  /** A grant by a right. */
  grant(
    own: HeldRight,
    right: {
      readonly subject: GrantSubject;
      readonly level: Level;
      readonly path?: AccessPath;
      readonly premise?: GrantPremise | undefined;
      readonly until?: number | undefined;
      readonly isHandover?: boolean;
    },
  ): Promise<Statement> {
    const { deviceSigner, rng } = this.parts;
    const { id, identity } = this.space;
    return grantAccess({
      ...{ rng, space: id, issuer: identity, deviceSigner },
      ...{ withoutHistory: this.#readsFromThen(right), ...own.exercised },
      ...right,
    });
  }

  /**
   * True for a member who reads only what came after him, whom another right is not to show the rest. Whoever is to
   * run the space reads all of it, for admins agree on what it has.
   */
  #readsFromThen(right: {
    readonly subject: GrantSubject;
    readonly level: Level;
    readonly path?: AccessPath;
  }): boolean {
    const { level, path = [], subject } = right;
    if (subject.to !== 'identity' || (path.length === 0 && suffices(level, 'control')))
      return false;
    const { authority } = this.space;
    const zone = isInZones(pathKey(path)) ? path[1] : undefined;
    const of = zone === undefined ? ROOT_ZONE : (toHex(zone) as ZoneId);
    const isReader = authority.readers(of).some(({ identity }) => identity === subject.identity);
    return isReader && !authority.isGivenAll(subject.identity, of);
  }

  /** What came of it. */
  outcome(subject: GrantSubject, meant?: Role): RightsChange {
    const given = this.given(subject);
    const role = greatestRole(given);
    const isMore =
      role !== undefined && (meant === undefined || greaterRole(meant, role) !== meant);
    const above = given.filter((one) => meant === undefined || roleOfGrant(one) === role);
    return {
      ...(role === undefined ? {} : { role }),
      stays: isMore ? this.issuers(above) : [],
    };
  }

  /** What somebody has over the whole space, a person through teams too. */
  given(subject: GrantSubject): readonly Credential[] {
    const { people } = this.space.authority.credentials;
    const all =
      subject.to === 'identity'
        ? people.rightsOf(subject).map(({ credential }) => credential)
        : people.givenTo(subject);
    return all.filter((one) => roleLevelOf(one) !== undefined);
  }

  /** Who gave these. */
  issuers(credentials: readonly Credential[]): readonly Named[] {
    const issuers = new Set(credentials.map(({ issuer }) => issuer));
    return [...issuers].map((one) => namedIn(this.space, one));
  }

  /** A refusal: nothing of it can be taken away. */
  senior(subject: GrantSubject): ClientError {
    return this.seniorTo(this.given(subject));
  }

  /** The same of these. */
  seniorTo(credentials: readonly Credential[]): ClientError {
    const names = this.issuers(credentials).map(({ displayName }) => displayName);
    return new ClientError(
      'CLIENT_SENIOR_RIGHT',
      `${names.join(', ') || 'somebody senior'} gave this, and only who is above that can take it away`,
    );
  }

  /** The most senior right of a level at a path. @throws ClientError `CLIENT_NOT_ALLOWED`. */
  right(level: Level, path = ''): HeldRight {
    const { authority, identity } = this.space;
    const right = authority.credentials.people.rightFor(identity, level, path);
    if (right !== undefined) return right;
    throw notAllowed(level === 'own' ? 'only owners can do this' : 'only admins can do this');
  }

  /** What ends with an epoch that is there already would never begin. @throws ClientError `CLIENT_EPOCH_PAST`. */
  requireEpochAhead(until: number | undefined): void {
    const now = this.space.epochs.status().current?.number ?? 0;
    if (until === undefined || until > now) return;
    throw new ClientError('CLIENT_EPOCH_PAST', `the space is at epoch ${String(now)} already`);
  }

  /**
   * What a condition comes to for a right that is given by another. @throws ClientError `CLIENT_CONDITION` for what
   * could not be met: a grant never depends on one that is junior to it.
   */
  premise(own: HeldRight, condition: RightsCondition | undefined): GrantPremise | undefined {
    if (condition === undefined) return undefined;
    const { place, role } = condition;
    const subject = this.subject(condition.who);
    const right = rightOfRoleLevel(levelOfRole(role));
    const path = place === undefined ? right.path : this.space.rights.pathOf(place);
    const premise = { subject, level: right.level, path: path ?? [] };
    const { authority, identity } = this.space;
    const device = idFromBytes('device', this.parts.deviceSigner.publicKey);
    const entry = authority.identities.entryOf(identity, device);
    const by = entry && { right: own.exercised, device: entry };
    if (by !== undefined && authority.credentials.people.mayRestOn(premise, by)) return premise;
    throw new ClientError('CLIENT_CONDITION', 'nobody has that from you or from above you');
  }

  /** Somebody, or a team. */
  subject(of: RightsSubject): GrantSubject {
    return of.member === undefined ? this.team(of.team) : this.member(of.member);
  }

  /** @throws ClientError `CLIENT_UNKNOWN_MEMBER`. */
  member(member: string): { readonly to: 'identity'; readonly identity: IdentityId } {
    const identity = member as IdentityId;
    if (this.space.authority.roleOf(identity) === undefined) {
      throw new ClientError('CLIENT_UNKNOWN_MEMBER', 'nobody of that name is in this space');
    }
    return { to: 'identity', identity };
  }

  /** @throws ClientError `CLIENT_UNKNOWN_TEAM`. */
  team(team: string): { readonly to: 'group'; readonly group: GroupId } {
    const group = this.space.authority.groups().find((one) => one === team);
    if (group !== undefined) return { to: 'group', group };
    throw new ClientError('CLIENT_UNKNOWN_TEAM', 'there is no such team in this space');
  }
}
