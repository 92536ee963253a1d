/**
 * Places that rights are over, as people name them and as paths have them: an object, a field of it, an entry or an
 * element of that.
 */
import {
  elementPathId,
  isInZones,
  mapKeyId,
  pathIds,
  zonePath,
  GROUPS_PATH,
  TYPES_PATH,
  type AccessPath,
} from '@atoll/halo';
import { fromHex, toHex, type ObjectId } from '@atoll/kernel';
import type { Leaf } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { Fold } from '../fold.ts';
import type { KnownType } from '../type-registry.ts';
import { topFieldOf } from './reach.ts';

/** A place in a space as people name it; nothing named: the whole space. */
export interface RightPlace {
  readonly object?: ObjectId | string;
  /** Name of a field of the object. */
  readonly field?: string;
  /** Key of an entry of a map, or index of an element of a list as it is shown now. */
  readonly key?: string | number;
}

/** A place that a path names. */
export interface PlaceOfPath {
  readonly object: ObjectId;
  /** Name of the field; absent for the object as a whole, and where the object is not known here. */
  readonly field?: string;
  /** Key of an entry of a map that is there now. */
  readonly key?: string;
  /** The path names less than what is named here: something that is not known, or not there any more. */
  readonly isLess: boolean;
}

/** Ids of the path of a zone, which stands before those of what is in it. */
const ZONE_DEPTH = 2;
/** Ids of the path of an object's field. */
const FIELD_DEPTH = 2;
const KEY_DEPTH = 3;

/** Path of a place, for grants and revocations. @throws EchoError `ECHO_OBJECT`, `ECHO_FIELD`, `ECHO_POSITION`. */
export function pathOfPlace(fold: Fold, { field, key, object }: RightPlace): AccessPath {
  if (object === undefined) return [];
  const id = fromHex(object);
  const row = id?.length === 16 ? fold.rows.find(id) : -1;
  if (id === undefined || row < 0) {
    throw new EchoError('ECHO_OBJECT', 'the object is not in this space');
  }
  const zone = fold.zoneOf(row);
  const path = [...(zone === undefined ? [] : zonePath(zone)), id];
  if (field === undefined) return path;
  const known = fieldOf(fold, row, field);
  path.push(bytesOf(topFieldOf(known)));
  return key === undefined ? path : [...path, keyIn(fold, { row, ...known }, key)];
}

/** The place of a path; `undefined` for one that is no object's: of a type, a team, a zone or the whole space. */
export function placeOfPath(fold: Fold, path: string): PlaceOfPath | undefined {
  const ids = idsWithin(path);
  const [object, field, key] = ids;
  if (object === undefined || SET_APART.has(object)) return undefined;
  const place = { object: object as ObjectId };
  if (field === undefined) return { ...place, isLess: false };
  const row = fold.rows.find(bytesOf(object));
  const known = row < 0 ? undefined : fieldOfId(fold, row, field);
  if (known === undefined) return { ...place, isLess: true };
  const named = { ...place, field: known.leaf.name };
  if (ids.length === FIELD_DEPTH) return { ...named, isLess: false };
  const shown = key === undefined ? undefined : keyOfId(fold, { row, ...known }, key);
  if (shown === undefined) return { ...named, isLess: true };
  return { ...named, key: shown, isLess: ids.length > KEY_DEPTH };
}

const SET_APART: ReadonlySet<string> = new Set([toHex(GROUPS_PATH), toHex(TYPES_PATH)]);

/** Ids of a path from the zone downwards that it lies in, or from the space. */
export function idsWithin(path: string): readonly string[] {
  const ids = pathIds(path);
  return isInZones(path) ? ids.slice(ZONE_DEPTH) : ids;
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

/** The field whose id a path has, by the newest version of the type that has it. */
function fieldOfId(fold: Fold, row: number, id: string): KnownField | undefined {
  const own = fold.typeOf(row);
  for (const type of [own, ...fold.types.byName(own.compiled.name)].reverse()) {
    const leaf = type.compiled.leaves.find((one) => topFieldOf({ leaf: one, type }) === id);
    if (leaf !== undefined) return { type, leaf };
  }
  return undefined;
}

function keyOfId(
  fold: Fold,
  { leaf, row, type }: KnownField & { readonly row: number },
  id: string,
): string | undefined {
  const state = fold.state(row)?.fields.get(type.fields[leaf.index] as number);
  if (state?.kind !== 'map') return undefined;
  return [...state.entries.keys()].find((key) => toHex(mapKeyId(key)) === id);
}
