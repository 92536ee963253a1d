/** What a type may not say: what its canonical form cannot express, what would be ambiguous, the limits. */
import type { Value } from '@atoll/codec';
import { acceptsScalar } from './accepts.ts';
import {
  ENUM_VALUES_MAX,
  FIELDS_MAX,
  INHERITED_NAMES,
  MODEL_VERSION_MAX,
  NAME_CHARACTERS_MAX,
  RECORD_DEPTH_MAX,
  UNION_MEMBERS_MAX,
  isScalar,
  type ElementData,
  type FieldData,
  type FieldsData,
  type RegisterData,
  type ScalarData,
  type TypeData,
  type ValueFields,
} from './field-data.ts';
import { SchemaError } from './schema-error.ts';

/** @throws SchemaError `SCHEMA_DEFINITION`, `SCHEMA_TOO_LARGE`. */
export function checkType(type: TypeData): void {
  checkName(type.name);
  if (type.relation !== undefined) {
    checkName(type.relation.source);
    checkName(type.relation.target);
  }
  const count = checkFields(type.fields, 0);
  if (count > FIELDS_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', `a type has more than ${FIELDS_MAX} fields`);
  }
  const trees = Object.values(type.fields).flatMap((field) =>
    field.kind === 'tree' ? [field.tree] : [],
  );
  if (new Set(trees).size !== trees.length) {
    throw refused('an object has one place in a tree, so one field for it');
  }
}

function checkFields(fields: FieldsData, depth: number): number {
  requireDepth(depth);
  let count = 0;
  for (const [name, field] of Object.entries(fields)) {
    checkFieldName(name);
    count += checkField(field, depth);
  }
  return count;
}

function checkField(field: FieldData, depth: number): number {
  switch (field.kind) {
    case 'record':
      return checkFields(field.fields, depth + 1);
    case 'records':
      checkEntryFields(field.fields);
      return checkFields(field.fields, depth + 1) + 1;
    case 'set':
    case 'list':
    case 'map':
      return checkElement(field.of, depth);
    case 'counter':
    case 'text':
    case 'rich':
      return 1;
    case 'model':
      return checkModel(field);
    default:
      return checkRegister(field, depth);
  }
}

function checkModel(field: Extract<FieldData, { readonly kind: 'model' }>): number {
  checkName(field.model);
  const { version } = field;
  if (!Number.isInteger(version) || version < 1 || version > MODEL_VERSION_MAX) {
    throw refused(`the version of a model is an integer from 1 to ${MODEL_VERSION_MAX}`);
  }
  return 1;
}

function checkRegister(field: RegisterData, depth: number): number {
  if (field.kind !== 'tree') {
    if (field.search === true && field.kind !== 'string') throw refused('only texts are searched');
    if (field.default !== undefined && !acceptsScalar(field, field.default)) {
      throw refused('a default does not fit its field');
    }
    return checkElement(field, depth);
  }
  checkName(field.tree);
  const { optional, nullable, default: value, unique, index, search } = field;
  const options = [optional, nullable, value, unique, index, search];
  const plain = options.every((option) => option === undefined);
  if (!plain || depth > 0) {
    throw refused('a place in a tree is a field of the object itself, without options');
  }
  return 1;
}

/** Entries of a map have no collections: nothing could name what is in them. */
function checkEntryFields(fields: FieldsData): void {
  for (const field of Object.values(fields)) {
    if (field.kind === 'record') checkEntryFields(field.fields);
    else if (!isScalar(field)) throw refused(`the records of a map hold no ${field.kind}`);
    else if (field.unique === true || field.index === true || field.search === true) {
      throw refused('what is in the records of a map is neither unique nor indexed');
    }
  }
}

/** Fields that it counts for. */
function checkElement(element: ElementData, depth: number): number {
  if (element.nullable === true && (element.kind === 'null' || element.kind === 'json')) {
    throw refused('null is one of the values already');
  }
  return checkScalar(element, depth);
}

function checkScalar(scalar: ScalarData, depth: number): number {
  switch (scalar.kind) {
    case 'ref':
      if (scalar.type !== undefined) checkName(scalar.type);
      if (scalar.by !== undefined) checkName(scalar.by);
      return 1;
    case 'enum':
      checkEnum(scalar.values);
      return 1;
    case 'literal':
      checkLiteral(scalar.value);
      return 1;
    case 'value':
      return checkValue(scalar.fields, depth + 1);
    case 'union':
      return checkUnion(scalar, depth + 1);
    case 'tree':
      throw refused('a place in a tree is a field of the object itself');
    default:
      return 1;
  }
}

