/** What each op does to the state of its object. */
import { encodeValue, type Value } from '@atoll/codec';
import { COUNT_MAX, acceptsScalar, isScalar, type ScalarData } from '@atoll/schema';
import type { OpVerdict } from './echo-error.ts';
import { elementOf } from './element-names.ts';
import { counterState, mapState, registerState, setState } from './field-state.ts';
import { applyModel } from './models/model-state.ts';
import { countKey, itemKey } from './object-state.ts';
import type { NamedField, OpPlace } from './op-place.ts';
import type { Covers, Dot, FieldNo, Op } from './ops.ts';
import { isCovered, writeRegister, type LocalCovers, type LocalDot } from './register.ts';
import type { KnownType } from './type-registry.ts';
import { applyToBlock } from './rich-text/apply-block.ts';
import { applySequence, beginBranch, elementKey } from './sequence-state.ts';

type ObjectOp = Exclude<Op, { readonly kind: 'create' | 'type' }>;
type RegisterOp = Extract<Op, { readonly kind: 'set' | 'unset' | 'retract' }>;
type SetOp = Extract<Op, { readonly kind: 'add' | 'remove' }>;
type CounterOp = Extract<Op, { readonly kind: 'increment' | 'assign' | 'recount' }>;
type LifeOp = Extract<Op, { readonly kind: 'delete' | 'restore' | 'undelete' }>;

/** Applies a valid op to a valid object; a verdict says that nothing was done. */
export function applyToObject(place: OpPlace, op: ObjectOp): OpVerdict | undefined {
  if (op.kind === 'delete' || op.kind === 'restore' || op.kind === 'undelete') {
    applyLife(place, op);
    return undefined;
  }
  const named = resolveField(place, op.field);
  if (named === undefined) return 'ECHO_OP_FIELD';
  const verdict = applyToField(place, op, named);
  if (verdict === undefined && op.kind !== 'sequence') {
    place.fold.observer.fieldChanged(place.row, named.field);
  }
  return verdict;
}

function applyToField(
  place: OpPlace,
  op: Exclude<ObjectOp, LifeOp>,
  named: NamedField,
): OpVerdict | undefined {
  switch (op.kind) {
    case 'set':
    case 'unset':
    case 'retract':
      return op.key === undefined
        ? applyToRegister(place, op, named)
        : applyToEntry(place, op, named, op.key);
    case 'add':
    case 'remove':
      return applyToSet(place, op, named);
    case 'increment':
    case 'assign':
    case 'recount':
      return applyToCounter(place, op, named);
    case 'sequence':
      return applySequence(place, op.bytes, named);
    case 'model':
      return applyModel(place, op, named, (dot) => localDot(place, dot));
  }
}

/** The field that an op means: of the object's own type, or of a published version of it. */
function resolveField(
  place: OpPlace,
  no: FieldNo,
  own: KnownType = place.fold.typeOf(place.row),
): NamedField | undefined {
  const { fold, scope } = place;
  const type = no.type === undefined ? own : scope.names.type(no.type);
  if (type === undefined || type.compiled.name !== own.compiled.name) return undefined;
  if (type !== own && !fold.isPublished(type, scope.block.no, scope.block.zone)) return undefined;
  const leaf = type.compiled.leaves[no.leaf];
  const field = type.fields[no.leaf];
  return leaf === undefined || field === undefined ? undefined : { field, leaf };
}

function applyLife(place: OpPlace, op: LifeOp): void {
  const { fold, state, scope, at, row } = place;
  const block = scope.block.no;
  const covers = localCovers(place, op.covers);
  // What it takes away is not to be seen afterwards: whether the object was deleted before is asked anew.
  if (op.kind !== 'delete') state.isDoubtful = true;
  state.deleted = writeRegister(fold.blocks, state.deleted, {
    block,
    covers,
    ...(op.kind === 'undelete' ? {} : { next: { block, op: at, value: op.kind === 'delete' } }),
  });
  fold.observer.objectChanged(row);
}

