/** What decoded ops and creations change, as rights see it. */
import type { ZoneId } from '@atoll/kernel';
import type { Fold } from '../fold.ts';
import type { SectionNames } from '../op-place.ts';
import type { Op } from '../ops.ts';
import { payloadValue } from '../row-payload.ts';
import type { KnownType } from '../type-registry.ts';
import { parentOf } from './place-log.ts';
import type { OpTarget, ParentId, TargetField } from './op-target.ts';

/** An op on an object. */
type ObjectOp = Exclude<Op, { readonly kind: 'create' | 'type' }>;

/** What an op on an object of a row changes. `own`: the object's type, where the row has another. */
export function targetOf(
  fold: Fold,
  row: number,
  op: ObjectOp,
  names: SectionNames & { readonly own?: KnownType },
): OpTarget {
  if (!('field' in op)) return { row };
  const { own = fold.typeOf(row) } = names;
  const type = op.field.type === undefined ? own : names.type(op.field.type);
  const leaf = type?.compiled.leaves[op.field.leaf];
  if (type === undefined || leaf === undefined) return { row };
  const key = 'key' in op ? op.key : undefined;
  const field: TargetField = { leaf, type, key };
  if (leaf.data.kind !== 'tree') return { row, field };
  return { row, field, to: op.kind === 'set' ? parentOf(op.value) : undefined };
}

/** What a creation makes. The payload must be one of the type. */
export function creationOf(type: KnownType, payload: Uint8Array, zone?: ZoneId): OpTarget {
  const parents: ParentId[] = [];
  for (const { data, index } of type.compiled.leaves) {
    if (data.kind === 'tree') parents.push(parentOf(payloadValue(payload, 0, index)));
  }
  return { creation: { type, parents }, ...(zone === undefined ? {} : { zone }) };
}
