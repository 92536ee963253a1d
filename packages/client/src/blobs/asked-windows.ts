/**
 * What other windows and processes of the profile still need: before files are removed they are asked, by a
 * value in the store that each of them answers with another. One that does not answer keeps everything.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import {
  equalBytes,
  fromHex,
  toHex,
  type Clock,
  type Locks,
  type Rng,
  type Store,
} from '@atoll/kernel';
import { SLOTS_MAX, slotLock } from '../slot.ts';
import { ASKED } from './asked-name.ts';
import { withCheck, withoutCheck } from './sure-bytes.ts';

/** Names in one question; what is more waits for the next time. */
export const ASKED_MAX = 65_536;
/** A window answers some seconds after it has seen the question; one that sleeps does not. */
const ANSWER_MS = 60_000;
const LOOK_MS = 500;
const NONCE_BYTES = 8;
const ID_BYTES = 32;
const HELD = 'blob-held/';

/** What asking and answering need. */
export interface AskedPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly locks: Locks;
  /** Slot of this window. */
  readonly slot: number;
  readonly signal: AbortSignal;
}

/** A question, or an answer to one. */
interface Names {
  readonly nonce: Uint8Array;
  readonly ids: readonly string[];
}

/**
 * Which of these files and pieces other windows need; `undefined` if one of them does not say.
 * @throws StoreError; the signal's reason.
 */
export async function askWindows(
  ports: AskedPorts,
  space: string,
  ids: readonly string[],
): Promise<readonly string[] | undefined> {
  const { clock, rng, signal, store } = ports;
  const waiting = new Set(await othersOf(ports));
  if (waiting.size === 0) return [];
  const nonce = rng.bytes(NONCE_BYTES);
  const names = new Map([[ASKED + space, encode({ nonce, ids })]]);
  await store.commit({ values: names });
  const untilMs = clock.monotonicMs() + ANSWER_MS;
  const held: string[] = [];
  try {
    for (;;) {
      for (const slot of waiting) {
        const answer = decode(await store.value(heldName(space, slot)));
        if (answer === undefined || !equalBytes(answer.nonce, nonce)) continue;
        held.push(...answer.ids);
        waiting.delete(slot);
      }
      // Whoever has ended meanwhile has kept its stacks of undo, and needs nothing else.
      const live = waiting.size === 0 ? [] : await othersOf(ports);
      for (const slot of waiting) if (!live.includes(slot)) waiting.delete(slot);
      if (waiting.size === 0) return held;
      if (clock.monotonicMs() >= untilMs) return undefined;
      await clock.sleep(LOOK_MS, signal);
    }
  } finally {
    await forget(store, space);
  }
}

/** Answers each question that there is and that is not our own. @throws StoreError. */
export async function answerWindows(
  { slot, store }: Pick<AskedPorts, 'slot' | 'store'>,
  held: (space: string, ids: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  for (const name of await store.names(ASKED)) {
    const space = name.slice(ASKED.length);
    const question = decode(await store.value(name));
    const before = decode(await store.value(heldName(space, slot)));
    if (question === undefined) continue;
    if (before !== undefined && equalBytes(before.nonce, question.nonce)) continue;
    const answer = encode({ nonce: question.nonce, ids: await held(space, question.ids) });
    await store.commit({ values: new Map([[heldName(space, slot), answer]]) });
  }
}

/** Slots that somebody else holds now. A free one is held for a moment: who takes one then takes the next. */
async function othersOf({ locks, slot }: AskedPorts): Promise<readonly number[]> {
  const others: number[] = [];
  for (let number = 0; number < SLOTS_MAX; number++) {
    if (number === slot) continue;
    const lock = await locks.tryAcquire(slotLock(number));
    if (lock === undefined) others.push(number);
    else await lock[Symbol.asyncDispose]();
  }
  return others;
}

async function forget(store: Store, space: string): Promise<void> {
  const names = [ASKED + space, ...(await store.names(`${HELD}${space}/`))];
  await store.commit({ values: new Map(names.map((name) => [name, undefined])) });
}

function heldName(space: string, slot: number): string {
  return `${HELD}${space}/${slot}`;
}

function encode({ ids, nonce }: Names): Uint8Array {
  const writer = new Writer(16 + ids.length * ID_BYTES).raw(nonce).varint(ids.length);
  for (const id of ids) writer.raw(fromHex(id) ?? new Uint8Array(ID_BYTES));
  return withCheck(writer.finish());
}

/** One that is damaged is none: it is not answered, or not believed. */
function decode(record: Uint8Array | undefined): Names | undefined {
  const bytes = record === undefined ? undefined : withoutCheck(record);
  if (bytes === undefined) return undefined;
  try {
    const reader = new Reader(bytes);
    const nonce = reader.take(NONCE_BYTES);
    const count = reader.varint(ASKED_MAX);
    const ids = Array.from({ length: count }, () => toHex(reader.raw(ID_BYTES)));
    reader.end();
    return { nonce, ids };
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}
