/** Types as an application writes them: `defineType('org.example.Task', { title: s.string() })`. */
import type { ObjectId } from '@atoll/kernel';
import {
  fieldsData,
  refinementsOf,
  s,
  type Fields,
  type Input,
  type Instance,
  type RefTarget,
} from './builder.ts';
import { INHERITED_NAMES, type TypeData } from './field-data.ts';
import type { Ref } from './instance.ts';
import type { Refinement } from './refinement.ts';
import { SchemaError } from './schema-error.ts';
import { makeValidator, type StandardSchema } from './validate.ts';

/** What every object has besides its fields. */
export interface ObjectBase {
  /** Id of the object, 16 bytes in hex. */
  readonly id: ObjectId;
}

/** An object of a type with these fields; a ref to itself. */
export type ObjectOf<F extends Fields> = Instance<F> & SelfRef<F>;

/** What makes an object assignable to refs to its type. */
export interface SelfRef<F extends Fields> extends ObjectBase, Ref<ObjectOf<F>> {}

/** What every type definition has, whatever its fields. */
export interface AnyTypeDefinition {
  readonly name: string;
  readonly fields: Fields;
  readonly data: () => TypeData;
  /** The application's own checks. */
  readonly refinements: readonly Refinement[];
  readonly '~standard': StandardSchema<unknown>;
}

/** A type: its name, its fields, and a Standard Schema for what `add` takes. */
export interface TypeDefinition<F extends Fields = Fields> extends RefTarget<ObjectOf<F>> {
  readonly name: string;
  readonly fields: F;
  /** The type as data; computed once, when first asked for, since refs may be circular. */
  readonly data: () => TypeData;
  /** The application's own checks: no part of the type. */
  readonly refinements: readonly Refinement[];
  readonly '~standard': StandardSchema<Input<F>>;
}

/** A relation: an object with a source and a target. */
export type RelationFields<A, B, F extends Fields> = F & {
  readonly source: ReturnType<typeof s.ref<A>>;
  readonly target: ReturnType<typeof s.ref<B>>;
};

/** The instances of a type. */
export type InstanceOf<T> = T extends TypeDefinition<infer F> ? ObjectOf<F> : never;
/** What `add` takes for a type. */
export type InputOf<T> = T extends TypeDefinition<infer F> ? Input<F> : never;

/** Properties that every object has; a field of such a name could not be read. */
const RESERVED = new Set(['id', 'toJSON', '*', ...INHERITED_NAMES]);

/**
 * Defines a type of objects. @throws SchemaError `SCHEMA_DEFINITION` for a field name that objects keep
 * for themselves.
 */
export function defineType<const F extends Fields>(name: string, fields: F): TypeDefinition<F> {
  checkNames(fields);
  return makeDefinition(name, fields);
}

/** Defines a type of relations between objects of two types. */
export function defineRelation<A, B, const F extends Fields = Record<never, never>>(
  name: string,
  ends: {
    readonly source: RefTarget<A> | (() => RefTarget<A>);
    readonly target: RefTarget<B> | (() => RefTarget<B>);
    readonly fields?: F;
  },
): TypeDefinition<RelationFields<A, B, F>> {
  const fields = {
    source: s.ref(ends.source),
    target: s.ref(ends.target),
    ...(ends.fields ?? {}),
  } as RelationFields<A, B, F>;
  checkNames(fields);
  return makeDefinition(name, fields, () => ({
    source: nameOf(ends.source),
    target: nameOf(ends.target),
  }));
}

/** A definition made at run time from data, such as an imported file or a schema found in a space. */
export function defineDynamic(data: TypeData): TypeDefinition {
  return withData(data.name, {}, () => data);
}

function makeDefinition<F extends Fields>(
  name: string,
  fields: F,
  relation?: () => { readonly source: string; readonly target: string },
): TypeDefinition<F> {
  let known: TypeData | undefined;
  return withData(name, fields, () => {
    known ??= {
      name,
      fields: fieldsData(fields),
      ...(relation === undefined ? {} : { relation: relation() }),
    };
    return known;
  });
}

function withData<F extends Fields>(
  name: string,
  fields: F,
  data: () => TypeData,
): TypeDefinition<F> {
  const refinements = refinementsOf(fields);
  const standard = makeValidator<Input<F>>(data, refinements);
  return { name, fields, data, refinements, '~standard': standard };
}

function checkNames(fields: Fields): void {
  for (const name of Object.keys(fields)) {
    if (RESERVED.has(name) || name.startsWith('$') || /^\d+$/.test(name)) {
      throw new SchemaError('SCHEMA_DEFINITION', `a field cannot be called ${name}`);
    }
  }
}

function nameOf(target: RefTarget<unknown> | (() => RefTarget<unknown>)): string {
  return typeof target === 'function' ? target().name : target.name;
}
