/**
 * One stream of a multiplexer: messages cut into bytes on one side, put together on the other, with
 * credit for what has been dealt with. Both directions share a number.
 */
import { Writer } from '@atoll/codec';

/** Bytes of a stream that may be on their way without having been dealt with. */
export const STREAM_WINDOW_BYTES: number = 256 * 1024;
/** Credit of one message is held back at most up to this, so that messages larger than a window pass. */
const HELD_BYTES_MAX: number = STREAM_WINDOW_BYTES / 2;
/** Credit goes back in portions of at least this. */
const CREDIT_STEP_BYTES: number = STREAM_WINDOW_BYTES / 8;
/** Bytes of the longest length of a message. */
const LENGTH_BYTES_MAX = 4;

/** What is sent first when there is more than the link takes. */
export type StreamPriority = 'control' | 'live' | 'bulk';

/** What a stream needs of its multiplexer. */
export interface StreamCarrier {
  /** There is something to send. */
  readonly wake: () => void;
  readonly credit: (stream: number, bytes: number) => void;
  /** The peer broke the protocol. */
  readonly violated: (end: 'SESSION_FLOOD' | 'SESSION_MALFORMED') => void;
}

/** Takes messages one after another; the next comes when the promise resolves. */
export type StreamReceiver = (message: Uint8Array<ArrayBuffer>) => void | Promise<void>;

/** One stream. `take`, `arrive` and `grant` belong to the multiplexer. */
export class MuxStream {
  readonly number: number;
  priority: StreamPriority;
  readonly #carrier: StreamCarrier;
  readonly #receiver: StreamReceiver;
  readonly #out: Uint8Array[] = [];
  #outOffset = 0;
  #outBytes = 0;
  #credit = STREAM_WINDOW_BYTES;
  #waiters: { readonly lowBytes: number; readonly resolve: () => void }[] = [];
  readonly #in: IncomingMessage;
  readonly #complete: { readonly bytes: Uint8Array<ArrayBuffer>; readonly held: number }[] = [];
  #delivering = false;
  #unacknowledged = 0;
  #owed = 0;
  #closed = false;

  constructor(options: {
    readonly number: number;
    readonly priority: StreamPriority;
    readonly messageBytesMax: number;
    readonly receiver: StreamReceiver;
    readonly carrier: StreamCarrier;
  }) {
    this.number = options.number;
    this.priority = options.priority;
    this.#receiver = options.receiver;
    this.#carrier = options.carrier;
    this.#in = new IncomingMessage(options.messageBytesMax);
  }

  /** Bytes that wait for credit or for the link. */
  get queuedBytes(): number {
    return this.#outBytes;
  }

  /** True when there are bytes to send and credit to send them. */
  get canSend(): boolean {
    return this.#outBytes > 0 && this.#credit > 0;
  }

