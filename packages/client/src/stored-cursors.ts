/** How far each peer's log was read, and what each mailbox has acknowledged, kept among the profile's values. Losing it costs work, never data. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes, type Store } from '@atoll/kernel';
import type { AcknowledgedTip, Cursors, LogCursor } from '@atoll/mesh';

const INCARNATION_BYTES_MAX = 128;
const TIPS_MAX = 4096;
const ID_BYTES = 32;

/** {@link Cursors} in a store. Written without waiting: an old one is as good. */
export class StoredCursors implements Cursors {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async load(space: string, peer: string): Promise<LogCursor | undefined> {
    const bytes = await this.#store.value(nameOf(space, peer));
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
    await this.#store.commit({ values: new Map([[nameOf(space, peer), bytes]]) });
  }

  async loadTips(space: string, peer: string): Promise<readonly AcknowledgedTip[]> {
    const bytes = await this.#store.value(tipsNameOf(space, peer));
    if (bytes === undefined) return [];
    try {
      const reader = new Reader(bytes);
      const count = reader.varint(TIPS_MAX);
      return Array.from({ length: count }, () => ({
        feed: idFromBytes('feed', reader.raw(ID_BYTES)),
        seq: reader.varint(),
        hash: idFromBytes('block', reader.raw(ID_BYTES)),
      }));
    } catch (failure) {
      if (failure instanceof CodecError) return [];
      throw failure;
    }
  }

  async saveTips(space: string, peer: string, tips: readonly AcknowledgedTip[]): Promise<void> {
    const writer = new Writer(16 + tips.length * 72).varint(Math.min(tips.length, TIPS_MAX));
    for (const { feed, seq, hash } of tips.slice(0, TIPS_MAX)) {
      writer.raw(idBytes(feed)).varint(seq).raw(idBytes(hash));
    }
    await this.#store.commit({ values: new Map([[tipsNameOf(space, peer), writer.finish()]]) });
  }
}

function tipsNameOf(space: string, peer: string): string {
  return `acknowledged/${space.slice(0, 32)}/${peer.slice(0, 64)}`;
}

function nameOf(space: string, peer: string): string {
  return `cursor/${space.slice(0, 32)}/${peer.slice(0, 64)}`;
}
