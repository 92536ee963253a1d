/**
 * A type ready for use: its canonical bytes, its hash, and its leaves, the fields that hold something
 * themselves. A field's id hashes the step that made it, so it outlives renames and other versions.
 */
import { encodeValue } from '@atoll/codec';
import { idFromBytes, utf8, type FieldId, type SchemaHash } from '@atoll/kernel';
import {
  isScalar,
  type ElementData,
  type FieldData,
  type FieldsData,
  type RegisterData,
  type TypeData,
} from './field-data.ts';
import { decodeType, encodeType } from './type-form.ts';

/** Tagged hash of 32 bytes; the caller brings it, because this package knows no cryptography. */
export type TaggedHash = (tag: string, ...parts: readonly Uint8Array[]) => Uint8Array;

/** Field data without records, which have no content of their own. */
export type LeafData = Exclude<FieldData, { readonly kind: 'record' | 'records' }>;

/** Stands for the key of an entry in the path of what is inside a map of records. */
export const EACH_ENTRY = '*';

/** A field that holds something itself; records are only the path to it. */
export interface Leaf {
  /** Place among the leaves of its type; names the field in ops. */
  readonly index: number;
  /** Names from the outermost record to the field. */
  readonly path: readonly string[];
  /** The path as text, joined by dots. */
  readonly name: string;
  readonly id: FieldId;
  readonly data: LeafData;
  /**
   * A map of records is kept as maps of registers, a column for each field, under the path of the map and
   * `*`; and an entry is there as long as the map at the path itself says so.
   */
  readonly records?: 'entries' | 'column';
  /** Of a column: the field of the records, with its options. */
  readonly column?: RegisterData;
}

/** A type with its hash and leaves. */
export interface CompiledType {
  readonly data: TypeData;
  readonly name: string;
  /** Canonical bytes, as published in a space. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hash: SchemaHash;
  readonly hashBytes: Uint8Array;
  readonly leaves: readonly Leaf[];
  readonly leafByName: ReadonlyMap<string, Leaf>;
  readonly leafById: ReadonlyMap<FieldId, Leaf>;
}

const FIELD_ID_BYTES = 16;
/** The parent of a first version. */
const NO_PARENT: Uint8Array = new Uint8Array(32);

/** Compiles a type. @throws SchemaError when it has no canonical form. */
export function compileType(data: TypeData, hash: TaggedHash): CompiledType {
  return compile(data, encodeType(data), hash);
}

/** Compiles the type of canonical bytes. @throws SchemaError for all others. */
export function compileTypeBytes(bytes: Uint8Array, hash: TaggedHash): CompiledType {
  return compile(decodeType(bytes), bytes.slice() as Uint8Array<ArrayBuffer>, hash);
}

function compile(data: TypeData, bytes: Uint8Array<ArrayBuffer>, hash: TaggedHash): CompiledType {
  const leaves: Leaf[] = [];
  const author = utf8(data.name);
  const add = (leaf: Pick<Leaf, 'path' | 'data' | 'records' | 'column'>): void => {
    leaves.push(makeLeaf({ ...leaf, index: leaves.length, author, hash }));
  };
  const visit = (fields: FieldsData, above: readonly string[], inEntries: boolean): void => {
    for (const [name, field] of Object.entries(fields)) {
      const path = [...above, name];
      if (field.kind === 'record') visit(field.fields, path, inEntries);
      else if (field.kind === 'records') {
        add({ path, data: { kind: 'map', of: { kind: 'boolean' } }, records: 'entries' });
        visit(field.fields, [...path, EACH_ENTRY], true);
      } else if (inEntries && isScalar(field)) {
        const map: LeafData = { kind: 'map', of: elementOf(field) };
        add({ path, data: map, records: 'column', column: field });
      } else add({ path, data: field });
    }
  };
  visit(data.fields, [], false);
  const hashBytes = hash('schema', bytes);
  return {
    data,
    name: data.name,
    bytes,
    hash: idFromBytes('schema', hashBytes),
    hashBytes,
    leaves,
    leafByName: new Map(leaves.map((leaf) => [leaf.name, leaf])),
    leafById: new Map(leaves.map((leaf) => [leaf.id, leaf])),
  };
}

/**
 * The step says what cannot change without becoming another field: where it was made and what it holds.
 * Defaults, optionality and the values of an enum are not part of it.
 */
function makeLeaf(
  input: Pick<Leaf, 'index' | 'path' | 'data' | 'records' | 'column'> & {
    readonly author: Uint8Array;
    readonly hash: TaggedHash;
  },
): Leaf {
  const { author, hash, ...leaf } = input;
  const { path, data } = leaf;
  const of = innerKind(data);
  const kind = leaf.records === 'entries' ? 'records' : data.kind;
  const step = encodeValue({ make: [...path], kind, of });
  const stepId = hash('schema-step', NO_PARENT, step, author);
  const id = idFromBytes('field', hash('field', stepId).subarray(0, FIELD_ID_BYTES));
  return { ...leaf, name: path.join('.'), id };
}

/** What is inside; a model's version too, so that its next one is another field. */
function innerKind(data: LeafData): string {
  if (data.kind === 'model') return `${data.model}@${data.version}`;
  return 'of' in data && 'kind' in data.of ? data.of.kind : '';
}

/** Options of a register that are not part of what it holds. */
const OPTIONS: ReadonlySet<string> = new Set(['optional', 'default', 'unique', 'index', 'search']);

/** What a register holds, without its options. */
function elementOf(field: RegisterData): ElementData {
  const entries = Object.entries(field).filter(([name]) => !OPTIONS.has(name));
  return Object.fromEntries(entries) as unknown as ElementData;
}
