/** A link through a KUBE: one channel between two connections, its bytes forwarded by the server. */
import type { Link } from '@atoll/kernel';
import { BaseLink } from './base-link.ts';

/** What a relay link needs of the connection it runs over. */
export interface RelayCarrier {
  /** Sends bytes on the channel now. The link has asked for room before. */
  readonly forward: (bytes: Uint8Array) => void;
  /** Tells the other side that the channel has ended. */
  readonly end: () => void;
  /** Bytes that may be sent now: what is left of the window. */
  readonly room: () => number;
  /** Bytes that lie in the connection's own buffer. */
  readonly carrierBufferedBytes: () => number;
  /** Resolves when the connection's own buffer holds at most so many bytes. */
  readonly carrierDrained: (lowBytes: number) => Promise<void>;
}

/** Relay links hold so many bytes for want of credit; the sender is to wait for `drained` long before. */
const WAITING_BYTES_MAX: number = 4 * 1024 * 1024;

/** One channel. The connection calls `arrive`, `flush` and `lose`. */
export class RelayLink extends BaseLink {
  readonly path: Link['path'] = 'relay';
  readonly #carrier: RelayCarrier;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Whoever waits for credit. */
  #flushes: (() => void)[] = [];

  constructor(carrier: RelayCarrier) {
    super();
    this.#carrier = carrier;
  }

  get bufferedBytes(): number {
    return this.#waitingBytes + this.#carrier.carrierBufferedBytes();
  }

  send(message: Uint8Array): void {
    if (this.isEnded) return;
    if (this.#waiting.length === 0 && message.length <= this.#carrier.room()) {
      this.#carrier.forward(message);
      return;
    }
    if (this.#waitingBytes + message.length > WAITING_BYTES_MAX) {
      this.close();
      return;
    }
    this.#waiting.push(message.slice());
    this.#waitingBytes += message.length;
  }

  /** Waits for credit and for the connection in turn; others fill the connection, too. */
  override async drained(lowBytes: number): Promise<void> {
    while (!this.isEnded && this.bufferedBytes > lowBytes) {
      const left = lowBytes - this.#waitingBytes;
      await (left < 0 ? this.#flushed() : this.#carrier.carrierDrained(left));
    }
  }

  /** A message from the other side. */
  arrive(message: Uint8Array): void {
    this.deliver(message.slice() as Uint8Array<ArrayBuffer>);
  }

  /** There may be room again. */
  flush(): void {
    if (this.isEnded) return;
    let sent = 0;
    for (const message of this.#waiting) {
      if (message.length > this.#carrier.room()) break;
      this.#carrier.forward(message);
      this.#waitingBytes -= message.length;
      sent++;
    }
    this.#waiting.splice(0, sent);
    this.#wake();
  }

  /** The other side, or the connection, has ended. */
  lose(end: 'closed' | 'lost'): void {
    this.finish(end);
    this.#wake();
  }

  #wake(): void {
    const flushes = this.#flushes;
    this.#flushes = [];
    for (const resolve of flushes) resolve();
  }

  #flushed(): Promise<void> {
    return new Promise((resolve) => this.#flushes.push(resolve));
  }

  protected shut(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#carrier.end();
    this.#wake();
  }
}
