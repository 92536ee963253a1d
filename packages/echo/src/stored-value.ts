/** Between what applications hold (dates, refs) and what registers store (plain values). */
import type { Value } from '@atoll/codec';
import { fromHex, toHex, type ObjectId, type SpaceId } from '@atoll/kernel';
import {
  acceptsScalar,
  expected,
  scalarTest,
  type ElementData,
  type Ref,
  type RefState,
  type ScalarData,
  type ValueFields,
} from '@atoll/schema';
import { EchoError } from './echo-error.ts';
import { OBJECT_ID_BYTES } from './op-ids.ts';

/** How refs find their targets. */
export interface RefResolver {
  /** Object of an id: the handle and whether it is there. */
  resolveId(id: ObjectId): { readonly target: unknown; readonly state: RefState };
  /** Object of an id in another space. */
  resolveElsewhere(
    space: SpaceId,
    id: ObjectId,
  ): { readonly target: unknown; readonly state: RefState };
  /** The space of a ref's target where it is not this one. */
  spaceOf(ref: Ref<unknown>): SpaceId | undefined;
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

  /** Id or key, for plain data; with the space for objects of other spaces. */
  toJSON(): string | undefined {
    if (this.$key !== undefined || this.$space === undefined) return this.$key ?? this.#id;
    return `${this.$space}/${this.#id ?? ''}`;
  }

  #find(): { readonly target: unknown; readonly state: RefState } {
    if (this.$space !== undefined && this.#id !== undefined) {
      return this.#resolver.resolveElsewhere(this.$space, this.#id);
    }
    if (this.#by !== undefined && this.$key !== undefined) {
      return this.#resolver.resolveKey(this.#by.type, this.#by.field, this.$key);
    }
    if (this.#id !== undefined) return this.#resolver.resolveId(this.#id);
    return { target: undefined, state: 'missing' };
  }
}

/** A stored value as applications see it. */
export function shownValue(
  element: ElementData,
  value: Value | undefined,
  resolver: RefResolver,
): unknown {
  if (value === undefined || value === null) return value;
  switch (element.kind) {
    case 'date':
      return typeof value === 'number' ? dateOf(value) : undefined;
    case 'bytes':
      // What is stored may lie in a greater buffer, which nobody may write into.
      return value instanceof Uint8Array ? value.slice() : undefined;
    case 'ref':
      return shownRef(element, value, resolver);
    case 'tree': {
      const parent = Array.isArray(value) ? (value as readonly Value[])[0] : undefined;
      return parent instanceof Uint8Array ? idRef(parent, resolver) : undefined;
    }
    case 'json':
      return frozen(value);
    case 'value':
      return shownParts(element.fields, value as { readonly [name: string]: Value }, resolver);
    case 'union': {
      const member = element.of.find((each) => acceptsScalar(each, value));
      return member === undefined ? undefined : shownValue(member, value, resolver);
    }
    default:
      return value;
  }
}

/** Plain data is replaced as a whole: what one reader would change in it, others would see. */
function frozen(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value as { readonly [key: string]: Value })) frozen(part);
  return value;
}

/** Values are replaced as a whole, so what is shown of them is frozen. */
function shownParts(
  fields: ValueFields,
  value: { readonly [name: string]: Value },
  resolver: RefResolver,
): unknown {
  const parts: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (Object.hasOwn(value, name)) parts[name] = shownValue(field, value[name], resolver);
  }
  return Object.freeze(parts);
}

function shownRef(
  scalar: Extract<ScalarData, { readonly kind: 'ref' }>,
  value: Value,
  resolver: RefResolver,
): StoredRef | undefined {
  if (typeof value === 'string') {
    const by = { type: scalar.type ?? '', field: scalar.by ?? '' };
    return new StoredRef(resolver, { key: value, by });
  }
  return value instanceof Uint8Array ? idRef(value, resolver) : undefined;
}

