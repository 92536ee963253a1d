/**
 * `--where 'section=libs'`, `--order name:desc`: conditions and orders as queries take them. Beside the
 * signs of comparison there are `^=` begins with, `~` contains, `~=` has these words. `FIELD=` asks for no
 * value, `FIELD!=` for any, `FIELD=null` for null where that is a value.
 */
import type { QueryForm } from '@atoll/client';
import type { FieldData, TypeData } from '@atoll/schema';
import { CliError } from './cli-error.ts';
import { usage } from './command-line.ts';
import { scalarFromText, takesNull } from './field-values.ts';

type Where = NonNullable<QueryForm['where']>;
type Order = NonNullable<QueryForm['orderBy']>[number];

/** Longest first: `>=` is not `>` with a value that begins with `=`. */
const OPERATORS = {
  '!=': 'ne',
  '^=': 'prefix',
  '~=': 'text',
  '>=': 'gte',
  '<=': 'lte',
  '=': 'eq',
  '>': 'gt',
  '<': 'lt',
  '~': 'contains',
} as const;
const NULL = 'null';
const PATTERN = /^([^=!<>~^]+)(!=|\^=|~=|>=|<=|=|>|<|~)([^]*)$/;

/** Conditions that must all hold. @throws CliError `CLI_USAGE`, `CLI_FIELD`. */
export function parseWhere(type: TypeData, given: readonly string[]): Where {
  const where: Record<string, Record<string, unknown>> = {};
  for (const text of given) {
    const match = PATTERN.exec(text);
    if (match === null)
      throw usage(`--where "${text}" is not FIELD=VALUE (or != < <= > >= ^= ~ ~=)`);
    const [, name = '', sign = '', value = ''] = match;
    const field = fieldOf(type, name);
    const operator = OPERATORS[sign as keyof typeof OPERATORS];
    const conditions = (where[name] ??= {});
    if (operator in conditions) throw usage(`--where compares ${name} twice with ${sign}`);
    Object.assign(conditions, comparison(name, field, { operator, value }));
  }
  return where;
}

function comparison(
  name: string,
  field: FieldData,
  { operator, value }: { readonly operator: string; readonly value: string },
): Record<string, unknown> {
  const isEquality = operator === 'eq' || operator === 'ne';
  if (isEquality && value === '') return { exists: operator === 'ne' };
  if (isEquality && value === NULL && takesNull(field)) {
    // Alone, null would stand for no value as well.
    return operator === 'eq' ? { eq: null, exists: true } : { ne: null };
  }
  if (operator === 'prefix' || operator === 'text') return { [operator]: value };
  return { [operator]: comparedValue(name, field, value) };
}

/** Orders: `name`, `size:desc`. @throws CliError. */
export function parseOrders(type: TypeData, given: readonly string[]): Order[] {
  return given.map((text) => {
    const match = /^(.+?)(?::(asc|desc))?$/.exec(text);
    const field = match?.[1] ?? text;
    fieldOf(type, field);
    return { field, direction: match?.[2] === 'desc' ? 'desc' : 'asc' };
  });
}

/** A field by name or path. @throws CliError `CLI_FIELD`. */
export function fieldOf(type: TypeData, path: string): FieldData {
  let fields: TypeData['fields'] | undefined = type.fields;
  let field: FieldData | undefined;
  for (const name of path.split('.')) {
    field = fields?.[name];
    fields = field?.kind === 'record' ? field.fields : undefined;
  }
  if (field !== undefined) return field;
  const names = Object.keys(type.fields).join(', ');
  throw new CliError('CLI_FIELD', `${type.name} has no field ${path}; it has ${names}`);
}

function comparedValue(name: string, field: FieldData, text: string): unknown {
  switch (field.kind) {
    case 'set':
    case 'list':
      return comparedValue(name, field.of, text);
    case 'counter':
    case 'integer':
    case 'number':
      // What no such field holds can still be more or less than all of them.
      if (/^-?\d{1,2470}$/.test(text) && !Number.isSafeInteger(Number(text))) return text;
      return scalarFromText(name, { kind: field.kind === 'number' ? 'number' : 'integer' }, text);
    case 'bigint':
      if (/^-?\d+\.\d+$/.test(text)) return Number(text);
      return scalarFromText(name, field, text);
    case 'text':
    case 'map':
    case 'record':
    case 'records':
    case 'rich':
    case 'model':
      return text;
    default:
      return scalarFromText(name, field, text);
  }
}
