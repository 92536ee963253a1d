/**
 * Types under local numbers: those that a space's blocks have published, and those that the application
 * brought along. Fields get local numbers by id, so that versions of a type share them.
 */
import { hash } from '@atoll/crypto';
import { toHex, type FieldId, type ZoneId } from '@atoll/kernel';
import {
  compileType,
  compileTypeBytes,
  SchemaError,
  type CompiledType,
  type Leaf,
  type TypeData,
} from '@atoll/schema';
import { beginTextIndex } from './query/load-text-index.ts';

/** A type in this replica. */
export interface KnownType {
  /** Local number. */
  readonly no: number;
  readonly compiled: CompiledType;
  /** Local number of the field of each leaf. */
  readonly fields: readonly number[];
  /** Leaf of each field, by local number of the field. */
  readonly leafByField: ReadonlyMap<number, Leaf>;
  /**
   * Blocks that published it first, none in the past of another. Void ones are included: a type is data,
   * named by its own hash.
   */
  readonly publishedIn: number[];
  /** The same of closed zones: only who reads one knows of these. */
  readonly publishedInZones: Map<ZoneId, number[]>;
}

/** All types of one database. */
export class TypeRegistry {
  readonly #types: KnownType[] = [];
  readonly #byHash = new Map<string, KnownType>();
  readonly #byData = new WeakMap<TypeData, KnownType>();
  readonly #fieldById = new Map<FieldId, number>();
  readonly #idByField: FieldId[] = [];
  readonly #byName = new Map<string, KnownType[]>();

  /** Types known so far. */
  all(): readonly KnownType[] {
    return this.#types;
  }

  /** Type by local number. */
  get(no: number): KnownType {
    return this.#types[no] as KnownType;
  }

  /** Type by hash, in hex. */
  byHash(hex: string): KnownType | undefined {
    return this.#byHash.get(hex);
  }

  /** Versions of a type. */
  byName(name: string): readonly KnownType[] {
    return this.#byName.get(name) ?? [];
  }

  /** A type that the application defined. @throws SchemaError. */
  ofData(data: TypeData): KnownType {
    const known = this.#byData.get(data);
    if (known !== undefined) return known;
    const type = this.#enter(compileType(data, hash));
    this.#byData.set(data, type);
    return type;
  }

  /** The type of published bytes; `undefined` when they are no type. */
  published(bytes: Uint8Array): KnownType | undefined {
    const known = this.#byHash.get(toHex(hash('schema', bytes)));
    if (known !== undefined) return known;
    try {
      return this.#enter(compileTypeBytes(bytes, hash));
    } catch (failure) {
      if (failure instanceof SchemaError) return undefined;
      throw failure;
    }
  }

  /** Local number of a field's id. */
  fieldNo(id: FieldId): number | undefined {
    return this.#fieldById.get(id);
  }

  /** True for the local number of a field. */
  hasField(field: number): boolean {
    return field < this.#idByField.length;
  }

  /** Id of a field. */
  fieldId(field: number): FieldId {
    return this.#idByField[field] as FieldId;
  }

  #enter(compiled: CompiledType): KnownType {
    const known = this.#byHash.get(compiled.hash);
    if (known !== undefined) return known;
    const fields = compiled.leaves.map((leaf) => this.#fieldNo(leaf.id));
    const type: KnownType = {
      no: this.#types.length,
      compiled,
      fields,
      leafByField: new Map(compiled.leaves.map((leaf, at) => [fields[at] as number, leaf])),
      publishedIn: [],
      publishedInZones: new Map(),
    };
    if (type.compiled.leaves.some(({ data }) => 'search' in data && data.search === true)) {
      beginTextIndex();
    }
    this.#types.push(type);
    this.#byHash.set(compiled.hash, type);
    const versions = this.#byName.get(compiled.name);
    if (versions === undefined) this.#byName.set(compiled.name, [type]);
    else versions.push(type);
    return type;
  }

  #fieldNo(id: FieldId): number {
    let field = this.#fieldById.get(id);
    if (field === undefined) {
      field = this.#idByField.push(id) - 1;
      this.#fieldById.set(id, field);
    }
    return field;
  }
}

/** Blocks that published a type in a zone, or where all members read. To be added to. */
export function publicationsOf(type: KnownType, zone: ZoneId | undefined): number[] {
  if (zone === undefined) return type.publishedIn;
  let blocks = type.publishedInZones.get(zone);
  if (blocks === undefined) type.publishedInZones.set(zone, (blocks = []));
  return blocks;
}
