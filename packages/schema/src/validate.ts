/**
 * Validation of what an application wants to write, by closures built once from the type's data.
 * Exposed as a Standard Schema, so that forms and other libraries can use a type as it is.
 */
import type { FieldData, FieldsData, ScalarData, TypeData } from './field-data.ts';

/** One thing that is wrong, and where. */
export interface Issue {
  readonly message: string;
  readonly path: readonly string[];
}

/** The part of the Standard Schema interface (version 1) that a type offers. */
export interface StandardSchema<Input> {
  readonly version: 1;
  readonly vendor: 'atoll';
  readonly validate: (
    value: unknown,
  ) => { readonly value: Input } | { readonly issues: readonly Issue[] };
  readonly types?: { readonly input: Input; readonly output: Input };
}

type Check = (value: unknown, path: readonly string[], issues: Issue[]) => void;

/** A Standard Schema over type data that is asked for when it is first used. */
export function makeValidator<Input>(data: () => TypeData): StandardSchema<Input> {
  let check: Check | undefined;
  return {
    version: 1,
    vendor: 'atoll',
    validate: (value) => {
      check ??= recordCheck(data().fields);
      const issues: Issue[] = [];
      check(value, [], issues);
      return issues.length > 0 ? { issues } : { value: value as Input };
    },
  };
}

function recordCheck(fields: FieldsData): Check {
  const names = Object.keys(fields);
  const known = new Set(names);
  const entries = names.map((name) => ({
    name,
    field: fields[name] as FieldData,
    check: fieldCheck(fields[name] as FieldData),
    needed: isNeeded(fields[name] as FieldData),
  }));
  return (value, path, issues) => {
    if (!isPlain(value)) {
      issues.push({ message: 'an object is expected', path });
      return;
    }
    for (const entry of entries) {
      const part = value[entry.name];
      if (isGiven(part, entry.field)) entry.check(part, [...path, entry.name], issues);
      else if (entry.needed) {
        issues.push({ message: 'a value is missing', path: [...path, entry.name] });
      }
    }
    for (const name in value) {
      if (!known.has(name)) {
        issues.push({ message: 'the type has no such field', path: [...path, name] });
      }
    }
  };
}

/** Null is no value, as in data that comes from elsewhere, except where any plain value may stand. */
export function isGiven(value: unknown, field: FieldData): boolean {
  return value !== undefined && (value !== null || field.kind === 'json');
}

function isNeeded(field: FieldData): boolean {
  switch (field.kind) {
    case 'set':
    case 'list':
    case 'map':
    case 'counter':
    case 'text':
    case 'record':
      return false;
    default:
      return field.optional !== true && field.default === undefined;
  }
}

function fieldCheck(field: FieldData): Check {
  switch (field.kind) {
    case 'record':
      return recordCheck(field.fields);
    case 'set':
    case 'list':
      return itemsCheck(scalarTest(field.of), `a list of ${expected(field.of)} is expected`);
    case 'map':
      return entriesCheck(scalarTest(field.of), `a record of ${expected(field.of)} is expected`);
    case 'counter':
      return simple(Number.isSafeInteger, 'an integer is expected');
    case 'text':
      return simple(isWellFormedText, 'well-formed text is expected');
    default:
      return simple(scalarTest(field), `${expected(field)} is expected`);
  }
}

function simple(test: (value: unknown) => boolean, message: string): Check {
  return (value, path, issues) => {
    if (!test(value)) issues.push({ message, path });
  };
}

function itemsCheck(test: (value: unknown) => boolean, message: string): Check {
  return (value, path, issues) => {
    if (!isIterable(value)) {
      issues.push({ message, path });
      return;
    }
    for (const item of value) {
      if (!test(item)) {
        issues.push({ message, path });
        return;
      }
    }
  };
}

function entriesCheck(test: (value: unknown) => boolean, message: string): Check {
  return (value, path, issues) => {
    const fits = isPlain(value) && Object.values(value).every(test);
    if (!fits) issues.push({ message, path });
  };
}

/** A test of what an application gives for a register. */
export function scalarTest(scalar: ScalarData): (value: unknown) => boolean {
  switch (scalar.kind) {
    case 'string':
      return isWellFormedText;
    case 'number':
      return Number.isFinite;
    case 'integer':
      return Number.isSafeInteger;
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'date':
      return (value) => isDate(value) && Number.isSafeInteger(value.getTime());
    case 'bytes':
      return (value) => value instanceof Uint8Array;
    case 'json':
      return isJson;
    case 'enum': {
      const values = new Set<unknown>(scalar.values);
      return (value) => values.has(value);
    }
    case 'ref':
      return scalar.by === undefined ? isRef : (value) => isWellFormedText(value) || isRef(value);
  }
}

function expected(scalar: ScalarData): string {
  switch (scalar.kind) {
    case 'string':
      return 'well-formed text';
    case 'number':
      return 'a finite number';
    case 'integer':
      return 'an integer';
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a date';
    case 'bytes':
      return 'a Uint8Array';
    case 'json':
      return 'a plain value';
    case 'enum':
      return `one of ${scalar.values.join(', ')}`;
    case 'ref':
      return 'an object or a ref';
  }
}

function isWellFormedText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}

function isPlain(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isRef(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$state' in value;
}

function isDate(value: unknown): value is { getTime(): number } {
  return Object.prototype.toString.call(value) === '[object Date]';
}

/** Nesting that the codec can carry. */
const JSON_DEPTH_MAX = 30;

function isJson(value: unknown, depth: unknown = 0): boolean {
  const level = typeof depth === 'number' ? depth : 0;
  if (level > JSON_DEPTH_MAX) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => isJson(item, level + 1));
  if (!isPlain(value)) return false;
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null) return false;
  return Object.entries(value).every(
    ([key, item]) => key.isWellFormed() && isJson(item, level + 1),
  );
}
