/** What an op on a register of a block does: the block is named by the unit before it. */
import type { OpVerdict } from '../echo-error.ts';
import type { NamedField, OpPlace } from '../op-place.ts';
import { writeRegister } from '../register.ts';
import { beginBranch, textState, type TextState } from '../sequence-state.ts';
import type { ElementId } from '../sequence/sequence-types.ts';
import { isPart, START_KEY } from './block-value.ts';
import { blockEdit, blockPart, isBoundary, namedPart, partKey } from './rich-state.ts';

/** Writes what a block of a rich text is; its key is that of `partKey`. */
export function applyToBlock(
  place: OpPlace,
  { field }: NamedField,
  key: string,
  write: Parameters<typeof writeRegister>[2],
): OpVerdict | undefined {
  const { blocks } = place.fold;
  const { block } = place.scope;
  const value = write.next?.value;
  const named = namedPart(key);
  if (value !== undefined && !isPart(named.part, value)) return 'ECHO_OP_VALUE';
  // A state that is made for a block in it would be a trace of an op that does not count.
  const isKnown = place.state.fields.has(field) || named.key === START_KEY;
  if (!isKnown) return 'ECHO_OP_ELEMENT';
  const state = textState(blocks, place.state, field, true);
  if (state.rich === undefined) return 'ECHO_OP_FIELD';
  beginBranch(blocks, state, block.branch);
  const found = blockPart(blocks, state, { key, by: block });
  if (found === undefined || !isInPast(place, state, found.element)) return 'ECHO_OP_ELEMENT';
  const register = partKey(found);
  const before = state.rich.blocks.get(register) ?? [];
  state.rich.blocks.set(register, writeRegister(blocks, before, write));
  place.fold.observer.fieldChanged(place.row, field, blockEdit(state, found.element));
  return undefined;
}

/** True for a boundary that the op's block may name, and for the start. */
function isInPast(place: OpPlace, state: TextState, element: ElementId | undefined): boolean {
  if (element === undefined) return true;
  const { block } = place.scope;
  const known =
    element.agent === block.branch
      ? state.text.nextCounter(element.agent)
      : state.timeline.unitsInPast(place.fold.blocks, element.agent, block.no);
  return element.counter < known && isBoundary(state, element);
}
