/**
 * Removal of pieces against whatever people do: objects, undo, history, versions, branches, epochs, crashes.
 * What can still be brought back is brought back, and its files must be there; what nothing leads to any
 * more must be gone.
 */
import { fc, test as property } from '@fast-check/vitest';
import { equalBytes, errorCode, toHex } from '@atoll/kernel';
import { defineType, s, type BlobRef } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from '../api.ts';
import type { AtollClient } from '../client.ts';
import { liveUntil } from '../live.ts';
import { SpaceHandle } from '../space-handle.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { openPiece } from './sealed-piece.ts';

const Photo = defineType('org.example.Photo', { title: s.string(), file: s.blob().optional() });

/** Contents share pieces: some are others with an insertion in the middle. */
const CONTENTS = 6;

function content(which: number): Uint8Array {
  const shared = noise(120_000, which % 2);
  const own = noise(1_000 + which * 777, 100 + which);
  return Uint8Array.of(...shared.subarray(0, 60_000), ...own, ...shared.subarray(60_000));
}

function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed + 1) * 2_654_435_761;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

type Step =
  | { readonly do: 'loose' | 'add' | 'set'; readonly which: number; readonly on: number }
  | { readonly do: 'clear' | 'delete' | 'restore'; readonly on: number }
  | {
      readonly do:
        | 'undo'
        | 'redo'
        | 'version'
        | 'branch'
        | 'drop'
        | 'restart'
        | 'crash'
        | 'collect'
        | 'window'
        | 'pin';
    }
  | { readonly do: 'text'; readonly which: number };

const on = fc.nat({ max: 5 });
const which = fc.nat({ max: CONTENTS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), which, on }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set' as const), which, on }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('loose' as const), which, on }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('clear', 'delete', 'restore'), on }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('undo', 'redo', 'version', 'branch', 'drop', 'restart', 'crash'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('window', 'collect') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pin' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('text' as const), which }) },
);

class Scene extends ClientScene {
  /** The window that is used now. */
  ada: AtollClient | undefined;
  /** The window that was opened first. */
  keeper: AtollClient | undefined;
  /** Another one of the same profile, where one is open. */
  other: AtollClient | undefined;
  spaceId = '';
  /** Files that were pinned, which no object need name. */
  readonly pinned: BlobRef[] = [];
  readonly branches: string[] = [];
  /** What each file is, by the name of its first piece. */
  readonly contentByRoot = new Map<string, Uint8Array>();
  /** Names of all pieces of each, by the name of the first. */
  readonly idsByRoot = new Map<string, readonly string[]>();
  /** First pieces that anything has ever named. */
  readonly everNamed = new Set<string>();
  /** When some state was the present one. */
  readonly moments: number[] = [];
  #versions = 0;

  get trip(): Space {
    return found(this.ada as AtollClient, this.spaceId);
  }

  async begin(): Promise<void> {
    this.ada = await this.person('ada');
    this.keeper = this.ada;
    this.spaceId = (await this.space(this.ada, 'Trip')).id;
  }

  async restart(): Promise<void> {
    for (const window of this.windows) await this.world.during(window.close());
    this.other = undefined;
    await this.reopen();
  }

  get windows(): readonly AtollClient[] {
    return [this.ada, this.other].filter((window) => window !== undefined);
  }

  /** Goes to the other window, which is opened first if there is none. */
  async change(): Promise<void> {
    const before = this.ada;
    this.ada = this.other;
    this.other = before;
    if (this.ada === undefined) await this.reopen();
    // Each shows what the other one has written, before somebody uses it.
    const [one, two] = this.windows.map((window) => found(window, this.spaceId));
    const ends = (space: Space | undefined): number => space?.status.get().blocks ?? 0;
    await this.world.runUntil(() => ends(one) === ends(two), 30_000);
  }

  async crash(): Promise<void> {
    await this.world.during(this.trip.flush());
    this.machine('ada').crash();
    this.other = undefined;
    await this.reopen();
  }

  async reopen(): Promise<void> {
    this.ada = await this.open('ada');
    if (this.other === undefined) this.keeper = this.ada;
    const isHere = (): boolean => this.ada?.spaces.get(this.spaceId) !== undefined;
    expect(await this.world.runUntil(isHere, 30_000)).toBe(true);
  }

  async put(number: number): Promise<BlobRef> {
    const bytes = content(number);
    const ref = await this.world.during(this.trip.blobs.put(bytes));
    const root = toHex(ref.id);
    this.contentByRoot.set(root, bytes);
    const sealed = this.machine('ada').chunkDisk.bucket(this.spaceId).get(root);
    const piece = openPiece({ id: root, key: ref.key }, sealed?.bytes ?? new Uint8Array(0));
    const entries = piece?.kind === 'list' ? piece.entries : [];
    this.idsByRoot.set(root, [root, ...entries.map(({ id }) => id)]);
    return ref;
  }

