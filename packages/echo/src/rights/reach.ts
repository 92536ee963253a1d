/**
 * How far a right reaches: whether its path lies at or above what an op changes. Paths are compared id by id. Says
 * the same of an op on every replica: it asks for nothing but the op, what made its object, and places in trees as
 * the op's block knew them.
 */
import {
  GROUPS_PATH,
  OWN_OBJECTS,
  TYPES_PATH,
  elementPathId,
  isInZones,
  mapKeyId,
  pathIds,
  typePath,
  zoneKey,
} from '@atoll/halo';
import { fromHex, toHex, type ZoneId } from '@atoll/kernel';
import { EACH_ENTRY, type Leaf } from '@atoll/schema';
import type { Fold } from '../fold.ts';
import { isInSubtree, madeAt, parentsAt, rowAt } from './place-log.ts';
import type { OpMoment, OpTarget, TargetField } from './op-target.ts';

const TYPES_ID: string = toHex(TYPES_PATH);
const GROUPS_ID: string = toHex(GROUPS_PATH);
const OWN_ID: string = toHex(OWN_OBJECTS);
/** Type and object, type and own objects; or object, field, key and column. */
const TYPE_DEPTH = 2;
const FIELD_DEPTH = 1;
const KEY_DEPTH = 2;
const COLUMN_DEPTH = 3;
/** Names of types and keys whose ids are kept. */
const KEPT_IDS_MAX = 4096;

/** What of a right's path is left in a zone; `undefined` for a right that is not of that zone. */
export function pathInZone(path: string, zone: ZoneId | undefined): string | undefined {
  if (zone === undefined) return isInZones(path) ? undefined : path;
  const above = zoneKey(zone);
  return path.startsWith(above) ? path.slice(above.length) : undefined;
}

/** A path, taken apart once for all ops that are judged by it. */
export class Reach {
  /** True for the whole space. */
  readonly isWhole: boolean;
  /** True for where members of groups are: nothing is written there. */
  readonly isGroup: boolean;
  readonly #ids: readonly string[];
  readonly #objectId: Uint8Array | undefined;

  constructor(path: string) {
    this.#ids = pathIds(path);
    this.isWhole = this.#ids.length === 0;
    this.isGroup = this.#ids[0] === GROUPS_ID;
    this.#objectId = fromHex(this.#ids[0] ?? '');
  }

  /** True for an object and what is below it: which part of an object is changed makes no difference. */
  get isSubtree(): boolean {
    return this.#ids.length === 1 && !this.isGroup && this.#ids[0] !== TYPES_ID;
  }

  /** Ids of the path: the more, the less it allows. */
  get depth(): number {
    return this.#ids.length;
  }

  /** True if the path is that of what is changed, or lies above it. */
  covers(fold: Fold, target: OpTarget, moment: OpMoment): boolean {
    if (this.isWhole) return true;
    if (this.#ids[0] === TYPES_ID) return this.#coversType(fold, target, moment);
    const { creation, row } = target;
    if (row !== undefined && row === this.#rowOf(fold)) return this.#coversPart(fold, target.field);
    if (this.#ids.length !== 1) return false;
    const parents = creation?.parents ?? (row === undefined ? [] : parentsAt(fold, row, moment));
    return isInSubtree(fold, parents, this.#ids[0] as string, moment);
  }

  /** True for a right over all objects of a type, not only over the own ones of whoever exercises it. */
  coversAllOf(type: string): boolean {
    return this.#ids.length === TYPE_DEPTH && this.#ids[0] === TYPES_ID && this.#isType(type);
  }

  /** True for a right over an object that need not be known, or over what it is below. */
  coversObject(fold: Fold, id: Uint8Array, moment: OpMoment): boolean {
    const row = rowAt(fold, id, moment);
    if (row >= 0) return this.covers(fold, { row }, moment);
    return this.isWhole || (this.#ids.length === 1 && this.#ids[0] === toHex(id));
  }

  #rowOf(fold: Fold): number {
    return this.#objectId === undefined ? -1 : fold.rows.find(this.#objectId);
  }

  #coversType(fold: Fold, { creation, row }: OpTarget, moment: OpMoment): boolean {
    const made = row === undefined ? undefined : madeAt(fold, row, moment);
    const type = creation?.type ?? (made === undefined ? undefined : fold.types.get(made.type));
    if (type === undefined || !this.#isType(type.compiled.name)) return false;
    if (this.#ids.length === TYPE_DEPTH) return true;
    if (this.#ids.length !== TYPE_DEPTH + 1 || this.#ids[TYPE_DEPTH] !== OWN_ID) return false;
    if (made === undefined) return true;
    return fold.blocks.get(made.block).author === moment.author;
  }

  #isType(name: string): boolean {
    return this.#ids[1] === typeIdOf(name);
  }

  #coversPart(fold: Fold, field: TargetField | undefined): boolean {
    const ids = this.#ids;
    if (ids.length === 1) return true;
    if (field === undefined || ids.length > COLUMN_DEPTH + 1) return false;
    if (ids[FIELD_DEPTH] !== topFieldOf(field)) return false;
    if (ids.length === KEY_DEPTH) return true;
    if (field.key === undefined || ids[KEY_DEPTH] !== keyIdOf(fold, field, field.key)) return false;
    return ids.length === COLUMN_DEPTH || ids[COLUMN_DEPTH] === field.leaf.id;
  }
}

/** Id of a field as paths have it; of a column of a map of records, that of the map. */
export function topFieldOf({ leaf, type }: Pick<TargetField, 'leaf' | 'type'>): string {
  if (leaf.records !== 'column') return leaf.id;
  const above = leaf.path.slice(0, leaf.path.indexOf(EACH_ENTRY)).join('.');
  return type.compiled.leafByName.get(above)?.id ?? leaf.id;
}

/** Id of a map's key or a list's element; `undefined` for what has none. */
function keyIdOf(fold: Fold, { leaf }: { readonly leaf: Leaf }, key: string): string {
  if (leaf.data.kind === 'map') return mapIdOf(key);
  if (leaf.data.kind !== 'list') return '';
  const match = /^([0-9a-f]{64})\.(0|[1-9]\d{0,9})$/.exec(key);
  if (match === null) return '';
  const feed = fromHex(feedOf(fold, match[1] as string));
  return feed === undefined ? '' : toHex(elementPathId(feed, Number(match[2])));
}

/** Key of the feed that a name in an op stands for: that of a feed, or of a block behind a fork. */
function feedOf({ blocks }: Fold, name: string): string {
  const { branches } = blocks;
  if (branches.of(name).length > 0) return name;
  const start = branches.find(name);
  return start === undefined ? name : branches.feedOf(start.branch);
}

const typeIds = new Map<string, string>();
const mapIds = new Map<string, string>();

function typeIdOf(name: string): string {
  return kept(typeIds, name, () => toHex(typePath(name)[1] as Uint8Array));
}

function mapIdOf(key: string): string {
  return kept(mapIds, key, () => toHex(mapKeyId(key)));
}

function kept(ids: Map<string, string>, name: string, make: () => string): string {
  let id = ids.get(name);
  if (id === undefined) {
    if (ids.size >= KEPT_IDS_MAX) ids.clear();
    ids.set(name, (id = make()));
  }
  return id;
}
