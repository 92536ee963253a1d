/** Between what applications hold (dates, refs) and what registers store (plain values). */
import type { Value } from '@atoll/codec';
import { fromHex, toHex, type ObjectId, type SpaceId } from '@atoll/kernel';
import { scalarTest, type Ref, type RefState, type ScalarData } from '@atoll/schema';
import { EchoError } from './echo-error.ts';
import { OBJECT_ID_BYTES } from './op-ids.ts';

/** How refs find their targets. */
export interface RefResolver {
  /** Object of an id: the handle and whether it is there. */
  resolve(id: ObjectId): { readonly target: unknown; readonly state: RefState };
  /** Object of a type whose key field has this value. */
  resolveKey(
    type: string,
    field: string,
    key: string,
  ): { readonly target: unknown; readonly state: RefState; readonly id: ObjectId | undefined };
  /** Value of the key field of an object, if it is of that type. */
  keyOfObject(id: ObjectId, type: string | undefined, field: string): string | undefined;
}

/** A ref as read from a register. */
export class StoredRef implements Ref<unknown> {
  readonly $space: SpaceId | undefined;
  readonly $key: string | undefined;
  readonly #resolver: RefResolver;
  readonly #id: ObjectId | undefined;
  readonly #by: { readonly type: string; readonly field: string } | undefined;

  constructor(
    resolver: RefResolver,
    ref: {
      readonly id?: ObjectId;
      readonly space?: SpaceId;
      readonly key?: string;
      readonly by?: { readonly type: string; readonly field: string };
    },
  ) {
    this.#resolver = resolver;
    this.#id = ref.id;
    this.#by = ref.by;
    this.$space = ref.space;
    this.$key = ref.key;
  }

  /** The object, if it is here and not deleted. */
  get $target(): unknown {
    return this.#find().target;
  }

  /** Whether the target is at hand. */
  get $state(): RefState {
    return this.#find().state;
  }

  /** Id of the object, as far as it is known. */
  get $id(): ObjectId | undefined {
    if (this.#by === undefined || this.$key === undefined) return this.#id;
    return this.#resolver.resolveKey(this.#by.type, this.#by.field, this.$key).id;
  }

  /** Id or key, for plain data. */
  toJSON(): string | undefined {
    return this.$key ?? this.#id;
  }

  #find(): { readonly target: unknown; readonly state: RefState } {
    if (this.$space !== undefined) return { target: undefined, state: 'elsewhere' };
    if (this.#by !== undefined && this.$key !== undefined) {
      return this.#resolver.resolveKey(this.#by.type, this.#by.field, this.$key);
    }
    if (this.#id !== undefined) return this.#resolver.resolve(this.#id);
    return { target: undefined, state: 'missing' };
  }
}

/** A stored value as applications see it. */
export function shownValue(
  scalar: ScalarData,
  value: Value | undefined,
  resolver: RefResolver,
): unknown {
  if (value === undefined) return undefined;
  if (scalar.kind === 'date') return typeof value === 'number' ? dateOf(value) : undefined;
  if (scalar.kind !== 'ref') return value;
  if (typeof value === 'string') {
    const by = { type: scalar.type ?? '', field: scalar.by ?? '' };
    return new StoredRef(resolver, { key: value, by });
  }
  if (!(value instanceof Uint8Array)) return undefined;
  const id = toHex(value.subarray(-OBJECT_ID_BYTES)) as ObjectId;
  if (value.length === OBJECT_ID_BYTES) return new StoredRef(resolver, { id });
  return new StoredRef(resolver, {
    id,
    space: toHex(value.subarray(0, -OBJECT_ID_BYTES)) as SpaceId,
  });
}

/** What a register stores for a value of an application. @throws EchoError `ECHO_VALUE`. */
export function storedValue(
  scalar: ScalarData,
  input: unknown,
  resolver: RefResolver,
  where: string,
): Value {
  if (!testOf(scalar)(input)) {
    throw new EchoError('ECHO_VALUE', `the value does not fit the field ${where}`);
  }
  if (scalar.kind === 'date') return (input as { getTime(): number }).getTime();
  if (scalar.kind !== 'ref') return input as Value;
  if (typeof input === 'string') return input;
  const ref = input as Ref<unknown>;
  if (scalar.by !== undefined) {
    const key =
      ref.$key ??
      (ref.$id === undefined ? undefined : resolver.keyOfObject(ref.$id, scalar.type, scalar.by));
    if (key !== undefined) return key;
    throw new EchoError('ECHO_VALUE', `the object given for ${where} has no ${scalar.by}`);
  }
  return refBytes(ref, where);
}

function refBytes(ref: Ref<unknown>, where: string): Uint8Array {
  const id = ref.$id === undefined ? undefined : fromHex(ref.$id);
  if (id === undefined) throw new EchoError('ECHO_VALUE', `the ref given for ${where} has no id`);
  const space = ref.$space === undefined ? undefined : fromHex(ref.$space);
  if (space === undefined) return id;
  const bytes = new Uint8Array(space.length + id.length);
  bytes.set(space);
  bytes.set(id, space.length);
  return bytes;
}

const tests = new WeakMap<ScalarData, (value: unknown) => boolean>();

function testOf(scalar: ScalarData): (value: unknown) => boolean {
  let test = tests.get(scalar);
  if (test === undefined) tests.set(scalar, (test = scalarTest(scalar)));
  return test;
}

function dateOf(timeMs: number): Date {
  // eslint-disable-next-line no-restricted-globals -- Given a time, it reads no clock.
  return new Date(timeMs);
}
