/**
 * In a union of several kinds, JSON says which kind is meant (`{ $date: … }`). What is asked with moments,
 * big integers or bytes themselves is marked so before it becomes a form, as far as the types are known.
 */
import { toHex } from '@atoll/kernel';
import { isCondition, isRef } from './form-check.ts';
import { recordsOf } from './entry-rows.ts';
import { refOf } from './fields.ts';
import { elementOf } from './operand.ts';
import { QUERY_DEPTH_MAX, type QueryForm, type Where } from './query-form.ts';
import type { QueryHost } from './query-host.ts';

type Plain = { readonly [key: string]: unknown };
type Types = Pick<QueryHost, 'readerOf'>;

/** The same conditions, with marks in unions. Leaves alone what is malformed: the form's check tells. */
export function markUnions(types: Types, type: string, where: unknown, depth = 0): unknown {
  if (!isPlain(where) || depth > QUERY_DEPTH_MAX) return where;
  const inner = (value: unknown, of = type): unknown => markUnions(types, of, value, depth + 1);
  return mapped(where, (key, value) => {
    switch (key) {
      case '$and':
      case '$or':
        return Array.isArray(value) ? value.map((each: unknown) => inner(each)) : value;
      case '$not':
        return inner(value);
      case '$from':
        return isPlain(value) && typeof value['type'] === 'string' && 'where' in value
          ? { ...value, where: inner(value['where'], value['type']) }
          : value;
      default:
        return markField(types, { type, field: key, value, inner });
    }
  });
}

/** The same for a whole query. */
export function markedForm(types: Types, form: QueryForm): QueryForm {
  if (!isPlain(form)) return form;
  const where = markUnions(types, form.type, form.where);
  return where === undefined ? form : { ...form, where: where as Where };
}

function markField(
  types: Types,
  at: {
    readonly type: string;
    readonly field: string;
    readonly value: unknown;
    readonly inner: (value: unknown, of: string) => unknown;
  },
): unknown {
  const { type, field, value, inner } = at;
  const leaf = types.readerOf(type)?.compiled.leafByName.get(field);
  if (leaf === undefined) return value;
  if (leaf.records === 'entries') return markEntries(types, at, value);
  if (elementOf(leaf)?.kind === 'union') {
    return isCondition(value) ? mapped(value, (_, each) => marked(each)) : marked(value);
  }
  if (!isPlain(value) || !('to' in value)) return value;
  const target = value['type'] ?? refOf(leaf)?.type;
  return typeof target === 'string' ? { ...value, to: inner(value['to'], target) } : value;
}

/** Conditions of the entries of a map of records name the fields of the records. */
function markEntries(
  types: Types,
  { field, type }: { readonly field: string; readonly type: string },
  value: unknown,
): unknown {
  const reader = types.readerOf(type);
  if (reader === undefined || !isPlain(value) || !('some' in value)) return value;
  const records = recordsOf(reader, field);
  return { ...value, some: markUnions({ readerOf: () => records }, type, value['some']) };
}

function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => marked(each));
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (isRef(value)) return markedRef(value);
  if (Object.prototype.toString.call(value) !== '[object Date]') return value;
  const moment = value as { getTime(): number; toISOString(): string };
  // One that is none is refused with the form.
  return Number.isNaN(moment.getTime()) ? value : { $date: moment.toISOString() };
}

/** A ref as text, as it is written in a union; one that leads nowhere is refused with the form. */
function markedRef(ref: Plain): unknown {
  const { $id, $key, $space } = ref;
  if (typeof $key === 'string') return { $ref: $key };
  if (typeof $id !== 'string') return ref;
  return { $ref: typeof $space === 'string' ? `${$space}/${$id}` : $id };
}

function mapped(given: Plain, map: (key: string, value: unknown) => unknown): Plain {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, map(key, value)]));
}

function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}
