/**
 * A world of whole clients: sessions through a KUBE, partitions, lost connections, a server that stops,
 * processes that are killed, disks that fill up or fail, old backups that are put back, copies of profiles that go on,
 * epochs and dropped history. Ends with everybody online, and every replica must be the same, with nothing lost that
 * was reported durable.
 */
import { AtollClient, liveUntil, loadFileParts, type Space } from '@atoll/client';
import { AtollError, StoreError, toHex } from '@atoll/kernel';
import { SimKube, SimMachine, SimNetwork, World, type SimProcess } from '@atoll/testkit';
import { act, deletedIds, SECRET_WORD, thingIds } from './things.ts';
import { SimFailure } from './sim-failure.ts';

// A world's clock does not wait for a part of the program to be loaded.
await loadFileParts();

const NAMES = ['ada', 'jun', 'leo'] as const;
/** Simulated time between two steps, at most. */
const STEP_MS_MAX = 2_000;
/** Simulated time in which everybody must have everything once all is well again. */
const PEACE_MS = 180_000;

/** Openings of a profile on a disk that fails now and then. */
const OPENINGS_MAX = 5;

/** Simulated time after which branches under dropped history have been seen to as well. */
const LONG_PEACE_MS = 3 * 60 * 60_000;
/** Simulated time in which others must have what a backup does not, or it is not put back. */
const SHARED_MS = 60_000;

/** How often what happens that does not in every world. */
export interface ClientWorldRates {
  /** Share of five steps in a hundred in which a profile is put back from a backup, or copied. */
  readonly restoreRate?: number;
  /** Share of five steps in a hundred in which somebody wishes for an epoch. */
  readonly epochRate?: number;
  /** Share of these after which everybody drops history who may. */
  readonly dropRate?: number;
}

type Backup = ReturnType<SimMachine['disk']['backup']>;

/** A person at a machine. */
interface Node {
  readonly name: string;
  readonly machine: SimMachine;
  process: SimProcess;
  client: AtollClient | undefined;
  /** Of some time ago. */
  backup?: Backup;
}

/** One world. */
export class ClientWorld {
  readonly #world: World;
  readonly #network: SimNetwork;
  readonly #kube: SimKube;
  readonly #nodes: Node[] = [];
  readonly #durable = new Set<string>();
  #space = '';
  /** What anybody has deleted. */
  readonly #deleted = new Set<string>();
  #leaks = 0;
  readonly #rates: Required<ClientWorldRates>;
  #hasCopy = false;

