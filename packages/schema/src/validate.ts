/**
 * Validation of what an application wants to write, by closures built once from the type's data: a quick
 * answer first, and what is wrong only where something is. Exposed as a Standard Schema, so that forms and
 * other libraries can use a type or a field as it is.
 */
import { refinementIssues, schemaIssues, type Refinement, type Refining } from './refinement.ts';
import { expected, scalarTest } from './scalar-test.ts';
import {
  acceptsNull,
  isRequired,
  type ElementData,
  type FieldData,
  type FieldsData,
  type TypeData,
  type ValueFields,
} from './field-data.ts';

/** One thing that is wrong, and where. */
export interface Issue {
  readonly message: string;
  /** Names of fields, keys of maps, numbers of elements. */
  readonly path: readonly string[];
}

/** The part of the Standard Schema interface (version 1) that types and fields offer. */
export interface StandardSchema<Input> {
  readonly version: 1;
  readonly vendor: 'atoll';
  readonly validate: (
    value: unknown,
  ) => { readonly value: Input } | { readonly issues: readonly Issue[] };
  readonly types?: { readonly input: Input; readonly output: Input };
}

type Path = readonly string[];
type Test = (value: unknown) => boolean;
/** Says what is wrong; called for values that did not pass. */
type Explain = (value: unknown, issues: Issue[]) => void;

interface Check {
  readonly test: Test;
  readonly explain: Explain;
}

/** A Standard Schema over type data that is asked for when it is first used. */
export function makeValidator<Input>(
  data: () => TypeData,
  refinements: readonly Refinement[] = [],
): StandardSchema<Input> {
  return standard(
    () => recordCheck(data().fields, []),
    (value) => refinementIssues(refinements, value),
  );
}

/** A Standard Schema over the data of one field. */
export function makeFieldValidator<Input>(
  data: () => FieldData,
  refinements: readonly Refining[] = [],
): StandardSchema<Input> {
  const make = (): Check => {
    const field = data();
    const check = fieldCheck(field, []);
    const test: Test = (value) => (isGiven(value, field) ? check.test(value) : !isRequired(field));
    return { test, explain: check.explain };
  };
  return standard(make, (value) =>
    value === undefined || value === null ? [] : schemaIssues(refinements, value, []),
  );
}

function standard<Input>(
  make: () => Check,
  refine: (value: unknown) => readonly Issue[],
): StandardSchema<Input> {
  let check: Check | undefined;
  return {
    version: 1,
    vendor: 'atoll',
    validate: (value) => {
      check ??= make();
      if (check.test(value)) {
        const refused = refine(value);
        return refused.length === 0 ? { value: value as Input } : { issues: refused };
      }
      const issues: Issue[] = [];
      check.explain(value, issues);
      return { issues };
    },
  };
}

function recordCheck(fields: FieldsData, path: Path): Check {
  const names = Object.keys(fields);
  const known = new Set(names);
  const entries = names.map((name) => {
    const field = fields[name] as FieldData;
    const at = [...path, name];
    return { name, at, field, ...fieldCheck(field, at), needed: isRequired(field) };
  });
  const tests = entries.map(({ test }) => test);
  const needs = entries.map(({ needed }) => needed);
  const nulls = entries.map(({ field }) => acceptsNull(field));
  const test: Test = (value) => {
    if (!isPlain(value)) return false;
    let given = 0;
    for (let at = 0; at < names.length; at++) {
      const part = value[names[at] as string];
      if (part !== undefined) given++;
      if (part === undefined || (part === null && nulls[at] !== true)) {
        if (needs[at] === true) return false;
      } else if (tests[at]?.(part) !== true) return false;
    }
    // Looked at one by one only if there may be one too many.
    const keys = Object.keys(value);
    return keys.length === given || keys.every((name) => known.has(name));
  };
  const explain: Explain = (value, issues) => {
    if (!isPlain(value)) {
      issues.push({ message: 'an object is expected', path });
      return;
    }
    for (const { name, at, field, needed, ...check } of entries) {
      const part = value[name];
      if (isGiven(part, field)) {
        if (!check.test(part)) check.explain(part, issues);
      } else if (needed) issues.push({ message: 'a value is missing', path: at });
    }
    for (const name in value) {
      if (!known.has(name)) {
        issues.push({ message: 'the type has no such field', path: [...path, name] });
      }
    }
  };
  return { test, explain };
}

/** Null is no value, as in data that comes from elsewhere, except where it is one of the values. */
export function isGiven(value: unknown, field: FieldData): boolean {
  return value !== undefined && (value !== null || acceptsNull(field));
}