  /** Queues a message. The caller bounds the queue by waiting for `drained`. */
  send(message: Uint8Array): void {
    if (this.#closed) return;
    const length = new Writer(LENGTH_BYTES_MAX).varint(message.length).finish();
    this.#out.push(length, message);
    this.#outBytes += length.length + message.length;
    this.#carrier.wake();
  }

  /** Resolves when at most `lowBytes` wait, or the stream has ended. */
  drained(lowBytes: number): Promise<void> {
    if (this.#closed || this.#outBytes <= lowBytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ lowBytes, resolve }));
  }

  /** Fills `target` with the next bytes, as far as credit goes; gives how many. */
  take(target: Uint8Array): number {
    let filled = 0;
    const room = Math.min(target.length, this.#credit);
    while (filled < room) {
      const chunk = this.#out[0];
      if (chunk === undefined) break;
      const part = chunk.subarray(this.#outOffset, this.#outOffset + room - filled);
      target.set(part, filled);
      filled += part.length;
      this.#outOffset += part.length;
      if (this.#outOffset === chunk.length) {
        this.#out.shift();
        this.#outOffset = 0;
      }
    }
    this.#credit -= filled;
    this.#outBytes -= filled;
    this.#wakeWaiters();
    return filled;
  }

  /** The peer has dealt with so many bytes. */
  grant(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit > STREAM_WINDOW_BYTES) this.#carrier.violated('SESSION_MALFORMED');
    else if (this.#outBytes > 0) this.#carrier.wake();
  }

  /** Bytes from the peer. */
  arrive(bytes: Uint8Array): void {
    this.#unacknowledged += bytes.length;
    if (this.#unacknowledged > STREAM_WINDOW_BYTES) {
      this.#carrier.violated('SESSION_FLOOD');
      return;
    }
    let at = 0;
    while (at < bytes.length) {
      const used = this.#in.feed(bytes.subarray(at));
      if (used === undefined) {
        this.#carrier.violated('SESSION_MALFORMED');
        return;
      }
      at += used;
      this.#acknowledge(this.#in.releasable(HELD_BYTES_MAX));
      const message = this.#in.finished();
      if (message !== undefined) this.#complete.push(message);
    }
    if (!this.#delivering) void this.#deliver();
  }

  /** Ends the stream here: what waits is dropped, what arrives is discarded. */
  close(): void {
    this.#closed = true;
    this.#out.length = 0;
    this.#outBytes = 0;
    this.#outOffset = 0;
    this.#wakeWaiters();
  }

  async #deliver(): Promise<void> {
    this.#delivering = true;
    for (;;) {
      const next = this.#complete.shift();
      if (next === undefined) break;
      if (!this.#closed) {
        const done = this.#receiver(next.bytes);
        if (done !== undefined) await done;
      }
      this.#acknowledge(next.held);
    }
    this.#delivering = false;
  }

  #acknowledge(bytes: number): void {
    this.#unacknowledged -= bytes;
    this.#owed += bytes;
    if (this.#owed < CREDIT_STEP_BYTES) return;
    this.#carrier.credit(this.number, this.#owed);
    this.#owed = 0;
  }

  #wakeWaiters(): void {
    if (this.#waiters.length === 0) return;
    const waiting = this.#waiters;
    const isLow = (lowBytes: number): boolean => this.#closed || this.#outBytes <= lowBytes;
    this.#waiters = waiting.filter((waiter) => !isLow(waiter.lowBytes));
    for (const waiter of waiting) if (isLow(waiter.lowBytes)) waiter.resolve();
  }
}

/** A message on its way in: its length, then its bytes, in whatever pieces they come. */
class IncomingMessage {
  readonly #bytesMax: number;
  #lengthBytes = 0;
  #length = 0;
  #lengthKnown = false;
  #chunks: Uint8Array[] = [];
  #received = 0;
  #held = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Uses some of `bytes`, at most to the end of this message; `undefined` when they are malformed. */
  feed(bytes: Uint8Array): number | undefined {
    let at = 0;
    while (!this.#lengthKnown && at < bytes.length) {
      const byte = bytes[at++] as number;
      if (byte === 0 && this.#lengthBytes > 0) return undefined;
      this.#length += (byte & 0x7f) * 0x80 ** this.#lengthBytes++;
      this.#lengthKnown = byte < 0x80;
      if (this.#length > this.#bytesMax || this.#lengthBytes > LENGTH_BYTES_MAX) return undefined;
    }
    const part = bytes.slice(at, at + this.#length - this.#received);
    if (this.#lengthKnown && part.length > 0) {
      this.#chunks.push(part);
      this.#received += part.length;
      at += part.length;
    }
    this.#held += at;
    return at;
  }

  /** Bytes above `heldMax` that can be acknowledged before the message is whole. */
  releasable(heldMax: number): number {
    const bytes = Math.max(0, this.#held - heldMax);
    this.#held -= bytes;
    return bytes;
  }

  /** The whole message, once; then the next one begins. */
  finished(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly held: number } | undefined {
    if (!this.#lengthKnown || this.#received < this.#length) return undefined;
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    const held = this.#held;
    this.#chunks = [];
    this.#lengthBytes = 0;
    this.#length = 0;
    this.#lengthKnown = false;
    this.#received = 0;
    this.#held = 0;
    return { bytes, held };
  }
}