  constructor(seed: number, rates: ClientWorldRates = {}) {
    this.#rates = { restoreRate: 0, epochRate: 0, dropRate: 0, ...rates };
    this.#world = new World(seed);
    this.#network = new SimNetwork(this.#world);
    const kube = { world: this.#world, network: this.#network, name: 'kube.test' };
    this.#kube = new SimKube(kube);
    const marker = Buffer.from(SECRET_WORD);
    this.#network.addTap((_from, _to, message) => {
      if (Buffer.from(message).includes(marker)) this.#leaks++;
    });
  }

  /** Plays `steps` steps and checks. @throws SimFailure. */
  static async play(
    seed: number,
    steps: number,
    rates: ClientWorldRates = {},
  ): Promise<{ readonly root: string }> {
    const world = new ClientWorld(seed, rates);
    await world.#begin();
    for (let step = 0; step < steps; step++) await world.#step();
    return world.#end();
  }

  async #begin(): Promise<void> {
    for (const name of NAMES) {
      const parts = { world: this.#world, network: this.#network, name };
      const machine = new SimMachine(parts);
      const node: Node = { name, machine, process: machine.boot(), client: undefined };
      this.#nodes.push(node);
      node.client = await this.#world.during(this.#open(node));
      await this.#world.during(node.client.halo.createIdentity({ displayName: name }));
    }
    const [host, ...guests] = this.#nodes;
    const space = await this.#world.during(
      host?.client?.spaces.create({ name: SECRET_WORD }) ??
        Promise.reject(new SimFailure('no host')),
    );
    this.#space = space.id;
    for (const guest of guests) await this.#join(space, guest);
  }

  #open(node: Node): Promise<AtollClient> {
    return AtollClient.open(node.process, { kubes: [this.#kube.url], deviceName: node.name });
  }

  async #join(space: Space, guest: Node): Promise<void> {
    const world = this.#world;
    const invitation = await world.during(space.invite());
    const state = invitation.state.get();
    const joining = guest.client?.spaces.join(invitation.code);
    if (joining === undefined || !('digits' in state)) throw new SimFailure('no invitation');
    await world.during(liveUntil(joining.state, ({ at }) => at === 'digits'));
    joining.submit(state.digits);
    await world.during(liveUntil(joining.state, ({ at }) => at === 'confirm'));
    joining.accept();
    await world.during(joining.done);
    const writes = (): boolean => this.#spaceOf(guest)?.myRole.get() === 'writer';
    if (!(await world.runUntil(writes, 60_000))) throw new SimFailure('a guest cannot write');
  }

  async #step(): Promise<void> {
    const { rng } = this.#world;
    const node = rng.pick(this.#nodes);
    if (!(await this.#seldom(node))) await this.#often(node);
    await this.#world.run(this.#world.nowMs + rng.int(STEP_MS_MAX));
    if (this.#leaks > 0) throw new SimFailure('plaintext crossed the network');
  }

  /** What happens in few worlds; in others it takes no randomness. */
  async #seldom(node: Node): Promise<boolean> {
    const { rng } = this.#world;
    const { dropRate, epochRate, restoreRate } = this.#rates;
    if (restoreRate > 0 && rng.chance(0.05 * restoreRate)) {
      if (node.backup === undefined || rng.chance(0.2)) await this.#backUp(node);
      else await this.#restore(node, node.backup);
      return true;
    }
    if (epochRate === 0 || !rng.chance(0.05 * epochRate)) return false;
    await this.#during(this.#spaceOf(node)?.epochs.propose());
    if (!rng.chance(dropRate)) return true;
    await this.#world.run(this.#world.nowMs + STEP_MS_MAX);
    for (const each of this.#nodes) {
      await this.#during(this.#spaceOf(each)?.epochs.dropHistory({ olderThanMs: 0 }));
    }
    return true;
  }

  /** What a disk or a closed client refuses is no failure of ours. */
  async #during(doing: Promise<unknown> | undefined): Promise<void> {
    await this.#world.during(
      Promise.resolve(doing).catch((failure: unknown) => {
        if (!(failure instanceof AtollError)) throw failure;
      }),
    );
  }

  /** Of a profile that has ended well: only its feeds are gone on with when it is put back, so that they fork. */
  async #backUp(node: Node): Promise<void> {
    const { client } = node;
    node.client = undefined;
    await this.#during(client?.[Symbol.asyncDispose]());
    node.machine.crash();
    node.backup = node.machine.disk.backup();
    await this.#start(node);
  }

  /**
   * An old backup is put back, or goes on at another machine beside the profile, once others have all that is not in it:
   * that would be lost with the disk. The only voter is not copied: two epochs would have to be decided by people.
   */
  async #restore(node: Node, backup: Backup): Promise<void> {
    this.#network.heal();
    this.#kube.start();
    await this.#flush(node);
    const isShared = (): boolean => {
      const status = this.#spaceOf(node)?.status.get();
      return status?.unsentBlocks === 0 && status.mailbox === 'has-everything' && status.durable;
    };
    if (!(await this.#world.runUntil(isShared, SHARED_MS))) return;
    delete node.backup;
    if (!this.#hasCopy && node !== this.#nodes[0] && this.#world.rng.chance(0.3)) {
      this.#hasCopy = true;
      const name = `${node.name}-copy`;
      const machine = node.machine.copy(name);
      machine.disk.restore(backup);
      // A copied virtual machine is not told from the other one.
      if (this.#world.rng.chance(0.5)) machine.fingerprint = node.machine.fingerprint;
      const copy: Node = { name, machine, process: machine.boot(), client: undefined };
      this.#nodes.push(copy);
      copy.client = await this.#world.during(this.#open(copy));
      return;
    }
    node.client = undefined;
    node.machine.disk.restore(backup);
    await this.#start(node);
    if (this.#world.rng.chance(0.5)) this.#network.partition([node.name], ['kube.test', ...NAMES]);
  }

  async #often(node: Node): Promise<void> {
    const { rng } = this.#world;
    const roll = rng.float();
    if (roll < 0.7) this.#edit(node);
    else if (roll < 0.8) await this.#flush(node);
    else if (roll < 0.85)
      this.#network.partition([rng.pick(NAMES)], ['kube.test', rng.pick(NAMES)]);
    else if (roll < 0.9) this.#network.heal();
    else if (roll < 0.93) this.#network.breakWires(() => rng.chance(0.5));
    else if (roll < 0.95) this.#restartKube(rng.int(20_000));
    else if (roll < 0.97) node.machine.disk.failAt(1 + rng.int(3), rng.pick(['full', 'fsync']));
    else await this.#kill(node);
  }

  #edit(node: Node): void {
    const space = this.#spaceOf(node);
    if (space?.state.get() !== 'open') return;
    if (space.myRole.get() === 'writer' || space.myRole.get() === 'owner') {
      act(this.#world.rng, space.db, undefined);
      for (const id of deletedIds(space.db)) this.#deleted.add(id);
    }
  }

  /** What a resolved flush has promised must be there in the end. A full disk may refuse. */
  async #flush(node: Node): Promise<void> {
    const space = this.#spaceOf(node);
    if (space?.state.get() !== 'open') return;
    const ids = thingIds(space.db);
    const isDurable = await this.#world.during(
      space.flush().then(
        () => true,
        () => false,
      ),
    );
    if (isDurable) for (const id of ids) this.#durable.add(id);
  }

  #restartKube(downMs: number): void {
    this.#kube.stop();
    this.#world.schedule(downMs, () => this.#kube.start());
  }

  /** Ends a process at whatever it is doing, and starts the next. */
  async #kill(node: Node): Promise<void> {
    if (this.#world.rng.chance(0.5)) node.process.kill();
    else node.machine.crash();
    await this.#start(node);
  }

  async #start(node: Node): Promise<void> {
    node.client = undefined;
    for (let tries = 0; node.client === undefined && tries < OPENINGS_MAX; tries++) {
      node.process = node.machine.boot();
      node.client = await this.#world.during(this.#open(node).catch(diskFailure));
    }
    if (node.client === undefined) throw new SimFailure('a profile does not open any more');
  }

  async #end(): Promise<{ readonly root: string }> {
    this.#network.heal();
    this.#kube.start();
    for (const node of this.#nodes) await this.#flush(node);
    for (const node of this.#nodes) await this.#flush(node);
    const same = (): boolean => {
      const heads = new Set(this.#heads());
      return heads.size === 1 && !heads.has('closed');
    };
    const peaceMs = this.#rates.restoreRate > 0 ? LONG_PEACE_MS : PEACE_MS;
    if (!(await this.#world.runUntil(same, peaceMs))) {
      throw new SimFailure(`not everybody has everything: ${this.#heads().join(' ')}`);
    }
    const infos = await this.#world.during(
      Promise.all(this.#nodes.flatMap((node) => this.#spaceOf(node)?.info() ?? [])),
    );
    const roots = new Set(infos.map((info) => info.root));
    if (roots.size !== 1) throw new SimFailure('replicas with the same blocks differ');
    const [first] = this.#nodes;
    const db = first === undefined ? undefined : this.#spaceOf(first)?.db;
    for (const id of this.#durable) {
      const mayBeGone = this.#rates.epochRate > 0 && this.#deleted.has(id);
      if (!mayBeGone && db?.getDeleted(id) === undefined)
        throw new SimFailure(`the durable object ${id} is lost`);
    }
    return { root: infos[0]?.root ?? '' };
  }

  #heads(): string[] {
    return this.#nodes.map(({ client }) => {
      const space = client?.spaces.list.get().find(({ id }) => id === this.#space);
      // It is closed while it is opened again with another history.
      if (space?.state.get() !== 'open') return 'closed';
      return toHex(space.echo.replica.headsRoot());
    });
  }

  #spaceOf(node: Node): Space | undefined {
    return node.client?.spaces.get(this.#space);
  }
}

/** What a disk does is no failure of ours; everything else is. */
function diskFailure(failure: unknown): undefined {
  if (!(failure instanceof StoreError)) throw failure;
}
