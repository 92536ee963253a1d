/**
 * The entries of a map of records as rows of a type of their own, so that conditions on them are compiled
 * like conditions on objects. There are no indexes of them: each object is looked at.
 */
import type { Leaf } from '@atoll/schema';
import type { KnownType } from '../type-registry.ts';
import type { Part } from './plan-node.ts';
import type { QueryHost } from './query-host.ts';
import type { QueryField, RowSource } from './row-source.ts';
import { valueKey, type Shown } from './value-order.ts';

/** The records of a map as a type, whose fields have the names that they have in a record. */
export function recordsOf(type: KnownType, field: string): KnownType {
  const { compiled } = type;
  const depth = (compiled.leafByName.get(field)?.path.length ?? 0) + 1;
  const leaves = compiled.leaves.flatMap((leaf): Leaf[] => {
    const { column, records: _, ...rest } = leaf;
    if (column === undefined || !leaf.name.startsWith(`${field}.`)) return [];
    const path = leaf.path.slice(depth);
    return [{ ...rest, data: column, path, name: path.join('.') }];
  });
  const leafByName = new Map(leaves.map((leaf) => [leaf.name, leaf]));
  return {
    ...type,
    compiled: { ...compiled, name: `${compiled.name}.${field}`, leaves, leafByName },
  };
}

/** The entries of one map, one object at a time. */
export class EntryRows {
  /** What the records are. */
  readonly type: KnownType;
  /** Where conditions on them are compiled: it reads the entry that is looked at. */
  readonly host: QueryHost;
  readonly #keys: (row: number) => readonly string[];
  #key = '';

  constructor(host: QueryHost, type: KnownType, of: QueryField) {
    this.type = recordsOf(type, of.leaf.name);
    this.#keys = host.source.keys(of);
    this.host = this.#hostOf(host);
  }

  /** Whether some entry of an object passes. */
  some(row: number, part: Part): boolean {
    for (const key of this.#keys(row)) {
      this.#key = key;
      if (part.test(row)) return true;
    }
    return false;
  }

  #hostOf(host: QueryHost): QueryHost {
    return {
      source: this.#sourceOf(host.source),
      indexes: host.indexes,
      live: host.live,
      readerOf: (name) => host.readerOf(name),
      typeNames: () => host.typeNames(),
      typesVersion: () => host.typesVersion(),
      trees: host.trees,
      rowOfKey: (type, field, key) => host.rowOfKey(type, field, key),
      handle: (row) => host.handle(row),
      resolveId: (id) => host.resolveId(id),
      resolveElsewhere: (space, id) => host.resolveElsewhere(space, id),
      resolveKey: (type, field, key) => host.resolveKey(type, field, key),
      keyOfObject: (id, type, field) => host.keyOfObject(id, type, field),
      spaceOf: (ref) => host.spaceOf(ref),
    };
  }

  #sourceOf(rows: RowSource): RowSource {
    const reader = (of: QueryField): ((row: number) => Shown) => {
      const read = rows.entry(of);
      const usual = 'default' in of.leaf.data ? of.leaf.data.default : undefined;
      return (row) => read(row, this.#key) ?? usual;
    };
    return {
      count: rows.count,
      typeName: (row) => rows.typeName(row),
      isValid: (row) => rows.isValid(row),
      isLive: (row) => rows.isLive(row),
      isDeleted: (row) => rows.isDeleted(row),
      isHidden: (row) => rows.isHidden(row),
      id: (row) => rows.id(row),
      idBytes: (row) => rows.idBytes(row),
      find: (id) => rows.find(id),
      compare: (a, b) => rows.compare(a, b),
      lamport: (row) => rows.lamport(row),
      reader,
      items: (of) => {
        const read = reader(of);
        return (row) => {
          const value = read(row);
          return value === undefined ? [] : [value];
        };
      },
      has: (of, value) => {
        const read = reader(of);
        const key = valueKey(value);
        return (row) => {
          const shown = read(row);
          return shown !== undefined && valueKey(shown) === key;
        };
      },
      keys: () => () => [],
      entry: (of) => rows.entry(of),
    };
  }
}
