/**
 * A crash at every write of every operation of a store of spaces: edits of every kind, what arrives, snapshots,
 * stacks of undo, epochs, dropping of history, taking over the snapshot of somebody else. What is found then has
 * the state from before the operation or the state after it. The same with a disk that is full at every write.
 */
import { deriveKey, ready } from '@atoll/crypto';
import { UndoLog, UndoStore, decodeRequest, fetchEpoch, type Space } from '@atoll/echo';
import { ROOT_ZONE, StoreError } from '@atoll/kernel';
import { MemoryStore, SimRng } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { Space as EchoSpace } from '../../packages/echo/src/space/space.ts';
import { Person, exchange, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../../packages/echo/src/testing/random-edits.ts';
import { randomKindsEdit, registerKinds } from '../../packages/echo/src/testing/random-kinds.ts';
import { FaultDisk } from '../sim/fault-disk.ts';

beforeAll(() => ready());

const NEVER = { blocks: 1e9, bytes: 1e9, blocksAtClose: 1e9, bytesAtClose: 1e9 };

/** Where an operation ended. */
interface Mark {
  readonly name: string;
  /** Commits that were durable then. */
  readonly commits: number;
  readonly root: string;
  /** Gestures in the stored stacks of undo. */
  readonly undo: number;
}

/** A person on a disk whose every moment is remembered. */
class Desk {
  readonly disk: FaultDisk;
  readonly person: Person;
  readonly marks: Mark[] = [];
  space: Space;
  readonly #undoStored = { entries: 0 };

  private constructor(disk: FaultDisk, person: Person, space: Space) {
    this.disk = disk;
    this.person = person;
    this.space = space;
    registerKinds(space.database);
    this.mark('founded');
  }

  static async found(seed: number): Promise<Desk> {
    const [disk, person] = await Desk.#person('Ada', seed);
    const writer = { ...person.writer(), snapshots: NEVER };
    return new Desk(disk, person, await EchoSpace.found(person.ports, writer));
  }

  static async join(host: Desk, seed: number): Promise<Desk> {
    const [disk, person] = await Desk.#person('Jun', seed);
    const space = await person.join(host.space, host.person.deviceSigner, 'writer');
    return new Desk(disk, person, space);
  }

  static async #person(name: string, seed: number): Promise<[FaultDisk, Person]> {
    const disk = new FaultDisk(new SimRng(seed + 500));
    return [disk, await Person.make(name, seed, new MemoryStore(disk))];
  }

  mark(name: string): void {
    const undo = this.#undoStored.entries;
    this.marks.push({ name, commits: this.disk.length, root: rootOf(this.space), undo });
  }

  /** One operation, durable when it ends. */
  async does(name: string, act: () => unknown): Promise<void> {
    await act();
    await this.space.flush();
    this.mark(name);
  }

  async edits(random: (below: number) => number, times: number): Promise<void> {
    for (let at = 0; at < times; at++) {
      await this.does('an edit', () => {
        if (at % 2 === 0) randomEdit(this.space.database, random);
        else randomKindsEdit(this.space.database, random);
      });
    }
  }

  /** Takes what somebody else has written, a run at a time. */
  async receives(from: Desk): Promise<void> {
    await from.space.flush();
    for await (const run of from.space.replica.missingFor(this.space.replica.tips())) {
      await this.does('a run', async () => {
        await this.space.replica.receive(run, 'peer');
        await this.space.settled();
      });
    }
  }

  stacks(store = this.person.ports.store): UndoStore {
    const { ports, haloSecret: secret } = this.person;
    return new UndoStore({ store, rng: ports.rng, space: this.space.id, secret });
  }

  async keepsUndo(undo: UndoLog): Promise<void> {
    await this.does('the stacks of undo', () => {
      this.#undoStored.entries = undo.entries.length;
      const { store } = this.person.ports;
      return store.commit({ values: this.stacks().stacks(undo.encode()) });
    });
  }

  /** The space as the next process finds it on a disk. */
  async opened(disk: FaultDisk): Promise<{ readonly space: Space; readonly store: MemoryStore }> {
    const store = new MemoryStore(disk);
    const writer = { ...this.person.writer({ mayContinue: false }), snapshots: NEVER };
    const { ring } = this.space.keys;
    const ports = { ...this.person.ports, store };
    const space = await EchoSpace.open(ports, { space: this.space.id, ring, writer });
    registerKinds(space.database);
    return { space, store };
  }

  /**
   * Opens what every crash would have left, and compares it with the two legal outcomes. With `witness`, who
   * has everything that was ever written: both have one state once they have met.
   */
  async everyCrash(witness?: Space): Promise<number> {
    const [first] = this.marks;
    let crashes = 0;
    for (let commits = first?.commits ?? 0; commits <= this.disk.length; commits++) {
      const after = this.marks.findIndex((mark) => mark.commits >= commits);
      const legal = this.marks.slice(Math.max(0, after - 1), after + 1);
      const disk = this.disk.copy();
      disk.restore(commits);
      const { space, store } = await this.opened(disk);
      const what = `after ${commits} commits, in ${this.marks[after]?.name ?? 'nothing'}`;
      expect(
        legal.map(({ root }) => root),
        what,
      ).toContain(rootOf(space));
      expect(
        legal.map(({ undo }) => undo),
        what,
      ).toContain(await this.#undoIn(store, space));
      if (witness !== undefined && crashes % 3 === 0) {
        await exchange(space, witness);
        expect(rootOf(space), what).toBe(rootOf(witness));
      }
      crashes++;
    }
    return crashes;
  }

  async #undoIn(store: MemoryStore, space: Space): Promise<number> {
    const stored = await this.stacks(store).load();
    if (stored === undefined) return 0;
    const log = new UndoLog(space.database);
    log.restoreLater(stored, (failure) => {
      throw failure;
    });
    const { length } = log.entries;
    log.close();
    return length;
  }
}

