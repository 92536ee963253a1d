/** What may somebody do where, and why: questions about the rights in one space, as of now. */
import {
  PATH_ID_BYTES,
  isInZones,
  isPathBelow,
  levelNumberOf,
  pathKey,
  suffices,
  type AccessPath,
  type Credential,
  type HeldRight,
  type Level,
  type SpaceAuthority,
} from '@atoll/halo';
import { fromHex, type IdentityId } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import { Reach, pathInZone } from './reach.ts';
import {
  idsWithin,
  pathOfPlace,
  placeOfPath,
  type PlaceOfPath,
  type RightPlace,
} from './right-place.ts';

/** Where a right is over, as seen from a place that it has to do with. */
export type ReachKind =
  /** Over the whole space, or the whole zone that the place is in. */
  | 'whole'
  /** Over all objects of a type, or over those that somebody has made. */
  | 'type'
  /** Over an object that this one lies below in a tree, or over the object that a field is of. */
  | 'above'
  /** Over just this, and what lies below it. */
  | 'here'
  /** Over a part of it alone. */
  | 'within';

/** A right that has to do with a place. */
export interface ReachingRight {
  readonly right: HeldRight;
  readonly reach: ReachKind;
}

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

  /** Rights in force that somebody may exercise: by name, through groups, and what everybody has. */
  of(identity: IdentityId): readonly HeldRight[] {
    return this.#parts.authority.credentials.people.rightsOf({ to: 'identity', identity });
  }

  /** Rights to change something that somebody has at a place, over what it is in, or over parts of it; the most senior first. */
  reaching(identity: IdentityId, path: AccessPath): readonly ReachingRight[] {
    const key = pathKey(path);
    return this.of(identity).flatMap((right): readonly ReachingRight[] => {
      const { credential } = right;
      if (!suffices(credential.level, 'write')) return [];
      const reach = this.#reachOf(credential, { identity, path });
      if (reach !== undefined) return [{ right, reach }];
      return isPathBelow(credential.path, key) ? [{ right, reach: 'within' }] : [];
    });
  }

  /** The least right that suffices. */
  #right(identity: IdentityId, level: Level, path: AccessPath): HeldRight | undefined {
    const reaches = ({ credential }: HeldRight): boolean =>
      suffices(credential.level, level) && this.#reaches(credential, { identity, level, path });
    return this.of(identity).filter(reaches).sort(byBreadth)[0];
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

  #reaches(
    credential: Credential,
    to: { readonly identity: IdentityId; readonly level: Level; readonly path: AccessPath },
  ): boolean {
    const reach = this.#reachOf(credential, to);
    if (reach === undefined) return false;
    return !suffices(to.level, 'control') || isPathBelow(pathKey(to.path), credential.path);
  }

  /** From where a right reaches all of a place; `undefined` for one that does not. */
  #reachOf(
    credential: Credential,
    to: { readonly identity: IdentityId; readonly path: AccessPath },
  ): Exclude<ReachKind, 'within'> | undefined {
    const key = pathKey(to.path);
    // What lies in zones is to be had from nowhere above.
    if (isInZones(credential.path) !== isInZones(key)) return undefined;
    if (isPathBelow(key, credential.path)) {
      if (idsWithin(credential.path).length === 0) return 'whole';
      return credential.path === key ? 'here' : 'above';
    }
    const object = fromHex(idsWithin(key)[0] ?? '');
    if (object?.length !== PATH_ID_BYTES) return undefined;
    const fold = this.#parts.fold();
    const row = fold.rows.find(object);
    if (row < 0) return undefined;
    const zone = fold.zoneOf(row);
    const moment = { block: undefined, op: 0, author: to.identity, zone };
    const path = pathInZone(credential.path, zone);
    if (path === undefined || !new Reach(path).covers(fold, { row }, moment)) return undefined;
    return placeOfPath(fold, credential.path) === undefined ? 'type' : 'above';
  }
}

/** The narrower path first, then the lower level. */
function byBreadth({ credential: a }: HeldRight, { credential: b }: HeldRight): number {
  return b.path.length - a.path.length || levelNumberOf(a.level) - levelNumberOf(b.level);
}
