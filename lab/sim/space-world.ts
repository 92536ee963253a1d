/**
 * A world of members who write one space, offline most of the time: every op, divided networks, power that
 * fails at any commit, full disks, old backups, copies of profiles, snapshots, epochs, people who come late;
 * without sessions, so that thousands of seeds are cheap. Ends with everything exchanged, and every replica
 * must be the same.
 */
import { Space } from '@atoll/echo';
import type { Role } from '@atoll/halo';
import { StoreError, toHex } from '@atoll/kernel';
import { MemoryStore, SimRng } from '@atoll/testkit';
import { Person, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { checkNothingVoid, checkTree, shownText } from './checks.ts';
import { takeBack, takeOver } from './epoch-visit.ts';
import { FaultDisk } from './fault-disk.ts';
import { ReplicaNode } from './replica-node.ts';
import { SimFailure } from './sim-failure.ts';
import { act, thingIds } from './things.ts';

/** Rounds of everybody with everybody after which all must have everything. */
const ROUNDS_MAX = 5;
/** Share of deliveries in which an editor writes in the very turn in which it is told of a change. */
const ANSWER_RATE = 0.3;
/** Share of steps after which a replica is looked at. */
const CHECK_RATE = 0.05;
/** Devices at once, beyond which one retires for each that is copied. */
const NODES_MAX = 6;
const ROLES: readonly Role[] = ['writer', 'admin', 'reader'];

/** What may happen in a world beside editing, sending and closing. */
export interface SpaceWorldOptions {
  /** Of five steps in a hundred, the share in which a device goes on from a copy of itself: a fork. */
  readonly restoreRate?: number;
  /** Of ten steps in a hundred, the share of power cuts, full disks and old backups. */
  readonly faultRate?: number;
  /** Of ten steps in a hundred, the share that wishes for an epoch. */
  readonly epochRate?: number;
  /** Share of these after which history is dropped. */
  readonly dropRate?: number;
}

const everything = Number.POSITIVE_INFINITY;

/** One world. */
export class SpaceWorld {
  readonly #rng: SimRng;
  readonly #options: Required<SpaceWorldOptions>;
  readonly #nodes: ReplicaNode[] = [];
  /** Ids of objects whose creation was reported durable. */
  readonly #durable = new Set<string>();
  #hasLateComer = false;
  /** Somebody has refused a branch that parts from its feed where he has dropped history. */
  #hasParted = false;
  /** What nobody has a place for was left. */
  #hasLeft = false;
  /** Nothing is written any more: everything is exchanged. */
  #isOver = false;

  constructor(seed: number, options: SpaceWorldOptions = {}) {
    this.#rng = new SimRng(seed);
    this.#options = { restoreRate: 0, faultRate: 0.5, epochRate: 0.3, dropRate: 0, ...options };
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
    const disk = new FaultDisk(this.#rng.fork());
    const founder = await Person.make('Ada', this.#rng.uint32(), new MemoryStore(disk));
    this.#push({ person: founder, disk, role: 'owner' }, await founder.found());
    for (const [at, role] of ROLES.entries()) await this.#join(`P${at}`, role);
  }

  #push(
    parts: { readonly person: Person; readonly disk: FaultDisk; readonly role: Role | 'owner' },
    space: Space,
  ): ReplicaNode {
    const node = new ReplicaNode({ rng: this.#rng, ...parts }, space, (each) => this.#edit(each));
    this.#nodes.push(node);
    return node;
  }

  async #join(name: string, role: Role): Promise<void> {
    const host = this.#nodes[0] as ReplicaNode;
    host.disk.calm();
    const disk = new FaultDisk(this.#rng.fork());
    const person = await Person.make(name, this.#rng.uint32(), new MemoryStore(disk));
    this.#push(
      { person, disk, role },
      await person.join(host.space, host.person.deviceSigner, role),
    );
  }

  /** One step; what a failing disk does to it is part of the world. */
  async #step(): Promise<void> {
    const rng = this.#rng;
    const node = rng.pick(this.#nodes);
    try {
      await this.#act(node, rng.float());
      await this.#revive();
      if (rng.chance(CHECK_RATE)) await this.#check(node);
    } catch (failure) {
      if (!(failure instanceof StoreError)) throw failure;
    }
    await this.#revive();
  }

  /** Who was closed, or whose power failed, opens again. */
  async #revive(): Promise<void> {
    for (let dead = this.#nodes; dead.length > 0;) {
      dead = this.#nodes.filter(({ isDead }) => isDead);
      for (const node of dead) await node.open({ mayContinue: false });
    }
  }

  async #act(node: ReplicaNode, roll: number): Promise<void> {
    const rng = this.#rng;
    const { epochRate, faultRate, restoreRate } = this.#options;
    if (roll < 0.5) this.#edit(node);
    else if (roll < 0.6) await this.#flush(node);
    else if (roll < 0.77) await this.#send(node, rng.pick(this.#nodes), rng.int(4) + 1);
    else if (roll < 0.8) for (const each of this.#nodes) each.part = rng.int(2);
    else if (roll < 0.82) await this.#comeLate();
    else if (roll < 0.85) await this.#snapshot(node);
    else if (roll < 0.9) await this.#fault(node, rng.chance(faultRate));
    else if (roll < 0.95) await this.#epoch(node, rng.chance(epochRate));
    else if (rng.chance(restoreRate) && this.#nodes.length <= 2 * NODES_MAX) await this.#copy(node);
    else await this.#reopen(node);
  }

  #edit(node: ReplicaNode): void {
    if (node.role === 'reader' || node.isDead) return;
    // An old backup may be from before this member was let in.
    if (node.space.myRole === undefined) return;
    act(this.#rng, node.space.database, node.undo);
  }

  async #flush({ space }: ReplicaNode): Promise<void> {
    await space.flush();
    for (const id of thingIds(space.database)) this.#durable.add(id);
  }

  /** Some of the runs that the other lacks, in a random state of completeness. */
  async #send(from: ReplicaNode, to: ReplicaNode, runs: number): Promise<void> {
    if (from === to || (from.part !== to.part && !this.#isOver)) return;
    await from.space.flush();
    to.answers = !this.#isOver && this.#rng.chance(ANSWER_RATE) ? 2 : 0;
    let left = runs;
    for await (const run of from.space.replica.missingFor(to.space.replica.tips())) {
      const received = await to.space.replica.receive(run, 'peer');
      if (received.at === 'refused') await this.#noteRefused(to, received.code);
      if (--left === 0) break;
    }
    await to.space.settled();
    await to.space.epochs.settled();
    to.answers = 0;
  }

  /** Only who has dropped history may refuse a good run: one of a branch that parts from its feed under that. */
  async #noteRefused({ space }: ReplicaNode, code: string): Promise<void> {
    const mayBe = code === 'FEED_FORGOTTEN' && !(await space.epochs.isHistoryWhole());
    if (!mayBe) throw new SimFailure(`a good run was refused: ${code}`);
    this.#hasParted = true;
  }

  /** A process that ends well, and the next one. */
  async #reopen(node: ReplicaNode): Promise<void> {
    await node.close();
    await node.open({ mayContinue: this.#rng.chance(0.8) });
  }

  /** A snapshot now, or none left, or one that is not what was written. */
  async #snapshot(node: ReplicaNode): Promise<void> {
    const rng = this.#rng;
    if (rng.chance(0.5)) {
      await node.space.flush();
      await node.space.writeSnapshot();
      return;
    }
    await node.close();
    const { store } = node.ports;
    const names = (await store.names('')).filter((name) => name.startsWith('snapshot/'));
    if (names.length > 0) {
      const name = rng.pick(names);
      const bytes = (await store.value(name)) ?? new Uint8Array(1);
      const at = rng.int(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << rng.int(8));
      await store.commit({ values: new Map([[name, rng.chance(0.5) ? undefined : bytes]]) });
    }
    await node.open({ mayContinue: true });
  }

  async #fault(node: ReplicaNode, strikes: boolean): Promise<void> {
    const rng = this.#rng;
    if (!strikes) return;
    const roll = rng.float();
    if (roll < 0.3) node.disk.failAt(1 + rng.int(6), 'crash');
    else if (roll < 0.5) node.disk.failAt(1 + rng.int(3), 'full');
    else if (roll < 0.9) {
      // Power fails between the edit and the commit, or in it.
      this.#edit(node);
      if (rng.chance(0.5)) node.space.database.commit();
      for (let turns = rng.int(12); turns > 0; turns--) await Promise.resolve();
      node.disk.crash();
    } else await this.#restoreBackup(node, rng.int(node.disk.length) + 1);
  }

  /** An old backup is put back: what others have had of it since comes back, and the rest was nowhere. */
  async #restoreBackup(node: ReplicaNode, length: number): Promise<void> {
    const other = this.#nodes.find((each) => each !== node && each.part === node.part);
    const early = node.space.index.branches.blockCount;
    if (other === undefined || length < early / 2 || length < 8) return;
    await this.#send(node, other, everything);
    // Who has dropped its history cannot give it: then this work would be on the lost disk alone.
    const { branches } = other.space.index;
    const tips = node.space.replica.tips();
    if (tips.some(({ hash }) => branches.blockOf(hash) === undefined)) return;
    node.disk.restore(length);
    await node.open({ mayContinue: this.#rng.chance(0.5) });
  }

  async #epoch({ space }: ReplicaNode, wanted: boolean): Promise<void> {
    if (!wanted) return;
    const rng = this.#rng;
    await (rng.chance(0.7) ? space.epochs.propose() : space.epochs.hurry());
    await space.epochs.settled();
    if (rng.chance(this.#options.dropRate)) await space.epochs.dropHistory(0);
  }

  async #comeLate(): Promise<void> {
    const isFirst = !this.#hasLateComer;
    if (!isFirst || this.#rng.chance(0.5)) return;
    this.#hasLateComer = true;
    await this.#join('Late', 'writer');
  }

  /** Goes on from a backup that was just made, as if the newest work had been on a lost disk. */
  async #copy(node: ReplicaNode): Promise<void> {
    await node.space.flush();
    const { person, ports, role } = node;
    const disk = node.disk.copy();
    const { id, keys } = node.space;
    const copied = { ...ports, store: new MemoryStore(disk) };
    const options = { space: id, ring: keys.ring, writer: node.writer(true) };
    this.#push({ person, disk, role }, await Space.open(copied, options));
    const retired = this.#nodes.length > NODES_MAX ? this.#nodes[4] : undefined;
    if (retired === undefined) return;
    for (const each of [node, retired]) each.disk.calm();
    retired.part = node.part;
    // Both ways: who does not know the other's branch of a fork takes him to be ahead, and keeps his own.
    await this.#send(node, retired, everything);
    await this.#send(retired, node, everything);
    // With what the other refuses it would be gone.
    if (hasAll(node, retired)) this.#nodes.splice(4, 1);
  }

  async #check(node: ReplicaNode): Promise<void> {
    await node.space.settled();
    await Promise.resolve();
    node.kept.check();
    checkTree(node.space.database);
    checkNothingVoid(node.space);
  }

  async #end(): Promise<{ readonly root: string }> {
    for (const { disk } of this.#nodes) disk.calm();
    await this.#revive();
    for (const { space } of this.#nodes) await space.epochs.settled();
    for (const node of this.#nodes) await this.#flush(node);
    this.#isOver = true;
    for (let round = 0; round < ROUNDS_MAX && !this.#isExchanged(); round++) {
      for (const from of this.#nodes) {
        for (const to of this.#nodes) await this.#send(from, to, everything);
      }
      if (!this.#isExchanged() && this.#options.dropRate > 0) await this.#resolve();
    }
    if (!this.#isExchanged()) throw new SimFailure('the replicas do not come to the same blocks');
    return this.#checkEnd();
  }

  /**
   * What some have dropped others lack: they take it over. But where a branch parts from its feed below that, who
   * has dropped takes the history back from somebody who has all of it. If nobody has, the branch has no place.
   */
  async #resolve(): Promise<void> {
    if (!this.#hasParted) return this.#takeOver();
    const whole: ReplicaNode[] = [];
    for (const node of this.#nodes) {
      const { epochs, parked, replica } = node.space;
      if (replica.waiting > 0 || parked.blocks > 0) continue;
      if (await epochs.isHistoryWhole()) whole.push(node);
    }
    for (const giver of whole) {
      for (const node of this.#nodes) await this.#send(node, giver, everything);
      if (!this.#nodes.every((node) => hasAll(giver, node))) continue;
      for (const node of this.#nodes) {
        if (!whole.includes(node)) await takeBack(node, giver);
        await this.#send(giver, node, everything);
      }
      return;
    }
    await this.#takeOver();
  }

  /** Who lacks what the others have dropped takes it over as a whole. */
  async #takeOver(): Promise<void> {
    const numberOf = ({ space }: ReplicaNode): number => space.epochs.status().current?.number ?? 0;
    // Copies of the only voter may both have sealed one: who keeps none of his has nothing to give.
    const kept: ReplicaNode[] = [];
    for (const node of this.#nodes) {
      if ((await node.space.epochs.archive.pointed()) !== undefined) kept.push(node);
    }
    const [newest] = kept.sort((a, b) => numberOf(b) - numberOf(a));
    for (const to of this.#nodes) {
      if (newest === undefined || to === newest) continue;
      const tips = to.space.replica.tips();
      await takeOver(to, newest);
      // As `leaveWork` does: what parts from its feed below has no place there.
      const { index } = to.space.replica;
      if (!tips.every(({ hash }) => index.blockOf(hash) !== undefined)) this.#hasLeft = true;
    }
  }

  async #checkEnd(): Promise<{ readonly root: string }> {
    const [first, ...others] = this.#nodes;
    if (first === undefined) throw new SimFailure('nobody is left');
    const root = rootOf(first.space);
    const shown = shownText(first.space.database);
    for (const { space } of others) {
      if (rootOf(space) !== root) throw new SimFailure('replicas with the same blocks differ');
      if (space.parked.blocks > 0 && !this.#hasLeft)
        throw new SimFailure('blocks wait for nothing');
      if (shownText(space.database) !== shown) throw new SimFailure('replicas show other things');
    }
    for (const node of this.#nodes) await this.#check(node);
    for (const id of this.#hasLeft ? [] : this.#durable) {
      if (first.space.database.getDeleted(id) === undefined) {
        throw new SimFailure(`the durable object ${id} is lost`);
      }
    }
    const checked = this.#rng.pick(this.#nodes);
    for (const discards of [false, true]) await this.#checkReopened(checked, root, discards);
    return { root };
  }

  #isExchanged(): boolean {
    const roots = this.#nodes.map(({ space }) => toHex(space.replica.headsRoot()));
    return new Set(roots).size === 1;
  }

  /** Opened from what is stored, and from the log alone, a space is what it was. */
  async #checkReopened(node: ReplicaNode, root: string, discards: boolean): Promise<void> {
    await node.close();
    const { store } = node.ports;
    if (discards) {
      const names = (await store.names('')).filter((name) => name.startsWith('snapshot/'));
      await store.commit({ values: new Map(names.map((name) => [name, undefined])) });
    }
    await node.open({ mayContinue: true });
    if (rootOf(node.space) !== root)
      throw new SimFailure('a store opens to another state than it closed in');
  }
}

/** True if `node` has all that `other` has. */
function hasAll(node: ReplicaNode, other: ReplicaNode): boolean {
  const { index } = node.space.replica;
  return other.space.replica.tips().every(({ hash }) => index.blockOf(hash) !== undefined);
}
