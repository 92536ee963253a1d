/** WebRTC of a Node process, in one child process that is started at the first attempt. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Link, Rtc, RtcAttempt, RtcSignal } from '@atoll/kernel';
import { BaseLink, MeshError } from '@atoll/mesh';
import type { FromRtcChild, ToRtcChild } from './rtc-messages.ts';

/** A child that has died so often will not do better; relays carry everything then. */
const CRASHES_MAX = 5;

class RtcLink extends BaseLink {
  readonly path: Link['path'] = 'direct';
  readonly #post: (bytes: Uint8Array | undefined) => void;
  #buffered = 0;

  constructor(post: (bytes: Uint8Array | undefined) => void) {
    super();
    this.#post = post;
  }

  get bufferedBytes(): number {
    return this.isEnded ? 0 : this.#buffered;
  }

  send(message: Uint8Array): void {
    if (this.isEnded) return;
    this.#buffered += message.length;
    this.#post(message.slice());
  }

  arrive(bytes: Uint8Array): void {
    this.deliver(new Uint8Array(bytes));
  }

  sent(bytes: number): void {
    this.#buffered -= bytes;
    this.progressed();
  }

  end(end: 'closed' | 'lost'): void {
    this.finish(end);
  }

  protected shut(): void {
    this.#post(undefined);
  }
}

interface Running {
  readonly link: RtcLink;
  readonly signal: (signal: RtcSignal) => void;
  readonly open: (link: Link) => void;
  readonly fail: (failure: MeshError) => void;
}

/** WebRTC through a child process. Disposal ends the child and every connection. */
export class NodeRtc implements Rtc, Disposable {
  readonly #running = new Map<number, Running>();
  #child: ChildProcess | undefined;
  #lastId = 0;
  #crashes = 0;
  #closed = false;

  attempt(options: Parameters<Rtc['attempt']>[0]): RtcAttempt {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Link>();
    // Nobody need wait for it: a failure is then nobody's.
    promise.catch(() => undefined);
    const link = new RtcLink((bytes) => {
      this.#post(bytes === undefined ? { do: 'close', id } : { do: 'send', id, bytes });
    });
    if (this.#closed || this.#crashes >= CRASHES_MAX) {
      reject(unreachable('WebRTC does not work in this process'));
    } else {
      this.#running.set(id, { link, signal: options.signal, open: resolve, fail: reject });
      const { initiate, iceServers } = options;
      this.#post({ do: 'start', id, initiate, iceServers: [...iceServers] });
    }
    return {
      accept: (signal) => this.#post({ do: 'signal', id, signal }),
      link: promise,
      close: () => {
        if (!this.#running.has(id)) return;
        reject(unreachable('the attempt was given up'));
        if (link.isEnded) this.#running.delete(id);
        else link.close();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#child?.disconnect();
    this.#child = undefined;
    for (const id of [...this.#running.keys()]) this.#end(id);
  }

  #post(message: ToRtcChild): void {
    if (this.#closed || (message.do !== 'start' && !this.#running.has(message.id))) return;
    this.#child ??= this.#start();
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** The child does not keep the program alive, and inherits nothing but the way to native code. */
  #start(): ChildProcess {
    const file = import.meta.url.endsWith('.ts') ? './rtc-child.ts' : './rtc-child.js';
    const child = fork(new URL(file, import.meta.url), {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.unref();
    child.channel?.unref();
    child.on('message', (message) => this.#take(message as FromRtcChild));
    child.on('error', () => undefined);
    child.on('exit', () => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#crashes++;
      for (const id of [...this.#running.keys()]) this.#end(id);
    });
    return child;
  }

  #take(message: FromRtcChild): void {
    const running = this.#running.get(message.id);
    if (running === undefined) return;
    switch (message.on) {
      case 'signal':
        running.signal(message.signal);
        break;
      case 'open':
        running.open(running.link);
        break;
      case 'message':
        running.link.arrive(message.bytes);
        break;
      case 'sent':
        running.link.sent(message.bytes);
        break;
      case 'ended':
        this.#end(message.id, message.end);
        break;
    }
  }

  #end(id: number, end: 'closed' | 'lost' = 'lost'): void {
    const running = this.#running.get(id);
    this.#running.delete(id);
    running?.fail(unreachable('there is no direct way'));
    running?.link.end(end);
  }
}

function unreachable(message: string): MeshError {
  return new MeshError('MESH_UNREACHABLE', message);
}
