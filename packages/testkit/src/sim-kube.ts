/** A KUBE in a simulated network: signaling, relay and blind mailboxes on a disk of its own. */
import { LogReplica } from '@atoll/feed';
import { idFromBytes, fromHex, type Clock, type Link, type Log } from '@atoll/kernel';
import {
  MailboxRecords,
  MailboxStand,
  SignalingHost,
  StoredChunks,
  keptStand,
  serveMailboxes,
  type RefusedWrite,
  type StateHolder,
} from '@atoll/mesh';
import { MemoryStore } from './memory-store.ts';
import { SimChunkDisk, SimChunks } from './sim-chunks.ts';
import { SimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import { simAgreer, simEd25519, simKeys } from './sim-keys.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimRng } from './sim-rng.ts';
import type { World } from './world.ts';

/** What was given stays for so long, whatever a member says. */
const DAY_MS = 24 * 60 * 60 * 1000;

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
  /** A server that is not honest about what it was given: what answers instead. */
  lies: ((stand: StateHolder) => StateHolder) | undefined;
  /** Bytes of files that a mailbox may hold. */
  chunkBytesMax: number = Number.POSITIVE_INFINITY;
  /** What was written with keys that only read, and not taken. */
  readonly refusedWrites: RefusedWrite[] = [];
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
    const mailboxes = new Map<string, Promise<Mailbox>>();
    const openMailbox = (id: string): Promise<Mailbox> => {
      const mailbox = mailboxes.get(id) ?? open({ store, clock, rng }, id);
      mailboxes.set(id, mailbox);
      return mailbox;
    };
    const links = new Map<number, Link>();
    const serve = (link: Link, connection: number): void => {
      const shown = this.#shownBy(links.get(connection) ?? link);
      void serveMailboxes(link, {
        clock,
        rng,
        ed25519: simEd25519,
        keys: simKeys,
        agreer: this.#agreer,
        openMailbox: (id, client) => {
          shown.mailboxes.add(id);
          shown.clients.add(client);
          const { keepsMailboxes = true } = this.#options;
          if (!keepsMailboxes) return Promise.resolve('full');
          return openMailbox(id).then(({ replica }) => replica);
        },
        onWriteRefused: (what) => void this.refusedWrites.push(what),
        standOf: async (id) => {
          const { holder } = await openMailbox(id);
          return this.lies?.(holder) ?? holder;
        },
        chunksOf: (id) =>
          new BlindChunks({ chunks, id, clock, bytesMax: () => this.chunkBytesMax }),
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

interface Mailbox {
  readonly replica: LogReplica;
  readonly holder: StateHolder;
}

async function open(
  {
    store,
    clock,
    rng,
  }: { readonly store: MemoryStore; readonly clock: Clock; readonly rng: SimRng },
  mailbox: string,
): Promise<Mailbox> {
  const space = idFromBytes('space', fromHex(mailbox) ?? new Uint8Array(0));
  const kept = await keptStand(store, mailbox);
  const grounds = kept?.stand.grounds;
  const ports = { store, ed25519: simEd25519, rng, space };
  const replica = await LogReplica.open({
    ...ports,
    ...(grounds === undefined ? {} : { grounds }),
  });
  const count = (): Promise<boolean> => Promise.resolve(true);
  const stand = await MailboxStand.open({ store, mailbox, log: replica, count }, kept);
  const records = new MailboxRecords({ store, clock, mailbox, count });
  const holder: StateHolder = {
    answer: (question) => stand.answer(question),
    give: (tag, name, bytes) => stand.give(tag, name, bytes),
    stand: (asked) => stand.stand(asked),
    keep: (token, bytes) => records.keep(token, bytes),
    kept: () => records.kept(),
  };
  return { replica, holder };
}

/** Takes what it is given as long as there is room, and lets go what it has had for a day. */
class BlindChunks extends StoredChunks {
  readonly #parts: {
    readonly chunks: SimChunks;
    readonly clock: Clock;
    readonly bytesMax: () => number;
  };

  constructor(parts: {
    readonly chunks: SimChunks;
    readonly id: string;
    readonly clock: Clock;
    readonly bytesMax: () => number;
  }) {
    super(parts.chunks, parts.id, parts.clock);
    this.#parts = parts;
  }

  async take(id: string, bytes: Uint8Array): Promise<'stored' | 'full'> {
    const [isThere] = await this.has([id]);
    const held = (await this.totals()).bytes;
    if (isThere !== true && held + bytes.length > this.#parts.bytesMax()) return 'full';
    await this.keep([{ id, bytes }]);
    return 'stored';
  }

  async drop(ids: readonly string[]): Promise<readonly boolean[]> {
    const { chunks, clock } = this.#parts;
    const oldMs = clock.nowMs() - DAY_MS;
    for (const id of ids) {
      const [found] = await chunks.list(this.bucket, { prefix: id, limit: 1 });
      if (found !== undefined && found.atMs <= oldMs) await chunks.delete(this.bucket, [id]);
    }
    return this.has(ids);
  }
}
