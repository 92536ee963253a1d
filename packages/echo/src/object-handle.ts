/**
 * The objects that applications hold. One class a type, with an accessor a field; values are decoded when
 * first read and kept until the object changes, so that a read costs little more than a plain property.
 */
import type { ObjectId, SpaceId } from '@atoll/kernel';
import { isGiven, isScalar, type Leaf, type Ref, type RefState } from '@atoll/schema';
import { CounterView, MapView, SetView } from './collections.ts';
import type { FieldRef } from './mutations.ts';
import type { ObjectHost } from './object-host.ts';
import { ListView } from './list-view.ts';
import { RecordsView } from './records-view.ts';
import { shownRegister } from './shown.ts';
import { shownValue, storedValue } from './stored-value.ts';
import { RichTextView } from './rich-text/rich-text-view.ts';
import { TextView } from './text-view.ts';
import type { KnownType } from './type-registry.ts';

/** A property: a leaf, or a record with further properties. */
interface Property {
  readonly name: string;
  readonly slot: number;
  readonly type: KnownType;
  /** Absent for records. */
  readonly leaf?: Leaf;
  readonly nested?: readonly Property[];
}

/** An object of a space. */
export class ObjectHandle implements Ref<unknown> {
  readonly #host: ObjectHost;
  readonly #row: number;
  #id: ObjectId | undefined;
  #values: unknown[] | undefined;
  /** Collections and records, made once: they read through. */
  #views: unknown[] | undefined;

  constructor(host: ObjectHost, row: number) {
    this.#host = host;
    this.#row = row;
  }

