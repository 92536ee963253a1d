/** Every way to change an object: one method makes one op, applies it, and tells undo what it covered. */
import { AtollError, type ZoneId } from '@atoll/kernel';
import { encodeValue, Writer, type Value } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { COUNT_MAX, type Leaf } from '@atoll/schema';
import type { BlockContext } from './block-context.ts';
import { EchoError } from './echo-error.ts';
import { elementOf } from './element-names.ts';
import type { Fold } from './fold.ts';
import { itemKey, type FieldState } from './object-state.ts';
import { valueBytesMax, type GlobalDot } from './open-transaction.ts';
import type { Sibling } from './register.ts';
import { counterState, createdValue } from './field-state.ts';
import { blockPart, partKey } from './rich-text/rich-state.ts';
import type { OpTarget } from './rights/op-target.ts';
import { elementKey, type ListState } from './sequence-state.ts';
import { setHas, winner } from './shown.ts';
import type { Transactions } from './transactions.ts';
import type { KnownType } from './type-registry.ts';
import type { CoveredValue, FieldPlace, UndoListener } from './undo-step.ts';

/** A field of an object at hand. */
export interface FieldRef {
  readonly row: number;
  /** The version of the type through which it is written. */
  readonly type: KnownType;
  readonly leaf: Leaf;
}

/** Bytes that an op may need besides its values and dots. */
const OP_BYTES = 256;
const DOT_BYTES = 48;

/** Changes of objects. */
export class Mutations {
  readonly #fold: Fold;
  readonly #transactions: Transactions;
  readonly #undo: UndoListener;

  constructor(fold: Fold, transactions: Transactions, undo: UndoListener) {
    this.#fold = fold;
    this.#transactions = transactions;
    this.#undo = undo;
  }

  /** Creates an object and returns its row. */
  create(type: KnownType, payload: Uint8Array, zone?: ZoneId): number {
    const bytes = payload.length + type.compiled.bytes.length + OP_BYTES;
    const open = this.#transactions.roomToCreate(bytes, { type, payload, zone });
    const row = open.create(type, payload);
    this.#undo({ kind: 'create', object: this.#fold.rows.id(row) });
    return row;
  }

