/** A KUBE in a simulated network: signaling, relay and blind mailboxes on a disk of its own. */
import { LogReplica } from '@atoll/feed';
import { idFromBytes, fromHex, type Link, type Log } from '@atoll/kernel';
import { SignalingHost, StoredChunks, serveMailboxes } from '@atoll/mesh';
import { MemoryStore } from './memory-store.ts';
import { SimChunkDisk, SimChunks } from './sim-chunks.ts';
import { SimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import { simAgreer, simEd25519 } from './sim-keys.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimRng } from './sim-rng.ts';
import type { World } from './world.ts';

/** What a simulated KUBE is made of. */
export interface SimKubeOptions {
  readonly world: World;
  readonly network: SimNetwork;
  /** Name as a host of the network. */
  readonly name: string;
  readonly log?: Log;
  /** False: it passes data on and keeps no mailboxes, as a server that is full. */
  readonly keepsMailboxes?: boolean;
}

/** What a connection opens, as the server sees it. */
export interface ShownByConnection {
  readonly mailboxes: Set<string>;
  readonly clients: Set<string>;
}

/** A server that can be stopped and started again; its disk survives. */
export class SimKube {
  /** Address for clients. */
  readonly url: string;
  readonly disk: SimDisk;
  /** Sealed chunks, as a server sees them. */
  readonly chunkDisk: SimChunkDisk;
  /** What each connection has shown of itself: its mailboxes, and the static keys of its sessions. */
  readonly shown: Map<Link, ShownByConnection> = new Map();
  readonly #options: SimKubeOptions;
  readonly #rng: SimRng;
  /** The same after a restart, as of a server with a data folder. */
  readonly #agreer: ReturnType<typeof simAgreer>;
  #running: { readonly host: SignalingHost; readonly stopListening: () => void } | undefined;

  constructor(options: SimKubeOptions) {
    this.#options = options;
    this.#rng = options.world.rng.fork();
    this.#agreer = simAgreer(this.#rng.bytes(32));
    this.url = `http://${options.name}`;
    this.disk = new SimDisk(options.world, {});
    this.chunkDisk = new SimChunkDisk(options.world);
    this.start();
  }

  /** Starts the server, if it is not running. */
  start(): void {
    if (this.#running !== undefined) return;
    const { name, network, world } = this.#options;
    const clock = new SimClock(world);
    const rng = this.#rng.fork();
    const store = new MemoryStore(this.disk);
    const chunks = new SimChunks(this.chunkDisk);
    const replicas = new Map<string, Promise<LogReplica>>();
    const openMailbox = (id: string): Promise<LogReplica> => {
      let replica = replicas.get(id);
      if (replica === undefined) {
        const space = idFromBytes('space', fromHex(id) ?? new Uint8Array(0));
        replica = LogReplica.open({ store, ed25519: simEd25519, rng, space });
        replicas.set(id, replica);
      }
      return replica;
    };
    const links = new Map<number, Link>();
    const serve = (link: Link, connection: number): void => {
      const shown = this.#shownBy(links.get(connection) ?? link);
      void serveMailboxes(link, {
        clock,
        rng,
        ed25519: simEd25519,
        agreer: this.#agreer,
        openMailbox: (id, client) => {
          shown.mailboxes.add(id);
          shown.clients.add(client);
          const { keepsMailboxes = true } = this.#options;
          return keepsMailboxes ? openMailbox(id) : Promise.resolve('full');
        },
        chunksOf: (id) => new BlindChunks(chunks, id, clock),
      });
    };
    const host = new SignalingHost({ kubeName: name, clock, rng, onLink: serve });
    const address = `ws://${name}/atoll/v1`;
    const stopListening = network.listen(name, address, (link) => {
      links.set(host.attach(link), link);
    });
    this.#running = { host, stopListening };
  }

  #shownBy(link: Link): ShownByConnection {
    const shown = this.shown.get(link) ?? { mailboxes: new Set(), clients: new Set() };
    this.shown.set(link, shown);
    return shown;
  }

  /** Ends the server: connections break, new ones are refused until it starts again. */
  stop(): void {
    const { name, network } = this.#options;
    this.#running?.stopListening();
    this.#running?.host[Symbol.dispose]();
    this.#running = undefined;
    network.breakWires((a, b) => a === name || b === name);
  }
}

/** Takes whatever it is given, as a server without quotas does. */
class BlindChunks extends StoredChunks {
  async take(id: string, bytes: Uint8Array): Promise<'stored'> {
    await this.keep([{ id, bytes }]);
    return 'stored';
  }
}
