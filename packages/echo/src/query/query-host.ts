/** What queries need of the database. */
import type { ObjectHandle } from '../object-handle.ts';
import type { RefResolver } from '../stored-value.ts';
import type { ObjectTrees } from '../tree/object-trees.ts';
import type { KnownType } from '../type-registry.ts';
import type { Indexes } from './indexes.ts';
import type { LiveQueries } from './live-queries.ts';
import type { RowSource } from './row-source.ts';

/** The database's side of a query. */
export interface QueryHost extends RefResolver {
  /** Rows, read field by field. */
  readonly source: RowSource;
  readonly indexes: Indexes;
  readonly live: LiveQueries;
  /** The version of a type through which its objects are read; `undefined` when there is none. */
  readerOf(name: string): KnownType | undefined;
  /** Names of the types that are known. */
  typeNames(): readonly string[];
  /** Another number whenever a type, or the version through which it is read, is new. */
  typesVersion(): number;
  /** Trees of objects. */
  readonly trees: Pick<ObjectTrees, 'structure'>;
  /** The live object of a type with this key that was created first, or -1. */
  rowOfKey(type: string, field: string, key: string): number;
  /** The handle of a row. */
  handle(row: number): ObjectHandle;
}
