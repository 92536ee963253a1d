/**
 * What the stacks of undo have beyond those that were stored last: small, so that it can be stored with every
 * change. Without it a reload would find the change in the log, and nothing to take it back.
 */
import { encodeValue, type Value } from '@atoll/codec';
import { equalBytes } from '@atoll/kernel';
import { EchoError } from './echo-error.ts';
import type { UndoEntry } from './undo-entry.ts';
import { entriesOf, type Stretch } from './undo-stack.ts';
import { readStored } from './undo-stored.ts';

const VERSION = 1;
/** Of the rest of the form. */
const FRAME_BYTES = 128;

/** Stacks as plain data. */
export interface StackEntries {
  readonly undo: readonly UndoEntry[];
  readonly redo: readonly UndoEntry[];
  /** Id of the last entry that was not made by undo or redo. */
  readonly written: number;
}

/** Both stacks as they were at one moment. */
interface Stretches {
  readonly undo: Stretch;
  readonly redo: Stretch;
}

/** Stacks that were stored, under a name that no others have; empty for those that never were. */
export interface SavedStacks extends Stretches {
  readonly id: Uint8Array;
}

/** A stack in terms of the stored one: so many are left out at its beginning, so many stay, these follow. */
interface StackTail {
  readonly drop: number;
  readonly keep: number;
  readonly more: readonly Uint8Array[];
}

/** Bytes of what is not in the stored stacks; `undefined` if that is more than so many. */
export function encodeTail(
  saved: SavedStacks,
  now: Stretches & { readonly written: number },
  how: { readonly pack: (entry: UndoEntry) => Uint8Array; readonly bytesMax: number },
): Uint8Array | undefined {
  let room = how.bytesMax - FRAME_BYTES;
  const tails: StackTail[] = [];
  for (const stack of ['undo', 'redo'] as const) {
    const tail = tailOf(saved[stack], now[stack]);
    const { all, from, to } = now[stack];
    const more: Uint8Array[] = [];
    for (let at = from + tail.keep; at < to; at++) {
      const bytes = how.pack(all[at] as UndoEntry);
      room -= bytes.length;
      if (room < 0) return undefined;
      more.push(bytes);
    }
    tails.push({ ...tail, more });
  }
  const [undo, redo] = tails;
  const form = { version: VERSION, base: saved.id, written: now.written, undo, redo };
  return encodeValue(form as unknown as Value);
}

/**
 * The stacks that a tail was made of; `undefined` if it belongs to other stored ones, as those of another window
 * that has stored its own since. @throws EchoError `ECHO_UNDO_MALFORMED`.
 */
export function withTail(
  saved: SavedStacks,
  bytes: Uint8Array,
  unpack: (stored: Value) => UndoEntry,
): StackEntries | undefined {
  const value = (readStored(bytes) ?? {}) as { readonly [name: string]: Value };
  const { base, version, written } = value;
  if (version !== VERSION || !(base instanceof Uint8Array)) throw malformed();
  if (!equalBytes(base, saved.id)) return undefined;
  const joined = (stack: Stretch, tail: Value | undefined): readonly UndoEntry[] => {
    const { drop, keep, more } = (tail ?? {}) as Partial<StackTail>;
    if (typeof drop !== 'number' || typeof keep !== 'number' || !Array.isArray(more)) {
      throw malformed();
    }
    return [...entriesOf(stack).slice(drop, drop + keep), ...(more as Value[]).map(unpack)];
  };
  const undo = joined(saved.undo, value['undo']);
  return { undo, redo: joined(saved.redo, value['redo']), written: Number(written) };
}

/** Entries never change, so that the same one is the same object. */
function tailOf(saved: Stretch, now: Stretch): { readonly drop: number; readonly keep: number } {
  const first = now.from < now.to ? now.all[now.from] : undefined;
  const begin = first === undefined ? -1 : saved.all.indexOf(first, saved.from);
  if (begin < 0 || begin >= saved.to) return { drop: 0, keep: 0 };
  const most = Math.min(saved.to - begin, now.to - now.from);
  let keep = 0;
  while (keep < most && saved.all[begin + keep] === now.all[now.from + keep]) keep++;
  return { drop: begin - saved.from, keep };
}

function malformed(): EchoError {
  return new EchoError('ECHO_UNDO_MALFORMED', 'the tail of stored undo has an unknown form');
}
