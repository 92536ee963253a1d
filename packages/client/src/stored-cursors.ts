/** How far each peer's log was read, kept among the profile's values. Losing it costs work, never data. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { Store } from '@atoll/kernel';
import type { Cursors, LogCursor } from '@atoll/mesh';

const INCARNATION_BYTES_MAX = 128;

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
}

function nameOf(space: string, peer: string): string {
  return `cursor/${space.slice(0, 32)}/${peer.slice(0, 64)}`;
}
