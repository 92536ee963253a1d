/** Programs of several devices in one simulated world: real replicas, real sessions, a KUBE in memory. */
import { deriveKey } from '@atoll/crypto';
import type { LogReplica } from '@atoll/feed';
import { equalBytes, toHex, utf8, type Bus, type Rtc, type WebSockets } from '@atoll/kernel';
import { SimClock, simAgreer, simEd25519, type World } from '@atoll/testkit';
import { Bench } from '../../../feed/src/testing/replica-bench.ts';
import type { TestFeed } from '../../../feed/src/testing/test-feed.ts';
import { serveMailboxes } from '../mailbox-host.ts';
import { Mesh, type MeshSpace } from '../mesh.ts';
import type { LogCursor } from '../session-messages.ts';
import type { Cursors } from '../session.ts';
import type { StateHolder } from '../state-sync.ts';
import { testMailbox } from './mailbox-keys.ts';
import { TestKube } from './test-kube.ts';

/** Cursors in memory. They outlive a mesh, as a store does. */
export class MemoryCursors implements Cursors {
  readonly byName: Map<string, LogCursor> = new Map();

  load(space: string, peer: string): Promise<LogCursor | undefined> {
    return Promise.resolve(this.byName.get(`${space}/${peer}`));
  }

  save(space: string, peer: string, cursor: LogCursor): Promise<void> {
    this.byName.set(`${space}/${peer}`, cursor);
    return Promise.resolve();
  }
}

/** A space with the secret that its members share. */
export class TestSpace {
  readonly bench: Bench;
  readonly secret: Uint8Array;

  constructor(seed: number) {
    this.bench = new Bench(seed);
    this.secret = this.bench.rng.bytes(32);
  }

  get id(): string {
    return this.bench.space.id;
  }

  roomTag(kubeName: string, day: number): Uint8Array {
    return deriveKey(this.secret, 'room', utf8(kubeName), utf8(String(day)));
  }
}

/** What a node of a test is made of. */
export interface TestNodeOptions {
  readonly world: World;
  readonly webSockets?: WebSockets;
  readonly rtc?: Rtc;
  readonly bus?: Bus;
  readonly skewMs?: number;
}

/** One device with replicas, its mesh, and feeds that it writes. */
export class TestNode {
  /** Has the keys of mailboxes for reading alone, as a follower. */
  readsOnly = false;
  readonly cursors: MemoryCursors = new MemoryCursors();
  readonly replicas: Map<string, LogReplica> = new Map();
  readonly feeds: Map<string, TestFeed> = new Map();
  /** Session keys, in hex, of devices that belong to all spaces of this node. */
  readonly members: Set<string> = new Set();
  /** Those of devices that belong to none of them any more. */
  readonly removed: Set<string> = new Set();
  readonly agreer: ReturnType<typeof simAgreer>;
  readonly clock: SimClock;
  /** Answers who asks for a state, in the spaces that are added from then on. */
  state: StateHolder | undefined;
  mesh: Mesh;
  readonly #options: TestNodeOptions;

  constructor(options: TestNodeOptions) {
    this.#options = options;
    this.clock = new SimClock(options.world, options.skewMs ?? 0);
    this.agreer = simAgreer(options.world.rng.bytes(32));
    this.mesh = this.#newMesh();
  }

  /** Ends the mesh and starts another one over the same replicas and cursors. */
  restart(spaces: readonly TestSpace[]): void {
    this.mesh[Symbol.dispose]();
    this.mesh = this.#newMesh();
    for (const space of spaces) this.mesh.addSpace(this.#meshSpace(space));
  }

  async add(space: TestSpace, secret: Uint8Array = space.secret): Promise<LogReplica> {
    const replica = await space.bench.replica();
    this.replicas.set(space.id, replica);
    this.feeds.set(space.id, space.bench.feed());
    this.mesh.addSpace(this.#meshSpace(space, secret));
    return replica;
  }

  replica(space: TestSpace): LogReplica {
    return this.replicas.get(space.id) as LogReplica;
  }

  /** Writes blocks into our own feed, in runs of at most 32. */
  async write(space: TestSpace, count: number, bytes = 40): Promise<void> {
    const feed = this.feeds.get(space.id) as TestFeed;
    for (let left = count; left > 0;) {
      const from = feed.blocks.length;
      for (let index = 0; index < Math.min(32, left); index++) feed.write(new Uint8Array(bytes));
      left -= feed.blocks.length - from;
      await this.replica(space).receive(await feed.run(from), 'own');
    }
  }

  /** Says that these nodes are devices of the same spaces. */
  static introduceAll(...nodes: readonly TestNode[]): void {
    for (const node of nodes) {
      for (const other of nodes) node.members.add(toHex(other.agreer.publicKey));
    }
  }

  #newMesh(): Mesh {
    const { world, webSockets, rtc, bus } = this.#options;
    return new Mesh({
      clock: this.clock,
      rng: world.rng.fork(),
      agreer: this.agreer,
      cursors: this.cursors,
      ...(webSockets === undefined ? {} : { webSockets }),
      ...(rtc === undefined ? {} : { rtc }),
      ...(bus === undefined ? {} : { bus, busName: 'profile' }),
    });
  }

  #meshSpace(space: TestSpace, secret: Uint8Array = space.secret): MeshSpace {
    const own = utf8(`device ${toHex(this.agreer.publicKey)}`);
    return {
      id: space.id,
      replica: this.replica(space),
      ...(this.state === undefined ? {} : { state: this.state }),
      sessionSecrets: [secret],
      roomTags: (kubeName, day) => [space.roomTag(kubeName, day)],
      mailboxAccess: () => Promise.resolve(testMailbox(space.secret, this)),
      mayHave: (remote) => {
        if (this.removed.has(remote)) return 'no';
        return this.members.has(remote) ? 'yes' : 'unknown';
      },
      introduce: () => Promise.resolve(own),
      checkIntroduction: (remote, bytes) => {
        const isRight = equalBytes(bytes, utf8(`device ${remote}`));
        if (isRight) this.members.add(remote);
        return Promise.resolve(isRight);
      },
    };
  }
}

/** A KUBE with mailboxes in memory. */
export class MailboxKube extends TestKube {
  readonly mailboxes: Map<string, Promise<LogReplica>>;

  constructor(world: World, latencyMs: number, bench: Bench = new Bench(99)) {
    const mailboxes = new Map<string, Promise<LogReplica>>();
    const agreer = simAgreer(world.rng.bytes(32));
    const clock = new SimClock(world);
    const rng = world.rng.fork();
    super(world, latencyMs, (link) => {
      void serveMailboxes(link, {
        clock,
        rng,
        ed25519: simEd25519,
        agreer,
        openMailbox: (id) => {
          const known = mailboxes.get(id) ?? bench.replica(undefined, { space: id as never });
          mailboxes.set(id, known);
          return known;
        },
      });
    });
    this.mailboxes = mailboxes;
  }
}
