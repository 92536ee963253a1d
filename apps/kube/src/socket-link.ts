/**
 * A client's WebSocket as a link. Reads no faster than the client's allowance: above it the socket is
 * not read, and the client's own network holds it back.
 */
import { LINK_MESSAGE_BYTES_MAX, type Clock } from '@atoll/kernel';
import { BaseLink } from '@atoll/mesh';
import type { RawData, WebSocket } from 'ws';
import { Allowance, type Rate } from './allowance.ts';

/** Room for the server's own header around a link's message. */
const HEADER_BYTES_MAX = 64;
/** Longest WebSocket message that is read; a longer one ends the connection before it is in memory. */
export const SOCKET_MESSAGE_BYTES_MAX: number = LINK_MESSAGE_BYTES_MAX + HEADER_BYTES_MAX;
/** A client that does not answer the closing of its socket is cut off after this. */
const CLOSE_WAIT_MS = 5_000;

/** WebSocket close codes, RFC 6455. */
const CLOSE = { normal: 1000, unsupported: 1003 } as const;

/** How fast a client may send. */
export interface SocketRates {
  readonly clock: Clock;
  readonly messages: Rate;
  readonly bytes: Rate;
  /** Told when the socket is not read for a while. */
  readonly onThrottle: () => void;
}

/** A link over a socket of the library `ws`. */
export class SocketLink extends BaseLink {
  readonly path = 'relay';
  readonly #socket: WebSocket;
  readonly #rates: SocketRates;
  readonly #messages: Allowance;
  readonly #bytes: Allowance;
  readonly #abort: AbortController = new AbortController();
  #paused = false;

  constructor(socket: WebSocket, rates: SocketRates) {
    super();
    const nowMs = rates.clock.monotonicMs();
    this.#socket = socket;
    this.#rates = rates;
    this.#messages = new Allowance(rates.messages, nowMs);
    this.#bytes = new Allowance(rates.bytes, nowMs);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('close', (code) => this.#end(code === CLOSE.normal ? 'closed' : 'lost'));
    // A broken frame, a message above the limit, a reset: `close` follows.
    socket.on('error', () => undefined);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.isEnded || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(message, () => this.progressed());
  }

  protected shut(): void {
    this.#abort.abort();
    if (this.#paused) this.#socket.resume();
    this.#socket.close(CLOSE.normal);
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_WAIT_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.isEnded) return;
    if (!isBinary || !Buffer.isBuffer(data)) {
      this.#socket.close(CLOSE.unsupported);
      this.#end('refused');
      return;
    }
    const nowMs = this.#rates.clock.monotonicMs();
    const waitMs = Math.max(this.#messages.spend(nowMs, 1), this.#bytes.spend(nowMs, data.length));
    if (waitMs > 0 && !this.#paused) void this.#pause(waitMs);
    this.deliver(new Uint8Array(data));
  }

  async #pause(waitMs: number): Promise<void> {
    this.#paused = true;
    this.#socket.pause();
    this.#rates.onThrottle();
    try {
      await this.#rates.clock.sleep(waitMs, this.#abort.signal);
      this.#socket.resume();
    } catch {
      // Ended meanwhile.
    }
    this.#paused = false;
  }

  #end(how: 'closed' | 'lost' | 'refused'): void {
    this.#abort.abort();
    this.finish(how);
  }
}
