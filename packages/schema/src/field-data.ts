/**
 * What a field is, as plain data: the part of a type that every peer must agree on. The builder makes it,
 * the canonical form carries it, the fold obeys it.
 */
import type { Value } from '@atoll/codec';

/** A value that one register holds. */
export type ScalarData =
  | { readonly kind: 'string' }
  | { readonly kind: 'number' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'json' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | {
      readonly kind: 'ref';
      /** Name of the type that the ref points to; absent means any. */
      readonly type?: string;
      /** Name of the field of that type whose value stands for the object; absent means by id. */
      readonly by?: string;
    };

/** Kinds of {@link ScalarData}. */
export type ScalarKind = ScalarData['kind'];

/** What holds more than a register. */
export type CollectionData =
  | { readonly kind: 'set'; readonly of: ScalarData }
  | { readonly kind: 'list'; readonly of: ScalarData }
  | { readonly kind: 'map'; readonly of: ScalarData }
  | { readonly kind: 'counter' }
  | { readonly kind: 'text' };

/** One field. */
export type FieldData =
  | (ScalarData & { readonly optional?: boolean; readonly default?: Value })
  | CollectionData
  | { readonly kind: 'record'; readonly fields: FieldsData };

/** Fields by name, in the order in which they were written: that is the order for display. */
export type FieldsData = { readonly [name: string]: FieldData };

/** A type as data. */
export interface TypeData {
  /** Dotted name, such as `org.example.Task`. */
  readonly name: string;
  readonly fields: FieldsData;
  /** Names of the types that a relation joins; absent for objects. */
  readonly relation?: { readonly source: string; readonly target: string };
}

/** Fields of one type, nested ones counted: bounds what a schema of a stranger can make us build. */
export const FIELDS_MAX = 1024;
/** Records inside records. */
export const RECORD_DEPTH_MAX = 8;
/** Characters of a type's or a field's name. */
export const NAME_CHARACTERS_MAX = 256;
/** Values of one enum. */
export const ENUM_VALUES_MAX = 1024;
/** Canonical bytes of one type. */
export const TYPE_BYTES_MAX: number = 256 * 1024;

/** True for a field that one register holds. */
export function isScalar(
  field: FieldData,
): field is ScalarData & { readonly optional?: boolean; readonly default?: Value } {
  switch (field.kind) {
    case 'set':
    case 'list':
    case 'map':
    case 'counter':
    case 'text':
    case 'record':
      return false;
    default:
      return true;
  }
}
