/**
 * Rights as seen from one place. What is the same for everybody is worked out once, so that asking of a thousand
 * people costs little more than finding what they have.
 */
import {
  PATH_ID_BYTES,
  isInZones,
  isPathBelow,
  pathKey,
  suffices,
  type AccessPath,
  type Credential,
  type HeldRight,
  type SpaceAuthority,
} from '@atoll/halo';
import { fromHex, type IdentityId, type ZoneId } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import { idsAbove, parentsAt } from './place-log.ts';
import { Reach, pathInZone } from './reach.ts';
import { idsWithin, placeOfPath } from './right-place.ts';

const ID_CHARACTERS = 2 * PATH_ID_BYTES;

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

/** See above; as of when it was made. */
export class RightsAtPlace {
  readonly #authority: SpaceAuthority;
  readonly #fold: Fold;
  readonly #key: string;
  /** Row of the object that the place is of, or -1. */
  readonly #row: number;
  readonly #zone: ZoneId | undefined;
  #above: ReadonlySet<string> | undefined;

  constructor(of: { readonly authority: SpaceAuthority; readonly fold: Fold }, path: AccessPath) {
    this.#authority = of.authority;
    this.#fold = of.fold;
    this.#key = pathKey(path);
    const object = fromHex(idsWithin(this.#key)[0] ?? '');
    this.#row = object?.length === PATH_ID_BYTES ? of.fold.rows.find(object) : -1;
    this.#zone = this.#row < 0 ? undefined : of.fold.zoneOf(this.#row);
  }

  /** Rights of somebody to change something here, over what it is in, or over parts of it; the most senior first. */
  reaching(identity: IdentityId): readonly ReachingRight[] {
    const { people } = this.#authority.credentials;
    const kindOf = ({ path }: Pick<Credential, 'path'>): ReachKind | undefined =>
      this.reachOf(path, identity) ?? (isPathBelow(path, this.#key) ? 'within' : undefined);
    const subject = { to: 'identity', identity } as const;
    const rights = people.rightsOf(
      subject,
      (right) => suffices(right.level, 'write') && kindOf(right) !== undefined,
    );
    return rights.map((right) => ({ right, reach: kindOf(right.credential) as ReachKind }));
  }

  /** True for a right by which others may be given rights here: one whose path is at or above. */
  gives({ level, path }: Pick<Credential, 'level' | 'path'>): boolean {
    const isHere = isInZones(path) === isInZones(this.#key) && isPathBelow(this.#key, path);
    return isHere && suffices(level, 'control');
  }

  /** From where a right at a path reaches all of the place; `undefined` for one that does not. */
  reachOf(path: string, identity: IdentityId): Exclude<ReachKind, 'within'> | undefined {
    // What lies in zones is to be had from nowhere above.
    if (isInZones(path) !== isInZones(this.#key)) return undefined;
    if (isPathBelow(this.#key, path)) {
      if (idsWithin(path).length === 0) return 'whole';
      return path === this.#key ? 'here' : 'above';
    }
    const within = this.#row < 0 ? undefined : pathInZone(path, this.#zone);
    if (within === undefined) return undefined;
    if (within.length === ID_CHARACTERS) return this.#idsAbove().has(within) ? 'above' : undefined;
    const target = { row: this.#row };
    const moment = { block: undefined, op: 0, author: identity, zone: this.#zone };
    if (!new Reach(within).covers(this.#fold, target, moment)) return undefined;
    return placeOfPath(this.#fold, path) === undefined ? 'type' : 'above';
  }

  #idsAbove(): ReadonlySet<string> {
    if (this.#above === undefined) {
      const moment = { block: undefined, op: 0, zone: this.#zone };
      this.#above = idsAbove(this.#fold, parentsAt(this.#fold, this.#row, moment), moment);
    }
    return this.#above;
  }
}
