/** Filters of a table: each is a short sentence, an address part, and a condition for the query. */
import type { FieldData, ScalarData, TypeData } from '@atoll/schema';
import { TABLE } from '../copy/workspace.ts';
import { fieldWords } from '../data/type-words.ts';

/** How a filter compares. */
export type FilterWay = 'is' | 'not' | 'has' | 'contains' | 'min' | 'max' | 'set' | 'empty';

/** One filter. The value is text as people type it. */
export interface TableFilter {
  readonly field: string;
  readonly way: FilterWay;
  readonly value: string;
}

const WAYS: readonly FilterWay[] = ['is', 'not', 'has', 'contains', 'min', 'max', 'set', 'empty'];
/** More filters than this are not a sentence any more. */
const FILTERS_MAX = 16;

/** Words of a way. */
export const WAY_WORDS: Readonly<Record<FilterWay, string>> = {
  is: TABLE.is,
  not: TABLE.isNot,
  has: TABLE.has,
  contains: TABLE.contains,
  min: TABLE.atLeast,
  max: TABLE.atMost,
  set: TABLE.isSet,
  empty: TABLE.isEmpty,
};

/** Ways that fit a field, the usual one first. */
export function waysFor(field: FieldData): readonly FilterWay[] {
  switch (field.kind) {
    case 'set':
    case 'list':
      return ['has'];
    case 'map':
      return ['has'];
    case 'number':
    case 'integer':
    case 'date':
      return ['min', 'max', 'is', 'set', 'empty'];
    case 'string':
      return ['contains', 'is', 'not', 'set', 'empty'];
    case 'enum':
    case 'boolean':
    case 'ref':
      return ['is', 'not', 'set', 'empty'];
    case 'text':
      return ['contains'];
    default:
      return [];
  }
}

/** Whether a way needs a value. */
export function needsValue(way: FilterWay): boolean {
  return way !== 'set' && way !== 'empty';
}

/** The filter as people read it: "Section is net". */
export function sentence(filter: TableFilter): string {
  const parts = [fieldWords(filter.field), WAY_WORDS[filter.way]];
  return [...parts, ...(needsValue(filter.way) ? [filter.value] : [])].join(' ');
}

/** Filters as one part of an address. */
export function formatFilters(filters: readonly TableFilter[]): string | undefined {
  if (filters.length === 0) return undefined;
  return filters
    .map(({ field, way, value }) => [field, way, value].map(encodeURIComponent).join(','))
    .join(';');
}

/** Filters of an address; what is none is left out. */
export function parseFilters(text: string | undefined): readonly TableFilter[] {
  if (text === undefined || text === '') return [];
  return text
    .split(';')
    .slice(0, FILTERS_MAX)
    .flatMap((part) => {
      const [field = '', way = '', value = ''] = part.split(',').map(decoded);
      const known = WAYS.find((each) => each === way);
      return field === '' || known === undefined ? [] : [{ field, way: known, value }];
    });
}

/** Conditions of a query. Filters of fields that the type does not have are left out. */
export function whereOf(
  filters: readonly TableFilter[],
  type: TypeData,
): { readonly [field: string]: Record<string, unknown> } {
  const where: Record<string, Record<string, unknown>> = {};
  for (const filter of filters) {
    const field = type.fields[filter.field];
    if (field === undefined || !waysFor(field).includes(filter.way)) continue;
    const condition = conditionOf(filter, field);
    if (condition !== undefined) where[filter.field] = { ...where[filter.field], ...condition };
  }
  return where;
}

function conditionOf(filter: TableFilter, field: FieldData): Record<string, unknown> | undefined {
  if (filter.way === 'set') return { exists: true };
  if (filter.way === 'empty') return { exists: false };
  const scalar = field.kind === 'set' || field.kind === 'list' ? field.of : field;
  const value = valueOf(filter.value, scalar);
  if (value === undefined) return undefined;
  const ways = {
    is: 'eq',
    not: 'ne',
    has: 'contains',
    contains: 'contains',
    min: 'gte',
    max: 'lte',
  };
  return { [ways[filter.way as keyof typeof ways]]: value };
}

function valueOf(text: string, field: FieldData | ScalarData): unknown {
  switch (field.kind) {
    case 'number':
    case 'integer': {
      const number = Number(text.replace(',', '.'));
      return text.trim() === '' || Number.isNaN(number) ? undefined : number;
    }
    case 'date': {
      const at = Date.parse(text);
      return Number.isNaN(at) ? undefined : new Date(at);
    }
    case 'boolean':
      return text === TABLE.yes || text === 'true';
    default:
      return text === '' ? undefined : text;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
