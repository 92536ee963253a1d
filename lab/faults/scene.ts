/** People at machines, a KUBE, and a network that can be made to lie. For tests of whole clients. */
import {
  AtollClient,
  liveUntil,
  loadFileParts,
  type GuestInvitation,
  type Space,
} from '@atoll/client';
import type { Space as EchoSpace } from '@atoll/echo';
import { assert, type Link } from '@atoll/kernel';
import {
  SimKube,
  SimMachine,
  SimNetwork,
  World,
  type Accept,
  type SimDiskOptions,
  type SimProcess,
  type SimRng,
} from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';

// A world's clock does not wait for a part of the program to be loaded.
await loadFileParts();

const Task = defineType('org.atoll.faults.Task', {
  title: s.string(),
  notes: s.text(),
  votes: s.counter(),
});

/** A task as the tests see it. */
export interface TaskObject {
  readonly id: string;
  title: string;
  readonly notes: { insert(at: number, text: string): void; toString(): string };
  readonly votes: { readonly value: number; increment(by: number): void };
}

/** What a KUBE does with a frame that it should pass on. */
export type Lie = (
  frame: Uint8Array,
  rng: SimRng,
) => readonly Uint8Array[] | { readonly later: Uint8Array };

/** A network whose listeners see honest frames come in, and send what `lie` makes of theirs. */
export class LyingNetwork extends SimNetwork {
  /** `undefined`: honest. */
  lie: Lie | undefined;
  /** Told of every connection that a server takes, before anything comes over it. */
  onAccept: ((link: Link, from: string) => void) | undefined;
  /** Frames that were not what they should have been. */
  lies = 0;
  readonly #rng: SimRng;

  constructor(world: World) {
    super(world);
    this.#rng = world.rng.fork();
  }

  override listen(host: string, address: string, accept: Accept): () => void {
    return super.listen(host, address, (link, from) => {
      const lying = this.#lying(link);
      this.onAccept?.(lying, from);
      accept(lying, from);
    });
  }

  #lying(link: Link): Link {
    const send = link.send.bind(link);
    let kept: Uint8Array | undefined;
    link.send = (frame) => {
      const made = this.lie?.(frame, this.#rng) ?? [frame];
      if ('later' in made) {
        this.lies++;
        if (kept !== undefined) send(kept);
        kept = made.later.slice();
        return;
      }
      if (made.length !== 1 || made[0] !== frame) this.lies++;
      for (const one of made) send(one);
      if (kept !== undefined) send(kept);
      kept = undefined;
    };
    return link;
  }
}

/** What a machine is like. */
export interface MachineTraits {
  readonly skewMs?: number;
  readonly disk?: SimDiskOptions;
}

/** One world with a KUBE and the machines of several people. */
export class Scene {
  readonly world: World;
  readonly network: LyingNetwork;
  readonly kube: SimKube;
  /** Names of the log's events on all machines. */
  readonly events: string[] = [];
  readonly #machines: Map<string, SimMachine> = new Map();

  constructor(seed: number) {
    this.world = new World(seed);
    this.network = new LyingNetwork(this.world);
    this.kube = new SimKube({ world: this.world, network: this.network, name: 'kube.test' });
  }

  /** The machine of somebody; made at first asking. */
  machine(name: string, traits: MachineTraits = {}): SimMachine {
    const { network, world } = this;
    const log = { event: (_level: string, event: string) => void this.events.push(event) };
    const known = this.#machines.get(name);
    const machine = known ?? new SimMachine({ world, network, name, log, ...traits });
    this.#machines.set(name, machine);
    return machine;
  }

  /** Opens a profile in a further process. */
  open(name: string, process: SimProcess = this.machine(name).boot()): Promise<AtollClient> {
    const options = { kubes: [this.kube.url], deviceName: name };
    return this.world.during(AtollClient.open(process, options));
  }

  /** A person with an identity. */
  async person(name: string, traits: MachineTraits = {}): Promise<AtollClient> {
    this.machine(name, traits);
    const client = await this.open(name);
    await this.world.during(client.halo.createIdentity({ displayName: name }));
    return client;
  }

  /** Creates a space. */
  create(client: AtollClient, name: string): Promise<Space> {
    return this.world.during(client.spaces.create({ name }));
  }

  /** Invites and joins with the right digits; ends when the guest has its right. */
  async join(
    host: Space,
    guest: AtollClient,
    role: 'reader' | 'writer' = 'writer',
  ): Promise<Space> {
    const invitation = await this.world.during(host.invite({ role }));
    const joining = guest.spaces.join(invitation.code);
    await this.until(joining, 'digits');
    const state = invitation.state.get();
    assert('digits' in state, 'an open invitation shows digits');
    joining.submit(state.digits);
    await this.until(joining, 'confirm');
    joining.accept();
    const { space } = await this.world.during(joining.done);
    const joined = guest.spaces.get(space ?? '');
    assert(joined !== undefined, 'a guest that has joined has the space');
    const isThere = (): boolean => joined.members.get().some(({ me, role: r }) => me && r === role);
    assert(await this.world.runUntil(isThere, 60_000), 'a guest gets its right');
    return joined;
  }

  /** Waits for a state of a guest. */
  async until(joining: GuestInvitation, at: string): Promise<void> {
    await this.world.during(liveUntil(joining.state, (state) => state.at === at));
  }

  /** Lets `ms` pass. */
  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms);
  }

  /** Waits until all have the same blocks, then gives their one root. Fails the test otherwise. */
  async oneRoot(spaces: readonly Space[], withinMs = 300_000): Promise<string> {
    await this.world.during(Promise.all(spaces.map((space) => space.flush())));
    const heads = (): string[] => spaces.map((space) => headsOf(space));
    const same = await this.world.runUntil(() => new Set(heads()).size === 1, withinMs);
    assert(same, 'all members come to have the same blocks');
    const infos = await this.world.during(Promise.all(spaces.map((space) => space.info())));
    const roots = new Set(infos.map(({ root }) => root));
    assert(roots.size === 1, 'members with the same blocks have one state');
    return [...roots].join('');
  }
}

/** Root of the log of a space in hex. */
export function headsOf(space: Space): string {
  return Buffer.from(echoOf(space).replica.headsRoot()).toString('hex');
}

/** The replica behind the client's interface. */
export function echoOf(space: Space): EchoSpace {
  return (space as Space & { readonly echo: EchoSpace }).echo;
}

/** Adds a task. */
export function addTask(space: Space, title: string): TaskObject {
  return space.db.add(Task, { title });
}

/** Titles of all tasks, ascending. */
export function titles(space: Space): string[] {
  return allTasks(space).map(({ title }) => title);
}

/** All tasks, ascending by title. */
export function allTasks(space: Space): TaskObject[] {
  return space.db.query(Task).orderBy('title').run();
}
