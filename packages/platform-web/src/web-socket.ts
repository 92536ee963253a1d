/** WebSockets of a browser, as links. Binary messages only. */
import type { Link, WebSockets } from '@atoll/kernel';
import { BaseLink, MeshError } from '@atoll/mesh';

/** A browser tells nobody when a socket has sent what it held, so it is asked. */
const DRAIN_POLL_MS = 4;
/** Close codes by which the other side says that it meant to. */
const CLOSED_ON_PURPOSE: readonly number[] = [1000, 1001, 1005];

class WebSocketLink extends BaseLink {
  readonly path: Link['path'] = 'relay';
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.deliver(new Uint8Array(data));
      else this.close();
    };
    socket.onclose = ({ code }) => {
      this.finish(CLOSED_ON_PURPOSE.includes(code) ? 'closed' : 'lost');
    };
  }

  get bufferedBytes(): number {
    return this.isEnded ? 0 : this.#socket.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.isEnded || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(message.slice());
  }

  override async drained(lowBytes: number): Promise<void> {
    while (this.bufferedBytes > lowBytes) {
      await new Promise<void>((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
  }

  protected shut(): void {
    this.#socket.close(1000);
  }
}

/** Client sockets of this tab. */
export const webWebSockets: WebSockets = {
  connect(url, signal) {
    return new Promise((resolve, reject) => {
      const refuse = (cause: unknown): void => {
        reject(new MeshError('MESH_UNREACHABLE', 'the server cannot be reached', { cause }));
      };
      if (signal.aborted) {
        refuse(signal.reason);
        return;
      }
      let socket: WebSocket;
      try {
        socket = new WebSocket(url);
      } catch (failure) {
        refuse(failure);
        return;
      }
      socket.binaryType = 'arraybuffer';
      const abort = (): void => {
        refuse(signal.reason);
        socket.close();
      };
      signal.addEventListener('abort', abort, { once: true });
      socket.onclose = ({ code }) => refuse(code);
      socket.onopen = () => {
        signal.removeEventListener('abort', abort);
        resolve(new WebSocketLink(socket));
      };
    });
  },
};