function applyToRegister(place: OpPlace, op: RegisterOp, named: NamedField): OpVerdict | undefined {
  const { data } = named.leaf;
  if (!isScalar(data)) return 'ECHO_OP_FIELD';
  if (op.kind === 'set' && !acceptsScalar(data, op.value)) return 'ECHO_OP_VALUE';
  const { fold, state } = place;
  if (data.kind === 'tree' && fold.keepsPlaces) return writePlace(place, op, named);
  // A plain write covers the creation too, so its bytes need not be looked at.
  const fresh = op.covers === undefined && !state.fields.has(named.field);
  if (fresh && op.kind !== 'retract') {
    state.fields.set(named.field, { kind: 'register', siblings: [written(place, op)] });
    return undefined;
  }
  const register = registerState(fold, place.row, state, named);
  register.siblings = writeRegister(fold.blocks, register.siblings, registerWrite(place, op));
  return undefined;
}

/**
 * Notes where an op puts an object of a type that does not stand, if that is what it does: for whoever knew no more
 * than its writer, it is there.
 */
export function notePlace(place: OpPlace, op: ObjectOp, own: KnownType): void {
  if (op.kind !== 'set' && op.kind !== 'unset' && op.kind !== 'retract') return;
  const named = op.key === undefined ? resolveField(place, op.field, own) : undefined;
  if (named?.leaf.data.kind === 'tree') applyToRegister(place, op, named);
}

/** Writes a place in a tree, and keeps where it was before. */
function writePlace(place: OpPlace, op: RegisterOp, named: NamedField): undefined {
  const { at, fold, row, state } = place;
  const isFirst = !state.fields.has(named.field);
  const register = registerState(fold, row, state, named);
  register.placed ??= isFirst ? { writes: [] } : { base: register.siblings, writes: [] };
  const write = registerWrite(place, op);
  register.placed.writes.push({ ...write, op: at });
  register.siblings = writeRegister(fold.blocks, register.siblings, write);
  return undefined;
}

function applyToEntry(
  place: OpPlace,
  op: RegisterOp,
  named: NamedField,
  key: string,
): OpVerdict | undefined {
  const { data } = named.leaf;
  if (data.kind === 'list') return applyToElement(place, op, named, key);
  if (data.kind === 'rich') return applyToBlock(place, named, key, registerWrite(place, op));
  if (data.kind !== 'map') return 'ECHO_OP_FIELD';
  if (op.kind === 'set' && !acceptsScalar(data.of, op.value)) return 'ECHO_OP_VALUE';
  const map = mapState(place.fold, place.row, place.state, named);
  const before = map.entries.get(key) ?? [];
  map.entries.set(key, writeRegister(place.fold.blocks, before, registerWrite(place, op)));
  return undefined;
}

/** The value of a list's element; its key is the name of a branch through it and a counter. */
function applyToElement(
  place: OpPlace,
  op: RegisterOp,
  named: NamedField,
  key: string,
): OpVerdict | undefined {
  const { blocks } = place.fold;
  const { data } = named.leaf;
  if (data.kind !== 'list') return 'ECHO_OP_FIELD';
  if (op.kind === 'set' && !acceptsScalar(data.of, op.value)) return 'ECHO_OP_VALUE';
  const match = /^([0-9a-f]{64})\.(0|[1-9]\d{0,9})$/.exec(key);
  if (match === null) return 'ECHO_OP_ELEMENT';
  const { block } = place.scope;
  const list = place.state.fields.get(named.field);
  if (list?.kind !== 'list') return 'ECHO_OP_ELEMENT';
  beginBranch(blocks, list, block.branch);
  const counter = Number(match[2]);
  const element = elementOf(blocks, list, { name: match[1] as string, counter, by: block });
  const known =
    element.agent === block.branch
      ? list.list.nextCounter(element.agent)
      : list.timeline.unitsInPast(blocks, element.agent, block.no);
  const before = list.values.get(elementKey(element));
  if (element.counter >= known || before === undefined) return 'ECHO_OP_ELEMENT';
  const after = writeRegister(blocks, before, registerWrite(place, op));
  list.values.set(elementKey(element), after);
  return undefined;
}