  photo(at: number): { file?: BlobRef | undefined; readonly id: string } | undefined {
    const all = this.trip.db.query(Photo).run();
    return all[at % Math.max(all.length, 1)];
  }

  async run(each: Step): Promise<void> {
    const { trip } = this;
    switch (each.do) {
      case 'loose':
        return void (await this.put(each.which));
      case 'add': {
        const file = await this.put(each.which);
        this.#everAdded.add(trip.db.add(Photo, { title: 'one', file }).id);
        this.everNamed.add(toHex(file.id));
        break;
      }
      case 'set': {
        const file = await this.put(each.which);
        const photo = this.photo(each.on);
        if (photo === undefined) break;
        photo.file = file;
        this.everNamed.add(toHex(file.id));
        break;
      }
      case 'text': {
        const { id } = await this.put(each.which);
        trip.db.add(Photo, { title: `see ${toHex(id)}` });
        this.everNamed.add(toHex(id));
        break;
      }
      case 'clear': {
        const photo = this.photo(each.on);
        if (photo !== undefined) photo.file = undefined;
        break;
      }
      case 'delete': {
        const photo = this.photo(each.on);
        if (photo !== undefined) trip.db.delete(photo as never);
        break;
      }
      case 'restore': {
        const gone = this.#deleted[each.on % Math.max(this.#deleted.length, 1)];
        if (gone !== undefined) trip.db.restore(gone as never);
        break;
      }
      case 'undo':
        trip.undo.undo();
        break;
      case 'redo':
        trip.undo.redo();
        break;
      case 'version':
        trip.history.versions.create(`v${String(++this.#versions)}`);
        break;
      case 'branch':
        if (this.branches.length < 2) await this.branch();
        break;
      case 'drop':
        await this.drop();
        break;
      case 'restart':
        return this.restart();
      case 'crash':
        return this.crash();
      case 'collect':
        return this.collect();
      case 'window':
        return this.change();
      case 'pin': {
        const ref = this.photo(0)?.file ?? (await this.put(0));
        this.pinned.push(ref);
        this.everNamed.add(toHex(ref.id));
        return this.world.during(trip.blobs.pin(ref));
      }
    }
    await this.world.during(this.trip.flush());
    this.moments.push(this.world.nowMs);
  }

  get #deleted(): readonly unknown[] {
    return [...this.#everAdded].flatMap((id) => {
      const object = this.trip.db.getDeleted(id);
      return object !== undefined && this.trip.db.get(id) === undefined ? [object] : [];
    });
  }

  readonly #everAdded = new Set<string>();

  async branch(): Promise<void> {
    const options = { name: `draft ${String(this.branches.length)}` };
    const { spaces } = this.ada as AtollClient;
    const made = await this.world.during(spaces.branch(this.trip, options)).catch(ifDropped);
    if (made !== undefined) this.branches.push(made.id);
  }

  /** Seals an epoch and drops the history under it at once. */
  async drop(): Promise<void> {
    // Only one window votes and drops: the one that was opened first.
    const trip = found(this.keeper as AtollClient, this.spaceId);
    if (!(trip instanceof SpaceHandle)) throw new RangeError('no handle');
    const { blocksSince, number } = trip.epochs.status.get();
    if (blocksSince === 0) return;
    await this.world.during(trip.epochs.propose());
    await this.world.during(liveUntil(trip.epochs.status, (now) => now.number > number));
    await this.world.during(trip.echo.epochs.dropHistory(0));
  }

  /** Removes what it may, whatever its age. */
  async collect(): Promise<void> {
    for (const id of [this.spaceId, ...this.branches]) {
      const space = (this.ada as AtollClient).spaces.get(id);
      // The other window may have made it just now.
      if (space !== undefined) await this.world.during(space.blobs.collect({ graceMs: 0 }));
    }
    await this.expectNothingLost();
  }

  /** Every file that these objects hold is on this device, as it was put. */
  async expectFiles(space: Space, objects: readonly { readonly file?: unknown }[]): Promise<void> {
    for (const { file } of objects) {
      if (file === undefined) continue;
      const ref = file as BlobRef;
      const got = await this.world.during(space.blobs.bytes(ref, { localOnly: true }));
      const wanted = this.contentByRoot.get(toHex(ref.id)) as Uint8Array;
      expect(equalBytes(got, wanted)).toBe(true);
    }
  }

  /** All that can be brought back has its files. */
  async expectNothingLost(): Promise<void> {
    const ada = this.ada as AtollClient;
    await this.expectFiles(
      this.trip,
      this.pinned.map((file) => ({ file })),
    );
    for (const id of this.branches) {
      const branch = ada.spaces.get(id);
      if (branch === undefined) continue;
      const photos = branch.db.query(Photo).run();
      await this.expectFiles(branch, photos);
      // Its own copies: whoever is in the branch only must find them there.
      const bucket = this.machine('ada').chunkDisk.bucket(id);
      const roots = photos.flatMap(({ file }) => (file === undefined ? [] : [toHex(file.id)]));
      const ids = roots.flatMap((root) => this.idsByRoot.get(root) ?? []);
      expect(ids.filter((each) => !bucket.has(each))).toEqual([]);
    }
    const { trip } = this;
    await this.expectFiles(trip, trip.db.query(Photo).run());
    const versions = trip.history.versions.list().map(({ name }) => ({ version: name }));
    const moments = this.moments.filter((_, at) => at % 3 === 0).map((timeMs) => ({ timeMs }));
    for (const point of [...versions, ...moments]) {
      // Where the history of a moment was dropped, nobody can see it any more.
      const past = await this.world.during(trip.history.at(point)).catch(ifDropped);
      if (past !== undefined) await this.expectFiles(trip, past.db.query(Photo).run());
    }
    for (const { title } of trip.db.query(Photo).run()) {
      const [, root = ''] = /^see ([0-9a-f]{64})$/u.exec(title) ?? [];
      if (root !== '') {
        expect(this.machine('ada').chunkDisk.bucket(trip.id).has(root)).toBe(true);
      }
    }
  }

  /** Undo to the beginning, then redo to the end, in each window: each state has its files. */
  async expectUndoWhole(): Promise<void> {
    for (const window of this.windows) await this.expectUndoWholeIn(found(window, this.spaceId));
  }

  async expectUndoWholeIn(trip: Space): Promise<void> {
    let steps = 0;
    while (trip.undo.undo().nothing !== true && steps < 100) {
      steps++;
      await this.expectFiles(trip, trip.db.query(Photo).run());
    }
    for (; steps > 0; steps--) {
      trip.undo.redo();
      await this.expectFiles(trip, trip.db.query(Photo).run());
    }
    await this.world.during(trip.flush());
  }
}

