/**
 * What a field is, as plain data: the part of a type that every peer must agree on. The builder makes it,
 * the canonical form carries it, the fold obeys it.
 */
import type { Value } from '@atoll/codec';

/** What a register can hold, and which of them are equal to a literal. */
export type LiteralValue = string | number | boolean;

/**
 * A value that one register holds. How kinds compare in queries: texts (`string`, `enum`, `day`, keyed
 * refs) by code point, so days by the calendar; `number`, `integer`, `date` (milliseconds) and `bigint` by
 * size; `boolean` false before true; `bytes` and refs by id by their bytes; `json`, `value` and `union` by
 * what is stored, records by their canonical bytes; `tree` is the concern of trees alone. The canonical
 * order of sets is another one: texts by UTF-16 code units, all others by their bytes.
 */
export type ScalarData =
  | { readonly kind: 'string' }
  /** Finite; minus zero is zero. */
  | { readonly kind: 'number' }
  /** Between -2^53 and 2^53, both excluded. */
  | { readonly kind: 'integer' }
  /** Of any size up to {@link BIGINT_BITS_MAX} bits. */
  | { readonly kind: 'bigint' }
  | { readonly kind: 'boolean' }
  /** A moment: milliseconds since 1970. */
  | { readonly kind: 'date' }
  /** A day of the calendar wherever one is: `2026-03-01`. */
  | { readonly kind: 'day' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'json' }
  | { readonly kind: 'null' }
  | { readonly kind: 'literal'; readonly value: LiteralValue }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  /** A record that is written and replaced as a whole. */
  | { readonly kind: 'value'; readonly fields: ValueFields }
  /**
   * One of several, told apart by what is stored; where `tag` is given, all are `value`s with a literal
   * of that name.
   */
  | { readonly kind: 'union'; readonly of: readonly ScalarData[]; readonly tag?: string }
  | {
      readonly kind: 'ref';
      /** Name of the type that the ref points to; absent means any. */
      readonly type?: string;
      /** Name of the field of that type whose value stands for the object; absent means by id. */
      readonly by?: string;
    }
  /** The object's place in a tree of objects: its parent, and where it stands among its siblings. */
  | { readonly kind: 'tree'; readonly tree: string };

/** Kinds of {@link ScalarData}. */
export type ScalarKind = ScalarData['kind'];

/** An element of a collection, or a part of a `value`. */
export type ElementData = ScalarData & {
  /** `null` is a value, and something else than no value. */
  readonly nullable?: boolean;
};

/** Parts of a `value`. */
export type ValueFields = {
  readonly [name: string]: ElementData & { readonly optional?: boolean };
};

/** What a register says besides what it holds. */
export interface RegisterOptions {
  /** May have no value. */
  readonly optional?: boolean;
  /** `null` is a value, and something else than no value. */
  readonly nullable?: boolean;
  /** Shown where no value was written. */
  readonly default?: Value;
  /** No two objects should have the same value. A view: duplicates are listed, never refused. */
  readonly unique?: boolean;
  /** Queries ask for it often. */
  readonly index?: boolean;
  /** Its words are searched for. */
  readonly search?: boolean;
}

/** A field that one register holds. */
export type RegisterData = ScalarData & RegisterOptions;

/** What holds more than a register. */
export type CollectionData =
  | { readonly kind: 'set'; readonly of: ElementData }
  | { readonly kind: 'list'; readonly of: ElementData }
  | { readonly kind: 'map'; readonly of: ElementData }
  /** A map of records: each field of each entry is a register of its own. */
  | { readonly kind: 'records'; readonly fields: FieldsData }
  | { readonly kind: 'counter' }
  /** `search`: its words are searched for. */
  | { readonly kind: 'text'; readonly search?: boolean }
  | { readonly kind: 'rich'; readonly search?: boolean }
  /** What a custom data model holds: its ops are bytes to everyone without its code. */
  | { readonly kind: 'model'; readonly model: string; readonly version: number };

/** One field. */
export type FieldData =
  RegisterData | CollectionData | { readonly kind: 'record'; readonly fields: FieldsData };

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
/** Members of one union. */
export const UNION_MEMBERS_MAX = 64;
/** Versions of one custom data model. */
export const MODEL_VERSION_MAX = 65_535;
/** Bits of a big integer: what the codec carries. */
export const BIGINT_BITS_MAX = 8192;
/** Canonical bytes of one type. */
export const TYPE_BYTES_MAX: number = 256 * 1024;

/**
 * Names that every object of JavaScript has already: a field of such a name could be neither told from
 * what is inherited nor read. A fixed list, since engines may inherit more one day.
 */
export const INHERITED_NAMES: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'toString',
  'valueOf',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
]);

/** True for a field that one register holds. */
export function isScalar(field: FieldData): field is RegisterData {
  switch (field.kind) {
    case 'set':
    case 'list':
    case 'map':
    case 'records':
    case 'counter':
    case 'text':
    case 'rich':
    case 'model':
    case 'record':
      return false;
    default:
      return true;
  }
}

/** True if `add` needs a value for the field. */
export function isRequired(field: FieldData): boolean {
  return (
    isScalar(field) &&
    field.kind !== 'tree' &&
    field.optional !== true &&
    field.default === undefined
  );
}

/** True if `null` is one of the values of a field. */
export function acceptsNull(field: ElementData | FieldData): boolean {
  if (field.kind === 'json' || field.kind === 'null') return true;
  if ('nullable' in field && field.nullable === true) return true;
  return field.kind === 'union' && field.of.some(acceptsNull);
}
