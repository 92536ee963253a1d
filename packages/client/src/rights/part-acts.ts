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
import type {
  PartChange,
  PartRole,
  RightsLimits,
  RightsPlace,
  RightsSubject,
} from '../members-api.ts';
import { greatestPart } from './part-view.ts';
import { RightsActor } from './rights-actor.ts';
import { idsOf, isAbove, isAsMeant, isMore, notAllowed, type Meant } from './rights-terms.ts';

/** See above. */
export class PartActs extends RightsActor {
  /** See `SpaceRights.give`. */
  async give(
    place: RightsPlace,
    to: RightsSubject,
    right: RightsLimits & { readonly role: PartRole },
  ): Promise<PartChange> {
    const subject = this.subject(to);
    const path = this.space.rights.pathOf(place);
    const own = this.right('control', pathKey(path));
    this.requireEpochAhead(right.untilEpoch);
    const premise = this.premise(own, right.onlyWhile);
    const level = levelOfRole(right.role) as Level;
    const meant = { level, premise, until: right.untilEpoch } satisfies Meant;
    if (own.credential.level !== 'own' && !isAbove(own.credential.level, meant.level)) {
      throw notAllowed('only owners can let others give rights here');
    }
    const given = this.#givenAt(subject, path);
    if (given.some((one) => isAsMeant(one, meant)) && !given.some((one) => isMore(one, meant))) {
      return this.#outcome(subject, path, meant);
    }
    const statements: Statement[] = given.some((one) => isMore(one, meant))
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
      const { grant, level } = had;
      const limits = { premise: grant?.premise, until: grant?.until };
      const again = { subject, level, path: idsOf(had.path), ...limits };
      statements.push(await this.grant(own, again));
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
    const more = given.filter((one) => meant === undefined || isMore(one, meant));
    return { ...(role === undefined ? {} : { role }), stays: this.issuers(more) };
  }
}
