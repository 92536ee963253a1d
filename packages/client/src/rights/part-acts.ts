/** Giving rights over parts of a space, and taking them back. Loaded when somebody first does. */
import {
  levelOfRole,
  pathKey,
  revokeAccess,
  type AccessPath,
  type Credential,
  type GrantSubject,
  type HeldRight,
  type Level,
  type Statement,
} from '@atoll/halo';
import type { PartChange, PartRole, RightsPlace, RightsSubject } from '../members-api.ts';
import { greatestPart } from './part-view.ts';
import { RightsActor } from './rights-actor.ts';
import {
  idsOf,
  isAbove,
  isAsMeant,
  isMore,
  lastingOf,
  notAllowed,
  type Lasting,
} from './rights-terms.ts';

/** What somebody is to have at a place. */
interface Meant extends Lasting {
  readonly level: Level;
}

/** See above. */
export class PartActs extends RightsActor {
  /** See `SpaceRights.give`. */
  async give(
    place: RightsPlace,
    to: RightsSubject,
    right: { readonly role: PartRole; readonly untilEpoch?: number | undefined },
  ): Promise<PartChange> {
    const subject = this.subject(to);
    const path = this.space.rights.pathOf(place);
    const own = this.right('control', pathKey(path));
    const meant: Meant = { level: levelOfRole(right.role) as Level, until: right.untilEpoch };
    this.requireEpochAhead(meant.until);
    if (own.credential.level !== 'own' && !isAbove(own.credential.level, meant.level)) {
      throw notAllowed('only owners can let others give rights here');
    }
    const given = this.#givenAt(subject, path).map(lastingOf);
    const isLess = given.some((one) => isMore(one, meant));
    if (!isLess && given.some((one) => isAsMeant(one, meant))) {
      return this.#outcome(subject, path, meant);
    }
    const statements: Statement[] = isLess
      ? await this.#ending(own, { subject, path, isMeant: (one) => one.path !== pathKey(path) })
      : [];
    statements.push(await this.grant(own, { subject, path, ...meant }));
    await this.change(own, [...statements, ...this.copies(subject)]);
    return this.#outcome(subject, path, meant);
  }

  /** See `SpaceRights.takeBack`. */
  async takeBack(place: RightsPlace, from: RightsSubject): Promise<PartChange> {
    const subject = this.subject(from);
    const path = this.space.rights.pathOf(place);
    const own = this.right('control', pathKey(path));
    if (subject.to === 'identity' && subject.identity === this.space.identity) {
      throw notAllowed('nobody takes a right from himself: ask somebody who has control over this');
    }
    const { people } = this.space.authority.credentials;
    const by = own.exercised;
    const { ends, stays } = people.plan({ subject, path: pathKey(path), by });
    if (ends.length === 0 && stays.length > 0) throw this.seniorTo(stays);
    if (ends.length === 0) return { stays: [] };
    await this.change(own, await this.#ending(own, { subject, path, isMeant: () => false }));
    return this.#outcome(subject, path);
  }

  /** Ends all at a path and below it, and gives again what is meant to stay. */
  async #ending(
    own: HeldRight,
    of: {
      readonly subject: GrantSubject;
      readonly path: AccessPath;
      readonly isMeant: (credential: Credential) => boolean;
    },
  ): Promise<Statement[]> {
    const { isMeant, path, subject } = of;
    const by = own.exercised;
    const { authority, id } = this.space;
    const plan = authority.credentials.people.plan({ subject, path: pathKey(path), by });
    if (plan.ends.length === 0) throw this.seniorTo(plan.stays);
    const statements: Statement[] = [revokeAccess({ space: id, subject, path, ...by })];
    for (const had of plan.ends.filter(isMeant)) {
      const again = { level: had.level, path: idsOf(had.path), until: had.grant?.until };
      statements.push(await this.grant(own, { subject, ...again }));
    }
    return statements;
  }

  #givenAt(subject: GrantSubject, path: AccessPath): readonly Credential[] {
    const { people } = this.space.authority.credentials;
    const key = pathKey(path);
    return people.givenTo(subject).filter((one) => one.path === key);
  }

  #outcome(subject: GrantSubject, path: AccessPath, meant?: Meant): PartChange {
    const given = this.#givenAt(subject, path);
    const role = greatestPart(given);
    const more = given.filter((one) => meant === undefined || isMore(lastingOf(one), meant));
    return { ...(role === undefined ? {} : { role }), stays: this.issuers(more) };
  }
}
