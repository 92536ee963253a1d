/**
 * Runs the signaling service over links: what a KUBE wires its WebSockets to, and what tests use as a
 * KUBE in memory. Links to the KUBE itself (its mailboxes) come out at `onLink`.
 */
import type { Clock, Link, Rng } from '@atoll/kernel';
import { RelayLink } from './relay-link.ts';
import {
  SignalingServer,
  type SignalingEffect,
  type SignalingEvent,
  type SignalingLimits,
} from './signaling-server.ts';
import { CHANNELS_PER_PAIR_MAX, RELAY_WINDOW_BYTES, type SignalingRefusal } from './signaling.ts';

/** How often dead connections are looked for. */
const TICK_MS = 15_000;
/** A socket that holds more than this for want of a reader is given up: windows bound honest ones. */
const SOCKET_BYTES_MAX: number = 64 * RELAY_WINDOW_BYTES;

/** Below this, what a socket has sent is told at every message. */
const SOCKET_LOW_BYTES: number = RELAY_WINDOW_BYTES / 4;

/** What an operator may want to count. */
export interface SignalingObserver {
  /** Bytes of a client's message. */
  readonly received?: (bytes: number) => void;
  /** Bytes of a message to a client. */
  readonly sent?: (bytes: number) => void;
  readonly refused?: (refusal: SignalingRefusal) => void;
}

/** What a host is made of. */
export interface SignalingHostOptions {
  readonly kubeName: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly limits?: SignalingLimits;
  readonly observer?: SignalingObserver;
  /** Takes a new link between a client and the KUBE itself. Absent: such links are refused. */
  readonly onLink?: (link: Link, connection: number) => void;
}

interface Attached {
  readonly link: Link;
  readonly channels: Map<number, RelayLink>;
  draining: boolean;
}

/** The service over links. */
export class SignalingHost implements Disposable {
  readonly #options: SignalingHostOptions;
  readonly #server: SignalingServer;
  readonly #attached = new Map<number, Attached>();
  readonly #abort = new AbortController();
  #lastConnection = 0;

  constructor(options: SignalingHostOptions) {
    this.#options = options;
    this.#server = new SignalingServer(options);
    void this.#tick();
  }

  /** For metrics. */
  get counts(): { readonly connections: number; readonly rooms: number } {
    return this.#server.counts;
  }

  /** Serves a client's connection until it ends. Gives its number. */
  attach(link: Link): number {
    const connection = ++this.#lastConnection;
    this.#attached.set(connection, { link, channels: new Map(), draining: false });
    this.#step({ on: 'open', connection });
    void link.ended.then(() => {
      this.#detach(connection);
      this.#step({ on: 'closed', connection });
    });
    link.onMessage((bytes) => {
      this.#options.observer?.received?.(bytes.length);
      this.#step({ on: 'message', connection, bytes });
    });
    return connection;
  }

  /** Tells everybody that the server ends, and ends every connection. */
  [Symbol.dispose](): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#step({ on: 'closing' });
    for (const [connection, { link }] of [...this.#attached]) {
      this.#detach(connection);
      link.close();
    }
  }

  async #tick(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#abort.signal.aborted) {
      try {
        await clock.sleep(TICK_MS, this.#abort.signal);
      } catch {
        return;
      }
      this.#step({ on: 'tick' });
    }
  }

  #step(event: SignalingEvent): void {
    for (const effect of this.#server.step(event, this.#options.clock.nowMs())) this.#do(effect);
  }

  #do(effect: SignalingEffect): void {
    const attached = this.#attached.get(effect.connection);
    if (attached === undefined) return;
    switch (effect.do) {
      case 'send':
        this.#options.observer?.sent?.(effect.bytes.length);
        attached.link.send(effect.bytes);
        if (attached.link.bufferedBytes > SOCKET_BYTES_MAX) attached.link.close();
        else this.#sent(effect.connection, attached);
        break;
      case 'close':
        this.#options.observer?.refused?.(effect.refusal);
        this.#detach(effect.connection);
        void attached.link.drained(0).then(() => attached.link.close());
        break;
      case 'local':
        this.#local(effect.connection, attached, effect);
        break;
      case 'local-end':
        attached.channels.get(effect.channel)?.lose('closed');
        attached.channels.delete(effect.channel);
        break;
    }
  }

  /** Tells the service how far a socket has got: below the mark at every message, and when it is empty. */
  #sent(connection: number, attached: Attached): void {
    const { bufferedBytes } = attached.link;
    if (bufferedBytes <= SOCKET_LOW_BYTES) this.#drained(connection, attached);
    if (bufferedBytes > 0 && !attached.draining) void this.#drain(connection, attached);
  }

  async #drain(connection: number, attached: Attached): Promise<void> {
    attached.draining = true;
    await attached.link.drained(SOCKET_LOW_BYTES);
    this.#drained(connection, attached);
    await attached.link.drained(0);
    attached.draining = false;
    this.#drained(connection, attached);
  }

  #drained(connection: number, attached: Attached): void {
    this.#step({ on: 'drained', connection, bufferedBytes: attached.link.bufferedBytes });
    for (const channel of attached.channels.values()) channel.flush();
  }

  #local(
    connection: number,
    attached: Attached,
    message: { readonly channel: number; readonly bytes: Uint8Array },
  ): void {
    const { channel, bytes } = message;
    const link = attached.channels.get(channel) ?? this.#accept(connection, attached, channel);
    if (link === undefined) {
      this.#step({ on: 'local-end', connection, channel });
    } else {
      link.arrive(bytes);
    }
    // Sessions bound what they keep by their own credit, so the bytes count as dealt with at once.
    this.#step({ on: 'local-consumed', connection, bytes: bytes.length });
  }

  #accept(connection: number, attached: Attached, channel: number): RelayLink | undefined {
    const { onLink } = this.#options;
    if (onLink === undefined || attached.channels.size >= CHANNELS_PER_PAIR_MAX) return undefined;
    const link = new RelayLink({
      forward: (bytes) => this.#step({ on: 'local-send', connection, channel, bytes }),
      end: () => this.#step({ on: 'local-end', connection, channel }),
      room: () => RELAY_WINDOW_BYTES - attached.link.bufferedBytes,
      carrierBufferedBytes: () => attached.link.bufferedBytes,
      carrierDrained: (lowBytes) => attached.link.drained(lowBytes),
    });
    attached.channels.set(channel, link);
    void link.ended.then(() => {
      if (attached.channels.get(channel) === link) attached.channels.delete(channel);
    });
    onLink(link, connection);
    return link;
  }

  #detach(connection: number): void {
    const attached = this.#attached.get(connection);
    if (attached === undefined) return;
    this.#attached.delete(connection);
    for (const link of attached.channels.values()) link.lose('lost');
  }
}
