/** A client of a server's mailboxes that keeps to no rule: says what it likes on the streams of one mailbox. */
import { freshAgreer } from '@atoll/crypto';
import type { Run } from '@atoll/feed';
import type { Clock, Link, Rng } from '@atoll/kernel';
import {
  CHUNK_MESSAGE_BYTES_MAX,
  decodeChunkMessage,
  encodeChunkMessage,
  type ChunkMessage,
} from '../chunk-messages.ts';
import { openingOf, type MailboxAccess } from '../mailbox-access.ts';
import { Mux } from '../mux.ts';
import type { MuxStream } from '../mux-stream.ts';
import { openSecureChannel, type SecureChannel } from '../secure-channel.ts';
import type { SessionEnd } from '../session-end.ts';
import {
  CONTROL_BYTES_MAX,
  REF_MAX,
  SPACE_MESSAGE_BYTES_MAX,
  decodeControl,
  encodeControl,
  type MailboxAnswer,
  type SpaceItem,
} from '../session-messages.ts';
import { KUBE_SECRET } from '../session-secret.ts';
import { encodeSpaceMessage } from '../space-messages.ts';
import {
  STATE_MESSAGE_BYTES_MAX,
  decodeStateMessage,
  encodeStateMessage,
  type StateMessage,
} from '../state-messages.ts';

const REF = 0;

/** One mailbox, opened with what somebody has. */
export class RawMailbox {
  /** What the server said to the opening. */
  readonly answer: MailboxAnswer;
  readonly #channel: SecureChannel;
  readonly #streams: Streams;

  private constructor(channel: SecureChannel, streams: Streams, answer: MailboxAnswer) {
    this.#channel = channel;
    this.#streams = streams;
    this.answer = answer;
  }

  /** `changes` are made to what is said to open it, after it was signed. */
  static async open(
    link: Link,
    ports: { readonly clock: Clock; readonly rng: Rng },
    access: MailboxAccess,
    changes: Partial<Awaited<ReturnType<typeof openingOf>>> = {},
  ): Promise<RawMailbox> {
    const channel = await openSecureChannel({
      ...{ ...ports, link, role: 'initiator', purpose: 'kube', day: 0, secrets: [KUBE_SECRET] },
      agreer: await freshAgreer(ports.rng),
    });
    if (typeof channel === 'string') throw new Error(channel);
    const streams = new Streams(channel, ports.clock);
    const opening = await openingOf(access, { ref: REF, handshakeHash: channel.handshakeHash });
    streams.say({ ...opening, ...changes });
    return new RawMailbox(channel, streams, await streams.opened);
  }

  /** Why the session ended. */
  get ended(): Promise<SessionEnd> {
    return this.#channel.ended;
  }

  /** Asks for all that somebody without anything lacks, or says anything else of the space. */
  say(item: SpaceItem): void {
    this.#streams.say(item);
  }

  /** Sends a run that nobody has asked for. */
  push(run: Run): void {
    this.#streams.log.send(encodeSpaceMessage({ kind: 'run', run }));
  }

  /** Says something of pieces of files; the answer. */
  piece(message: ChunkMessage): Promise<ChunkMessage> {
    return this.#streams.piece(message);
  }

  /** Says something of state or records; the answer. */
  state(message: StateMessage): Promise<StateMessage> {
    return this.#streams.state(message);
  }

  close(): void {
    this.#streams.mux.end('SESSION_CLOSED');
  }
}

/** The streams of a session with one mailbox. */
class Streams {
  readonly mux: Mux;
  readonly log: MuxStream;
  readonly opened: Promise<MailboxAnswer>;
  readonly #control: MuxStream;
  readonly #pieces: MuxStream;
  readonly #states: MuxStream;
  readonly #waiting: { piece: ((m: ChunkMessage) => void)[]; state: ((m: StateMessage) => void)[] };

  constructor(channel: SecureChannel, clock: Clock) {
    const opened = Promise.withResolvers<MailboxAnswer>();
    this.opened = opened.promise;
    this.#waiting = { piece: [], state: [] };
    this.mux = new Mux(channel, clock, { onDatagram: () => undefined });
    const open = (number: number, messageBytesMax: number, receiver: (b: Uint8Array) => void) =>
      this.mux.open({ number, priority: 'bulk', messageBytesMax, receiver });
    this.#control = open(0, CONTROL_BYTES_MAX, (bytes) => {
      const message = decodeControl(bytes);
      if (message.kind !== 'items') return;
      for (const item of message.items) if (item.say === 'mailbox') opened.resolve(item.answer);
    });
    this.log = open(REF + 1, SPACE_MESSAGE_BYTES_MAX, () => undefined);
    this.#pieces = open(REF + REF_MAX + 2, CHUNK_MESSAGE_BYTES_MAX, (bytes) => {
      this.#waiting.piece.shift()?.(decodeChunkMessage(bytes));
    });
    this.#states = open(REF + 2 * (REF_MAX + 1) + 1, STATE_MESSAGE_BYTES_MAX, (bytes) => {
      this.#waiting.state.shift()?.(decodeStateMessage(bytes.slice()));
    });
    this.mux.start();
  }

  say(item: SpaceItem): void {
    this.#control.send(encodeControl({ kind: 'items', items: [item] }));
  }

  piece(message: ChunkMessage): Promise<ChunkMessage> {
    this.#pieces.send(encodeChunkMessage(message));
    return new Promise((resolve) => this.#waiting.piece.push(resolve));
  }

  state(message: StateMessage): Promise<StateMessage> {
    this.#states.send(encodeStateMessage(message));
    return new Promise((resolve) => this.#waiting.state.push(resolve));
  }
}
