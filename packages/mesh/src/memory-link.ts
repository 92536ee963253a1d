/** Two ends of a link within one program: for tests, and for parts of one process that speak as peers. */
import { LINK_MESSAGE_BYTES_MAX, type Clock, type Link } from '@atoll/kernel';
import { BaseLink } from './base-link.ts';

/** How a pair of memory links behaves. */
export interface MemoryLinkOptions {
  readonly path?: Link['path'];
  /** With a clock, messages take `latencyMs` one way; without, they arrive at the next microtask. */
  readonly clock?: Clock;
  readonly latencyMs?: number;
}

class MemoryLink extends BaseLink {
  readonly path: Link['path'];
  other: MemoryLink | undefined;
  readonly #options: MemoryLinkOptions;
  readonly #abort = new AbortController();
  #buffered = 0;

  constructor(options: MemoryLinkOptions) {
    super();
    this.path = options.path ?? 'memory';
    this.#options = options;
  }

  get bufferedBytes(): number {
    return this.#buffered;
  }

  send(message: Uint8Array): void {
    if (this.isEnded) return;
    if (message.length > LINK_MESSAGE_BYTES_MAX) {
      this.close();
      return;
    }
    const copy = message.slice() as Uint8Array<ArrayBuffer>;
    this.#buffered += copy.length;
    this.#later().then(
      () => {
        this.#buffered -= copy.length;
        this.other?.deliver(copy);
        this.progressed();
      },
      () => undefined,
    );
  }

  /** Ends both ends as a broken cable would: what is on its way is lost. */
  cut(): void {
    this.#abort.abort();
    this.finish('lost');
    this.other?.finish('lost');
  }

  protected shut(): void {
    this.#later().then(
      () => this.other?.finish('closed'),
      () => undefined,
    );
  }

  #later(): Promise<void> {
    const { clock, latencyMs } = this.#options;
    if (clock === undefined) return Promise.resolve();
    return clock.sleep(latencyMs ?? 0, this.#abort.signal);
  }
}

/** Both ends of a link, and the way to break it. */
export interface MemoryLinkPair {
  readonly left: Link;
  readonly right: Link;
  /** Breaks the link: both ends end as `lost`. */
  cut(): void;
}

/** A pair of links that are each other's far end. */
export function memoryLinkPair(options: MemoryLinkOptions = {}): MemoryLinkPair {
  const left = new MemoryLink(options);
  const right = new MemoryLink(options);
  left.other = right;
  right.other = left;
  return {
    left,
    right,
    cut: () => {
      left.cut();
      right.cut();
    },
  };
}
