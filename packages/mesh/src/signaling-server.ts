/**
 * The signaling service of a KUBE as a state machine: events in, effects out, no clock, no socket.
 * It knows connections, opaque rooms and opaque bytes; never an identity, a space or a key.
 */
import { TokenBucket, toHex, type Rng } from '@atoll/kernel';
import {
  KUBE_PEER,
  PEERS_PER_ROOM_MAX,
  PEER_ID_BYTES,
  RELAY_WINDOW_BYTES,
  ROOMS_PER_CONNECTION_MAX,
  SIGNALING_VERSION,
  decodeSignaling,
  encodeSignaling,
  type SignalingMessage,
  type SignalingRefusal,
} from './signaling.ts';

/** Control messages at once: every room joined anew after a reconnection, left and joined at midnight. */
const CONTROL_BURST = 4 * ROOMS_PER_CONNECTION_MAX;
/** Control messages a second on average. */
const CONTROL_PER_SECOND = 32;
/** A connection that has not been heard for so long is dead; clients ping three times as often. */
export const IDLE_MS = 90_000;
/** Credit goes back in portions of at least this, so that it costs few messages. */
const CREDIT_STEP_BYTES: number = RELAY_WINDOW_BYTES / 8;

/** Limits that an operator may lower. */
export interface SignalingLimits {
  readonly peersPerRoomMax?: number;
  readonly roomsPerConnectionMax?: number;
  readonly idleMs?: number;
}

/** What happens to the service. Connections are numbers that the shell gives and never uses again. */
export type SignalingEvent =
  | { readonly on: 'open'; readonly connection: number }
  | { readonly on: 'message'; readonly connection: number; readonly bytes: Uint8Array }
  | { readonly on: 'closed'; readonly connection: number }
  /** The connection's socket holds so many bytes now. */
  | { readonly on: 'drained'; readonly connection: number; readonly bufferedBytes: number }
  /** Every few seconds. */
  | { readonly on: 'tick' }
  /** The server ends: all are told, so that they come back one by one. */
  | { readonly on: 'closing' }
  /** From the KUBE's own end of a relay link. */
  | {
      readonly on: 'local-send';
      readonly connection: number;
      readonly channel: number;
      readonly bytes: Uint8Array;
    }
  | { readonly on: 'local-end'; readonly connection: number; readonly channel: number }
  /** The KUBE has dealt with so many bytes from a connection; they become credit. */
  | { readonly on: 'local-consumed'; readonly connection: number; readonly bytes: number };

