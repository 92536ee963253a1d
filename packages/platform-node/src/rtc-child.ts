/**
 * The child process that holds all WebRTC connections of its parent. The native library can abort the
 * process it runs in; here that ends connections, not the program.
 */
import type { RtcSignal } from '@atoll/kernel';
import {
  PeerConnection,
  type DataChannel,
  type PeerConnection as PeerConnectionType,
} from 'node-datachannel';
import type { FromRtcChild, ToRtcChild } from './rtc-messages.ts';

/** Candidates of this machine are found at once; with servers the description does not wait for them. */
const GATHER_MS = 150;
/** The channel holds so much at most; what comes above it waits here, and the parent waits for it. */
const CHANNEL_BYTES_MAX: number = 256 * 1024;
/** So long a connection lives on after our end, for what was sent before. */
const CLOSE_MS = 500;
const CLOSE_POLL_MS = 10;
/** The library tells of the end of a connection and of its channel in either order. */
const CLOSED_MS = 100;
const LABEL = 'atoll';

/** How long messages that arrived before the end may still be on their way to us. */
const LINGER_MS = 50;

/** One connection. */
class Connection {
  readonly #id: number;
  readonly #peer: PeerConnectionType;
  #channel: DataChannel | undefined;
  readonly #queue: Uint8Array[] = [];
  #described = false;
  #ended = false;
  #closing = false;

  constructor(id: number, initiate: boolean, iceServers: readonly string[]) {
    this.#id = id;
    this.#peer = new PeerConnection(`atoll-${id}`, { iceServers: [...iceServers] });
    this.#peer.onGatheringStateChange((state) => {
      if (state === 'complete') this.#describe();
    });
    this.#peer.onLocalDescription(() => {
      setTimeout(() => this.#describe(), GATHER_MS);
    });
    this.#peer.onLocalCandidate((candidate, mid) => {
      if (this.#described) this.#signal({ kind: 'candidate', candidate, mid });
    });
    this.#peer.onStateChange((state) => {
      if (state === 'failed') this.end('lost');
      else if (state === 'closed' || state === 'disconnected')
        setTimeout(() => this.#check(), CLOSED_MS);
    });
    this.#peer.onDataChannel((channel) => this.#use(channel));
    if (initiate) this.#use(this.#peer.createDataChannel(LABEL));
  }

  accept(signal: RtcSignal): void {
    if (signal.kind === 'candidate') this.#peer.addRemoteCandidate(signal.candidate, signal.mid);
    else this.#peer.setRemoteDescription(signal.sdp, signal.kind);
  }

  send(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#pump();
  }

  /** The other side, or the path to it, has gone. */
  end(end: 'closed' | 'lost'): void {
    if (this.#ended) return;
    this.#ended = true;
    connections.delete(this.#id);
    post({ on: 'ended', id: this.#id, end });
    this.#peer.close();
  }

  #check(): void {
    if (!this.#ended && this.#peer.state() !== 'connected') this.end('lost');
  }

  /** Our side ends: what was sent goes out first, and the other side hears of the end. */
  close(): void {
    this.#closing = true;
    const channel = this.#channel;
    if (this.#ended || channel?.isOpen() !== true) {
      this.end('lost');
      return;
    }
    const untilMs = performance.now() + CLOSE_MS;
    const finish = (): void => {
      if (this.#ended) return;
      const isSent = this.#queue.length === 0 && channel.bufferedAmount() === 0;
      if (!isSent && performance.now() < untilMs) {
        setTimeout(finish, CLOSE_POLL_MS);
        return;
      }
      channel.close();
      setTimeout(() => this.end('closed'), CLOSE_MS);
    };
    finish();
  }

  /** One description with the candidates that are known by now; later ones follow on their own. */
  #describe(): void {
    if (this.#described || this.#ended) return;
    const description = this.#peer.localDescription();
    const kind = description?.type;
    if (description === null || (kind !== 'offer' && kind !== 'answer')) return;
    this.#described = true;
    this.#signal({ kind, sdp: description.sdp });
  }

  #use(channel: DataChannel): void {
    this.#channel = channel;
    channel.setBufferedAmountLowThreshold(CHANNEL_BYTES_MAX / 4);
    channel.onBufferedAmountLow(() => this.#pump());
    // The library tells of messages and of the end on ways of their own: the last messages may come later.
    channel.onClosed(() => setTimeout(() => this.end('closed'), LINGER_MS));
    channel.onError(() => this.end('lost'));
    channel.onMessage((message) => {
      if (typeof message === 'string') this.end('lost');
      else if (!this.#closing)
        post({ on: 'message', id: this.#id, bytes: new Uint8Array(message) });
    });
    channel.onOpen(() => post({ on: 'open', id: this.#id }));
  }

  #pump(): void {
    let bytes = 0;
    while (this.#channel?.isOpen() === true && this.#channel.bufferedAmount() < CHANNEL_BYTES_MAX) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.#channel.sendMessageBinary(next);
      bytes += next.length;
    }
    if (bytes > 0) post({ on: 'sent', id: this.#id, bytes });
  }

  #signal(signal: RtcSignal): void {
    post({ on: 'signal', id: this.#id, signal });
  }
}

const connections = new Map<number, Connection>();

function post(message: FromRtcChild): void {
  if (process.connected) process.send?.(message);
}

function handle(message: ToRtcChild): void {
  if (message.do === 'start') {
    const { id, initiate, iceServers } = message;
    connections.set(id, new Connection(id, initiate, iceServers));
    return;
  }
  const connection = connections.get(message.id);
  if (message.do === 'signal') connection?.accept(message.signal);
  else if (message.do === 'send') connection?.send(message.bytes);
  else connection?.close();
}

process.on('message', (message: ToRtcChild) => {
  try {
    handle(message);
  } catch {
    // The library refuses bad descriptions and candidates by throwing: the attempt has failed.
    const connection = connections.get(message.id);
    if (connection === undefined) post({ on: 'ended', id: message.id, end: 'lost' });
    else connection.end('lost');
  }
});
// Without its parent it has nothing to live for. No clean-up: that is where the library aborts.
process.on('disconnect', () => process.exit(0));
