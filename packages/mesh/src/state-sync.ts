/**
 * Questions about the state of one space over one session, where its history is not to be had: asked in
 * one direction, answered in the other, on a stream of the lowest urgency. What is asked is nothing to it.
 */
import { CodecError } from '@atoll/codec';
import { TokenBucket, errorCode, type Clock, type Log } from '@atoll/kernel';
import type { MuxStream } from './mux-stream.ts';
import { ANSWER_BYTES_MAX, decodeStateMessage, encodeStateMessage } from './state-messages.ts';
import type { Stand, StateMessage } from './state-messages.ts';

/** Questions on their way in each direction: enough to fill a line while the other side thinks. */
export const ASKS_MAX = 4;
/**
 * Answers at once and a second. Each is worked out for whoever asks, so that a member could keep a device
 * busy by asking for ever; above this he waits. A million objects are some two thousand answers.
 */
export const ANSWERS_BURST = 128;
/** Answers a second on average. */
export const ANSWERS_PER_SECOND = 64;
/** So long until a token is looked for again. */
const TOKEN_WAIT_MS = 20;
/** Answers wait while the stream holds more. */
const STREAM_LOW_BYTES: number = 64 * 1024;

/** Whoever knows the state of a space. */
export interface StateHolder {
  /**
   * Answers a question of the device with this session key, in hex; `undefined` where there is no answer.
   * At most {@link ANSWER_BYTES_MAX} bytes. @throws StoreError, which is answered with nothing.
   */
  answer(question: Uint8Array, from: string): Promise<Uint8Array | undefined>;
  /** Keeps an answer under a name. Absent where nothing is kept for others. @throws StoreError. */
  give?(tag: string, name: string, bytes: Uint8Array): Promise<Uint8Array | undefined>;
  /** Stands on what was given, if all of it is here. @throws StoreError. */
  stand?(stand: Stand): Promise<Uint8Array | undefined>;
  /** Keeps a record in place of the one with the same token. Absent where none are kept. @throws StoreError. */
  keep?(token: string, bytes: Uint8Array): Promise<Uint8Array | undefined>;
  /** Says which records are kept. @throws StoreError. */
  kept?(): Promise<Uint8Array | undefined>;
}

/** A message that wants an answer. */
type Asked = Extract<StateMessage, { say: 'ask' | 'give' | 'stand' | 'keep' | 'kept' }>;

/** What came of a question. */
export type StateAnswer =
  | { readonly at: 'answer'; readonly bytes: Uint8Array }
  | { readonly at: 'none' }
  /** The session has ended, or the space has left it. */
  | { readonly at: 'gone' };

/** Why a session ends because of questions. */
export type StateFault = 'SESSION_MALFORMED' | 'SESSION_FLOOD';

/** One space, one session. */
export class StateSync {
  readonly #stream: Pick<MuxStream, 'send' | 'drained'>;
  readonly #holder: () => StateHolder | undefined;
  readonly #from: string;
  readonly #clock: Clock;
  readonly #log: Log | undefined;
  readonly #onFault: (fault: StateFault) => void;
  readonly #tokens: TokenBucket;
  readonly #abort = new AbortController();
  readonly #pending: ((answer: StateAnswer) => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #asked: Asked[] = [];
  #answering = false;