  /**
   * Publishes all types of the space, those of its open zones too, or of a closed zone once more, for whoever does not
   * read the blocks in which they were.
   */
  publishTypes(zone?: ZoneId): void {
    for (const type of this.#fold.types.all())
      if (this.#isUsed(type, zone)) this.publish(type, zone);
  }

  #isUsed({ publishedIn, publishedInZones }: KnownType, zone: ZoneId | undefined): boolean {
    if (zone !== undefined) return publishedInZones.has(zone);
    return publishedIn.length > 0 || [...publishedInZones.keys()].some(this.#fold.isOpenZone);
  }

  /** Publishes a type, also before its first object: for whoever is to make one and has not got it. */
  publish(type: KnownType, zone?: ZoneId): void {
    const { bytes } = type.compiled;
    const open = this.#transactions.roomToPublish(bytes.length + OP_BYTES, type, zone);
    open.add({ kind: 'type', bytes });
  }

  /**
   * Writes a register, or an entry of a map when `key` is given; `undefined` writes "no value". With
   * `covers`, replaces exactly those ops; else everything that is there.
   */
  set(
    ref: FieldRef,
    value: Value | undefined,
    options: { readonly key?: string; readonly covers?: readonly GlobalDot[] } = {},
  ): GlobalDot {
    const { row, type, leaf } = ref;
    const { key, covers } = options;
    const before = this.siblings(ref, key);
    const room = OP_BYTES + (value === undefined ? 0 : valueBytesMax(value));
    const bytes = room + (key?.length ?? 0) * 3 + (covers?.length ?? 0) * DOT_BYTES;
    const written = this.#transactions.write({ bytes, row, ref, key, value }, (open) => {
      const register = {
        object: open.object(row),
        field: open.field(row, type, leaf.index),
        ...(key === undefined ? {} : { key }),
        covers: covers === undefined ? undefined : open.dots(covers),
      };
      return value === undefined
        ? { kind: 'unset', ...register }
        : { kind: 'set', ...register, value };
    });
    const dot = this.#dot(written.open.block, written.at);
    this.#undo({
      kind: 'register',
      place: this.placeOf(ref),
      ...(key === undefined ? {} : { key }),
      dot,
      covered: this.#covered(before, covers),
    });
    return dot;
  }

  /** Takes exactly the listed ops out of a register; nothing that undo could bring back. */
  retract(ref: FieldRef, covers: readonly GlobalDot[], key?: string): void {
    const { row, type, leaf } = ref;
    const bytes = OP_BYTES + covers.length * DOT_BYTES;
    this.#transactions.write({ bytes, row, ref, key }, (open) => ({
      kind: 'retract',
      object: open.object(row),
      field: open.field(row, type, leaf.index),
      ...(key === undefined ? {} : { key }),
      covers: open.dots(covers),
    }));
  }

  /** Writes the register `deleted`. */
  setDeleted(row: number, deleted: boolean, covers?: readonly GlobalDot[]): GlobalDot {
    const before = this.#fold.state(row)?.deleted ?? [];
    const room = OP_BYTES + (covers?.length ?? 0) * DOT_BYTES;
    const written = this.#transactions.write({ bytes: room, row }, (open) => ({
      kind: deleted ? 'delete' : 'restore',
      object: open.object(row),
      covers: covers === undefined ? undefined : open.dots(covers),
    }));
    const dot = this.#dot(written.open.block, written.at);
    const covered = this.#covered(before, covers);
    this.#undo({ kind: 'life', object: this.#fold.rows.id(row), dot, covered });
    return dot;
  }

  /** Takes exactly the listed ops out of the register `deleted`. */
  retractDeleted(row: number, covers: readonly GlobalDot[]): void {
    const bytes = OP_BYTES + covers.length * DOT_BYTES;
    this.#transactions.write({ bytes, row }, (open) => ({
      kind: 'undelete',
      object: open.object(row),
      covers: open.dots(covers),
    }));
  }

  /** Adds to a set, unless the element is there. */
  add(ref: FieldRef, value: Value): GlobalDot | undefined {
    const { row, type, leaf } = ref;
    if (setHas(this.#fold, row, type.fields[leaf.index] as number, value)) return undefined;
    const written = this.#transactions.write(
      { bytes: OP_BYTES + valueBytesMax(value), row, ref },
      (open) => ({
        kind: 'add',
        object: open.object(row),
        field: open.field(row, type, leaf.index),
        value,
      }),
    );
    const dot = this.#dot(written.open.block, written.at);
    this.#undo({ kind: 'add', place: this.placeOf(ref), value, dot });
    return dot;
  }

  /** Removes from a set, if the element is there; with `covers`, only those additions. */
  remove(ref: FieldRef, value: Value, covers?: readonly GlobalDot[]): void {
    const { row, type, leaf } = ref;
    const standing = this.additions(ref, value);
    if (standing.length === 0) return;
    const room = OP_BYTES + valueBytesMax(value) + (covers?.length ?? 0) * DOT_BYTES;
    this.#transactions.write({ bytes: room, row, ref }, (open) => ({
      kind: 'remove',
      object: open.object(row),
      field: open.field(row, type, leaf.index),
      value,
      covers: covers === undefined ? undefined : open.dots(covers),
    }));
    const removed = covers ?? standing;
    this.#undo({ kind: 'remove', place: this.placeOf(ref), value, removed });
  }

  /** Adds to the shown count, or to the one that `counter` began (`null`: the creation). */
  increment(ref: FieldRef, amount: number, counter?: GlobalDot | null): void {
    requireCount(amount);
    const { row, type, leaf } = ref;
    const count = counter === undefined ? this.shownCounter(ref) : (counter ?? undefined);
    this.#transactions.write({ bytes: OP_BYTES, row, ref }, (open) => ({
      kind: 'increment',
      object: open.object(row),
      field: open.field(row, type, leaf.index),
      amount,
      counter: count === undefined ? undefined : open.dots([count])[0],
    }));
    this.#undo({
      kind: 'increment',
      place: this.placeOf(ref),
      amount,
      ...(count === undefined ? {} : { counter: count }),
    });
  }

  /** Begins a new count. */
  assign(ref: FieldRef, amount: number): void {
    requireCount(amount);
    const { row, type, leaf } = ref;
    const before = this.shownCounter(ref);
    const covered = this.#lastOf(this.siblings(ref));
    const written = this.#transactions.write({ bytes: OP_BYTES, row, ref }, (open) => ({
      kind: 'assign',
      object: open.object(row),
      field: open.field(row, type, leaf.index),
      amount,
    }));
    this.#undo({
      kind: 'count',
      place: this.placeOf(ref),
      dot: this.#dot(written.open.block, written.at),
      ...(before === undefined ? {} : { before }),
      ...(covered === undefined ? {} : { covered }),
    });
  }

  /** Goes back to an earlier count (the creation's when absent), covering exactly `covers`. */
  recount(ref: FieldRef, counter: GlobalDot | undefined, covers: readonly GlobalDot[]): GlobalDot {
    const { row, type, leaf } = ref;
    const before = this.shownCounter(ref);
    const covered = this.#lastOf(this.siblings(ref));
    const bytes = OP_BYTES + covers.length * DOT_BYTES;
    const written = this.#transactions.write({ bytes, row, ref }, (open) => ({
      kind: 'recount',
      object: open.object(row),
      field: open.field(row, type, leaf.index),
      covers: open.dots(covers),
      counter: counter === undefined ? undefined : open.dots([counter])[0],
    }));
    const dot = this.#dot(written.open.block, written.at);
    this.#undo({
      kind: 'count',
      place: this.placeOf(ref),
      dot,
      ...(before === undefined ? {} : { before }),
      ...(covered === undefined ? {} : { covered }),
    });
    return dot;
  }

  /** Writes an op of a custom data model. */
  model(
    ref: FieldRef,
    op: {
      readonly bytes: Uint8Array;
      readonly needs: readonly GlobalDot[];
      readonly memory: Uint8Array | undefined;
    },
  ): GlobalDot {
    const { row, type, leaf } = ref;
    const { bytes, needs, memory } = op;
    const room = OP_BYTES + bytes.length + needs.length * DOT_BYTES;
    const written = this.#transactions.write({ bytes: room, row, ref }, (open) => ({
      kind: 'model',
      object: open.object(row),
      field: open.field(row, type, leaf.index),
      needs: open.dots(needs),
      bytes,
    }));
    const dot = this.#dot(written.open.block, written.at);
    const place = this.placeOf(ref);
    this.#undo({ kind: 'model', place, dot, ...(memory === undefined ? {} : { memory }) });
    return dot;
  }

  /** 16 bytes that only the next op of this writer gets. */
  unique(): Uint8Array {
    const { block, ops } = this.#transactions.withRoom(OP_BYTES);
    const at = new Writer(32).raw(block.nonce).varint(ops).finish();
    return hash('model-unique', at).subarray(0, 16);
  }

  /**
   * 24 bits that differ between writers and between the ops of one: for places in one gap. What is to be written must
   * be allowed, for nothing else may come of it. @throws SpaceError `SPACE_NO_RIGHT`; EchoError `ECHO_TREE_ZONE`.
   */
  spread(to: OpTarget): number {
    this.#transactions.check(to);
    const { block, ops } = this.#transactions.withRoom(OP_BYTES);
    let mixed = Math.imul(ops + 1, 0x9e3779b1);
    for (const byte of block.nonce) mixed = Math.imul(mixed ^ byte, 0x01000193);
    return (mixed ^ (mixed >>> 15)) & 0xffffff;
  }

  /** True if what is to be written is allowed. */
  mayWrite(to: OpTarget): boolean {
    try {
      this.#transactions.check(to);
      return true;
    } catch (failure) {
      if (failure instanceof AtollError) return false;
      throw failure;
    }
  }

  /** Writes that stand in a register, or counter, now. */
  siblings(ref: FieldRef, key?: string): readonly Sibling[] {
    const { row, type, leaf } = ref;
    const field = type.fields[leaf.index] as number;
    const state: FieldState | undefined = this.#fold.state(row)?.fields.get(field);
    if (state !== undefined) return this.#stateSiblings(state, key);
    if (leaf.data.kind === 'counter') {
      return [{ block: this.#fold.rows.block(row), op: this.#fold.rows.op(row), value: null }];
    }
    const created = createdValue(this.#fold, row, field);
    const value = key === undefined ? created : entryOf(created, key);
    if (value === undefined) return [];
    return [{ block: this.#fold.rows.block(row), op: this.#fold.rows.op(row), value }];
  }

  /** Additions of a set's element that stand now. */
  additions(ref: FieldRef, value: Value): readonly GlobalDot[] {
    const { row, type, leaf } = ref;
    const field = type.fields[leaf.index] as number;
    const state: FieldState | undefined = this.#fold.state(row)?.fields.get(field);
    if (state?.kind === 'set') {
      const dots = state.items.get(itemKey(value, encodeValue))?.dots ?? [];
      return dots.map((dot) => this.#dot(this.#fold.blocks.get(dot.block), dot.op));
    }
    if (!setHas(this.#fold, row, field, value)) return [];
    return [this.#dot(this.#fold.blocks.get(this.#fold.rows.block(row)), this.#fold.rows.op(row))];
  }

  /** The `assign` behind the shown count; `undefined` for the creation's. */
  shownCounter(ref: FieldRef): GlobalDot | undefined {
    const { row, type, leaf } = ref;
    const field = type.fields[leaf.index] as number;
    const state = counterState(this.#fold, row, this.#fold.ensureState(row), { field });
    const key = winner(state.siblings);
    if (typeof key !== 'string') return undefined;
    const [block, op] = key.split('.').map(Number) as [number, number];
    if (block === this.#fold.rows.block(row) && op === this.#fold.rows.op(row)) return undefined;
    return this.#dot(this.#fold.blocks.get(block), op);
  }

  /** A field in terms that survive a restart. */
  placeOf(ref: FieldRef): FieldPlace {
    const { row, type, leaf } = ref;
    return { object: this.#fold.rows.id(row), type: type.compiled.hash, leaf: leaf.index };
  }

  #stateSiblings(state: FieldState, key: string | undefined): readonly Sibling[] {
    switch (state.kind) {
      case 'register':
      case 'counter':
        return key === undefined ? state.siblings : [];
      case 'map':
        return state.entries.get(key ?? '') ?? [];
      case 'list':
        return this.#elementSiblings(state, key ?? '');
      case 'text': {
        const part = blockPart(this.#fold.blocks, state, { key: key ?? '' });
        return (part === undefined ? undefined : state.rich?.blocks.get(partKey(part))) ?? [];
      }
      default:
        return [];
    }
  }

  #elementSiblings(state: ListState, key: string): readonly Sibling[] {
    const [branch, counter] = key.split('.');
    const named = { name: branch ?? '', counter: Number(counter) };
    return state.values.get(elementKey(elementOf(this.#fold.blocks, state, named))) ?? [];
  }

  #lastOf(siblings: readonly Sibling[]): GlobalDot | undefined {
    const last = siblings.at(-1);
    return last === undefined ? undefined : this.dotOf(last.block, last.op);
  }

  #covered(
    before: readonly Sibling[],
    covers: readonly GlobalDot[] | undefined,
  ): readonly CoveredValue[] {
    return before
      .map(({ block, op, value }) => ({
        dot: this.#dot(this.#fold.blocks.get(block), op),
        ...(value === undefined ? {} : { value }),
      }))
      .filter(({ dot }) => covers === undefined || covers.some((cover) => sameDot(cover, dot)));
  }

  /** The name of a local op for everyone. */
  dotOf(block: number, op: number): GlobalDot {
    return this.#dot(this.#fold.blocks.get(block), op);
  }

  #dot(block: BlockContext, op: number): GlobalDot {
    return { feed: this.#fold.blocks.nameOf(block), seq: block.seq, op };
  }
}

/** Equality of names. */
export function sameDot(a: GlobalDot, b: GlobalDot): boolean {
  return a.op === b.op && a.seq === b.seq && a.feed === b.feed;
}

function entryOf(created: Value | undefined, key: string): Value | undefined {
  if (created === undefined || created === null || typeof created !== 'object') return undefined;
  return Object.hasOwn(created, key)
    ? (created as { readonly [key: string]: Value })[key]
    : undefined;
}

function requireCount(amount: number): void {
  if (!Number.isSafeInteger(amount) || Math.abs(amount) > COUNT_MAX) {
    throw new EchoError('ECHO_VALUE', `a counter counts in integers up to ${COUNT_MAX}`);
  }
}
