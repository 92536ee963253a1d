/** The mailboxes in which contributions wait: putting one in, reading what is there, taking one out. */
import type { Contributions, Door } from '@atoll/halo';
import { equalBytes, fromHex, toHex } from '@atoll/kernel';
import { RECORDS_MAX } from '@atoll/mesh';
import type { Engine } from '../engine.ts';
import { atMailbox } from './at-mailbox.ts';

/** A door's lobby at its server. */
export class Lobby {
  readonly #engine: Engine;
  readonly #halo: Contributions;
  readonly #door: Pick<Door, 'kube' | 'lobby'>;

  constructor(engine: Engine, halo: Contributions, door: Pick<Door, 'kube' | 'lobby'>) {
    this.#engine = engine;
    this.#halo = halo;
    this.#door = door;
  }

  /** Records for which there is room. */
  get recordsMax(): number {
    return this.#halo.LOBBY_ROOMS * RECORDS_MAX;
  }

  /** Puts a record into the first mailbox that has room. False if none has. @throws ClientError. */
  async put(id: string, token: Uint8Array, record: Uint8Array): Promise<boolean> {
    for (const room of this.#roomsOf(id)) {
      if (await this.#at(room, (records) => records.keep(toHex(token), record))) return true;
    }
    return false;
  }

  /** Whether a record is there. @throws ClientError. */
  async has(id: string, record: Uint8Array): Promise<boolean> {
    for (const room of this.#roomsOf(id)) {
      const records = await this.#at(room, (open) => open.read());
      if (records.some((one) => equalBytes(one, record))) return true;
    }
    return false;
  }

  /** All records, and the mailbox of each. @throws ClientError. */
  async read(): Promise<readonly { readonly room: number; readonly record: Uint8Array }[]> {
    const all: { readonly room: number; readonly record: Uint8Array }[] = [];
    for (let room = 0; room < this.#halo.LOBBY_ROOMS; room++) {
      const records = await this.#at(room, (open) => open.read());
      all.push(...records.map((record) => ({ room, record })));
    }
    return all;
  }

  /** Takes a record out. @throws ClientError. */
  async drop(room: number, token: Uint8Array): Promise<void> {
    await this.#at(room, (records) => records.keep(toHex(token), new Uint8Array(0)));
  }

  /** Those that hold more than one begin elsewhere. */
  #roomsOf(id: string): readonly number[] {
    const rooms = this.#halo.LOBBY_ROOMS;
    const first = (fromHex(id.slice(0, 2))?.[0] ?? 0) % rooms;
    return Array.from({ length: rooms }, (_, at) => (first + at) % rooms);
  }

  #at<T>(room: number, use: Parameters<typeof atMailbox<T>>[2]): Promise<T> {
    const { kube, lobby } = this.#door;
    return atMailbox(this.#engine, { kube, seed: this.#halo.lobbySeed(lobby, room) }, use);
  }
}
