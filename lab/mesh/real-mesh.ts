/** Meshes over real sockets, real time and real WebRTC, with replicas in memory: for lab and bench. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { deriveKey, softwareAgreer } from '@atoll/crypto';
import type { LogReplica } from '@atoll/feed';
import { equalBytes, toHex, utf8, type Rtc, type WebSockets } from '@atoll/kernel';
import { Mesh, SignalingHost, serveMailboxes, type LogCursor } from '@atoll/mesh';
import {
  WebSocketLink,
  nodeClock,
  nodeEd25519,
  nodeKeys,
  nodeRng,
  nodeWebSockets,
} from '@atoll/platform-node';
import { WebSocketServer } from 'ws';
import { Bench } from '../../packages/feed/src/testing/replica-bench.ts';
import type { TestFeed } from '../../packages/feed/src/testing/test-feed.ts';
import { testMailbox } from '../../packages/mesh/src/testing/mailbox-keys.ts';

/** A KUBE's signaling, relay and mailboxes on a socket of this machine. */
export async function startRelay(bench?: Bench): Promise<{ url: string } & AsyncDisposable> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const agreer = softwareAgreer(nodeRng.bytes(32));
  const mailboxes = new Map<string, Promise<LogReplica>>();
  const host = new SignalingHost({
    kubeName: 'kube.lab',
    clock: nodeClock,
    rng: nodeRng,
    onLink: (link) => {
      if (bench === undefined) link.close();
      else {
        void serveMailboxes(link, {
          clock: nodeClock,
          rng: nodeRng,
          keys: nodeKeys,
          ed25519: nodeEd25519,
          agreer,
          openMailbox: (id) => {
            const known = mailboxes.get(id) ?? bench.replica(undefined, { space: id as never });
            mailboxes.set(id, known);
            return known;
          },
        });
      }
    },
  });
  server.on('connection', (socket) => host.attach(new WebSocketLink(socket)));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      host[Symbol.dispose]();
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What every member of a lab space knows. */
export interface LabSpace {
  readonly bench: Bench;
  readonly secret: Uint8Array;
}

export function labSpace(seed: number): LabSpace {
  return { bench: new Bench(seed), secret: new Bench(seed + 1_000).rng.bytes(32) };
}

/** What went over all sockets of a device to servers, in messages: without frames of WebSocket, TLS and TCP. */
export interface Wire {
  sockets: number;
  bytes: number;
}

function counted(wire: Wire): WebSockets {
  return {
    async connect(url, signal) {
      const link = await nodeWebSockets.connect(url, signal);
      wire.sockets++;
      const send = link.send.bind(link);
      const onMessage = link.onMessage.bind(link);
      return Object.assign(link, {
        send: (message: Uint8Array) => {
          wire.bytes += message.length;
          send(message);
        },
        onMessage: (receive: Parameters<typeof onMessage>[0]) =>
          onMessage((message) => {
            wire.bytes += message.length;
            receive(message);
          }),
      });
    },
  };
}

/** One device. */
export class LabNode implements AsyncDisposable {
  readonly mesh: Mesh;
  readonly wire: Wire = { sockets: 0, bytes: 0 };
  readonly feeds: Map<LabSpace, TestFeed> = new Map();
  readonly replicas: Map<LabSpace, LogReplica> = new Map();
  readonly #agreer = softwareAgreer(nodeRng.bytes(32));
  readonly #known = new Set<string>();

  constructor(rtc?: Rtc) {
    const cursors = new Map<string, LogCursor>();
    this.mesh = new Mesh({
      clock: nodeClock,
      rng: nodeRng,
      keys: nodeKeys,
      agreer: this.#agreer,
      webSockets: counted(this.wire),
      ...(rtc === undefined ? {} : { rtc }),
      cursors: {
        load: (space, peer) => Promise.resolve(cursors.get(space + peer)),
        save: (space, peer, cursor) => {
          cursors.set(space + peer, cursor);
          return Promise.resolve();
        },
      },
    });
  }

  async add(space: LabSpace, mailbox = false): Promise<LogReplica> {
    const replica = await space.bench.replica(undefined, { ed25519: nodeEd25519 });
    this.replicas.set(space, replica);
    this.feeds.set(space, space.bench.feed());
    const own = utf8(toHex(this.#agreer.publicKey));
    this.mesh.addSpace({
      id: space.bench.space.id,
      replica,
      sessionSecrets: [space.secret],
      roomTags: (name, day) => [deriveKey(space.secret, 'room', utf8(name), utf8(String(day)))],
      ...(mailbox ? { mailboxAccess: () => Promise.resolve(testMailbox(space.secret)) } : {}),
      mayHave: (remote) => (this.#known.has(remote) ? 'yes' : 'unknown'),
      introduce: () => Promise.resolve(own),
      checkIntroduction: (remote, bytes) => {
        const isRight = equalBytes(bytes, utf8(remote));
        if (isRight) this.#known.add(remote);
        return Promise.resolve(isRight);
      },
    });
    return replica;
  }

  /** Writes blocks in runs of `runBlocks`. */
  async write(space: LabSpace, count: number, bytes = 40, runBlocks = 32): Promise<void> {
    const feed = this.feeds.get(space) as TestFeed;
    for (let left = count; left > 0;) {
      const from = feed.blocks.length;
      for (let index = 0; index < Math.min(runBlocks, left); index++) {
        feed.write(new Uint8Array(bytes));
      }
      left -= feed.blocks.length - from;
      await (this.replicas.get(space) as LogReplica).receive(await feed.run(from), 'own');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.mesh[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves when `isTrue`, looked at every few milliseconds; rejects after `withinMs`. */
export async function until(isTrue: () => boolean, withinMs: number): Promise<void> {
  const limit = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() > limit) throw new Error('what was waited for did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
