/** The builder: `s.string()`, `s.set(s.string())`, … Each call makes one immutable field. */
import type { Value } from '@atoll/codec';
import { BLOB_FIELDS, type BlobRef } from './blob.ts';
import type {
  ElementData,
  FieldData,
  FieldsData,
  LiteralValue,
  RegisterOptions,
  ScalarData,
  ValueFields,
} from './field-data.ts';
import type {
  CounterField,
  Json,
  ListField,
  MapField,
  ModelField,
  RecordsField,
  Ref,
  SetField,
  TextField,
} from './instance.ts';
import type { RichTextField } from './rich-text.ts';
import type { Refinement, Refining } from './refinement.ts';
import { SchemaError } from './schema-error.ts';
import { makeFieldValidator, type StandardSchema } from './validate.ts';

/** How a field behaves in an instance: assignable or not, and whether `add` needs it. */
export type FieldMode = 'required' | 'optional' | 'fixed';

/** A field of a type. `Read` is what a property gives, `Input` what `add` takes. */
export interface Field<Read = unknown, Input = unknown, Mode extends FieldMode = FieldMode> {
  /** The field as data. A thunk, because a ref may name a type that is defined later. */
  readonly data: () => FieldData;
  /** Never there; these three carry static types. */
  readonly $read?: Read;
  readonly $input?: Input;
  readonly $mode?: Mode;
}

/** A field that one register holds. Each method makes another field. */
export class ScalarField<Read, Input, Mode extends FieldMode> implements Field<Read, Input, Mode> {
  declare readonly $read?: Read;
  declare readonly $input?: Input;
  declare readonly $mode?: Mode;
  readonly scalar: () => ScalarData;
  /** Checks of the application's own; see {@link refine}. */
  readonly refinements: readonly Refining[];
  readonly #options: RegisterOptions;

  constructor(
    scalar: () => ScalarData,
    options: RegisterOptions = {},
    refinements: readonly Refining[] = [],
  ) {
    this.scalar = scalar;
    this.#options = options;
    this.refinements = refinements;
  }

