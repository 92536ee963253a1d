/** What every transport's link has in common: the queue before the first receiver, and its one end. */
import type { Link, LinkEnd } from '@atoll/kernel';

/** Messages kept before a receiver is set; more than a handshake never come that early. */
const EARLY_MESSAGES_MAX = 256;

interface DrainWaiter {
  readonly lowBytes: number;
  readonly resolve: () => void;
}

/** Base of links. A transport calls `deliver`, `progressed` and `finish`; it implements the rest. */
export abstract class BaseLink implements Link {
  abstract readonly path: Link['path'];
  abstract readonly bufferedBytes: number;
  readonly ended: Promise<LinkEnd>;
  readonly #resolveEnded: (end: LinkEnd) => void;
  #receive: ((message: Uint8Array<ArrayBuffer>) => void) | undefined;
  #early: Uint8Array<ArrayBuffer>[] = [];
  #waiters: DrainWaiter[] = [];
  #isEnded = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<LinkEnd>();
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  /** True once the link has ended. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  abstract send(message: Uint8Array): void;
  /** Tells the transport to end; called at most once, before `ended` resolves. */
  protected abstract shut(): void;

  drained(lowBytes: number): Promise<void> {
    if (this.#isEnded || this.bufferedBytes <= lowBytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ lowBytes, resolve }));
  }

  onMessage(receive: (message: Uint8Array<ArrayBuffer>) => void): void {
    this.#receive = receive;
    const early = this.#early;
    this.#early = [];
    for (const message of early) receive(message);
  }

  close(): void {
    if (this.#isEnded) return;
    this.shut();
    this.finish('closed');
  }

  /** Hands a message that has arrived to the receiver. */
  protected deliver(message: Uint8Array<ArrayBuffer>): void {
    if (this.#isEnded) return;
    if (this.#receive !== undefined) this.#receive(message);
    else if (this.#early.length < EARLY_MESSAGES_MAX) this.#early.push(message);
    else {
      this.shut();
      this.finish('refused');
    }
  }

  /** Says that `bufferedBytes` may have fallen. */
  protected progressed(): void {
    if (this.#waiters.length === 0) return;
    const buffered = this.bufferedBytes;
    const waiting = this.#waiters;
    this.#waiters = waiting.filter((waiter) => buffered > waiter.lowBytes);
    for (const waiter of waiting) if (buffered <= waiter.lowBytes) waiter.resolve();
  }

  /** Ends the link; the first call counts. Messages that nobody took are dropped. */
  protected finish(end: LinkEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const waiting = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiting) waiter.resolve();
    this.#resolveEnded(end);
  }
}
