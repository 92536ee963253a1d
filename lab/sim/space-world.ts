/**
 * A world of members who write one space, offline most of the time, with crashes, restored copies and
 * several processes; without sessions, so that thousands of seeds are cheap. Ends with everything
 * exchanged, and every replica must be the same.
 */
import { Space, UndoLog, type SpacePorts } from '@atoll/echo';
import type { Role } from '@atoll/halo';
import { toHex } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { Person, restored, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { SimFailure } from './sim-failure.ts';
import { act, thingIds } from './things.ts';

/** Rounds of everybody with everybody after which all must have everything. */
const ROUNDS_MAX = 5;
/** Share of deliveries in which an editor writes in the very turn in which it is told of a change. */
const ANSWER_RATE = 0.3;
const ROLES: readonly Role[] = ['writer', 'admin', 'reader'];

/** A running replica. */
interface Node {
  readonly person: Person;
  readonly ports: SpacePorts;
  readonly role: Role | 'owner';
  space: Space;
  undo: UndoLog;
  /** Edits that the listener of this replica's changes has still to make. */
  answers: number;
}

/** What may happen in a world beside editing, sending and crashing. */
export interface SpaceWorldOptions {
  /** Of five steps in a hundred, the share in which a device goes on from a copy of itself: a fork. */
  readonly restoreRate?: number;
}

/** One world. */
export class SpaceWorld {
  readonly #rng: SimRng;
  readonly #restoreRate: number;
  readonly #nodes: Node[] = [];
  /** Ids of objects whose creation was reported durable. */
  readonly #durable = new Set<string>();
  /** Nothing is written any more: everything is exchanged. */
  #isOver = false;

  constructor(seed: number, options: SpaceWorldOptions = {}) {
    this.#rng = new SimRng(seed);
    this.#restoreRate = options.restoreRate ?? 0;
  }

  /** Plays `steps` steps and checks. @throws SimFailure. */
  static async play(
    seed: number,
    steps: number,
    options: SpaceWorldOptions = {},
  ): Promise<{ readonly root: string }> {
    const world = new SpaceWorld(seed, options);
    await world.#begin();
    for (let step = 0; step < steps; step++) await world.#step();
    return world.#end();
  }

  async #begin(): Promise<void> {
    const founder = await Person.make('Ada', this.#rng.uint32());
    const space = await founder.found();
    this.#push(founder, founder.ports, 'owner', space);
    for (const [at, role] of ROLES.entries()) {
      const person = await Person.make(`P${at}`, this.#rng.uint32());
      const joined = await person.join(space, founder.deviceSigner, role);
      this.#push(person, person.ports, role, joined);
    }
  }

  #push(person: Person, ports: SpacePorts, role: Node['role'], space: Space): void {
    const node = { person, ports, role, space, undo: new UndoLog(space.database), answers: 0 };
    this.#nodes.push(node);
    this.#listen(node);
  }

  /** What editors and live views do: write in answer to what they are told. */
  #listen(node: Node): void {
    node.space.database.onChange(() => {
      if (node.answers === 0) return;
      node.answers--;
      this.#edit(node);
    });
  }

  async #step(): Promise<void> {
    const rng = this.#rng;
    const node = rng.pick(this.#nodes);
    const roll = rng.float();
    if (roll < 0.6) this.#edit(node);
    else if (roll < 0.75) await this.#flush(node);
    else if (roll < 0.95) await this.#send(node, rng.pick(this.#nodes), rng.int(4) + 1);
    else if (rng.chance(this.#restoreRate)) await this.#restore(node);
    else await this.#reopen(node);
  }

  #edit(node: Node): void {
    if (node.role === 'reader') return;
    act(this.#rng, node.space.database, node.undo);
  }

  async #flush({ space }: Node): Promise<void> {
    await space.flush();
    for (const id of thingIds(space.database)) this.#durable.add(id);
  }

  /** Some of the runs that the other lacks, in a random state of completeness. */
  async #send(from: Node, to: Node, runs: number): Promise<void> {
    if (from === to) return;
    await from.space.flush();
    to.answers = !this.#isOver && this.#rng.chance(ANSWER_RATE) ? 2 : 0;
    let left = runs;
    for await (const run of from.space.replica.missingFor(to.space.replica.tips())) {
      const received = await to.space.replica.receive(run, 'peer');
      if (received.at === 'refused')
        throw new SimFailure(`a good run was refused: ${received.code}`);
      if (--left === 0) break;
    }
    await to.space.settled();
    to.answers = 0;
  }

  /** A process that ended without a word, and the next one. What was not flushed may be gone. */
  async #reopen(node: Node): Promise<void> {
    const { person, ports, space } = node;
    const mayContinue = this.#rng.chance(0.5);
    if (mayContinue) await space[Symbol.asyncDispose]();
    else await space.flush();
    const writer = person.writer({ mayContinue });
    const { ring } = space.keys;
    node.space = await Space.open(ports, { space: space.id, ring, writer });
    node.undo = new UndoLog(node.space.database);
    this.#listen(node);
  }

  /** Goes on from a backup that was just made, as if the newest work had been on a lost disk. */
  async #restore(node: Node): Promise<void> {
    await node.space.flush();
    const ports = await restored(node.ports, node.space.id);
    const writer = node.person.writer({ mayContinue: true });
    const { ring } = node.space.keys;
    const copy = await Space.open(ports, { space: node.space.id, ring, writer });
    this.#push(node.person, ports, node.role, copy);
    const [retired] = this.#nodes.length > 6 ? this.#nodes.splice(4, 1) : [];
    if (retired === undefined) return;
    // Both ways: who does not know the other's branch of a fork takes him to be ahead, and keeps his own.
    await this.#send(node, retired, Number.POSITIVE_INFINITY);
    await this.#send(retired, node, Number.POSITIVE_INFINITY);
  }

  async #end(): Promise<{ readonly root: string }> {
    for (const node of this.#nodes) await this.#flush(node);
    this.#isOver = true;
    for (let round = 0; round < ROUNDS_MAX && !this.#isExchanged(); round++) {
      for (const from of this.#nodes) {
        for (const to of this.#nodes) await this.#send(from, to, Number.POSITIVE_INFINITY);
      }
    }
    if (!this.#isExchanged()) throw new SimFailure('the replicas do not come to the same blocks');
    const [first, ...others] = this.#nodes;
    if (first === undefined) throw new SimFailure('nobody is left');
    const root = rootOf(first.space);
    for (const { space } of others) {
      if (rootOf(space) !== root) throw new SimFailure('replicas with the same blocks differ');
    }
    await this.#checkReopened(first, root);
    for (const id of this.#durable) {
      if (first.space.database.getDeleted(id) === undefined) {
        throw new SimFailure(`the durable object ${id} is lost`);
      }
    }
    return { root };
  }

  #isExchanged(): boolean {
    const roots = this.#nodes.map(({ space }) => toHex(space.replica.headsRoot()));
    return new Set(roots).size === 1;
  }

  async #checkReopened({ person, ports, space }: Node, root: string): Promise<void> {
    const { ring } = space.keys;
    const again = await Space.open(ports, { space: space.id, ring, writer: person.writer() });
    if (rootOf(again) !== root)
      throw new SimFailure('a store opens to another state than it closed in');
  }
}