function ifDropped(failure: unknown): undefined {
  if (!String(errorCode(failure)).startsWith('HISTORY_')) throw failure;
}

property.prop([fc.array(step, { minLength: 6, maxLength: 18 })], { numRuns: 8 })(
  'whatever people do: what can be brought back has its files, and what nobody named is gone',
  async (steps) => {
    const scene = new Scene(steps.length);
    await scene.begin();
    for (const each of steps) await scene.run(each);
    await scene.collect();
    await scene.expectUndoWhole();
    // What a server has not got yet is kept for it, and what was put in this run may yet be named.
    await scene.world.run(scene.world.nowMs + 30_000);
    await scene.restart();
    await scene.collect();
    const held = [...scene.machine('ada').chunkDisk.bucket(scene.spaceId).keys()];
    const mayStay = new Set(
      [...scene.everNamed].flatMap((root) => scene.idsByRoot.get(root) ?? []),
    );
    expect(held.filter((id) => !mayStay.has(id))).toEqual([]);
    await scene.expectUndoWhole();
  },
);

test('what only dropped history names is removed where no undo could bring it back', async () => {
  const scene = new Scene(3);
  await scene.begin();
  const jun = await scene.person('jun');
  const theirs = await scene.join(scene.trip, jun);
  const [first, second] = ['one', 'two'].map((title) => scene.trip.db.add(Photo, { title }));
  await scene.world.during(scene.trip.flush());
  const refs: [BlobRef, BlobRef] = [await scene.put(0), await scene.put(1)];
  if (first === undefined || second === undefined) throw new RangeError('no objects');
  [first.file, second.file] = refs;
  const sees = (): boolean =>
    theirs.db
      .query(Photo)
      .run()
      .every(({ file }) => file !== undefined);
  expect(
    await scene.world.runUntil(() => theirs.db.query(Photo).count() === 2 && sees(), 30_000),
  ).toBe(true);
  for (const ref of refs) await scene.world.during(theirs.blobs.bytes(ref));
  first.file = undefined;
  await scene.world.during(scene.trip.flush());
  // Something must come behind it: the last block of a feed stays, whatever it says.
  await scene.run({ do: 'text', which: 5 });
  const cleared = (): boolean => theirs.db.query(Photo).count() === 3;
  expect(await scene.world.runUntil(cleared, 30_000)).toBe(true);
  await scene.drop();
  const { number } = scene.trip.epochs.status.get();
  await scene.world.during(liveUntil(theirs.epochs.status, (now) => now.number === number));
  if (!(theirs instanceof SpaceHandle)) throw new RangeError('no handle');
  await scene.world.during(theirs.echo.epochs.dropHistory(0));
  await scene.world.during(jun.close());
  const again = found(await scene.open('jun'), theirs.id);
  await scene.world.during(again.blobs.collect({ graceMs: 0 }));
  const [gone, kept] = refs;
  await scene.world.during(again.blobs.bytes(kept, { localOnly: true }));
  const reading = scene.world.during(again.blobs.bytes(gone, { localOnly: true }));
  await expect(reading).rejects.toMatchObject({ code: 'BLOB_AWAY' });
  // Ada could still undo, so that hers stays.
  await scene.restart();
  await scene.collect();
  await scene.world.during(scene.trip.blobs.bytes(gone, { localOnly: true }));
});
