/**
 * Leaving spaces: on this device when its user says so, and when another device of the same identity has
 * left. What nobody else has is never removed without having been given up by name.
 */
import type { Database } from '@atoll/echo';
import { errorCode, type SpaceId } from '@atoll/kernel';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { SpaceRecord } from './halo-records.ts';
import {
  encodeEnds,
  eraseSpace,
  heardLeftAt,
  isGivenUp,
  isOverruled,
  loadNotes,
  removeNote,
  saveNote,
  type LeaveNote,
} from './leave-note.ts';
import { putKeysRight } from './listed-keys.ts';
import { leftAmong, type ListedSpace } from './listed-spaces.ts';
import type { SpaceHandle } from './space-handle.ts';

/**
 * So long what another device has given up, and nobody else is known to have, stays here: that device may be in other
 * hands.
 */
export const GIVEN_UP_MS: number = 7 * 24 * 60 * 60 * 1000;

/** What leaving needs of the spaces of the client. */
export interface LeavingParts {
  readonly engine: Engine;
  /** Objects of the HALO space, once it is open. */
  readonly database: () => Database | undefined;
  /** Takes a space from the list. */
  readonly drop: (id: SpaceId) => void;
  /** Lists a space of which something is left here, and opens it. @throws StoreError. */
  readonly open: (record: ListedSpace) => Promise<SpaceHandle>;
}

/** Spaces that are left, and those that were. */
export class Leaving {
  readonly #parts: LeavingParts;
  /** Spaces that were left on this device, with what still goes on about each. */
  readonly #gone = new Map<SpaceId, Promise<void>>();
  readonly #seen = new WeakSet<ListedSpace>();
  /** Spaces that were left elsewhere, with the way to stop watching whether they may go here. */
  readonly #watched = new Map<SpaceId, () => void>();

  constructor(parts: LeavingParts) {
    this.#parts = parts;
  }

