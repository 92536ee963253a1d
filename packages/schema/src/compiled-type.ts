/**
 * A type ready for use: its canonical bytes, its hash, and its leaves, the fields that hold something
 * themselves. A field's id hashes the step that made it, so it outlives renames and other versions.
 */
import { encodeValue } from '@atoll/codec';
import { idFromBytes, utf8, type FieldId, type SchemaHash } from '@atoll/kernel';
import type { FieldData, FieldsData, TypeData } from './field-data.ts';
import { decodeType, encodeType } from './type-form.ts';

/** Tagged hash of 32 bytes; the caller brings it, because this package knows no cryptography. */
export type TaggedHash = (tag: string, ...parts: readonly Uint8Array[]) => Uint8Array;

/** Field data without records, which have no content of their own. */
export type LeafData = Exclude<FieldData, { readonly kind: 'record' }>;

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
  const visit = (fields: FieldsData, above: readonly string[]): void => {
    for (const [name, field] of Object.entries(fields)) {
      const path = [...above, name];
      if (field.kind === 'record') visit(field.fields, path);
      else leaves.push(makeLeaf({ index: leaves.length, path, data: field, author, hash }));
    }
  };
  visit(data.fields, []);
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
function makeLeaf(input: {
  readonly index: number;
  readonly path: readonly string[];
  readonly data: LeafData;
  readonly author: Uint8Array;
  readonly hash: TaggedHash;
}): Leaf {
  const { index, path, data, author, hash } = input;
  const of = 'of' in data ? data.of.kind : '';
  const step = encodeValue({ make: [...path], kind: data.kind, of });
  const stepId = hash('schema-step', NO_PARENT, step, author);
  const id = idFromBytes('field', hash('field', stepId).subarray(0, FIELD_ID_BYTES));
  return { index, path, name: path.join('.'), id, data };
}
