/** What may somebody do where, and why: questions about the rights in one space, as of now. */
import {
  PATH_ID_BYTES,
  levelNumberOf,
  pathKey,
  suffices,
  type AccessPath,
  type Credential,
  type HeldRight,
  type IsAbout,
  type Level,
  type SpaceAuthority,
} from '@atoll/halo';
import { fromHex, type IdentityId } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import { pathOfPlace, placeOfPath, type PlaceOfPath, type RightPlace } from './right-place.ts';
import { RightsAtPlace } from './rights-at-place.ts';

/** What the questions are put to. */
export interface SpaceRightsParts {
  readonly authority: SpaceAuthority;
  readonly fold: () => Fold;
}

/** See above. */
export class SpaceRights {
  readonly #parts: SpaceRightsParts;

  constructor(parts: SpaceRightsParts) {
    this.#parts = parts;
  }

  /** Path of a place, for grants and revocations. @throws EchoError `ECHO_OBJECT`, `ECHO_FIELD`, `ECHO_POSITION`. */
  pathOf(place: RightPlace): AccessPath {
    return pathOfPlace(this.#parts.fold(), place);
  }

  /** The place of an object's path; `undefined` for that of anything else. */
  placeOf(path: string): PlaceOfPath | undefined {
    return placeOfPath(this.#parts.fold(), path);
  }

  /**
   * Whether somebody may do something at a place and below it. To write, rights over what an object lies below in a
   * tree count, and over its type; to control, those whose path is at or above.
   */
  may(identity: IdentityId, level: Level, path: AccessPath): boolean {
    return this.#right(identity, level, path) !== undefined;
  }

  /** Whether somebody may change an object; `false` for one that is not here. */
  mayChange(identity: IdentityId, object: string): boolean {
    const { rows } = this.#parts.fold();
    if (rows.find(fromHex(object) ?? new Uint8Array(PATH_ID_BYTES)) < 0) return false;
    return this.may(identity, 'write', this.pathOf({ object }));
  }

  /**
   * Why somebody may: the credentials from the founder's down to the one that suffices, then the memberships by
   * which it is his where it was given to a group. Empty if he may not.
   */
  why(identity: IdentityId, level: Level, path: AccessPath): readonly Credential[] {
    const right = this.#right(identity, level, path);
    if (right === undefined) return [];
    return [...this.#chainOf(right.credential), ...[...right.through].reverse()];
  }

  /** Rights in force that were given at just this path; without one, all of them. */
  grants(path?: AccessPath): readonly Credential[] {
    const { people } = this.#parts.authority.credentials;
    return people.givenAt(path === undefined ? undefined : pathKey(path));
  }

  /** Rights in force that somebody may exercise: by name, through groups, and what everybody has; those that are wanted. */
  of(identity: IdentityId, is?: IsAbout): readonly HeldRight[] {
    return this.#parts.authority.credentials.people.rightsOf({ to: 'identity', identity }, is);
  }

  /** Everybody's rights at a place, as of now. */
  at(path: AccessPath): RightsAtPlace {
    const { authority, fold } = this.#parts;
    return new RightsAtPlace({ authority, fold: fold() }, path);
  }

  /** The least right that suffices. */
  #right(identity: IdentityId, level: Level, path: AccessPath): HeldRight | undefined {
    const at = this.at(path);
    const isToGive = suffices(level, 'control');
    const suits: IsAbout = (right) =>
      suffices(right.level, level) &&
      (isToGive ? at.gives(right) : at.reachOf(right.path, identity) !== undefined);
    return [...this.of(identity, suits)].sort(byBreadth)[0];
  }

  /** A credential, and before it those from which it follows, each after the memberships by which it was exercised. */
  #chainOf(credential: Credential): readonly Credential[] {
    const { credentials } = this.#parts.authority;
    const chain = [credential];
    for (let at = credential.grant; at !== undefined;) {
      const above = [at.parent, ...at.through].flatMap((id) => credentials.get(id) ?? []);
      chain.unshift(...above);
      at = above[0]?.grant;
    }
    return chain;
  }
}

/** The narrower path first, then the lower level. */
function byBreadth({ credential: a }: HeldRight, { credential: b }: HeldRight): number {
  return b.path.length - a.path.length || levelNumberOf(a.level) - levelNumberOf(b.level);
}