  /** The field as data. */
  readonly data: () => FieldData = () => ({ ...this.scalar(), ...this.#options });

  /** What it holds, as collections and values take it. */
  readonly element: () => ElementData = () =>
    this.#options.nullable === true ? { ...this.scalar(), nullable: true } : this.scalar();

  /** A Standard Schema for what the field takes. */
  get '~standard'(): StandardSchema<Input> {
    return makeFieldValidator<Input>(this.data, this.refinements);
  }

  /** May have no value; assigning `undefined` removes the value. */
  optional(): ScalarField<Read | undefined, Input | undefined, 'optional'> {
    return this.#with({ optional: true });
  }

  /** May be `null`, which is a value: another thing than no value. */
  nullable(): ScalarField<Read | null, Input | null, Mode> {
    return this.#with({ nullable: true });
  }

  /** Shown where no value was written. Nothing is written for it. */
  default(value: Input & (Value | Date)): ScalarField<Read, Input, 'optional'> {
    const plain: Value = isDate(value) ? value.getTime() : value;
    return this.#with({ default: plain });
  }

  /** No two objects should have the same value. Duplicates are listed, never refused. */
  unique(): ScalarField<Read, Input, Mode> {
    return this.#with({ unique: true });
  }

  /** Queries ask for it often. */
  index(): ScalarField<Read, Input, Mode> {
    return this.#with({ index: true });
  }

  /**
   * What this application writes must pass the check too: any Standard Schema that answers at once. It is
   * no part of the type; what others wrote is not judged by it, but can be reported.
   */
  refine(schema: Refining): ScalarField<Read, Input, Mode> {
    return new ScalarField(this.scalar, this.#options, [...this.refinements, schema]);
  }

  #with<R, I, M extends FieldMode>(options: RegisterOptions): ScalarField<R, I, M> {
    return new ScalarField(this.scalar, { ...this.#options, ...options }, this.refinements);
  }

  /** The words of this text are searched for. */
  searchable(): ScalarField<Read, Input, Mode> {
    return new ScalarField(this.scalar, { ...this.#options, search: true });
  }
}

/** A collaborative text. */
export interface WrittenField<Read> extends Field<Read, string, 'fixed'> {
  /** Its words are searched for. */
  searchable(): Field<Read, string, 'fixed'>;
}

/** A nested record: registers under one name. */
export interface RecordField<F extends Fields> extends Field<Instance<F>, Input<F>, 'fixed'> {
  readonly fields: F;
}

/** Fields by name. */
export type Fields = { readonly [name: string]: Field };

type ReadOf<T> = T extends Field<infer Read, unknown, FieldMode> ? Read : never;
type InputOf<T> = T extends Field<unknown, infer In, FieldMode> ? In : never;
type ModeOf<T> = T extends Field<unknown, unknown, infer M> ? M : never;
type Assignable<F extends Fields> = {
  [K in keyof F]: ModeOf<F[K]> extends 'fixed' ? never : K;
}[keyof F];
type Needed<F extends Fields> = {
  [K in keyof F]: ModeOf<F[K]> extends 'required' ? K : never;
}[keyof F];

/** Properties of an instance: registers can be assigned, collections are edited in place. */
export type Instance<F extends Fields> = {
  -readonly [K in Assignable<F>]: ReadOf<F[K]>;
} & { readonly [K in Exclude<keyof F, Assignable<F>>]: ReadOf<F[K]> };

/** What `add` takes. */
export type Input<F extends Fields> = { readonly [K in Needed<F>]: InputOf<F[K]> } & {
  readonly [K in Exclude<keyof F, Needed<F>>]?: InputOf<F[K]> | undefined;
};

/** What a ref may point to: a type definition, through a thunk where it is defined later. */
export interface RefTarget<T> {
  readonly name: string;
  /** Never there; carries the static type of the instances. */
  readonly $instance?: T;
}

type Scalar<T> = ScalarField<T, T, 'required'>;
type Member<Read, In> = ScalarField<Read, In, 'required'>;
type AnyMember = ScalarField<unknown, unknown, 'required'>;
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** Parts of a `value`. */
type Parts = { readonly [name: string]: ScalarField<unknown, unknown, FieldMode> };
type NeededPart<F extends Parts> = {
  [K in keyof F]: F[K] extends ScalarField<unknown, unknown, 'required'> ? K : never;
}[keyof F];
type ValueRead<F extends Parts> = Flat<
  { [K in NeededPart<F>]: ReadOf<F[K]> } & {
    [K in Exclude<keyof F, NeededPart<F>>]?: ReadOf<F[K]>;
  }
>;
type ValueInput<F extends Parts> = Flat<
  { [K in NeededPart<F>]: InputOf<F[K]> } & {
    [K in Exclude<keyof F, NeededPart<F>>]?: InputOf<F[K]>;
  }
>;
type Cases = { readonly [mark: string]: Parts };
type TaggedRead<Tag extends string, C extends Cases> = {
  [K in keyof C]: Flat<{ [T in Tag]: K } & ValueRead<C[K]>>;
}[keyof C];
type TaggedInput<Tag extends string, C extends Cases> = {
  [K in keyof C]: Flat<{ [T in Tag]: K } & ValueInput<C[K]>>;
}[keyof C];

function scalar<T>(data: ScalarData): Scalar<T> {
  return new ScalarField(() => data);
}

function collection<Read, In>(data: () => FieldData): Field<Read, In, 'fixed'> {
  return { data };
}

/** By-id ref, or keyed ref when `by` names the field whose value stands for the object. */
function ref<T>(
  target: RefTarget<T> | (() => RefTarget<T>),
  options: { readonly by: string },
): ScalarField<Ref<T>, Ref<T> | string, 'required'>;
function ref<T>(
  target?: RefTarget<T> | (() => RefTarget<T>),
): ScalarField<Ref<T>, Ref<T>, 'required'>;
function ref<T>(
  target?: RefTarget<T> | (() => RefTarget<T>),
  options: { readonly by?: string } = {},
): ScalarField<Ref<T>, Ref<T>, 'required'> {
  return new ScalarField(() => {
    const type = typeof target === 'function' ? target().name : target?.name;
    if (options.by !== undefined && type === undefined) {
      throw new SchemaError('SCHEMA_DEFINITION', 'a keyed ref must say which type it points to');
    }
    return {
      kind: 'ref',
      ...(type === undefined ? {} : { type }),
      ...(options.by === undefined ? {} : { by: options.by }),
    };
  });
}

function record<F extends Fields>(fields: F): RecordField<F> {
  return { fields, data: () => ({ kind: 'record', fields: fieldsData(fields) }) };
}

/** Fields as data, in the order in which they were written. */
export function fieldsData(fields: Fields): FieldsData {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.data()]));
}

function partsData(parts: Parts): ValueFields {
  return fieldsData(parts) as ValueFields;
}

/** Registers under keys, or records whose fields are registers. */
function map<F extends Fields>(
  of: RecordField<F>,
): Field<RecordsField<Instance<F>, Input<F>>, { readonly [key: string]: Input<F> }, 'fixed'>;
function map<R, I>(of: Member<R, I>): Field<MapField<R>, { readonly [key: string]: I }, 'fixed'>;
function map(of: RecordField<Fields> | AnyMember): Field<unknown, unknown, 'fixed'> {
  return collection(() =>
    'fields' in of
      ? { kind: 'records', fields: fieldsData(of.fields) }
      : { kind: 'map', of: of.element() },
  );
}

function written<Read>(kind: 'text' | 'rich'): WrittenField<Read> {
  return {
    data: () => ({ kind }),
    searchable: () => collection(() => ({ kind, search: true })),
  };
}

/** The checks of fields, those in records included. */
export function refinementsOf(fields: Fields, above: readonly string[] = []): Refinement[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = [...above, name];
    if ('fields' in field) return refinementsOf((field as RecordField<Fields>).fields, path);
    const schemas = field instanceof ScalarField ? field.refinements : [];
    return schemas.length === 0 ? [] : [{ path, schemas }];
  });
}

/** Builds fields. */
export const s: {
  readonly string: () => Scalar<string>;
  /** Finite numbers. */
  readonly number: () => Scalar<number>;
  /** Integers between -2^53 and 2^53. */
  readonly integer: () => Scalar<number>;
  /** Integers of any size. */
  readonly bigint: () => Scalar<bigint>;
  readonly boolean: () => Scalar<boolean>;
  /** A moment. */
  readonly date: () => Scalar<Date>;
  /** A day of the calendar, as text: `2026-03-01`. */
  readonly day: () => Scalar<string>;
  readonly bytes: () => Scalar<Uint8Array>;
  readonly json: () => Scalar<Json>;
  /** Only `null`: for unions. */
  readonly null: () => Scalar<null>;
  readonly literal: <const V extends LiteralValue>(value: V) => Scalar<V>;
  readonly enum: <const V extends readonly string[]>(values: V) => Scalar<V[number]>;
  /** One of several kinds that are stored differently, such as a text or a number. */
  readonly union: <const M extends readonly AnyMember[]>(
    members: M,
  ) => ScalarField<ReadOf<M[number]>, InputOf<M[number]>, 'required'>;
  /** One of several records, told apart by a literal under the name `tag`. */
  readonly tagged: <const Tag extends string, const C extends Cases>(
    tag: Tag,
    cases: C,
  ) => ScalarField<TaggedRead<Tag, C>, TaggedInput<Tag, C>, 'required'>;
  /** A record that is written and replaced as a whole. */
  readonly value: <const F extends Parts>(
    parts: F,
  ) => ScalarField<ValueRead<F>, ValueInput<F>, 'required'>;
  /** A file: its bytes are kept beside the log, sealed in pieces. What it holds comes from `space.blobs`. */
  readonly blob: () => Scalar<BlobRef>;
  readonly ref: typeof ref;
  /** Place in the tree of this name: the property is the parent. */
  readonly tree: <T = unknown>(
    name?: string,
  ) => Field<Ref<T> | undefined, Ref<T> | null, 'optional'>;
  /** A record each of whose fields is a register. */
  readonly record: typeof record;
  readonly set: <R, I>(of: Member<R, I>) => Field<SetField<R>, Iterable<I>, 'fixed'>;
  readonly list: <R, I>(of: Member<R, I>) => Field<ListField<R>, Iterable<I>, 'fixed'>;
  readonly map: typeof map;
  readonly counter: () => Field<CounterField, number, 'fixed'>;
  readonly text: () => WrittenField<TextField>;
  /** Text with marks and blocks; begins with plain text. */
  readonly richText: () => WrittenField<RichTextField>;
  /**
   * What a custom data model holds; it begins empty. `View` is what the model's code gives. Another version
   * is another field: ops of one are never read by the code of the other.
   */
  readonly model: <View = unknown>(
    id: string,
    version: number,
  ) => Field<ModelField<View>, undefined, 'fixed'>;
} = {
  string: () => scalar({ kind: 'string' }),
  number: () => scalar({ kind: 'number' }),
  integer: () => scalar({ kind: 'integer' }),
  bigint: () => scalar({ kind: 'bigint' }),
  boolean: () => scalar({ kind: 'boolean' }),
  date: () => scalar({ kind: 'date' }),
  day: () => scalar({ kind: 'day' }),
  bytes: () => scalar({ kind: 'bytes' }),
  json: () => scalar({ kind: 'json' }),
  null: () => scalar({ kind: 'null' }),
  literal: (value) => scalar({ kind: 'literal', value }),
  enum: (values) => scalar({ kind: 'enum', values }),
  union: (members) =>
    new ScalarField(() => ({ kind: 'union', of: members.map((member) => member.scalar()) })),
  tagged: (tag, cases) =>
    new ScalarField(() => ({
      kind: 'union',
      of: Object.entries(cases).map(([mark, parts]) => ({
        kind: 'value',
        fields: { [tag]: { kind: 'literal', value: mark }, ...partsData(parts) },
      })),
      tag,
    })),
  value: (parts) => new ScalarField(() => ({ kind: 'value', fields: partsData(parts) })),
  blob: () => scalar({ kind: 'value', fields: BLOB_FIELDS }),
  ref,
  tree: (name = 'tree') => ({ data: () => ({ kind: 'tree', tree: name }) }),
  record,
  set: (of) => collection(() => ({ kind: 'set', of: of.element() })),
  list: (of) => collection(() => ({ kind: 'list', of: of.element() })),
  map,
  counter: () => collection(() => ({ kind: 'counter' })),
  text: () => written('text'),
  richText: () => written('rich'),
  model: (id, version) => collection(() => ({ kind: 'model', model: id, version })),
};

function isDate(value: unknown): value is { getTime(): number } {
  return Object.prototype.toString.call(value) === '[object Date]';
}
