/**
 * What the stacks of undo have beyond what was stored of them last: small, so that it can be stored with every
 * change. Without it a reload would find the change in the log, and nothing to take it back. Each of some tails
 * goes on from the one before it, so that it costs what has changed since.
 */
import { encodeValue, type Value } from '@atoll/codec';
import { equalBytes } from '@atoll/kernel';
import { EchoError } from './echo-error.ts';
import type { UndoEntry } from './undo-entry.ts';
import type { Stretch } from './undo-stack.ts';
import { readStored } from './undo-stored.ts';

const VERSION = 2;
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
export interface Stretches {
  readonly undo: Stretch;
  readonly redo: Stretch;
}

/** Stacks as they were stored, under a name that no others have; empty for those that never were. */
export interface StoredAs extends Stretches {
  readonly id: Uint8Array;
}

/** A stack in terms of the stored one: so many are left out at its beginning, so many stay, these follow. */
interface StackTail {
  readonly drop: number;
  readonly keep: number;
  readonly more: readonly Uint8Array[];
}

/** Bytes of what is not in what was stored, to be stored as `id`; `undefined` if that is more than so many. */
export function encodeTail(
  base: StoredAs,
  now: StoredAs & { readonly written: number },
  how: { readonly pack: (entry: UndoEntry) => Uint8Array; readonly bytesMax: number },
): Uint8Array | undefined {
  let room = how.bytesMax - FRAME_BYTES;
  const tails: StackTail[] = [];
  for (const stack of ['undo', 'redo'] as const) {
    const tail = tailOf(base[stack], now[stack]);
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
  const { id, written } = now;
  const form = { version: VERSION, base: base.id, id, written, undo, redo };
  return encodeValue(form as unknown as Value);
}

/**
 * The stacks that a tail was made of; `undefined` if it does not go on from these, as that of another window
 * that has stored its own since. @throws EchoError `ECHO_UNDO_MALFORMED`.
 */
export function withTail(
  stored: StackEntries & { readonly id: Uint8Array },
  bytes: Uint8Array,
  unpack: (stored: Value) => UndoEntry,
): (StackEntries & { readonly id: Uint8Array }) | undefined {
  const value = (readStored(bytes) ?? {}) as { readonly [name: string]: Value };
  const { base, id, version, written } = value;
  const isNamed = base instanceof Uint8Array && id instanceof Uint8Array;
  if (version !== VERSION || !isNamed) throw malformed();
  if (!equalBytes(base, stored.id)) return undefined;
  const joined = (stack: readonly UndoEntry[], tail: Value | undefined): readonly UndoEntry[] => {
    const { drop, keep, more } = (tail ?? {}) as Partial<StackTail>;
    if (typeof drop !== 'number' || typeof keep !== 'number' || !Array.isArray(more)) {
      throw malformed();
    }
    return [...stack.slice(drop, drop + keep), ...(more as Value[]).map(unpack)];
  };
  const undo = joined(stored.undo, value['undo']);
  return { id, undo, redo: joined(stored.redo, value['redo']), written: Number(written) };
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