  /** Id of the object. */
  get id(): ObjectId {
    return (this.#id ??= this.#host.fold.rows.id(this.#row));
  }

  /** The same, as refs have it. */
  get $id(): ObjectId {
    return this.id;
  }

  /** Refs to objects of this space name none. */
  get $space(): SpaceId | undefined {
    return undefined;
  }

  /** Objects are refs by id. */
  get $key(): string | undefined {
    return undefined;
  }

  /** The object itself, unless it is deleted. */
  get $target(): unknown {
    return this.$state === 'present' ? this : undefined;
  }

  /** Whether it is there. */
  get $state(): RefState {
    return this.#host.resolveId(this.id).state;
  }

  /** Name of the type. */
  get $type(): string {
    return this.#host.fold.typeOf(this.#row).compiled.name;
  }

  /** Plain data: id and fields, for display and export. */
  toJSON(): { readonly [name: string]: unknown } {
    return this.#host.plain(this.#row);
  }

  /** Row of a handle. */
  static rowOf(handle: ObjectHandle): number {
    return handle.#row;
  }

  /** The database's side of a handle. */
  static hostOf(handle: ObjectHandle): ObjectHost {
    return handle.#host;
  }

  /** Drops decoded values. */
  static refresh(handle: ObjectHandle): void {
    handle.#values = undefined;
  }

  /** Puts the accessor of a property on a class's prototype. */
  static define(prototype: object, property: Property): void {
    const { name, slot } = property;
    if (property.leaf === undefined || !isScalar(property.leaf.data)) {
      Object.defineProperty(prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: ObjectHandle): unknown {
          return (this.#views ??= [])[slot] ?? this.#makeView(property);
        },
        ...(property.leaf === undefined
          ? {
              set(this: ObjectHandle, value: unknown): void {
                Object.assign((this as unknown as Record<string, object>)[name] as object, value);
              },
            }
          : {}),
      });
      return;
    }
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: ObjectHandle): unknown {
        const values = this.#values;
        if (values !== undefined && slot in values) return values[slot];
        return this.#read(property);
      },
      set(this: ObjectHandle, value: unknown): void {
        this.#write(property, value);
      },
    });
  }

  #read(property: Property): unknown {
    const { type, slot } = property;
    const leaf = property.leaf as Leaf;
    if (!isScalar(leaf.data)) return undefined;
    const field = type.fields[leaf.index] as number;
    const stored = shownRegister(this.#host.fold, this.#row, field, leaf);
    const value = shownValue(leaf.data, stored, this.#host);
    (this.#values ??= [])[slot] = value;
    return value;
  }

  #write(property: Property, value: unknown): void {
    const leaf = property.leaf as Leaf;
    if (!isScalar(leaf.data)) return;
    const ref: FieldRef = { row: this.#row, type: property.type, leaf };
    if (leaf.data.kind === 'tree') {
      this.#host.placeInTree(ref, value);
      return;
    }
    const stored = isGiven(value, leaf.data)
      ? storedValue(leaf.data, value, this.#host, leaf.name)
      : undefined;
    if (stored !== undefined && stored !== null) this.#host.checks.refine(ref, value);
    this.#host.mutations.set(ref, stored);
  }

  #makeView(property: Property): unknown {
    const view = this.#newView(property);
    (this.#views ??= [])[property.slot] = view;
    return view;
  }

  #newView(property: Property): unknown {
    const { leaf, type, nested } = property;
    if (leaf === undefined) {
      const record = {};
      for (const inner of nested ?? []) this.#defineNested(record, inner);
      return record;
    }
    const ref: FieldRef = { row: this.#row, type, leaf };
    const { data } = leaf;
    if (leaf.records === 'entries') return new RecordsView(this.#host, ref);
    switch (data.kind) {
      case 'set':
        return new SetView(this.#host, ref, data.of);
      case 'map':
        return new MapView(this.#host, ref, data.of);
      case 'counter':
        return new CounterView(this.#host, ref);
      case 'text':
        return new TextView(this.#host, ref);
      case 'rich':
        return new RichTextView(this.#host, ref);
      case 'list':
        return new ListView(this.#host, ref, data.of);
      case 'model':
        return this.#host.models.field(ref, data);
      default:
        return undefined;
    }
  }

  #defineNested(record: object, property: Property): void {
    const prototype = {};
    ObjectHandle.define(prototype, property);
    const accessor = Object.getOwnPropertyDescriptor(prototype, property.name);
    Object.defineProperty(record, property.name, {
      enumerable: true,
      get: () => accessor?.get?.call(this),
      set: (value: unknown) => accessor?.set?.call(this, value),
    });
  }
}

/** Makes handles of one type's name; versions that appear later add their properties. */
export class HandleClass {
  readonly #instances: typeof ObjectHandle;
  readonly #slotByName = new Map<string, number>();

  constructor() {
    this.#instances = class extends ObjectHandle {};
  }

  /** A handle for a row. */
  make(host: ObjectHost, row: number): ObjectHandle {
    return new this.#instances(host, row);
  }

  /** Gives the class the properties of a version of the type. */
  extend(type: KnownType): void {
    const properties = propertiesOf(type, type.compiled.leaves, 0, (path) => this.#slot(path));
    for (const property of properties) {
      if (property.name in ObjectHandle.prototype) continue;
      ObjectHandle.define(this.#instances.prototype, property);
    }
  }

  #slot(path: string): number {
    let slot = this.#slotByName.get(path);
    if (slot === undefined) this.#slotByName.set(path, (slot = this.#slotByName.size));
    return slot;
  }
}

function propertiesOf(
  type: KnownType,
  leaves: readonly Leaf[],
  depth: number,
  slot: (path: string) => number,
): Property[] {
  const byName = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const name = leaf.path[depth] as string;
    byName.set(name, [...(byName.get(name) ?? []), leaf]);
  }
  return [...byName].map(([name, group]) => {
    const first = group[0] as Leaf;
    const path = first.path.slice(0, depth + 1).join('.');
    if (first.path.length === depth + 1) return { name, slot: slot(path), type, leaf: first };
    return { name, slot: slot(path), type, nested: propertiesOf(type, group, depth + 1, slot) };
  });
}
