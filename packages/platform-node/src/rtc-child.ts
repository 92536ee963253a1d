/**
 * The child process that holds all WebRTC connections of its parent. The native library can abort the
 * process it runs in; here that ends connections, not the program.
 */
import { CHANNEL_END, CHANNEL_END_MS, type RtcSignal } from '@atoll/kernel';
import {
  PeerConnection,
  type DataChannel,
  type PeerConnection as PeerConnectionType,
} from 'node-datachannel';
import type { FromRtcChild, ToRtcChild } from './rtc-messages.ts';

/** Candidates of this machine are found at once; with servers the answer does not wait for them. */
const GATHER_MS = 150;
/** The channel holds so much at most; what comes above it waits here, and the parent waits for it. */
const CHANNEL_BYTES_MAX: number = 256 * 1024;
/** The library tells of the end of a connection and of its channel in either order. */
const CLOSED_MS = 100;
const LABEL = 'atoll';

/** One connection. */
class Connection {
  readonly #id: number;
  readonly #peer: PeerConnectionType;
  #channel: DataChannel | undefined;
  readonly #queue: Uint8Array[] = [];
  /** Our candidates, while the other side must not have them yet. */
  #held: RtcSignal[] | undefined = [];
  #opened = false;
  /** One side has said that it ends: nothing is taken any more. */
  #closing = false;
  #saidEnd = false;
  #told = false;

  constructor(id: number, initiate: boolean, iceServers: readonly string[]) {
    this.#id = id;
    this.#peer = new PeerConnection(`atoll-${id}`, { iceServers: [...iceServers] });
    this.#peer.onGatheringStateChange((state) => {
      if (state === 'complete') this.#answer();
    });
    this.#peer.onLocalDescription((sdp, type) => {
      // The other side could reach us before we have its answer, and the library then refuses it. So the
      // offer goes out bare, and our candidates when we have the answer.
      if (type === 'offer') this.#signal({ kind: 'offer', sdp: withoutCandidates(sdp) });
      else setTimeout(() => this.#answer(), GATHER_MS);
    });
    this.#peer.onLocalCandidate((candidate, mid) => {
      const signal: RtcSignal = { kind: 'candidate', candidate, mid };
      if (this.#held === undefined) this.#signal(signal);
      else this.#held.push(signal);
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
    if (signal.kind === 'candidate') {
      this.#peer.addRemoteCandidate(signal.candidate, signal.mid);
      return;
    }
    this.#peer.setRemoteDescription(signal.sdp, signal.kind);
    if (signal.kind === 'answer') this.#release();
  }

  send(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#pump();
  }

  /** Ends at once: it is all over, or the other side or the path to it has gone. */
  end(end: 'closed' | 'lost'): void {
    if (!connections.delete(this.#id)) return;
    this.#tell(end);
    this.#peer.close();
  }

  /** Our side ends: what was sent goes out first, and the other side says when it has it all. */
  close(): void {
    if (this.#closing) return;
    if (this.#channel?.isOpen() !== true) {
      this.end('lost');
      return;
    }
    this.#closing = true;
    this.#pump();
    setTimeout(() => this.end('lost'), CHANNEL_END_MS);
  }

  #check(): void {
    if (connections.has(this.#id) && this.#peer.state() !== 'connected') this.end('lost');
  }

  #tell(end: 'closed' | 'lost'): void {
    if (this.#told) return;
    this.#told = true;
    post({ on: 'ended', id: this.#id, end });
  }

  /** The answer goes out with the candidates that are known by now; later ones follow on their own. */
  #answer(): void {
    if (this.#held === undefined || !connections.has(this.#id)) return;
    const description = this.#peer.localDescription();
    if (description?.type !== 'answer') return;
    this.#signal({ kind: 'answer', sdp: description.sdp });
    this.#held = undefined;
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const signal of held) this.#signal(signal);
  }

  #use(channel: DataChannel): void {
    if (this.#channel !== undefined) {
      this.end('lost'); // One channel is all that there is to a connection.
      return;
    }
    this.#channel = channel;
    channel.setBufferedAmountLowThreshold(CHANNEL_BYTES_MAX / 4);
    channel.onBufferedAmountLow(() => this.#pump());
    channel.onClosed(() => this.end(this.#closing ? 'closed' : 'lost'));
    channel.onError(() => this.end('lost'));
    // The library tells of the opening and of messages on ways of their own: a message may be first.
    channel.onMessage((message) => {
      this.#open();
      if (typeof message === 'string') this.#onText(message);
      else if (!this.#closing)
        post({ on: 'message', id: this.#id, bytes: new Uint8Array(message) });
    });
    channel.onOpen(() => this.#open());
  }

  #open(): void {
    if (this.#opened) return;
    this.#opened = true;
    post({ on: 'open', id: this.#id });
  }

  /**
   * The other side ends, or knows that we do. Whoever closes a channel takes from the library what it
   * has not handed over yet, so the side that has said the first end closes, and only with the answer.
   */
  #onText(text: string): void {
    if (text !== CHANNEL_END) this.end('lost');
    else if (this.#closing) this.end('closed');
    else {
      this.#closing = true;
      this.#queue.length = 0;
      this.#tell('closed');
      this.#pump();
      setTimeout(() => this.end('closed'), CHANNEL_END_MS);
    }
  }

  #pump(): void {
    try {
      const bytes = this.#fill();
      if (bytes > 0) post({ on: 'sent', id: this.#id, bytes });
    } catch {
      this.end('lost'); // The channel closed while we looked.
    }
  }

  /** Hands over as much as the channel may hold, and the end after the last of it. */
  #fill(): number {
    const channel = this.#channel;
    let bytes = 0;
    while (channel?.isOpen() === true && channel.bufferedAmount() < CHANNEL_BYTES_MAX) {
      const next = this.#queue.shift();
      if (next === undefined) {
        if (this.#closing && !this.#saidEnd) channel.sendMessage(CHANNEL_END);
        this.#saidEnd = this.#closing;
        break;
      }
      channel.sendMessageBinary(next);
      bytes += next.length;
    }
    return bytes;
  }

  #signal(signal: RtcSignal): void {
    post({ on: 'signal', id: this.#id, signal });
  }
}

/** A description without the ways to reach us. */
function withoutCandidates(sdp: string): string {
  return sdp.replace(/^a=(?:candidate:.*|end-of-candidates)\r?\n/gm, '');
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