function written(
  place: OpPlace,
  op: RegisterOp,
): { block: number; op: number; value: Value | undefined } {
  const value = op.kind === 'set' ? op.value : undefined;
  return { block: place.scope.block.no, op: place.at, value };
}

function registerWrite(place: OpPlace, op: RegisterOp): Parameters<typeof writeRegister>[2] {
  return {
    block: place.scope.block.no,
    covers: localCovers(place, op.covers),
    ...(op.kind === 'retract' ? {} : { next: written(place, op) }),
  };
}

function applyToSet(place: OpPlace, op: SetOp, named: NamedField): OpVerdict | undefined {
  const { data } = named.leaf;
  if (data.kind !== 'set') return 'ECHO_OP_FIELD';
  const of: ScalarData = data.of;
  if (!acceptsScalar(of, op.value)) return 'ECHO_OP_VALUE';
  const set = setState(place.fold, place.row, place.state, named);
  const key = itemKey(op.value, encodeValue);
  const dots = set.items.get(key)?.dots ?? [];
  const block = place.scope.block.no;
  const write = { block, covers: op.kind === 'add' ? undefined : localCovers(place, op.covers) };
  // An addition takes the place of those that it has seen.
  const kept = dots.filter((dot) => !isCovered(place.fold.blocks, dot, write));
  if (op.kind === 'add') kept.push({ block, op: place.at });
  if (kept.length === 0) set.items.delete(key);
  else set.items.set(key, { value: op.value, dots: kept });
  return undefined;
}

function applyToCounter(place: OpPlace, op: CounterOp, named: NamedField): OpVerdict | undefined {
  if (named.leaf.data.kind !== 'counter') return 'ECHO_OP_FIELD';
  const { fold, scope, at, row } = place;
  const block = scope.block.no;
  const counter = counterState(fold, row, place.state, named);
  if (op.kind !== 'recount' && Math.abs(op.amount) > COUNT_MAX) return 'ECHO_OP_VALUE';
  if (op.kind === 'assign') {
    const key = countKey(block, at);
    counter.counts.set(key, { base: op.amount, sum: 0n });
    const write = { block, covers: undefined, next: { block, op: at, value: key } };
    counter.siblings = writeRegister(fold.blocks, counter.siblings, write);
    return undefined;
  }
  const key = countOf(place, op.counter, counter.counts);
  const count = key === undefined ? undefined : counter.counts.get(key);
  if (key === undefined || count === undefined) return 'ECHO_OP_ORPHAN';
  if (op.kind === 'increment') {
    count.sum += BigInt(op.amount);
    return undefined;
  }
  const covers = localCovers(place, op.covers);
  const write = { block, covers, next: { block, op: at, value: key } };
  counter.siblings = writeRegister(fold.blocks, counter.siblings, write);
  return undefined;
}

/**
 * Key of the count that an op names: the creation's, or that of an `assign` in its causal past. In a fork
 * two of them may have one place; then the greatest is meant, as nobody can say which.
 */
function countOf(
  place: OpPlace,
  counter: Dot | undefined,
  counts: ReadonlyMap<string, unknown>,
): string | undefined {
  const { fold, row, scope } = place;
  if (counter === undefined) return countKey(fold.rows.block(row), fold.rows.op(row));
  let found: number | undefined;
  for (const block of localDot(place, counter).blocks) {
    if (!fold.blocks.reaches(block, scope.block.no)) continue;
    if (!counts.has(countKey(block, counter.op))) continue;
    if (found === undefined || fold.blocks.compare(block, found) > 0) found = block;
  }
  return found === undefined ? undefined : countKey(found, counter.op);
}

function localCovers(place: OpPlace, covers: Covers): LocalCovers {
  return covers?.map((dot) => localDot(place, dot));
}

function localDot(place: OpPlace, dot: Dot): LocalDot {
  const { fold, scope } = place;
  const { block, names } = scope;
  const blocks =
    dot.feed === 0
      ? fold.blocks.onChainOf(block, dot.seq)
      : fold.blocks.at(names.feed(dot.feed), dot.seq, block.no);
  return { blocks, op: dot.op };
}
