/**
 * The multiplexer over a secure channel: streams with credit, small unreliable datagrams, and signs of
 * life. What is urgent goes first; nothing is sent faster than the link takes it.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { Clock } from '@atoll/kernel';
import { DATAGRAM_BYTES_MAX } from './datagram.ts';
import { MuxStream, type StreamPriority, type StreamReceiver } from './mux-stream.ts';
import { FRAME_BYTES_MAX, sessionEndOf, type SecureChannel } from './secure-channel.ts';
import { SESSION_ENDS, type SessionEnd } from './session-end.ts';

/** Streams of a session: control, and for each of 1,024 numbers of spaces one for log, chunks and state each. */
export const STREAM_NUMBER_MAX = 3072;
/** The link holds so much before the multiplexer stops filling it: what it holds, urgent bytes wait for. */
const LINK_HIGH_BYTES = { relay: 64 * 1024, direct: 256 * 1024 } as const;
/** Datagrams are dropped while the link holds more than this. */
const DATAGRAM_LINK_BYTES_MAX: number = 32 * 1024;
/** A frame's kind and stream number. */
const FRAME_HEADER_BYTES = 3;
/** How often a silent session is asked for a sign of life. */
const PING_EVERY_MS = 15_000;
/** A session that was silent for so long is dead. */
const SILENCE_MAX_MS = 40_000;

const FRAME = { data: 0, credit: 1, datagram: 2, ping: 3, pong: 4, end: 5 } as const;
const PRIORITIES: readonly StreamPriority[] = ['control', 'live', 'bulk'];

/** What a multiplexer tells its session. */
export interface MuxEvents {
  /** A datagram for a stream that need not be open. The bytes are a view. */
  readonly onDatagram: (stream: number, bytes: Uint8Array) => void;
}

/** Streams over one channel. */
export class Mux {
  readonly channel: SecureChannel;
  readonly #clock: Clock;
  readonly #events: MuxEvents;
  readonly #streams = new Map<number, MuxStream>();
  readonly #highBytes: number;
  readonly #ended = new AbortController();
  #waitingForLink = false;
  #lastServed = 0;
  #heardMs: number;
  /** Signs of life count from here: the clock itself would be the same in every session of a program. */
  readonly #beganMs: number;
  #rttMs: number | undefined;

