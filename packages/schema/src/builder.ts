/** The builder: `s.string()`, `s.set(s.string())`, … Each call makes one immutable field. */
import type { Value } from '@atoll/codec';
import type { FieldData, FieldsData, ScalarData } from './field-data.ts';
import type {
  CounterField,
  Json,
  ListField,
  MapField,
  Ref,
  SetField,
  TextField,
} from './instance.ts';
import { SchemaError } from './schema-error.ts';

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

/** A field that one register holds. */
export class ScalarField<Read, Input, Mode extends FieldMode> implements Field<Read, Input, Mode> {
  declare readonly $read?: Read;
  declare readonly $input?: Input;
  declare readonly $mode?: Mode;
  readonly scalar: () => ScalarData;
  readonly #extra: { readonly optional?: boolean; readonly default?: Value };

  constructor(
    scalar: () => ScalarData,
    extra: { readonly optional?: boolean; readonly default?: Value } = {},
  ) {
    this.scalar = scalar;
    this.#extra = extra;
  }

  /** The field as data. */
  readonly data: () => FieldData = () => ({ ...this.scalar(), ...this.#extra });

  /** May be absent; assigning `undefined` removes the value. */
  optional(): ScalarField<Read | undefined, Input | undefined, 'optional'> {
    return new ScalarField(this.scalar, { ...this.#extra, optional: true });
  }

  /** Shown where no value was written. Nothing is written for it. */
  default(value: Input & (Value | Date)): ScalarField<Read, Input, 'optional'> {
    const plain: Value = isDate(value) ? value.getTime() : value;
    return new ScalarField(this.scalar, { ...this.#extra, default: plain });
  }
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

/** Builds fields. */
export const s: {
  readonly string: () => Scalar<string>;
  readonly number: () => Scalar<number>;
  readonly integer: () => Scalar<number>;
  readonly boolean: () => Scalar<boolean>;
  readonly date: () => Scalar<Date>;
  readonly bytes: () => Scalar<Uint8Array>;
  readonly json: () => Scalar<Json>;
  readonly enum: <const V extends readonly string[]>(values: V) => Scalar<V[number]>;
  readonly ref: typeof ref;
  readonly record: typeof record;
  readonly set: <R, I>(of: Member<R, I>) => Field<SetField<R>, Iterable<I>, 'fixed'>;
  readonly list: <R, I>(of: Member<R, I>) => Field<ListField<R>, Iterable<I>, 'fixed'>;
  readonly map: <R, I>(
    of: Member<R, I>,
  ) => Field<MapField<R>, { readonly [key: string]: I }, 'fixed'>;
  readonly counter: () => Field<CounterField, number, 'fixed'>;
  readonly text: () => Field<TextField, string, 'fixed'>;
} = {
  string: () => scalar({ kind: 'string' }),
  number: () => scalar({ kind: 'number' }),
  integer: () => scalar({ kind: 'integer' }),
  boolean: () => scalar({ kind: 'boolean' }),
  date: () => scalar({ kind: 'date' }),
  bytes: () => scalar({ kind: 'bytes' }),
  json: () => scalar({ kind: 'json' }),
  enum: (values) => scalar({ kind: 'enum', values }),
  ref,
  record,
  set: (of) => collection(() => ({ kind: 'set', of: of.scalar() })),
  list: (of) => collection(() => ({ kind: 'list', of: of.scalar() })),
  map: (of) => collection(() => ({ kind: 'map', of: of.scalar() })),
  counter: () => collection(() => ({ kind: 'counter' })),
  text: () => collection(() => ({ kind: 'text' })),
};

function isDate(value: unknown): value is { getTime(): number } {
  return Object.prototype.toString.call(value) === '[object Date]';
}