/** A story with every operation of one replica in it. */
async function story(ada: Desk, jun: Desk, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const undo = new UndoLog(ada.space.database);
  await ada.edits(random, 10);
  await ada.keepsUndo(undo);
  await ada.does('undoing', () => undo.undo());
  await ada.does('a snapshot', () => ada.space.writeSnapshot());
  await jun.receives(ada);
  await jun.edits(random, 6);
  await ada.receives(jun);
  await ada.edits(random, 4);
  await ada.does('another snapshot', () => ada.space.writeSnapshot());
  await ada.does('an epoch', async () => {
    await ada.space.epochs.propose();
    await ada.space.epochs.settled();
  });
  await jun.receives(ada);
  await ada.edits(random, 3);
  await ada.keepsUndo(undo);
  await ada.does('dropping history', async () => {
    expect(await ada.space.epochs.dropHistory(0)).toBeGreaterThan(5);
  });
  await ada.edits(random, 4);
  await ada.does('a third snapshot', () => ada.space.writeSnapshot());
  await ada.does('a second epoch', async () => {
    await ada.space.epochs.propose();
    await ada.space.epochs.settled();
  });
  await jun.receives(ada);
  await ada.does('dropping history again', () => ada.space.epochs.dropHistory(0));
}

test.each([1, 2, 3])(
  'a crash at every write of a story with every operation leaves one of two states (%i)',
  async (seed) => {
    const ada = await Desk.found(seed * 10);
    const jun = await Desk.join(ada, seed * 10 + 1);
    await story(ada, jun, seed);
    expect(ada.space.epochs.status().current?.number).toBe(2);
    expect(rootOf(jun.space)).toBe(rootOf(ada.space));
    // Both ways: who dropped its history, and who has all of it.
    expect(await ada.everyCrash(jun.space)).toBeGreaterThan(35);
    expect(await jun.everyCrash()).toBeGreaterThan(5);
  },
);