function fieldCheck(field: FieldData, path: Path): Check {
  switch (field.kind) {
    case 'record':
      return recordCheck(field.fields, path);
    case 'set':
    case 'list':
      return itemsCheck(field.of, path);
    case 'map':
      return entriesCheck(path, `a record of ${expected(field.of)}`, (at) =>
        elementCheck(field.of, at),
      );
    case 'records':
      return entriesCheck(path, 'a record of records', (at) => recordCheck(field.fields, at));
    case 'counter':
      return simple(Number.isSafeInteger, 'an integer is expected', path);
    case 'text':
    case 'rich':
      return simple(scalarTest({ kind: 'string' }), 'well-formed text is expected', path);
    case 'model':
      return simple(() => false, 'the content of a model is written after its object', path);
    default:
      return elementCheck(field, path);
  }
}

function simple(test: Test, message: string, path: Path): Check {
  return { test, explain: (_, issues) => issues.push({ message, path }) };
}

function elementCheck(element: ElementData, path: Path): Check {
  return {
    test: scalarTest(element),
    explain: (value, issues) => explainElement({ element, path }, value, issues),
  };
}

/** Goes into values, so that the issue names the part that is wrong. */
function explainElement(
  at: { readonly element: ElementData; readonly path: Path },
  value: unknown,
  issues: Issue[],
): void {
  const fields = partsOf(at.element, value);
  if (fields === undefined || !isPlain(value)) {
    issues.push({ message: `${expected(at.element)} is expected`, path: at.path });
    return;
  }
  const before = issues.length;
  for (const [name, field] of Object.entries(fields)) {
    const part = value[name];
    const path = [...at.path, name];
    if (part === undefined) {
      if (field.optional !== true) issues.push({ message: 'a value is missing', path });
    } else if (!scalarTest(field)(part)) explainElement({ element: field, path }, part, issues);
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(fields, name)) continue;
    issues.push({ message: 'the value has no such part', path: [...at.path, name] });
  }
  // Not a plain record, such as bytes or an object of a class.
  if (issues.length === before) {
    issues.push({ message: `${expected(at.element)} is expected`, path: at.path });
  }
}

/** The parts that a value should have: for a tagged union those of the case that it says it is. */
function partsOf(element: ElementData, value: unknown): ValueFields | undefined {
  if (element.kind === 'value') return element.fields;
  if (element.kind !== 'union' || element.tag === undefined || !isPlain(value)) return undefined;
  const { of, tag } = element;
  for (const member of of) {
    const mark = member.kind === 'value' ? member.fields[tag] : undefined;
    if (member.kind === 'value' && mark?.kind === 'literal' && mark.value === value[tag]) {
      return member.fields;
    }
  }
  return undefined;
}

function itemsCheck(of: ElementData, path: Path): Check {
  const fits = scalarTest(of);
  return {
    test: (value) => {
      if (Array.isArray(value)) {
        for (let at = 0; at < value.length; at++) if (!fits(value[at])) return false;
        return true;
      }
      if (!isIterable(value)) return false;
      for (const item of value) if (!fits(item)) return false;
      return true;
    },
    explain: (value, issues) => {
      if (!isIterable(value)) {
        issues.push({ message: `a list of ${expected(of)} is expected`, path });
        return;
      }
      let at = 0;
      for (const item of value) {
        const place = { element: of, path: [...path, String(at++)] };
        if (!fits(item)) explainElement(place, item, issues);
      }
    },
  };
}

/** Bytes of a map's key that an op can carry. */
export const KEY_BYTES_MAX = 1024;

/** True for a text that can be the key of a map's entry. */
export function isMapKey(key: string): boolean {
  return key.isWellFormed() && key.length * 3 <= KEY_BYTES_MAX;
}

function entriesCheck(path: Path, wanted: string, checkAt: (path: Path) => Check): Check {
  const { test } = checkAt(path);
  return {
    test: (value) =>
      isPlain(value) && Object.entries(value).every(([key, part]) => isMapKey(key) && test(part)),
    explain: (value, issues) => {
      if (!isPlain(value)) {
        issues.push({ message: `${wanted} is expected`, path });
        return;
      }
      for (const [key, part] of Object.entries(value)) {
        const at = [...path, key];
        if (!isMapKey(key)) {
          issues.push({ message: 'a key is well-formed text of at most 341 characters', path: at });
        } else if (!test(part)) checkAt(at).explain(part, issues);
      }
    },
  };
}

function isPlain(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
