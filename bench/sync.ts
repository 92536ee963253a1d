/**
 * Sync over loopback: what a reconnection without news costs, how late an edit arrives, how fast a
 * joiner gets everything; each beside the same bytes over a raw WebSocket relay or data channel.
 * Run with `npx node bench/sync.ts`.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ready } from '@atoll/crypto';
import type { LogReplica } from '@atoll/feed';
import type { Link, RtcSignal } from '@atoll/kernel';
import { NodeRtc, WebSocketLink, nodeWebSockets } from '@atoll/platform-node';
import { WebSocketServer } from 'ws';
import { LabNode, labSpace, startRelay, until, type LabSpace } from '../lab/mesh/real-mesh.ts';

const EDITS = 400;
const EDIT_BYTES = 60;
const JOIN_BLOCKS = 10_000;
const JOIN_BLOCK_BYTES = 1_500;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function row(name: string, value: string, reference = ''): void {
  console.log(`${name.padEnd(52)} ${value.padStart(14)}  ${reference}`);
}

function equal(a: LogReplica, b: LogReplica): boolean {
  return String(a.headsRoot()) === String(b.headsRoot());
}

/**
 * A device that comes back and finds nothing new, at a peer and in the mailbox: all bytes of its sockets
 * in both directions, and the time until both agree. Each space has a connection of its own.
 */
async function reconnect(spaceCount: number): Promise<void> {
  await using relay = await startRelay(labSpace(9).bench);
  const spaces = Array.from({ length: spaceCount }, (_, at) => labSpace(at + 10));
  const bench = async (): Promise<LabNode> => {
    const node = new LabNode();
    for (const space of spaces) await node.add(space, true);
    return node;
  };
  await using a = await bench();
  await using b = await bench();
  for (const space of spaces) await a.write(space, 2);
  a.mesh.connectKube(relay.url);
  b.mesh.connectKube(relay.url);
  const settled = (node: LabNode): boolean =>
    spaces.every(({ bench: { space } }) => {
      const status = node.mesh.status.spaces.get(space.id);
      return status?.settled === true && status.mailboxSettled && status.peers === 1;
    });
  await until(() => settled(a) && settled(b), 30_000);
  b.mesh.disconnectKube(relay.url);
  await until(() => a.mesh.status.peers.length === 0, 5_000);
  const before = { ...b.wire };
  const began = performance.now();
  b.mesh.connectKube(relay.url);
  await until(() => settled(b), 30_000);
  const tookMs = performance.now() - began;
  const peer = b.mesh.status.peers[0];
  const session = (peer?.bytesIn ?? 0) + (peer?.bytesOut ?? 0);
  const bytes = b.wire.bytes - before.bytes;
  const sockets = b.wire.sockets - before.sockets;
  row(
    `reconnect, nothing new, ${spaceCount} spaces`,
    `${bytes} B`,
    `${Math.round(bytes / spaceCount)} B a space, of which ${Math.round(session / spaceCount)} B with ` +
      `the peer; ${sockets} sockets, ${Math.round(tookMs)} ms`,
  );
}

/** Median time from a signed block being durable at one replica until it is verified and stored at the other. */
async function editLatency(a: LabNode, b: LabNode, space: LabSpace): Promise<number> {
  const feed = a.feeds.get(space);
  const from = a.replicas.get(space);
  const to = b.replicas.get(space);
  if (feed === undefined || from === undefined || to === undefined) throw new Error('no replica');
  const times: number[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    feed.write(new Uint8Array(EDIT_BYTES));
    const run = await feed.run(feed.blocks.length - 1);
    const arrived = new Promise<void>((resolve) => {
      const stop = to.onAdvance(() => {
        stop();
        resolve();
      });
    });
    let began = 0;
    const stop = from.onAdvance(() => (began = performance.now()));
    await from.receive(run, 'own');
    await arrived;
    stop();
    times.push(performance.now() - began);
  }
  return median(times);
}

/** Median time of a message of the same size over a bare link. */
async function rawLatency(from: Link, to: Link): Promise<number> {
  const times: number[] = [];
  let arrive = (): void => undefined;
  to.onMessage(() => arrive());
  for (let edit = 0; edit < EDITS; edit++) {
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const began = performance.now();
    from.send(new Uint8Array(EDIT_BYTES + 600));
    await arrived;
    times.push(performance.now() - began);
  }
  return median(times);
}

/** Megabytes a second over a bare link, in messages of 16 KiB. */
async function rawThroughput(from: Link, to: Link, bytes: number): Promise<number> {
  let left = bytes;
  const done = new Promise<void>((resolve) => {
    to.onMessage((message) => {
      left -= message.length;
      if (left <= 0) resolve();
    });
  });
  const began = performance.now();
  for (let sent = 0; sent < bytes; sent += 16_384) {
    from.send(new Uint8Array(16_384));
    await from.drained(256 * 1024);
  }
  await done;
  return bytes / 1_000 / (performance.now() - began);
}

