/**
 * Chunks of one space over one session: asks, gets and puts in one direction, answers in the other, on a
 * stream of the lowest urgency. What a peer asks is done one after another; what it may ask at once is
 * bounded, so that it can make us hold no more than its window.
 */
import { CodecError } from '@atoll/codec';
import { errorCode, type Log } from '@atoll/kernel';
import { ASK_IDS_MAX, chunkIdOf } from './chunk.ts';
import {
  decodeChunkMessage,
  encodeChunkMessage,
  type ChunkMessage,
  type ChunkTaken,
} from './chunk-messages.ts';
import type { MuxStream } from './mux-stream.ts';

export type { ChunkTaken } from './chunk-messages.ts';

/** Requests on their way to one peer: twice what the window of the stream lets through. */
export const REQUESTS_OUT_MAX = 8;
/** Requests of a peer that wait here; an honest one has fewer, in every version. */
export const REQUESTS_IN_MAX = 64;
/** Chunks given to us that wait to become durable: each is held in memory. */
const PUTS_IN_MAX = 16;
/** Answers wait while the stream holds more. */
const STREAM_LOW_BYTES: number = 64 * 1024;

/** Where chunks of one space are kept, whoever keeps them. */
export interface ChunkHolder {
  /** Bytes that fit the name; `undefined` where they are missing or damaged. @throws StoreError. */
  read(id: string): Promise<Uint8Array | undefined>;
  /** Which of these are here. @throws StoreError. */
  has(ids: readonly string[]): Promise<readonly boolean[]>;
  /** Keeps what somebody gives; durable when `stored`. Absent: nothing is taken unasked. */
  take?(id: string, bytes: Uint8Array): Promise<ChunkTaken>;
  /** Lets chunks go that nothing names; which of them stay. Absent: nobody else decides what is kept. */
  drop?(ids: readonly string[]): Promise<readonly boolean[]>;
}

/** Why a session ends because of chunks. */
export type ChunkFault = 'SESSION_MALFORMED' | 'SESSION_HOSTILE' | 'SESSION_FLOOD';

type Request = ChunkMessage & { readonly say: 'ask' | 'get' | 'put' | 'drop' };
type Answer = ChunkMessage & { readonly say: 'have' | 'chunk' | 'lack' | 'taken' };

interface Pending {
  readonly request: Request;
  readonly resolve: (answer: Answer | undefined) => void;
}

/** One space, one session. */
export class ChunkSync {
  readonly #stream: Pick<MuxStream, 'send' | 'drained'>;
  readonly #holder: ChunkHolder;
  readonly #log: Log | undefined;
  readonly #onFault: (fault: ChunkFault) => void;
  readonly #pending: Pending[] = [];
  readonly #asked: Request[] = [];
  #putsWaiting = 0;
  #answering = false;
  #stopped = false;

  constructor(options: {
    readonly stream: Pick<MuxStream, 'send' | 'drained'>;
    readonly holder: ChunkHolder;
    readonly log?: Log | undefined;
    readonly onFault: (fault: ChunkFault) => void;
  }) {
    this.#stream = options.stream;
    this.#holder = options.holder;
    this.#log = options.log;
    this.#onFault = options.onFault;
  }

  /** No answer will come any more. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Requests that may be made now. */
  get room(): number {
    return this.#stopped ? 0 : REQUESTS_OUT_MAX - this.#pending.length;
  }

  /** Which of these the peer has; `undefined` when the session ended first. At most {@link ASK_IDS_MAX}. */
  async ask(ids: readonly string[]): Promise<readonly boolean[] | undefined> {
    const answer = await this.#request({ say: 'ask', ids: ids.slice(0, ASK_IDS_MAX) });
    return answer?.say === 'have' ? answer.have : undefined;
  }

  /** The chunk; `lack` when the peer has none, `undefined` when the session ended first. */
  async get(id: string): Promise<Uint8Array | 'lack' | undefined> {
    const answer = await this.#request({ say: 'get', id });
    if (answer === undefined || answer.say === 'lack') return answer?.say;
    return answer.say === 'chunk' ? answer.bytes : undefined;
  }

  /** Gives a chunk to a holder without keys; `undefined` when the session ended first. */
  async put(bytes: Uint8Array): Promise<ChunkTaken | undefined> {
    const answer = await this.#request({ say: 'put', bytes });
    return answer?.say === 'taken' ? answer.answer : undefined;
  }