  /** Goes on with what a crash has interrupted. @throws StoreError. */
  async resume(database: Database): Promise<void> {
    const { store } = this.#parts.engine.platform;
    for (const [id, note] of await loadNotes(store)) {
      if (await isOverruled(store, id, note)) {
        await removeNote(store, id);
        continue;
      }
      this.#gone.set(id, Promise.resolve());
      const isMarked = this.#mark(database, note);
      const wasThere = await eraseSpace(this.#parts.engine.platform, id);
      // Another window may have been writing when it was decided: the next start looks again.
      if (!wasThere && !isMarked) await this.forgive(id);
    }
  }

  /** See `Space.leave`. */
  async leave(handle: SpaceHandle, discard: boolean): Promise<void> {
    await handle.open();
    await this.#end(handle, () => {
      if (!discard) refuseLoss(handle);
    });
  }

  /** The space is to be here again: waits until what was is gone, and forgets that. @throws StoreError. */
  async forgive(id: SpaceId): Promise<void> {
    const going = this.#gone.get(id);
    if (going === undefined) return;
    await going;
    await eraseSpace(this.#parts.engine.platform, id);
    await removeNote(this.#parts.engine.platform.store, id);
    this.#gone.delete(id);
  }

  /**
   * The HALO space lists these: those that are listed as left alone go here, too, once nothing is lost by it.
   * `known` gives the handle of a space that is listed.
   */
  look(
    records: readonly ListedSpace[],
    known: (id: SpaceId) => Promise<SpaceHandle> | undefined,
  ): void {
    for (const record of records) if (record.left === undefined) this.#seen.delete(record);
    for (const [id, left] of leftAmong(records)) {
      const isNews = left.some((record) => !this.#seen.has(record));
      for (const record of left) this.#seen.add(record);
      if (!isNews || this.#watched.has(id) || this.#gone.has(id)) continue;
      this.#watched.set(id, () => this.#watched.delete(id));
      this.#follow(id, left, known(id)).catch((failure: unknown) => this.#failed(failure));
    }
  }

  /** The space is listed as one to be here, again or after all. */
  keep(id: SpaceId): void {
    this.#watched.get(id)?.();
  }

  /** Another device has left: what is here goes when others have it, or some time after it was given up there. */
  async #follow(
    id: SpaceId,
    left: readonly ListedSpace[],
    known: Promise<SpaceHandle> | undefined,
  ): Promise<void> {
    const { engine, open } = this.#parts;
    const [record] = left;
    const isHere = known !== undefined || (await engine.platform.store.lastPosition(id)) > 0;
    if (!isHere || record === undefined) {
      this.#watched.delete(id);
      return;
    }
    const handle = await (known ?? open(record));
    await handle.open();
    const { clock } = engine.platform;
    const records = left.map((each) => each.id);
    const goesAtMs = (await heardLeftAt(engine.platform, id, records)) + GIVEN_UP_MS;
    if (!this.#watched.has(id)) return;
    handle.leaving.set(true);
    const isGiven = (): boolean =>
      left.some((each) => each.left && isGivenUp(handle.place.replica.tips(), each.left));
    const mayGo = (): boolean =>
      lossOf(handle) === undefined ||
      ((engine.isFollowed(id) || clock.nowMs() >= goesAtMs) && isGiven());
    let isGoing = false;
    const look = (): void => {
      if (isGoing || !mayGo()) return;
      isGoing = true;
      this.#end(handle, () => {
        if (!this.#watched.has(id)) throw broughtBack();
        if (!mayGo()) refuseLoss(handle);
      })
        .catch((failure: unknown) => this.#failed(failure))
        .finally(() => (isGoing = false));
    };
    const stop = handle.status.subscribe(look);
    const watching = new AbortController();
    this.#watched.set(id, () => {
      stop();
      watching.abort();
      this.#watched.delete(id);
      handle.leaving.set(false);
    });
    const until = AbortSignal.any([engine.signal, watching.signal]);
    void clock.sleep(Math.max(0, goesAtMs - clock.nowMs()), until).then(look, () => undefined);
    look();
  }

  /** `check` throws where the space is not to be left after all; it stays as it is then. */
  async #end(handle: SpaceHandle, check: () => void): Promise<void> {
    const { drop, engine } = this.#parts;
    const { place } = handle;
    const { id } = place;
    const database = this.#requireDatabase();
    check();
    // Whoever comes back finds them nowhere else.
    await putKeysRight(engine, database, place);
    let note: LeaveNote | undefined;
    await place.leave(async () => {
      check();
      const records = database
        .query(SpaceRecord)
        .run()
        .filter(({ left, space }) => space === id && left === undefined);
      const { store } = engine.platform;
      note = {
        records: records.map((record) => record.id),
        ends: encodeEnds(place.replica.tips()),
        position: await store.lastPosition(id),
      };
      try {
        await saveNote(store, id, note);
      } catch (failure) {
        // What was refused may still come back with a loss of power.
        await removeNote(store, id).catch(() => undefined);
        throw failure;
      }
      engine.dropPlace(id);
    });
    if (note === undefined) return;
    drop(id);
    this.#watched.get(id)?.();
    // It is decided: what cannot be done now is done at the next start.
    const going = this.#carryOut(database, id, note, handle.name.get()).catch(
      (failure: unknown) => {
        this.#failed(failure);
      },
    );
    this.#gone.set(id, going);
    await going;
  }

  async #carryOut(database: Database, id: SpaceId, note: LeaveNote, name: string): Promise<void> {
    const { engine } = this.#parts;
    this.#mark(database, note, name);
    await engine.opened(engine.requireIdentity().haloSpace)?.flush();
    await eraseSpace(engine.platform, id);
  }

  /** True if any was not marked before. `name`: as the space was called then. */
  #mark(database: Database, { ends, records }: LeaveNote, name?: string): boolean {
    if (records.length === 0) return false;
    const wanted = new Set(records);
    const unmarked = database
      .query(SpaceRecord)
      .run()
      .filter((record) => wanted.has(record.id) && record.left === undefined);
    for (const record of unmarked) {
      record.left = ends;
      if (name !== undefined && record.name !== name) record.name = name;
    }
    return unmarked.length > 0;
  }

  #requireDatabase(): Database {
    const database = this.#parts.database();
    if (database !== undefined) return database;
    throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
  }

  #failed(failure: unknown): void {
    const { platform, signal } = this.#parts.engine;
    if (signal.aborted) return;
    platform.log.event('warn', 'client.space-not-left', { code: errorCode(failure) });
  }
}

/** What would be lost if a space were removed from all devices of this identity now. */
function lossOf(handle: SpaceHandle): 'only-member' | 'unsent' | undefined {
  if (!handle.members.get().some(({ me }) => !me)) return 'only-member';
  return handle.isHandedOver ? undefined : 'unsent';
}

function broughtBack(): ClientError {
  return new ClientError('CLIENT_SPACE_LEFT', 'the space was brought back meanwhile');
}

function refuseLoss(handle: SpaceHandle): void {
  const loss = lossOf(handle);
  if (loss === 'only-member') {
    throw new ClientError(
      'CLIENT_ONLY_MEMBER',
      'nobody else is in this space: leaving it removes it for good',
    );
  }
  if (loss === 'unsent') {
    throw new ClientError(
      'CLIENT_UNSENT_WORK',
      'it is not known that others have everything that is in this space',
    );
  }
}
