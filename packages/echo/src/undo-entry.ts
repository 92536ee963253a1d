/** One gesture of the undo stacks: its steps, what it is called, where it belongs, and what joins it. */
import type { KnownType } from './type-registry.ts';
import { withoutRanges, type UndoStep } from './undo-step.ts';

/** What a gesture was, for its name. */
export type UndoKind = 'added' | 'deleted' | 'restored' | 'text' | 'changed';

/** What the writer says of a gesture. */
export interface GestureOptions {
  /** What it is called; made from the changes where it is absent. */
  readonly label?: string;
  /** Where it was made (an editor, a board), for undo of that place alone. */
  readonly scope?: string;
  /** The same in several databases: they are taken back together. */
  readonly together?: string;
}

/** One gesture. */
export interface UndoEntry extends GestureOptions {
  /** Grows with every entry of a log. */
  readonly id: number;
  readonly kind: UndoKind;
  readonly steps: readonly UndoStep[];
  /** When it was made, by the writer's clock, milliseconds since 1970. */
  readonly timeMs: number;
}

/** Which gestures are meant: those that satisfy all that is said. */
export interface UndoSelector {
  readonly id?: number;
  readonly scope?: string;
  readonly together?: string;
  /** Only gestures that changed nothing but this object. */
  readonly object?: string;
  /** Only gestures that changed nothing but this field, or what is inside it. */
  readonly field?: string;
}

/** Finds types by their hash in hex. */
export type TypeFinder = (hash: string) => KnownType | undefined;

/** Typing in one text, or into one field, is one gesture as long as it pauses no longer. */
const TYPING_PAUSE_MS = 1000;
/** What one key, or a word completed by the keyboard of a phone, adds or takes. */
const KEY_UNITS_MAX = 16;
/** After so many characters a new gesture begins, so that undo does not take a page away. */
const TYPING_UNITS_MAX = 200;

/** True if a gesture is meant. */
export function isSelected(entry: UndoEntry, selector: UndoSelector, types: TypeFinder): boolean {
  const { id, scope, together, object, field } = selector;
  if (id !== undefined && entry.id !== id) return false;
  if (scope !== undefined && entry.scope !== scope) return false;
  if (together !== undefined && entry.together !== together) return false;
  if (object !== undefined && !entry.steps.every((step) => objectOf(step) === object)) return false;
  return field === undefined || entry.steps.every((step) => isInField(step, field, types));
}

/** The object that a step changes. */
function objectOf(step: UndoStep): string {
  return 'place' in step ? step.place.object : step.object;
}

function isInField(step: UndoStep, field: string, types: TypeFinder): boolean {
  if (!('place' in step)) return false;
  const name = types(step.place.type)?.compiled.leaves[step.place.leaf]?.name;
  return name === field || name?.startsWith(`${field}.`) === true;
}

/** What is written after `undone` was taken back stands in its way: bringing it back would surprise. */
export function touchesSame(undone: UndoEntry, written: UndoEntry): boolean {
  if (undone.scope !== undefined && undone.scope === written.scope) return true;
  const objects = new Set(undone.steps.map(objectOf));
  return written.steps.some((step) => objects.has(objectOf(step)));
}

/**
 * The two gestures as one, when the second goes on typing where the first one stopped; else `undefined`.
 * `shown` reads the register that a step wrote.
 */
export function continued(
  last: UndoEntry,
  next: UndoEntry,
  types: TypeFinder,
  shown: (step: RegisterStep) => unknown,
): UndoEntry | undefined {
  const isJump = next.steps.some((step) => step.kind === 'register' && !isKeyPress(step, shown));
  if (isJump) return undefined;
  const place = typingPlace(next, types);
  const isSame = place !== undefined && typingPlace(last, types) === place;
  if (last.label !== undefined || next.label !== undefined) return undefined;
  if (!isSame || last.scope !== next.scope || last.together !== next.together) return undefined;
  if (next.timeMs - last.timeMs > TYPING_PAUSE_MS) return undefined;
  if (typedUnits(last) >= TYPING_UNITS_MAX) return undefined;
  return { ...last, steps: joined(last.steps, next.steps), timeMs: next.timeMs };
}

/** A write that changes a few characters of what was there: a field that is written at every key. */
function isKeyPress(step: RegisterStep, shown: (step: RegisterStep) => unknown): boolean {
  const before = step.covered.at(-1)?.value ?? '';
  const after = shown(step);
  if (typeof before !== 'string' || typeof after !== 'string') return false;
  const [long, short] = before.length > after.length ? [before, after] : [after, before];
  return long.startsWith(short) && long.length - short.length <= KEY_UNITS_MAX;
}

type RegisterStep = Extract<UndoStep, { readonly kind: 'register' }>;
type SequenceStep = Extract<UndoStep, { readonly kind: 'sequence' }>;

function joined(before: readonly UndoStep[], after: readonly UndoStep[]): readonly UndoStep[] {
  const steps = [...before, ...after];
  const typing = steps.filter((step) => step.kind === 'sequence');
  return typing.length === steps.length ? [typing.reduce(composed)] : steps;
}

/** Two edits of one text as one: what the first brought and the second took is nothing to bring back. */
function composed(first: SequenceStep, second: SequenceStep): SequenceStep {
  return {
    ...second,
    inserted: [...first.inserted, ...second.inserted],
    hidden: [...first.hidden, ...withoutRanges(second.hidden, first.inserted)],
    marked: [...(first.marked ?? []), ...(second.marked ?? [])],
  };
}

function typedUnits(entry: UndoEntry): number {
  let units = 0;
  for (const step of entry.steps) {
    if (step.kind !== 'sequence') continue;
    for (const range of [...step.inserted, ...step.hidden]) units += range.count;
  }
  return units;
}

/** The text, or the register of a string, that an entry types into, if it does nothing else. */
function typingPlace(entry: UndoEntry, types: TypeFinder): string | undefined {
  let place: string | undefined;
  for (const step of entry.steps) {
    if (!isTyping(step, types)) return undefined;
    const here = `${step.place.object} ${step.place.type} ${step.place.leaf}`;
    if (place !== undefined && place !== here) return undefined;
    place = here;
  }
  return place;
}

function isTyping(
  step: UndoStep,
  types: TypeFinder,
): step is Extract<UndoStep, { readonly kind: 'sequence' | 'register' }> {
  if (step.kind === 'sequence') return step.moved === undefined && step.shown.length === 0;
  if (step.kind !== 'register' || step.key !== undefined) return false;
  const { type, leaf } = step.place;
  return types(type)?.compiled.leaves[leaf]?.data.kind === 'string';
}