test('a crash at every write of taking over a snapshot leaves one of two states, and the work that nobody had', async () => {
  const ada = await Desk.found(100);
  const jun = await Desk.join(ada, 101);
  const random = randomFrom(7);
  await ada.edits(random, 20);
  await jun.edits(random, 12);
  await ada.does('an epoch', () => ada.space.epochs.propose());
  await ada.edits(random, 5);
  await ada.does('dropping history', () => ada.space.epochs.dropHistory(0));
  const offer = await ada.space.epochs.archive.source();
  if (offer === undefined) throw new RangeError('there is an epoch');
  await jun.space[Symbol.asyncDispose]();
  const before = jun.disk.length;
  const { ring } = jun.space.keys;
  const [generation] = ada.space.authority.keys.generations(ROOT_ZONE);
  const content = generation === undefined ? undefined : ring.zone(generation)?.content;
  const take = (disk: FaultDisk): ReturnType<typeof fetchEpoch> =>
    fetchEpoch({
      place: {
        rng: new SimRng(5),
        store: new MemoryStore(disk),
        space: jun.space.id,
        secret: jun.person.haloSecret,
        ring,
      },
      terms: offer.terms,
      key: deriveKey(content ?? new Uint8Array(32), 'state-root'),
      ask: async (request) => offer.source.packed(decodeRequest(request)),
      turn: () => Promise.resolve(),
    });
  const whole = jun.disk.copy();
  await take(whole);
  const own = rootOf(jun.space);
  const taken = rootOf((await jun.opened(whole)).space);
  expect(taken).not.toBe(own);
  const roots = new Set<string>();
  for (let commits = before; commits <= whole.length; commits++) {
    const disk = whole.copy();
    disk.restore(commits);
    const { space } = await jun.opened(disk);
    roots.add(rootOf(space));
    expect([own, taken], `after ${commits} commits`).toContain(rootOf(space));
    await space[Symbol.asyncDispose]();
    // The next process takes it over once more; then everybody has everything.
    await take(disk);
    const again = (await jun.opened(disk)).space;
    const theirs = (await ada.opened(ada.disk.copy())).space;
    await exchange(again, theirs);
    expect(rootOf(again), `after ${commits} commits`).toBe(rootOf(theirs));
    expect(again.parked.blocks + theirs.parked.blocks).toBe(0);
  }
  expect(roots.size).toBe(2);
});

test('a disk that is full at any write: nothing durable is lost, and it goes on when there is room', async () => {
  for (let at = 1; ; at++) {
    const ada = await Desk.found(200);
    const jun = await Desk.join(ada, 201);
    const random = randomFrom(9);
    const undo = new UndoLog(ada.space.database);
    const before = ada.disk.length;
    ada.disk.failAt(at, 'full');
    let refused = 0;
    const steps: readonly (() => unknown)[] = [
      ...Array.from({ length: 5 }, () => () => randomEdit(ada.space.database, random)),
      () => ada.person.ports.store.commit({ values: ada.stacks().stacks(undo.encode()) }),
      () => ada.space.writeSnapshot(),
      ...Array.from({ length: 3 }, () => () => randomKindsEdit(ada.space.database, random)),
      async () => {
        await ada.space.epochs.propose();
        await ada.space.epochs.settled();
      },
      () => ada.space.epochs.dropHistory(0),
      () => ada.space.writeSnapshot(),
    ];
    for (const step of steps) {
      try {
        await step();
        await ada.space.flush();
      } catch (failure) {
        expect(failure).toBeInstanceOf(StoreError);
        expect(failure).toMatchObject({ code: 'STORE_FULL' });
        refused++;
        ada.disk.calm();
        // There is room again, and the writer tries once more.
        await ada.space.flush();
      }
      const { space } = await ada.opened(ada.disk.copy());
      expect(rootOf(space), `full at ${at}`).toBe(rootOf(ada.space));
    }
    if (ada.disk.length - before < at && refused === 0) {
      expect(at).toBeGreaterThan(15);
      return;
    }
    await jun.receives(ada);
    if (rootOf(jun.space) !== rootOf(ada.space)) {
      // Its history is gone here, so the other has to take over the epoch: see above.
      expect(await ada.space.epochs.archive.source()).toBeDefined();
    }
  }
});
