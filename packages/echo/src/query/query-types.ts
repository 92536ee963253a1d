/** Conditions as the builder takes them for objects whose fields are known to the compiler. */
import type {
  CounterField,
  ListField,
  MapField,
  RecordsField,
  Ref,
  SetField,
  TextField,
} from '@atoll/schema';
import type { Where, WhereExtras } from './query-form.ts';

/** Names of fields that queries know; paths into records are not followed here. */
export type FieldName<T> = string extends keyof T
  ? string
  : Exclude<keyof T & string, `$${string}` | 'id' | 'toJSON'> | `${string}.${string}`;

/** What a ref is compared with. */
export type RefOperand = string | { readonly id: string } | { readonly key: string } | Ref<unknown>;

interface Equality<V> {
  readonly eq?: V | null;
  readonly ne?: V | null;
  readonly in?: readonly (V | null)[];
  readonly exists?: boolean;
}

interface Range<V> {
  readonly lt?: V;
  readonly lte?: V;
  readonly gt?: V;
  readonly gte?: V;
}

interface Words {
  readonly prefix?: string;
  readonly contains?: string;
  readonly text?: string;
}

interface Hop<T> {
  /** What the object at the other end fulfils. */
  readonly to?: WhereFor<T>;
  readonly type?: string;
  readonly depth?: number;
}

interface Holds<V> {
  readonly contains?: V;
  readonly exists?: boolean;
  readonly text?: string;
}

/** Operands of a scalar: what the property gives, and its JSON form. */
type Operand<V> = V extends Date
  ? Date | string | number
  : V extends bigint
    ? bigint | number | string
    : V extends Uint8Array
      ? Uint8Array | string
      : V extends number
        ? V | bigint
        : V extends string | boolean
          ? V
          : unknown;

type ScalarCondition<V> = V extends string
  ? Equality<V> & Range<string> & Words
  : Equality<Operand<V>> & Range<Operand<V>>;

/** What may be asked of a field, by what its property gives. */
export type ConditionFor<V> =
  NonNullable<V> extends SetField<infer E>
    ? Holds<E extends Ref<unknown> ? RefOperand : Operand<E>> &
        (E extends Ref<infer T> ? Hop<T> : unknown)
    : NonNullable<V> extends ListField<infer E>
      ? Holds<E extends Ref<unknown> ? RefOperand : Operand<E>> &
          (E extends Ref<infer T> ? Hop<T> : unknown)
      : NonNullable<V> extends RecordsField<infer R, infer _>
        ? Pick<Holds<string>, 'contains' | 'exists'> & { readonly some?: WhereFor<R> }
        : NonNullable<V> extends MapField<unknown>
          ? Holds<string>
          : NonNullable<V> extends CounterField
            ? number | bigint | (Equality<number | bigint> & Range<number | bigint>)
            : NonNullable<V> extends TextField
              ? string | (Equality<string> & Range<string> & Words)
              : NonNullable<V> extends Ref<infer T>
                ? RefOperand | null | (Equality<RefOperand> & Hop<T>)
                : Operand<NonNullable<V>> | null | ScalarCondition<NonNullable<V>>;

/** Conditions on objects of a known type; those of unknown types take any names. */
export type WhereFor<T> = unknown extends T
  ? Where
  : string extends keyof T
    ? Where
    : {
        readonly [K in Exclude<FieldName<T>, `${string}.${string}`> & keyof T]?: ConditionFor<T[K]>;
      } & {
        readonly [path: `${string}.${string}`]: unknown;
      } & Omit<WhereExtras, '$and' | '$or' | '$not'> & {
          readonly $and?: readonly WhereFor<T>[];
          readonly $or?: readonly WhereFor<T>[];
          readonly $not?: WhereFor<T>;
        };