  /**
   * Tells a holder without keys that nothing names these; which of them it keeps all the same, and
   * `undefined` when the session ended first. At most {@link ASK_IDS_MAX}.
   */
  async drop(ids: readonly string[]): Promise<readonly boolean[] | undefined> {
    const answer = await this.#request({ say: 'drop', ids: ids.slice(0, ASK_IDS_MAX) });
    return answer?.say === 'have' ? answer.have : undefined;
  }

  /** A message of the peer. */
  receive(bytes: Uint8Array): void {
    if (this.#stopped) return;
    let message: ChunkMessage;
    try {
      message = decodeChunkMessage(bytes);
    } catch (failure) {
      if (!(failure instanceof CodecError)) throw failure;
      this.#onFault('SESSION_MALFORMED');
      return;
    }
    if (isRequest(message)) this.#enqueue(message);
    else this.#answered(message);
  }

  /** The space is out of sync, or the session has ended. */
  stop(): void {
    this.#stopped = true;
    this.#asked.length = 0;
    for (const { resolve } of this.#pending.splice(0)) resolve(undefined);
  }

  #request(request: Request): Promise<Answer | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#pending.push({ request, resolve });
      this.#stream.send(encodeChunkMessage(request));
    });
  }

  #answered(answer: Answer): void {
    const pending = this.#pending.shift();
    if (pending === undefined || !fits(pending.request, answer)) {
      pending?.resolve(undefined);
      this.#onFault('SESSION_MALFORMED');
      return;
    }
    const { request } = pending;
    // Nobody who is honest gives other bytes than those of the name: he can check them as we do.
    if (request.say === 'get' && answer.say === 'chunk' && chunkIdOf(answer.bytes) !== request.id) {
      pending.resolve(undefined);
      this.#onFault('SESSION_HOSTILE');
      return;
    }
    pending.resolve(answer);
  }

  #enqueue(request: Request): void {
    if (request.say === 'put') this.#putsWaiting++;
    if (this.#asked.length >= REQUESTS_IN_MAX || this.#putsWaiting > PUTS_IN_MAX) {
      this.#onFault('SESSION_FLOOD');
      return;
    }
    this.#asked.push(request);
    if (!this.#answering) void this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    this.#answering = true;
    for (;;) {
      const request = this.#asked.shift();
      if (request === undefined) break;
      const answer = await this.#answer(request);
      if (request.say === 'put') this.#putsWaiting--;
      if (this.#stopped) break;
      this.#stream.send(encodeChunkMessage(answer));
      await this.#stream.drained(STREAM_LOW_BYTES);
    }
    this.#answering = false;
  }

  /** A store that fails has nothing to give, and takes nothing, until it works again. */
  async #answer(request: Request): Promise<Answer> {
    try {
      switch (request.say) {
        case 'ask':
          return { say: 'have', have: await this.#holder.has(request.ids) };
        case 'get': {
          const bytes = await this.#holder.read(request.id);
          return bytes === undefined ? { say: 'lack' } : { say: 'chunk', bytes };
        }
        case 'put':
          return { say: 'taken', answer: await this.#take(request.bytes) };
        case 'drop':
          return { say: 'have', have: await this.#drop(request.ids) };
      }
    } catch (failure) {
      this.#log?.event('warn', 'mesh.chunk.failed', { code: errorCode(failure) });
      if (request.say === 'ask') return { say: 'have', have: request.ids.map(() => false) };
      if (request.say === 'drop') return { say: 'have', have: request.ids.map(() => true) };
      return request.say === 'get' ? { say: 'lack' } : { say: 'taken', answer: 'busy' };
    }
  }

  async #drop(ids: readonly string[]): Promise<readonly boolean[]> {
    const holder = this.#holder;
    return holder.drop === undefined ? holder.has(ids) : holder.drop(ids);
  }

  async #take(bytes: Uint8Array): Promise<ChunkTaken> {
    const holder = this.#holder;
    return holder.take === undefined ? 'refused' : holder.take(chunkIdOf(bytes), bytes);
  }
}

function isRequest(message: ChunkMessage): message is Request {
  const { say } = message;
  return say === 'ask' || say === 'get' || say === 'put' || say === 'drop';
}

function fits(request: Request, answer: Answer): boolean {
  switch (request.say) {
    case 'ask':
    case 'drop':
      return answer.say === 'have' && answer.have.length === request.ids.length;
    case 'get':
      return answer.say === 'chunk' || answer.say === 'lack';
    case 'put':
      return answer.say === 'taken';
  }
}