  constructor(channel: SecureChannel, clock: Clock, events: MuxEvents) {
    this.channel = channel;
    this.#clock = clock;
    this.#events = events;
    this.#highBytes = LINK_HIGH_BYTES[channel.link.path === 'relay' ? 'relay' : 'direct'];
    this.#heardMs = clock.monotonicMs();
    this.#beganMs = this.#heardMs;
    void this.#keepAlive();
    void channel.ended.then(() => {
      this.#ended.abort();
      for (const stream of this.#streams.values()) stream.close();
    });
  }

  /** Starts to take frames; streams that the peer may use at once are open by then. */
  start(): void {
    this.channel.onFrame((frame) => this.#arrive(frame));
  }

  /** Round trip of the last sign of life that was asked for. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /** When the last frame came, on the monotonic clock. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Opens a stream. The number is not in use. */
  open(options: {
    readonly number: number;
    readonly priority: StreamPriority;
    readonly messageBytesMax: number;
    readonly receiver: StreamReceiver;
  }): MuxStream {
    const stream = new MuxStream({
      ...options,
      carrier: {
        wake: () => this.#pump(),
        credit: (number, bytes) =>
          this.channel.send(new Writer(16).u8(FRAME.credit).varint(number).varint(bytes).finish()),
        violated: (end) => this.end(end),
      },
    });
    this.#streams.set(stream.number, stream);
    return stream;
  }

  /** Sends a datagram now, or drops it when the link is busy. `false` when it was dropped. */
  datagram(stream: number, bytes: Uint8Array): boolean {
    const busy = this.channel.link.bufferedBytes > DATAGRAM_LINK_BYTES_MAX;
    if (busy || bytes.length > DATAGRAM_BYTES_MAX) return false;
    this.channel.send(
      new Writer(bytes.length + 8).u8(FRAME.datagram).varint(stream).raw(bytes).finish(),
    );
    return true;
  }

  /** Tells the peer the reason, then ends the session. */
  end(end: SessionEnd): void {
    if (this.channel.isEnded) return;
    this.channel.send(Uint8Array.of(FRAME.end, SESSION_ENDS.indexOf(end)));
    this.channel.close(end);
  }

  /** Asks for a sign of life; ends the session when there is none within `timeoutMs`. */
  async check(timeoutMs: number): Promise<void> {
    const askedMs = this.#clock.monotonicMs();
    this.#ping(askedMs);
    await this.#sleep(timeoutMs);
    if (this.#heardMs < askedMs) this.end('SESSION_TIMEOUT');
  }

  #arrive(frame: Uint8Array): void {
    this.#heardMs = this.#clock.monotonicMs();
    try {
      this.#read(frame);
    } catch (failure) {
      if (!(failure instanceof CodecError)) throw failure;
      this.end('SESSION_MALFORMED');
    }
  }

  #read(frame: Uint8Array): void {
    const reader = new Reader(frame);
    const kind = reader.u8();
    switch (kind) {
      case FRAME.data:
        return this.#stream(reader).arrive(reader.raw(reader.left));
      case FRAME.credit: {
        const stream = this.#stream(reader);
        const bytes = reader.varint();
        reader.end();
        return stream.grant(bytes);
      }
      case FRAME.datagram: {
        // One for a stream that is not open here yet, or not any more, is lost as datagrams may be.
        const number = reader.varint(STREAM_NUMBER_MAX);
        return this.#events.onDatagram(number, reader.raw(reader.left));
      }
      case FRAME.ping: {
        const nonce = reader.varint();
        reader.end();
        return this.channel.send(new Writer(16).u8(FRAME.pong).varint(nonce).finish());
      }
      case FRAME.pong:
        this.#rttMs = Math.max(0, this.#heardMs - this.#beganMs - reader.varint());
        return reader.end();
      case FRAME.end:
        return this.channel.close(sessionEndOf(reader.u8()));
      default:
        throw new CodecError('CODEC_UNKNOWN_TAG', 'a frame is of no known kind');
    }
  }

  /** A peer only uses streams that both sides have opened. */
  #stream(reader: Reader): MuxStream {
    const stream = this.#streams.get(reader.varint(STREAM_NUMBER_MAX));
    if (stream === undefined) {
      throw new CodecError('CODEC_MALFORMED', 'a frame is for a stream that nobody has opened');
    }
    return stream;
  }

  /** Fills the link with the most urgent bytes there are, and goes on when it has room again. */
  #pump(): void {
    const { link } = this.channel;
    while (!this.#waitingForLink && !this.channel.isEnded) {
      if (link.bufferedBytes >= this.#highBytes) {
        this.#waitingForLink = true;
        void link.drained(this.#highBytes / 4).then(() => {
          this.#waitingForLink = false;
          this.#pump();
        });
        return;
      }
      const stream = this.#next();
      if (stream === undefined) return;
      this.#lastServed = stream.number;
      this.#emit(stream);
    }
  }

  #emit(stream: MuxStream): void {
    const size = Math.min(FRAME_BYTES_MAX, stream.queuedBytes + FRAME_HEADER_BYTES);
    const frame = new Uint8Array(size);
    const header = new Writer(8).u8(FRAME.data).varint(stream.number).finish();
    frame.set(header);
    const taken = stream.take(frame.subarray(header.length));
    this.channel.send(frame.subarray(0, header.length + taken));
  }

  /** Of the most urgent streams with something to send, the one after the one served last. */
  #next(): MuxStream | undefined {
    let best: MuxStream | undefined;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams.values()) {
      if (!stream.canSend) continue;
      const behind = stream.number <= this.#lastServed ? 0.5 : 0;
      const rank = PRIORITIES.indexOf(stream.priority) + behind;
      if (rank < bestRank) [best, bestRank] = [stream, rank];
    }
    return best;
  }

  async #keepAlive(): Promise<void> {
    while (!this.channel.isEnded) {
      await this.#sleep(PING_EVERY_MS);
      const nowMs = this.#clock.monotonicMs();
      if (nowMs - this.#heardMs > SILENCE_MAX_MS) this.end('SESSION_TIMEOUT');
      else this.#ping(nowMs);
    }
  }

  #ping(nowMs: number): void {
    const nonce = Math.max(0, Math.floor(nowMs - this.#beganMs));
    this.channel.send(new Writer(16).u8(FRAME.ping).varint(nonce).finish());
  }

  async #sleep(delayMs: number): Promise<void> {
    await this.#clock.sleep(delayMs, this.#ended.signal).catch(() => undefined);
  }
}