/** A WebSocket server that forwards what one client says to the other, as the baseline. */
async function rawRelay(): Promise<{ from: Link; to: Link } & AsyncDisposable> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const links: Link[] = [];
  server.on('connection', (socket) => {
    const link = new WebSocketLink(socket);
    links.push(link);
    link.onMessage((message) => {
      for (const other of links) if (other !== link) other.send(message);
    });
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const from = await nodeWebSockets.connect(url, signal);
  const to = await nodeWebSockets.connect(url, signal);
  return {
    from,
    to,
    [Symbol.asyncDispose]: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function rawDirect(left: NodeRtc, right: NodeRtc): Promise<{ from: Link; to: Link }> {
  const early: RtcSignal[] = [];
  const a = left.attempt({
    initiate: true,
    iceServers: [],
    signal: (signal) => early.push(signal),
  });
  while (early.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const b = right.attempt({ initiate: false, iceServers: [], signal: (s) => a.accept(s) });
  for (const signal of early) b.accept(signal);
  return { from: await a.link, to: await b.link };
}

/** A device that joins a space with everything in it. */
async function join(direct: boolean): Promise<{ seconds: number; megabytes: number }> {
  await using relay = await startRelay();
  using rtcA = new NodeRtc();
  using rtcB = new NodeRtc();
  await using a = new LabNode(direct ? rtcA : undefined);
  await using b = new LabNode(direct ? rtcB : undefined);
  const [warm, space] = [labSpace(60), labSpace(61)];
  for (const node of [a, b]) await node.add(warm);
  await a.add(space);
  await a.write(space, JOIN_BLOCKS, JOIN_BLOCK_BYTES, 64);
  a.mesh.connectKube(relay.url);
  b.mesh.connectKube(relay.url);
  const reach = direct ? 'direct' : 'relay';
  await until(() => b.mesh.status.peers[0]?.reach === reach, 20_000);
  const before = b.mesh.status.peers[0]?.bytesIn ?? 0;
  const began = performance.now();
  const replica = await b.add(space);
  await until(() => equal(replica, a.replicas.get(space) as LogReplica), 120_000);
  const seconds = (performance.now() - began) / 1_000;
  return { seconds, megabytes: ((b.mesh.status.peers[0]?.bytesIn ?? 0) - before) / 1e6 };
}

async function main(): Promise<void> {
  await ready();
  console.log(`${new Date().toISOString().slice(0, 10)}  Node ${process.version}`);
  await reconnect(1);
  await reconnect(25);
  await reconnect(50);

  await using raw = await rawRelay();
  await using relay = await startRelay();
  using rtcA = new NodeRtc();
  using rtcB = new NodeRtc();
  const space = labSpace(1);
  {
    await using a = new LabNode();
    await using b = new LabNode();
    for (const node of [a, b]) await node.add(space);
    for (const node of [a, b]) node.mesh.connectKube(relay.url);
    await until(() => a.mesh.status.spaces.get(space.bench.space.id)?.peers === 1, 5_000);
    const ours = await editLatency(a, b, space);
    const theirs = await rawLatency(raw.from, raw.to);
    row(
      'edit through the relay, until stored, median',
      `${ours.toFixed(2)} ms`,
      `raw WebSocket relay ${theirs.toFixed(2)} ms, ratio ${(ours / theirs).toFixed(1)}`,
    );
  }
  {
    await using a = new LabNode(rtcA);
    await using b = new LabNode(rtcB);
    for (const node of [a, b]) await node.add(space);
    for (const node of [a, b]) node.mesh.connectKube(relay.url);
    await until(() => a.mesh.status.peers[0]?.reach === 'direct', 20_000);
    await until(() => b.mesh.status.peers[0]?.reach === 'direct', 20_000);
    const ours = await editLatency(a, b, space);
    const { from, to } = await rawDirect(rtcA, rtcB);
    const theirs = await rawLatency(from, to);
    row(
      'edit over WebRTC, until stored, median',
      `${ours.toFixed(2)} ms`,
      `raw data channel ${theirs.toFixed(2)} ms, ratio ${(ours / theirs).toFixed(1)}`,
    );
    const viaRtc = await join(true);
    const rawRtc = await rawThroughput(from, to, viaRtc.megabytes * 1e6);
    report('join over WebRTC', viaRtc, rawRtc);
  }
  const viaRelay = await join(false);
  const rawSocket = await rawThroughput(raw.from, raw.to, viaRelay.megabytes * 1e6);
  report('join through the relay', viaRelay, rawSocket);
}

function report(
  name: string,
  joined: { readonly seconds: number; readonly megabytes: number },
  rawMegabytesASecond: number,
): void {
  const speed = joined.megabytes / joined.seconds;
  row(
    `${name}, ${JOIN_BLOCKS} blocks, ${joined.megabytes.toFixed(1)} MB`,
    `${speed.toFixed(1)} MB/s`,
    `raw ${rawMegabytesASecond.toFixed(1)} MB/s; ${joined.seconds.toFixed(2)} s, verified and stored in memory`,
  );
}

await main();
process.exit(0);