function checkValue(fields: ValueFields, depth: number): number {
  requireDepth(depth);
  let count = 1;
  for (const [name, field] of Object.entries(fields)) {
    checkFieldName(name);
    count += checkElement(field, depth);
  }
  return count;
}

type Union = Extract<ScalarData, { readonly kind: 'union' }>;

function checkUnion({ of, tag }: Union, depth: number): number {
  requireDepth(depth);
  if (of.length === 0) throw refused('a union has members');
  if (of.length > UNION_MEMBERS_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', `a union has more than ${UNION_MEMBERS_MAX} members`);
  }
  let count = 1;
  for (const member of of) count += checkScalar(member, depth);
  if (tag === undefined) checkStoredKinds(of);
  else checkTags(of, tag);
  return count;
}

function checkTags(of: readonly ScalarData[], tag: string): void {
  checkFieldName(tag);
  const seen = new Set<unknown>();
  for (const member of of) {
    const mark = member.kind === 'value' ? member.fields[tag] : undefined;
    if (mark?.kind !== 'literal' || mark.optional === true || mark.nullable === true) {
      throw refused(`a member of a union has no literal ${tag}`);
    }
    if (seen.has(mark.value)) throw refused(`two members of a union have the same ${tag}`);
    seen.add(mark.value);
  }
}

/** Members that are stored alike must also be shown alike, or nobody could tell which one is meant. */
function checkStoredKinds(of: readonly ScalarData[]): void {
  const shownByStored = new Map<string, string>();
  for (const member of of) {
    const { stored, shown } = storedAs(member);
    const other = shownByStored.get(stored);
    if (other !== undefined && (other !== shown || shown === 'value')) {
      throw refused(`members of a union cannot be told apart: ${member.kind}`);
    }
    shownByStored.set(stored, shown);
  }
}

function storedAs(scalar: ScalarData): { readonly stored: string; readonly shown: string } {
  switch (scalar.kind) {
    case 'string':
    case 'enum':
    case 'day':
      return { stored: 'text', shown: 'text' };
    case 'number':
    case 'integer':
      return { stored: 'number', shown: 'number' };
    case 'date':
      return { stored: 'number', shown: 'date' };
    case 'literal': {
      const kind = typeof scalar.value === 'string' ? 'text' : typeof scalar.value;
      return { stored: kind, shown: kind };
    }
    case 'ref':
      return { stored: scalar.by === undefined ? 'bytes' : 'text', shown: 'ref' };
    case 'value':
      return { stored: 'record', shown: 'value' };
    case 'json':
    case 'union':
    case 'tree':
      throw refused(`a union has no ${scalar.kind} in it`);
    default:
      return { stored: scalar.kind, shown: scalar.kind };
  }
}

function checkEnum(values: readonly string[]): void {
  if (values.length === 0 || new Set(values).size !== values.length) {
    throw refused('an enum has distinct values, at least one');
  }
  if (values.length > ENUM_VALUES_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', `an enum has more than ${ENUM_VALUES_MAX} values`);
  }
}

function checkLiteral(value: Value): void {
  const fits = typeof value === 'number' ? Number.isFinite(value) : true;
  if (!fits || Object.is(value, -0)) throw refused('a literal number is finite and not minus zero');
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw refused('a literal text is well-formed');
  }
}

function checkFieldName(name: string): void {
  checkName(name);
  // An integer-like key would not keep its place in the order of a JavaScript object.
  if (/^\d+$/.test(name) || INHERITED_NAMES.has(name) || name === '*') {
    throw refused(`a field cannot be called ${name}`);
  }
}

function checkName(name: string): void {
  if (name.length === 0 || name.length > NAME_CHARACTERS_MAX || !name.isWellFormed()) {
    throw refused(`a name has 1 to ${NAME_CHARACTERS_MAX} characters of well-formed text`);
  }
}

function requireDepth(depth: number): void {
  if (depth > RECORD_DEPTH_MAX) {
    throw new SchemaError('SCHEMA_TOO_LARGE', 'records nest too deeply');
  }
}

function refused(why: string): SchemaError {
  return new SchemaError('SCHEMA_DEFINITION', why);
}