function idRef(value: Uint8Array, resolver: RefResolver): StoredRef {
  const id = toHex(value.subarray(-OBJECT_ID_BYTES)) as ObjectId;
  if (value.length === OBJECT_ID_BYTES) return new StoredRef(resolver, { id });
  return new StoredRef(resolver, {
    id,
    space: toHex(value.subarray(0, -OBJECT_ID_BYTES)) as SpaceId,
  });
}

/** What a register stores for a value of an application. @throws EchoError `ECHO_VALUE`. */
export function storedValue(
  element: ElementData,
  input: unknown,
  resolver: RefResolver,
  where: string,
): Value {
  if (!testOf(element)(input)) {
    throw new EchoError('ECHO_VALUE', `${where}: ${expected(element)} is expected`);
  }
  return toStored(element, input, resolver, where);
}

function toStored(
  element: ElementData,
  input: unknown,
  resolver: RefResolver,
  where: string,
): Value {
  switch (input === null ? 'null' : element.kind) {
    case 'date':
      return (input as { getTime(): number }).getTime();
    case 'number':
    case 'integer':
      // Minus zero is zero.
      return (input as number) + 0;
    case 'json':
      return copied(input as Value);
    case 'bytes':
      return (input as Uint8Array).slice();
    case 'ref':
      return typeof input === 'string' ? input : storedRef(element, input, resolver, where);
    case 'value':
      return storedParts((element as ValueData).fields, input, resolver, where);
    case 'union': {
      const member = (element as UnionData).of.find((each) => testOf(each)(input));
      return member === undefined ? null : toStored(member, input, resolver, where);
    }
    default:
      return input as Value;
  }
}

/** A copy, so that whoever goes on writing into what was given changes nothing here. */
function copied(value: Value): Value {
  if (Array.isArray(value)) return value.map((item: Value) => copied(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: Value }).map(([key, item]) => [
      key,
      copied(item),
    ]),
  );
}

type ValueData = Extract<ScalarData, { readonly kind: 'value' }>;
type UnionData = Extract<ScalarData, { readonly kind: 'union' }>;

function storedParts(
  fields: ValueFields,
  input: unknown,
  resolver: RefResolver,
  where: string,
): Value {
  const given = input as { readonly [name: string]: unknown };
  const parts: { [name: string]: Value } = {};
  for (const [name, field] of Object.entries(fields)) {
    const part = given[name];
    if (part !== undefined) parts[name] = toStored(field, part, resolver, `${where}.${name}`);
  }
  return parts;
}

function storedRef(
  element: ElementData,
  input: unknown,
  resolver: RefResolver,
  where: string,
): Value {
  const ref = input as Ref<unknown>;
  if (element.kind !== 'ref' || element.by === undefined) return refBytes(ref, resolver, where);
  const key =
    ref.$key ??
    (ref.$id === undefined ? undefined : resolver.keyOfObject(ref.$id, element.type, element.by));
  if (key !== undefined) return key;
  throw new EchoError('ECHO_VALUE', `the object given for ${where} has no ${element.by}`);
}

/** Bytes of a ref by id. @throws EchoError `ECHO_VALUE` for one without id. */
function refBytes(
  ref: Ref<unknown>,
  resolver: Pick<RefResolver, 'spaceOf'>,
  where: string,
): Uint8Array {
  const id = ref.$id === undefined ? undefined : fromHex(ref.$id);
  if (id === undefined) throw new EchoError('ECHO_VALUE', `the ref given for ${where} has no id`);
  const other = resolver.spaceOf(ref);
  const space = other === undefined ? undefined : fromHex(other);
  if (space === undefined) return id;
  const bytes = new Uint8Array(space.length + id.length);
  bytes.set(space);
  bytes.set(id, space.length);
  return bytes;
}

const tests = new WeakMap<ElementData, (value: unknown) => boolean>();

function testOf(element: ElementData): (value: unknown) => boolean {
  let test = tests.get(element);
  if (test === undefined) tests.set(element, (test = scalarTest(element)));
  return test;
}

function dateOf(timeMs: number): Date {
  // eslint-disable-next-line no-restricted-globals -- Given a time, it reads no clock.
  return new Date(timeMs);
}
