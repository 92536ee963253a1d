/** WebSockets of a Node process, as links. Binary messages only; nothing is compressed. */
import { LINK_MESSAGE_BYTES_MAX, type Link, type WebSockets } from '@atoll/kernel';
import { BaseLink, MeshError } from '@atoll/mesh';
import { WebSocket } from 'ws';

/** Opening a socket, with TLS, takes no longer on any usable network. */
const OPEN_TIMEOUT_MS = 10_000;
/** Close codes by which the other side says that it meant to. */
const CLOSED_ON_PURPOSE: readonly number[] = [1000, 1001, 1005];

/** The link over an open socket; a server uses it for the sockets that it accepts. */
export class WebSocketLink extends BaseLink {
  readonly path: Link['path'] = 'relay';
  readonly #socket: WebSocket;
  #buffered = 0;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (isBinary && data instanceof Uint8Array) this.deliver(new Uint8Array(data));
      else this.close();
    });
    socket.on('close', (code) => {
      this.finish(CLOSED_ON_PURPOSE.includes(code) ? 'closed' : 'lost');
    });
    // A 'close' always follows, and says what there is to say.
    socket.on('error', () => undefined);
  }

  get bufferedBytes(): number {
    return this.isEnded ? 0 : this.#buffered;
  }

  send(message: Uint8Array): void {
    if (this.isEnded || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#buffered += message.length;
    this.#socket.send(message.slice(), { binary: true }, () => {
      this.#buffered -= message.length;
      this.progressed();
    });
  }

  protected shut(): void {
    this.#socket.close(1000);
  }
}

/** Client sockets of this process. */
export const nodeWebSockets: WebSockets = {
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
        socket = new WebSocket(url, {
          perMessageDeflate: false,
          maxPayload: LINK_MESSAGE_BYTES_MAX,
          handshakeTimeout: OPEN_TIMEOUT_MS,
        });
      } catch (failure) {
        refuse(failure);
        return;
      }
      const abort = (): void => {
        refuse(signal.reason);
        socket.terminate();
      };
      signal.addEventListener('abort', abort, { once: true });
      socket.once('error', refuse);
      socket.once('open', () => {
        signal.removeEventListener('abort', abort);
        socket.off('error', refuse);
        resolve(new WebSocketLink(socket));
      });
    });
  },
};
