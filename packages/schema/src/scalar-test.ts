/** Tests of what an application gives for a register: dates and refs as it holds them, not as stored. */
import { isDay } from './day.ts';
import {
  BIGINT_BITS_MAX,
  type ElementData,
  type ScalarData,
  type ValueFields,
} from './field-data.ts';

type Test = (value: unknown) => boolean;

const BIGINT_LIMIT: bigint = 1n << BigInt(BIGINT_BITS_MAX);

/** A test of what an application gives for a register. */
export function scalarTest(element: ElementData): Test {
  const test = plainTest(element);
  return element.nullable === true ? (value) => value === null || test(value) : test;
}

function plainTest(scalar: ScalarData): Test {
  switch (scalar.kind) {
    case 'string':
      return isWellFormedText;
    case 'number':
      return Number.isFinite;
    case 'integer':
      return Number.isSafeInteger;
    case 'bigint':
      return isBigint;
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'date':
      return (value) => isDate(value) && Number.isSafeInteger(value.getTime());
    case 'day':
      return isDay;
    case 'bytes':
      return (value) => value instanceof Uint8Array;
    case 'json':
      return isJson;
    case 'null':
      return (value) => value === null;
    case 'literal':
      return (value) => value === scalar.value;
    case 'enum': {
      const values = new Set<unknown>(scalar.values);
      return (value) => values.has(value);
    }
    case 'value':
      return partsTest(scalar.fields);
    case 'union':
      return unionTest(scalar.of, scalar.tag);
    case 'ref':
      return scalar.by === undefined ? isRef : (value) => isWellFormedText(value) || isRef(value);
    case 'tree':
      return (value) => value === null || isRef(value);
  }
}

function unionTest(of: readonly ScalarData[], tag: string | undefined): Test {
  const tests = of.map(plainTest);
  if (tag === undefined) return (value) => tests.some((test) => test(value));
  const testByMark = new Map<unknown, Test>();
  of.forEach((member, at) => {
    const mark = member.kind === 'value' ? member.fields[tag] : undefined;
    if (mark?.kind === 'literal') testByMark.set(mark.value, tests[at] as Test);
  });
  return (value) => isPlainObject(value) && testByMark.get(value[tag])?.(value) === true;
}

function partsTest(fields: ValueFields): Test {
  const names = Object.keys(fields);
  const tests = Object.values(fields).map(scalarTest);
  const needs = Object.values(fields).map((field) => field.optional !== true);
  return (value) => {
    if (!isPlainObject(value)) return false;
    let given = 0;
    for (let at = 0; at < names.length; at++) {
      const part = value[names[at] as string];
      if (part === undefined) {
        if (needs[at] === true) return false;
      } else {
        given++;
        if (tests[at]?.(part) !== true) return false;
      }
    }
    const keys = Object.keys(value);
    return keys.length === given || keys.every((name) => Object.hasOwn(fields, name));
  };
}

/** What would fit, in words. */
export function expected(element: ElementData): string {
  const words = describe(element);
  return element.nullable === true ? `${words} or null` : words;
}

function describe(scalar: ScalarData): string {
  switch (scalar.kind) {
    case 'string':
      return 'well-formed text';
    case 'number':
      return 'a finite number';
    case 'integer':
      return 'an integer';
    case 'bigint':
      return `a bigint of at most ${BIGINT_BITS_MAX} bits`;
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a date';
    case 'day':
      return 'a day such as 2026-03-01';
    case 'bytes':
      return 'a Uint8Array';
    case 'json':
      return 'a plain value';
    case 'null':
      return 'null';
    case 'literal':
      return JSON.stringify(scalar.value);
    case 'enum':
      return `one of ${scalar.values.join(', ')}`;
    case 'value':
      return `a record of ${Object.keys(scalar.fields).join(', ')}`;
    case 'union':
      return scalar.tag === undefined
        ? scalar.of.map(describe).join(' or ')
        : `a record whose ${scalar.tag} is ${marksOf(scalar.of, scalar.tag)}`;
    case 'ref':
      return 'an object or a ref';
    case 'tree':
      return 'a parent, or null for none';
  }
}

function marksOf(of: readonly ScalarData[], tag: string): string {
  const marks = of.map((member) => (member.kind === 'value' ? member.fields[tag] : undefined));
  return marks.map((mark) => (mark?.kind === 'literal' ? String(mark.value) : '')).join(' or ');
}

function isWellFormedText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}

function isBigint(value: unknown): boolean {
  return typeof value === 'bigint' && value < BIGINT_LIMIT && value > -BIGINT_LIMIT;
}

function isRef(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$state' in value;
}

function isDate(value: unknown): value is { getTime(): number } {
  return Object.prototype.toString.call(value) === '[object Date]';
}

function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const proto: unknown = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
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
  if (!isPlainObject(value)) return false;
  return Object.entries(value).every(
    ([key, item]) => key.isWellFormed() && isJson(item, level + 1),
  );
}