/** What the shell does for the service. */
export type SignalingEffect =
  | { readonly do: 'send'; readonly connection: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Close after what was sent before. */
  | { readonly do: 'close'; readonly connection: number; readonly refusal: SignalingRefusal }
  /** Bytes for the KUBE itself; a new channel is a new link. The bytes are a view of the message. */
  | {
      readonly do: 'local';
      readonly connection: number;
      readonly channel: number;
      readonly bytes: Uint8Array;
    }
  | { readonly do: 'local-end'; readonly connection: number; readonly channel: number };

/** Relayed bytes that lie in the socket of their receiver. */
interface Forwarded {
  readonly from: number;
  readonly bytes: number;
}

interface Connection {
  readonly id: number;
  readonly peer: string;
  readonly rooms: Set<string>;
  /** Connections in a room with this one, and in how many. */
  readonly neighbours: Map<number, number>;
  /** Relayed bytes without credit, by receiver; 0 is the KUBE. */
  readonly inFlight: Map<number, number>;
  /** Credit not sent yet, by receiver. */
  readonly owed: Map<number, number>;
  /** Relayed bytes in this connection's socket, oldest first, and their sum. */
  readonly forwarded: Forwarded[];
  forwardedBytes: number;
  readonly control: TokenBucket;
  greeted: boolean;
  heardMs: number;
}

const CLOSING: SignalingRefusal = 'SIGNALING_CLOSING';

/** The KUBE's place in the maps by connection. */
const KUBE_CONNECTION = 0;

/** The state of the service. */
export class SignalingServer {
  readonly #kubeName: string;
  readonly #rng: Rng;
  readonly #limits: Required<SignalingLimits>;
  readonly #connections = new Map<number, Connection>();
  readonly #idByPeer = new Map<string, number>();
  readonly #rooms = new Map<string, Set<Connection>>();
  #effects: SignalingEffect[] = [];
  #nowMs = 0;

  constructor(options: {
    readonly kubeName: string;
    readonly rng: Rng;
    readonly limits?: SignalingLimits;
  }) {
    this.#kubeName = options.kubeName;
    this.#rng = options.rng;
    this.#limits = {
      peersPerRoomMax: PEERS_PER_ROOM_MAX,
      roomsPerConnectionMax: ROOMS_PER_CONNECTION_MAX,
      idleMs: IDLE_MS,
      ...options.limits,
    };
  }

  /** For metrics. */
  get counts(): { readonly connections: number; readonly rooms: number } {
    return { connections: this.#connections.size, rooms: this.#rooms.size };
  }

  /** Takes an event; gives what is to be done, in order. Never throws, whatever a client sent. */
  step(event: SignalingEvent, nowMs: number): readonly SignalingEffect[] {
    this.#effects = [];
    this.#nowMs = nowMs;
    if (event.on === 'tick') this.#tick();
    else if (event.on === 'closing') this.#closing();
    else if (event.on === 'open') this.#open(event.connection);
    else {
      const connection = this.#connections.get(event.connection);
      if (connection !== undefined) this.#at(connection, event);
    }
    return this.#effects;
  }

  #at(
    connection: Connection,
    event: Exclude<SignalingEvent, { on: 'tick' | 'closing' | 'open' }>,
  ): void {
    switch (event.on) {
      case 'message':
        connection.heardMs = this.#nowMs;
        this.#message(connection, event.bytes);
        break;
      case 'closed':
        this.#forget(connection);
        break;
      case 'drained':
        this.#drained(connection, event.bufferedBytes);
        break;
      case 'local-send':
        this.#send(connection, {
          kind: 'relay',
          peer: KUBE_PEER,
          channel: event.channel,
          bytes: event.bytes,
        });
        break;
      case 'local-end':
        this.#send(connection, { kind: 'relay-end', peer: KUBE_PEER, channel: event.channel });
        break;
      case 'local-consumed':
        this.#credit(connection, KUBE_CONNECTION, event.bytes);
        break;
    }
  }

  #open(id: number): void {
    const peer = toHex(this.#rng.bytes(PEER_ID_BYTES));
    this.#idByPeer.set(peer, id);
    this.#connections.set(id, {
      id,
      peer,
      rooms: new Set(),
      neighbours: new Map(),
      inFlight: new Map(),
      owed: new Map(),
      forwarded: [],
      forwardedBytes: 0,
      control: new TokenBucket({
        burst: CONTROL_BURST,
        perSecond: CONTROL_PER_SECOND,
        nowMs: this.#nowMs,
      }),
      greeted: false,
      heardMs: this.#nowMs,
    });
  }

  #tick(): void {
    for (const connection of this.#connections.values()) {
      if (this.#nowMs - connection.heardMs > this.#limits.idleMs) {
        this.#refuse(connection, 'SIGNALING_IDLE');
      }
    }
  }

  #closing(): void {
    for (const connection of [...this.#connections.values()]) {
      // Whoever has not greeted yet would not understand.
      if (connection.greeted) this.#send(connection, { kind: 'refused', refusal: CLOSING });
    }
    for (const { id: connection } of [...this.#connections.values()]) {
      this.#effects.push({ do: 'close', connection, refusal: CLOSING });
    }
    this.#connections.clear();
    this.#idByPeer.clear();
    this.#rooms.clear();
  }

  #message(connection: Connection, bytes: Uint8Array): void {
    const message = decodeSignaling(bytes);
    if (message === undefined) return this.#refuse(connection, 'SIGNALING_MALFORMED');
    if ((message.kind === 'hello') === connection.greeted) {
      return this.#refuse(connection, 'SIGNALING_ORDER');
    }
    if (message.kind !== 'relay' && !connection.control.take(this.#nowMs)) {
      return this.#refuse(connection, 'SIGNALING_RATE');
    }
    switch (message.kind) {
      case 'hello':
        return this.#hello(connection, message.version);
      case 'join':
        return this.#join(connection, message.room);
      case 'leave':
        return this.#leave(connection, message.room);
      case 'relay':
        return this.#relay(connection, message);
      case 'relay-end':
        return this.#relayEnd(connection, message.peer, message.channel);
      case 'ping':
        return this.#send(connection, { kind: 'pong', nonce: message.nonce });
      case 'pong':
        return;
      default:
        return this.#refuse(connection, 'SIGNALING_MALFORMED');
    }
  }

  #hello(connection: Connection, version: number): void {
    if (version !== SIGNALING_VERSION) return this.#refuse(connection, 'SIGNALING_VERSION');
    connection.greeted = true;
    this.#send(connection, {
      kind: 'welcome',
      self: connection.peer,
      kubeName: this.#kubeName,
      nowMs: Math.max(0, Math.floor(this.#nowMs)),
    });
  }

  #join(connection: Connection, room: string): void {
    if (connection.rooms.has(room)) return;
    const members = this.#rooms.get(room) ?? new Set();
    if (connection.rooms.size >= this.#limits.roomsPerConnectionMax) {
      return this.#send(connection, { kind: 'refused', refusal: 'SIGNALING_ROOMS', room });
    }
    if (members.size >= this.#limits.peersPerRoomMax) {
      return this.#send(connection, { kind: 'refused', refusal: 'SIGNALING_ROOM_FULL', room });
    }
    const peers = [...members].map((member) => member.peer);
    this.#send(connection, { kind: 'peers', room, peers });
    for (const member of members) {
      this.#send(member, { kind: 'joined', room, peer: connection.peer });
      meet(member, connection);
    }
    members.add(connection);
    this.#rooms.set(room, members);
    connection.rooms.add(room);
  }

  #leave(connection: Connection, room: string): void {
    if (!connection.rooms.delete(room)) return;
    const members = this.#rooms.get(room);
    if (members === undefined) return;
    members.delete(connection);
    if (members.size === 0) this.#rooms.delete(room);
    for (const member of members) {
      this.#send(member, { kind: 'left', room, peer: connection.peer });
      part(member, connection);
    }
  }

  #relay(from: Connection, message: SignalingMessage & { kind: 'relay' }): void {
    const { peer, channel, bytes } = message;
    const to = peer === KUBE_PEER ? KUBE_CONNECTION : this.#neighbour(from, peer)?.id;
    if (to === undefined) return this.#send(from, { kind: 'relay-end', peer, channel });
    const inFlight = (from.inFlight.get(to) ?? 0) + bytes.length;
    if (inFlight > RELAY_WINDOW_BYTES) return this.#refuse(from, 'SIGNALING_CREDIT');
    from.inFlight.set(to, inFlight);
    const target = this.#connections.get(to);
    if (target === undefined) {
      this.#effects.push({ do: 'local', connection: from.id, channel, bytes });
      return;
    }
    target.forwarded.push({ from: from.id, bytes: bytes.length });
    target.forwardedBytes += bytes.length;
    this.#send(target, { kind: 'relay', peer: from.peer, channel, bytes });
  }

  #relayEnd(from: Connection, peer: string, channel: number): void {
    if (peer === KUBE_PEER) {
      this.#effects.push({ do: 'local-end', connection: from.id, channel });
      return;
    }
    const target = this.#neighbour(from, peer);
    if (target !== undefined) this.#send(target, { kind: 'relay-end', peer: from.peer, channel });
  }

  /** What has left the socket of a connection becomes credit of those who sent it. */
  #drained(connection: Connection, bufferedBytes: number): void {
    let done = 0;
    for (const { from, bytes } of connection.forwarded) {
      if (connection.forwardedBytes - bytes < bufferedBytes) break;
      connection.forwardedBytes -= bytes;
      done++;
      const sender = this.#connections.get(from);
      if (sender !== undefined) this.#credit(sender, connection.id, bytes);
    }
    connection.forwarded.splice(0, done);
  }

  #credit(sender: Connection, to: number, bytes: number): void {
    const inFlight = sender.inFlight.get(to);
    if (inFlight === undefined) return;
    sender.inFlight.set(to, Math.max(0, inFlight - bytes));
    const owed = (sender.owed.get(to) ?? 0) + Math.min(bytes, inFlight);
    if (owed < CREDIT_STEP_BYTES) {
      sender.owed.set(to, owed);
      return;
    }
    sender.owed.delete(to);
    const peer = to === KUBE_CONNECTION ? KUBE_PEER : this.#connections.get(to)?.peer;
    if (peer !== undefined) this.#send(sender, { kind: 'credit', peer, bytes: owed });
  }

  /** The connection of that name, if the two are in a room together. */
  #neighbour(connection: Connection, peer: string): Connection | undefined {
    const id = this.#idByPeer.get(peer);
    return id !== undefined && connection.neighbours.has(id)
      ? this.#connections.get(id)
      : undefined;
  }

  #refuse(connection: Connection, refusal: SignalingRefusal): void {
    this.#send(connection, { kind: 'refused', refusal });
    this.#effects.push({ do: 'close', connection: connection.id, refusal });
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection.id);
    this.#idByPeer.delete(connection.peer);
    for (const room of [...connection.rooms]) this.#leave(connection, room);
  }

  #send(connection: Connection, message: SignalingMessage): void {
    const bytes = encodeSignaling(message);
    this.#effects.push({ do: 'send', connection: connection.id, bytes });
  }
}

function meet(a: Connection, b: Connection): void {
  a.neighbours.set(b.id, (a.neighbours.get(b.id) ?? 0) + 1);
  b.neighbours.set(a.id, (b.neighbours.get(a.id) ?? 0) + 1);
}

/** After the last common room both sides start from a full window, should they meet again. */
function part(a: Connection, b: Connection): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const rooms = (one.neighbours.get(other.id) ?? 0) - 1;
    if (rooms > 0) one.neighbours.set(other.id, rooms);
    else {
      one.neighbours.delete(other.id);
      one.inFlight.delete(other.id);
      one.owed.delete(other.id);
    }
  }
}
