/** What may somebody do where, and why: questions about the rights in one space, as of now. */
import {
  elementPathId,
  isPathBelow,
  levelNumberOf,
  mapKeyId,
  pathKey,
  suffices,
  type AccessPath,
  type Credential,
  type HeldRight,
  type Level,
  type SpaceAuthority,
} from '@atoll/halo';
import { fromHex, type IdentityId, type ObjectId } from '@atoll/kernel';
import type { Leaf } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { Fold } from '../fold.ts';
import type { KnownType } from '../type-registry.ts';
import { Reach, pathInZone, topFieldOf } from './reach.ts';

/** A place in a space as people name it; nothing named: the whole space. */
export interface RightPlace {
  readonly object?: ObjectId | string;
  /** Name of a field of the object. */
  readonly field?: string;
  /** Key of an entry of a map, or index of an element of a list as it is shown now. */
  readonly key?: string | number;
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
  pathOf({ field, key, object }: RightPlace): AccessPath {
    if (object === undefined) return [];
    const fold = this.#parts.fold();
    const id = fromHex(object);
    const row = id?.length === 16 ? fold.rows.find(id) : -1;
    if (id === undefined || row < 0) {
      throw new EchoError('ECHO_OBJECT', 'the object is not in this space');
    }
    if (field === undefined) return [id];
    const known = fieldOf(fold, row, field);
    const path = [id, bytesOf(topFieldOf(known))];
    return key === undefined ? path : [...path, keyIn(fold, { row, ...known }, key)];
  }

  /**
   * Whether somebody may do something at a place and below it. To write, rights over what an object lies below in a
   * tree count, and over its type; to control, those whose path is at or above.
   */
  may(identity: IdentityId, level: Level, path: AccessPath): boolean {
    return this.#right(identity, level, path) !== undefined;
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
    if (isPathBelow(pathKey(to.path), credential.path)) return true;
    const [object] = to.path;
    if (object === undefined || suffices(to.level, 'control')) return false;
    const fold = this.#parts.fold();
    const row = fold.rows.find(object);
    if (row < 0) return false;
    const zone = fold.zoneOf(row);
    const moment = { block: undefined, op: 0, author: to.identity, zone };
    const path = pathInZone(credential.path, zone);
    return path !== undefined && new Reach(path).covers(fold, { row }, moment);
  }
}

/** The narrower path first, then the lower level. */
function byBreadth({ credential: a }: HeldRight, { credential: b }: HeldRight): number {
  return b.path.length - a.path.length || levelNumberOf(a.level) - levelNumberOf(b.level);
}

interface KnownField {
  readonly type: KnownType;
  readonly leaf: Leaf;
}

function fieldOf(fold: Fold, row: number, name: string): KnownField {
  const own = fold.typeOf(row);
  for (const type of [own, ...fold.types.byName(own.compiled.name)].reverse()) {
    const leaf = type.compiled.leafByName.get(name);
    if (leaf !== undefined) return { type, leaf };
  }
  throw new EchoError('ECHO_FIELD', `there is no field ${name}`);
}

function keyIn(
  fold: Fold,
  { leaf, row, type }: KnownField & { readonly row: number },
  key: string | number,
): Uint8Array<ArrayBuffer> {
  if (typeof key === 'string') return mapKeyId(key);
  const state = fold.state(row)?.fields.get(type.fields[leaf.index] as number);
  const element = state?.kind === 'list' ? state.list.elementAt(key) : undefined;
  if (element === undefined) {
    throw new EchoError('ECHO_POSITION', `there is no element ${String(key)} in ${leaf.name}`);
  }
  const feed = bytesOf(fold.blocks.branches.feedOf(element.agent));
  return elementPathId(feed, element.counter);
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return fromHex(hex) ?? new Uint8Array(0);
}
