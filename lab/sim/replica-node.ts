/** One device of a world: its disk, its open space, and what is open with it. */
import { Space, UndoLog, type SpacePorts, type SpaceWriter } from '@atoll/echo';
import type { Role } from '@atoll/halo';
import { StoreError } from '@atoll/kernel';
import { MemoryStore, type SimRng } from '@atoll/testkit';
import type { Person } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { KeptQueries, watchDurable } from './checks.ts';
import type { FaultDisk } from './fault-disk.ts';
import { SimFailure } from './sim-failure.ts';
import { registerTypes } from './things.ts';

/** Openings of a space on a disk that fails once. */
const OPENINGS_MAX = 3;
/** A snapshot every few blocks, or none at all. */
const EAGER = { blocks: 6, bytes: 1e9, blocksAtClose: 2, bytesAtClose: 1e9 };
const NEVER = { blocks: 1e9, bytes: 1e9, blocksAtClose: 1e9, bytesAtClose: 1e9 };

/** What a device is made of. */
export interface NodeParts {
  readonly rng: SimRng;
  readonly person: Person;
  readonly disk: FaultDisk;
  readonly role: Role | 'owner';
}

/** See the head of this file. */
export class ReplicaNode {
  readonly person: Person;
  readonly disk: FaultDisk;
  readonly role: Role | 'owner';
  ports: SpacePorts;
  space: Space;
  undo: UndoLog;
  kept: KeptQueries;
  /** Edits that the listener of this replica's changes has still to make. */
  answers = 0;
  /** Devices exchange only within their part of a divided network. */
  part = 0;
  readonly #rng: SimRng;
  readonly #answer: (node: ReplicaNode) => void;
  #life: number;
  #isClosed = false;

  constructor(parts: NodeParts, space: Space, answer: (node: ReplicaNode) => void) {
    this.#rng = parts.rng;
    this.person = parts.person;
    this.disk = parts.disk;
    this.role = parts.role;
    this.ports = { ...parts.person.ports, store: new MemoryStore(parts.disk) };
    this.#answer = answer;
    this.#life = parts.disk.life;
    this.space = space;
    [this.undo, this.kept] = this.#watch(space);
  }

  /** True once the power has failed since the space was opened, or the space was closed. */
  get isDead(): boolean {
    return this.#isClosed || this.#life !== this.disk.life;
  }

  /** Ends the process well, if the disk lets it. @throws StoreError. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.space[Symbol.asyncDispose]();
  }

  /** Opens what the disk holds, as the next process does. */
  async open(options: { readonly mayContinue: boolean }): Promise<void> {
    const { id, keys } = this.space;
    const stored = this.#life === this.disk.life ? this.undo.encode() : undefined;
    this.answers = 0;
    this.space = await this.#opened(() => this.disk.life, {
      space: id,
      ring: keys.ring,
      writer: this.writer(options.mayContinue),
    });
    [this.undo, this.kept] = this.#watch(this.space);
    if (stored !== undefined) this.undo.restore(stored);
  }

  /** How this device writes. */
  writer(mayContinue: boolean): SpaceWriter {
    const snapshots = this.#rng.pick([undefined, EAGER, NEVER]);
    const writer = this.person.writer({ mayContinue });
    return snapshots === undefined ? writer : { ...writer, snapshots };
  }

  async #opened(life: () => number, options: Parameters<typeof Space.open>[1]): Promise<Space> {
    for (let tries = 0; tries < OPENINGS_MAX; tries++) {
      this.#life = life();
      this.ports = { ...this.ports, store: new MemoryStore(this.disk) };
      try {
        const space = await Space.open(this.ports, options);
        this.#isClosed = false;
        return space;
      } catch (failure) {
        if (!(failure instanceof StoreError)) throw failure;
      }
    }
    throw new SimFailure('a space does not open any more');
  }

  #watch(space: Space): [UndoLog, KeptQueries] {
    registerTypes(space.database);
    const life = this.#life;
    watchDurable(space, (hash) => life !== this.disk.life || this.disk.has(space.id, hash));
    // What editors and live views do: write in answer to what they are told.
    space.database.onChange(() => {
      if (this.answers === 0 || this.space !== space) return;
      this.answers--;
      this.#answer(this);
    });
    return [new UndoLog(space.database), new KeptQueries(space.database)];
  }
}
