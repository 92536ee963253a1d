/** What a rich text has beside its text: marks, and registers for what each block is. */
import type { Block } from '@atoll/schema';
import type { BlockTable } from '../block-table.ts';
import { elementOf } from '../element-names.ts';
import type { Sibling } from '../register.ts';
import type { ElementId } from '../sequence/sequence-types.ts';
import type { TextEdit } from '../sequence/text-op.ts';
import { idOfUnit, unitOfElement } from '../sequence/unit-ranges.ts';
import type { TextState } from '../sequence-state.ts';
import {
  BLOCK_UNIT,
  blockOf,
  PARAGRAPH,
  START_KEY,
  type BlockPart,
  type PartValues,
} from './block-value.ts';
import type { MarkStretch, MarkTable } from './mark-table.ts';
import { positionOfPoint } from './unit-order.ts';

/** Marks and blocks of one text. */
export interface RichPart {
  readonly marks: MarkTable;
  /** Registers by {@link partKey} of `agent.counter` of the unit before the block, or of `start`. */
  readonly blocks: Map<string, readonly Sibling[]>;
}

/** A register of a block, as an op or the state names it. */
export interface NamedPart {
  /** The block: `start`, or the name of the unit before it. */
  readonly key: string;
  readonly part: BlockPart;
}

/** What a register of a block is called: the block alone, or with `/depth` or `/checked`. */
export function partKey({ key, part }: NamedPart): string {
  return part === 'kind' ? key : `${key}/${part}`;
}

/** Block and part of {@link partKey}. */
export function namedPart(name: string): NamedPart {
  for (const part of ['depth', 'checked'] as const) {
    if (name.endsWith(`/${part}`)) return { key: name.slice(0, -part.length - 1), part };
  }
  return { key: name, part: 'kind' };
}

/** A register of a block in local terms. */
export interface LocalPart extends NamedPart {
  /** The unit before the block; `undefined` for the start. */
  readonly element: ElementId | undefined;
}

/** Register of a block by the name of it that ops carry; `undefined` for what names none. */
export function blockPart(
  blocks: BlockTable,
  state: TextState,
  named: { readonly key: string; readonly by?: Parameters<typeof elementOf>[2]['by'] },
): LocalPart | undefined {
  const { key, part } = namedPart(named.key);
  if (key === START_KEY) return { key, part, element: undefined };
  const match = /^([0-9a-f]{64})\.(0|[1-9]\d{0,9})$/.exec(key);
  if (match === null) return undefined;
  const element = elementOf(blocks, state, {
    name: match[1] as string,
    counter: Number(match[2]),
    ...(named.by === undefined ? {} : { by: named.by }),
  });
  return { key: `${element.agent}.${element.counter}`, part, element };
}

/** True if an element is a boundary between blocks. Void ones have no content, so they are none. */
export function isBoundary({ text }: TextState, element: ElementId): boolean {
  const unit = unitOfElement(text.sequence.ids, element);
  return unit !== undefined && text.content.units[unit] === BLOCK_UNIT.charCodeAt(0);
}

/** What is written of the block with a local key. */
export function partsAt(rich: RichPart, key: string): PartValues {
  const says = (part: BlockPart): PartValues[BlockPart] =>
    rich.blocks.get(partKey({ key, part }))?.at(-1)?.value;
  return { kind: says('kind'), depth: says('depth'), checked: says('checked') };
}

/** What the block with a local key is, by its registers. */
export function shownBlock(rich: RichPart | undefined, key: string): Block {
  return rich === undefined ? PARAGRAPH : blockOf(partsAt(rich, key));
}

/** Local key of the block around a position: the unit before it decides. */
export function keyAt(state: TextState, position: number): string {
  const { sequence } = state.text;
  const boundary =
    position === 0 ? -1 : state.text.toString().lastIndexOf(BLOCK_UNIT, position - 1);
  if (boundary < 0) return START_KEY;
  const { agent, counter } = idOfUnit(sequence.ids, sequence.unitAt(boundary));
  return `${agent}.${counter}`;
}

/** The news that a block may be another: its boundary, or the first unit. */
export function blockEdit(state: TextState, element: ElementId | undefined): readonly TextEdit[] {
  if (element === undefined) return [{ position: 0, deleted: 0, inserted: '', formatted: 1 }];
  const { sequence } = state.text;
  const unit = unitOfElement(sequence.ids, element);
  if (unit === undefined || !sequence.isVisible(unit)) return [];
  return [{ position: sequence.positionOf(unit), deleted: 0, inserted: '', formatted: 1 }];
}

/** The news that marks may be others. */
export function markEdits({ text }: TextState, stretches: readonly MarkStretch[]): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { start, end } of stretches) {
    const position = positionOfPoint(text.sequence, start);
    const formatted = positionOfPoint(text.sequence, end) - position;
    if (formatted > 0) edits.push({ position, deleted: 0, inserted: '', formatted });
  }
  return edits;
}