  constructor(options: {
    readonly stream: Pick<MuxStream, 'send' | 'drained'>;
    /** Asked anew each time: while the space is out of sync there is none. */
    readonly holder: () => StateHolder | undefined;
    /** Session key of the other side, in hex. */
    readonly from: string;
    readonly clock: Clock;
    readonly log?: Log | undefined;
    readonly onFault: (fault: StateFault) => void;
  }) {
    const { clock } = options;
    this.#stream = options.stream;
    this.#holder = options.holder;
    this.#from = options.from;
    this.#clock = clock;
    this.#log = options.log;
    this.#onFault = options.onFault;
    this.#tokens = new TokenBucket({
      burst: ANSWERS_BURST,
      perSecond: ANSWERS_PER_SECOND,
      nowMs: clock.monotonicMs(),
    });
  }

  /** Asks the other side, after what is being asked already. Never rejects. */
  ask(question: Uint8Array): Promise<StateAnswer> {
    return this.say({ say: 'ask', bytes: question });
  }

  /** The same for anything that is answered. */
  async say(asked: Asked): Promise<StateAnswer> {
    while (this.#pending.length >= ASKS_MAX && !this.#abort.signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#abort.signal.aborted) return { at: 'gone' };
    return new Promise((resolve) => {
      this.#pending.push(resolve);
      this.#stream.send(encodeStateMessage(asked));
    });
  }

  /** A message of the other side. */
  receive(bytes: Uint8Array): void {
    if (this.#abort.signal.aborted) return;
    let message: StateMessage;
    try {
      message = decodeStateMessage(bytes);
    } catch (failure) {
      if (!(failure instanceof CodecError)) throw failure;
      this.#onFault('SESSION_MALFORMED');
      return;
    }
    if (message.say === 'answer' || message.say === 'none') this.#answered(message);
    else if (message.say === 'stand' || message.say === 'kept') this.#enqueue(message);
    else this.#enqueue({ ...message, bytes: message.bytes.slice() });
  }

  /** The session has ended: no answer will come any more. */
  stop(): void {
    this.#abort.abort();
    this.#asked.length = 0;
    for (const resolve of this.#pending.splice(0)) resolve({ at: 'gone' });
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #answered(message: StateMessage & { readonly say: 'answer' | 'none' }): void {
    const resolve = this.#pending.shift();
    if (resolve === undefined) {
      this.#onFault('SESSION_MALFORMED');
      return;
    }
    resolve(message.say === 'none' ? { at: 'none' } : { at: 'answer', bytes: message.bytes });
    this.#waiting.shift()?.();
  }

  #enqueue(asked: Asked): void {
    this.#asked.push(asked);
    // The one that is being answered counts until its answer is out.
    if (this.#asked.length > ASKS_MAX) this.#onFault('SESSION_FLOOD');
    else if (!this.#answering) void this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    this.#answering = true;
    for (;;) {
      const [asked] = this.#asked;
      if (asked === undefined || !(await this.#hasTurn())) break;
      const bytes = await this.#answer(asked);
      if (this.#abort.signal.aborted) break;
      this.#asked.shift();
      this.#stream.send(
        encodeStateMessage(bytes === undefined ? { say: 'none' } : { say: 'answer', bytes }),
      );
      await this.#stream.drained(STREAM_LOW_BYTES);
    }
    this.#answering = false;
  }

  async #hasTurn(): Promise<boolean> {
    const { signal } = this.#abort;
    while (!signal.aborted && !this.#tokens.take(this.#clock.monotonicMs())) {
      await this.#clock.sleep(TOKEN_WAIT_MS, signal).catch(() => undefined);
    }
    return !signal.aborted;
  }

  /** Whatever fails here is no fault of who asked: he may ask again, or somebody else. */
  async #answer(asked: Asked): Promise<Uint8Array | undefined> {
    try {
      const bytes = await this.#answerOf(asked, this.#holder());
      if (bytes === undefined || bytes.length <= ANSWER_BYTES_MAX) return bytes;
      this.#log?.event('error', 'mesh.state.too-long', { bytes: bytes.length });
    } catch (failure) {
      this.#log?.event('warn', 'mesh.state.failed', { code: errorCode(failure) });
    }
    return undefined;
  }

  async #answerOf(asked: Asked, holder: StateHolder | undefined): Promise<Uint8Array | undefined> {
    switch (asked.say) {
      case 'ask':
        return holder?.answer(asked.bytes, this.#from);
      case 'give':
        return holder?.give?.(asked.tag, asked.name, asked.bytes);
      case 'stand':
        return holder?.stand?.(asked.stand);
      case 'keep':
        return holder?.keep?.(asked.token, asked.bytes);
      case 'kept':
        return holder?.kept?.();
    }
  }
}
