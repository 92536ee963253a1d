/** A type for plain records that come without one, such as the lines of a JSON Lines file. */
import {
  INHERITED_NAMES,
  NAME_CHARACTERS_MAX,
  type FieldData,
  type FieldsData,
  type ScalarData,
  type TypeData,
} from './field-data.ts';

/** How to read the records. */
export interface InferOptions {
  /** Name of the type. */
  readonly name: string;
  /** Fields that name other objects by the value of a key field, as `{ depends: { type, by } }`. */
  readonly refs?: { readonly [field: string]: { readonly type: string; readonly by: string } };
}

interface Seen {
  strings: number;
  integers: number;
  doubles: number;
  booleans: number;
  lists: number;
  others: number;
  /** Lists whose items are not all distinct texts or numbers. */
  ordered: number;
  items: Seen | undefined;
}

/**
 * The type that fits all records: text, number, boolean, sets of them (lists where an order or a
 * repetition would be lost), refs where asked for, `json` for the rest. Every field is optional.
 */
export function inferType(
  records: Iterable<{ readonly [key: string]: unknown }>,
  options: InferOptions,
): TypeData {
  const seenByField = new Map<string, Seen>();
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) {
      if (value === null || value === undefined || !isFieldName(name)) continue;
      let seen = seenByField.get(name);
      if (seen === undefined) seenByField.set(name, (seen = nothingSeen()));
      note(seen, value);
    }
  }
  const fields: FieldsData = Object.fromEntries(
    [...seenByField].map(([name, seen]) => [name, fieldOf(seen, options.refs?.[name])]),
  );
  return { name: options.name, fields };
}

/** True for a key of a record that can name a field. */
export function isFieldName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= NAME_CHARACTERS_MAX &&
    !INHERITED_NAMES.has(name) &&
    name !== '*' &&
    !/^\d+$/.test(name) &&
    name.isWellFormed()
  );
}

function nothingSeen(): Seen {
  return {
    strings: 0,
    integers: 0,
    doubles: 0,
    booleans: 0,
    lists: 0,
    others: 0,
    ordered: 0,
    items: undefined,
  };
}

function note(seen: Seen, value: unknown): void {
  if (typeof value === 'string') seen.strings++;
  else if (typeof value === 'boolean') seen.booleans++;
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) seen.integers++;
    else seen.doubles++;
  } else if (Array.isArray(value)) {
    seen.lists++;
    seen.items ??= nothingSeen();
    for (const item of value) note(seen.items, item);
    if (new Set(value).size !== value.length) seen.ordered++;
  } else {
    seen.others++;
  }
}

function fieldOf(
  seen: Seen,
  ref: { readonly type: string; readonly by: string } | undefined,
): FieldData {
  const scalar: ScalarData | undefined =
    ref === undefined ? undefined : { kind: 'ref', type: ref.type, by: ref.by };
  const plainKinds = seen.strings + seen.integers + seen.doubles + seen.booleans + seen.others;
  if (seen.lists > 0) {
    if (plainKinds > 0 || seen.items === undefined) return { kind: 'json', optional: true };
    const of = scalar ?? scalarOf(seen.items);
    if (of.kind === 'json') return { kind: 'json', optional: true };
    return seen.ordered > 0 ? { kind: 'list', of } : { kind: 'set', of };
  }
  return { ...(scalar ?? scalarOf(seen)), optional: true };
}

function scalarOf(seen: Seen): ScalarData {
  const { strings, integers, doubles, booleans } = seen;
  const numbers = integers + doubles;
  if (seen.others + seen.lists > 0) return { kind: 'json' };
  if (numbers + booleans === 0) return { kind: 'string' };
  if (strings + booleans === 0) return doubles > 0 ? { kind: 'number' } : { kind: 'integer' };
  if (strings + numbers === 0) return { kind: 'boolean' };
  return { kind: 'json' };
}
