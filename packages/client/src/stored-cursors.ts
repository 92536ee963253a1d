/** How far each peer's log was read, and what each mailbox has acknowledged, kept among the profile's values. Losing it costs work, never data. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { concatBytes, equalBytes, utf8, type Store } from '@atoll/kernel';
import type { AcknowledgedTip, Cursors, LogCursor } from '@atoll/mesh';
import { readTips, writeTips } from './kept-tips.ts';

const INCARNATION_BYTES_MAX = 128;
const TIPS_MAX = 4096;
/** A changed byte is noticed with it: one cursor that is too great, and what lies before is never asked for. */
const CHECK_BYTES = 8;

/** {@link Cursors} in a store. Written without waiting: an old one is as good. */
export class StoredCursors implements Cursors {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async load(space: string, peer: string): Promise<LogCursor | undefined> {
    const bytes = await this.#read(nameOf(space, peer));
    if (bytes === undefined) return undefined;
    try {
      const reader = new Reader(bytes);
      const incarnation = reader.text(INCARNATION_BYTES_MAX);
      return { incarnation, position: reader.varint() };
    } catch (failure) {
      if (failure instanceof CodecError) return undefined;
      throw failure;
    }
  }

  async save(space: string, peer: string, cursor: LogCursor): Promise<void> {
    const bytes = new Writer(64).text(cursor.incarnation).varint(cursor.position).finish();
    await this.#write(nameOf(space, peer), bytes);
  }

  async loadTips(space: string, peer: string): Promise<readonly AcknowledgedTip[]> {
    const bytes = await this.#read(tipsNameOf(space, peer));
    if (bytes === undefined) return [];
    try {
      return readTips(new Reader(bytes), TIPS_MAX);
    } catch (failure) {
      if (failure instanceof CodecError) return [];
      throw failure;
    }
  }

  async saveTips(space: string, peer: string, tips: readonly AcknowledgedTip[]): Promise<void> {
    const writer = new Writer(16 + tips.length * 72);
    writeTips(writer, tips, TIPS_MAX);
    await this.#write(tipsNameOf(space, peer), writer.finish());
  }

  /** What was written; `undefined` where there is nothing, or something else. */
  async #read(name: string): Promise<Uint8Array | undefined> {
    const stored = await this.#store.value(name);
    if (stored === undefined || stored.length < CHECK_BYTES) return undefined;
    const bytes = stored.subarray(CHECK_BYTES);
    return equalBytes(checkOf(name, bytes), stored.subarray(0, CHECK_BYTES)) ? bytes : undefined;
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    const stored = concatBytes(checkOf(name, bytes), bytes);
    await this.#store.commit({ values: new Map([[name, stored]]) });
  }
}

/** Against damage, not against anybody: who changes the store can write any cursor. */
function checkOf(name: string, bytes: Uint8Array): Uint8Array {
  return hash('stored-cursor', utf8(name), bytes).subarray(0, CHECK_BYTES);
}

function tipsNameOf(space: string, peer: string): string {
  return `acknowledged/${space.slice(0, 32)}/${peer.slice(0, 64)}`;
}

function nameOf(space: string, peer: string): string {
  return `cursor/${space.slice(0, 32)}/${peer.slice(0, 64)}`;
}
