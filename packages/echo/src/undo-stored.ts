/**
 * The stored form of one entry of undo: a canonical value. Creations that follow one another, as an import
 * makes them by the hundred, are one step with all their ids.
 */
import { decodeValue, encodeValue, type Value } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import { EchoError } from './echo-error.ts';
import { OBJECT_ID_BYTES } from './op-ids.ts';
import type { UndoEntry } from './undo-entry.ts';
import type { UndoStep } from './undo-step.ts';

/** Creations one after another; ids one behind the other. */
interface Creations {
  readonly kind: 'creations';
  readonly objects: Uint8Array;
}

/** Canonical bytes of an entry. */
export function packEntry(entry: UndoEntry): Uint8Array {
  const steps: (UndoStep | Creations)[] = [];
  let from = 0;
  while (from < entry.steps.length) {
    const to = endOfCreations(entry.steps, from);
    const step = entry.steps[from] as UndoStep;
    steps.push(to - from < 2 ? step : creations(entry.steps.slice(from, to)));
    from = Math.max(to, from + 1);
  }
  return encodeValue({ ...entry, steps } as unknown as Value);
}

/** An entry of what {@link packEntry} gave, or of bytes that name each creation. @throws EchoError `ECHO_UNDO_MALFORMED`. */
export function unpackEntry(stored: Value): UndoEntry {
  const value = stored instanceof Uint8Array ? readStored(stored) : undefined;
  const entry = value as unknown as (UndoEntry & { readonly steps: unknown }) | undefined;
  if (entry === undefined || !Array.isArray(entry.steps)) {
    throw new EchoError('ECHO_UNDO_MALFORMED', 'a stored entry has an unknown form');
  }
  const steps = (entry.steps as (UndoStep | Creations)[]).flatMap((step) =>
    step.kind === 'creations' ? eachOf(step.objects) : [step],
  );
  return { ...entry, steps };
}

/** The value of stored bytes. @throws EchoError `ECHO_UNDO_MALFORMED`. */
export function readStored(bytes: Uint8Array): Value {
  try {
    return decodeValue(bytes);
  } catch (cause) {
    throw new EchoError('ECHO_UNDO_MALFORMED', 'stored undo is no canonical value', { cause });
  }
}

function endOfCreations(steps: readonly UndoStep[], from: number): number {
  let to = from;
  while (steps[to]?.kind === 'create') to++;
  return to;
}

function creations(steps: readonly UndoStep[]): Creations {
  const objects = new Uint8Array(steps.length * OBJECT_ID_BYTES);
  for (const [at, step] of steps.entries()) {
    const id = step.kind === 'create' ? fromHex(step.object) : undefined;
    objects.set(id ?? [], at * OBJECT_ID_BYTES);
  }
  return { kind: 'creations', objects };
}

function eachOf(objects: Uint8Array): UndoStep[] {
  const steps: UndoStep[] = [];
  for (let at = 0; at + OBJECT_ID_BYTES <= objects.length; at += OBJECT_ID_BYTES) {
    steps.push({ kind: 'create', object: toHex(objects.subarray(at, at + OBJECT_ID_BYTES)) });
  }
  return steps;
}
