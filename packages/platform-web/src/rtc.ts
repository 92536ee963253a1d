/** WebRTC of a browser: one ordered, reliable data channel for each attempt. */
import {
  CHANNEL_END,
  CHANNEL_END_MS,
  type Link,
  type Rtc,
  type RtcAttempt,
  type RtcSignal,
} from '@atoll/kernel';
import { BaseLink, MeshError } from '@atoll/mesh';

/** Candidates of this machine are found at once; with servers the description does not wait for them. */
const GATHER_MS = 150;
/** `bufferedamountlow` fires at this; finer steps are not needed. */
const LOW_BYTES: number = 64 * 1024;
const LABEL = 'atoll';

/** The channel of a connection. The connection goes when both sides have said that they end. */
class RtcLink extends BaseLink {
  readonly path: Link['path'] = 'direct';
  readonly #channel: RTCDataChannel;
  readonly #peer: RTCPeerConnection;

  constructor(channel: RTCDataChannel, peer: RTCPeerConnection) {
    super();
    this.#channel = channel;
    this.#peer = peer;
    channel.bufferedAmountLowThreshold = LOW_BYTES;
    channel.onbufferedamountlow = () => this.progressed();
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.deliver(new Uint8Array(data));
      else if (data === CHANNEL_END) this.#onEnd();
      else this.close();
    };
    channel.onclose = () => this.end('lost');
  }

  get bufferedBytes(): number {
    return this.isEnded ? 0 : this.#channel.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.isEnded || this.#channel.readyState !== 'open') return;
    try {
      this.#channel.send(message.slice());
    } catch {
      this.close(); // The browser's own buffer is full: nobody waited for `drained`.
    }
  }

  /** Waits at the one mark that a channel has at a time; lower ones are set as they are asked for. */
  override async drained(lowBytes: number): Promise<void> {
    if (lowBytes < this.#channel.bufferedAmountLowThreshold) {
      this.#channel.bufferedAmountLowThreshold = lowBytes;
    }
    await super.drained(lowBytes);
    if (!this.isEnded) this.#channel.bufferedAmountLowThreshold = LOW_BYTES;
  }

  /** Ends at once: the channel, or the path to the other side, has gone. */
  end(end: 'closed' | 'lost'): void {
    this.finish(end);
    this.#peer.close();
  }

  /** Says the end behind what was sent, and keeps the connection until the other side has answered. */
  protected shut(): void {
    try {
      this.#channel.send(CHANNEL_END);
      setTimeout(() => this.#peer.close(), CHANNEL_END_MS);
    } catch {
      this.#peer.close(); // The channel is not open, or full to the brim.
    }
  }

  /** The other side ends, and closes the connection at our answer; or it answers our end. */
  #onEnd(): void {
    if (this.isEnded) this.#peer.close();
    else {
      this.shut();
      this.finish('closed');
    }
  }
}

/** One connection with its negotiation. */
class Attempt implements RtcAttempt {
  readonly link: Promise<Link>;
  readonly #peer: RTCPeerConnection;
  readonly #signal: (signal: RtcSignal) => void;
  readonly #open: (link: Link) => void;
  readonly #fail: (failure: MeshError) => void;
  #opened: RtcLink | undefined;
  #described = false;
  #early: RTCIceCandidateInit[] | undefined = [];

  constructor(options: Parameters<Rtc['attempt']>[0]) {
    const { promise, resolve, reject } = Promise.withResolvers<Link>();
    this.link = promise;
    this.#open = resolve;
    this.#fail = reject;
    // Nobody need wait for it: a failure is then nobody's.
    promise.catch(() => undefined);
    this.#signal = options.signal;
    const peer = new RTCPeerConnection({ iceServers: options.iceServers.map(iceServer) });
    this.#peer = peer;
    peer.onicecandidate = ({ candidate }) => this.#onCandidate(candidate);
    peer.onconnectionstatechange = () => {
      if (peer.connectionState !== 'failed' && peer.connectionState !== 'closed') return;
      this.#opened?.end('lost');
      this.close();
    };
    peer.ondatachannel = ({ channel }) => this.#use(channel);
    if (options.initiate) {
      this.#use(peer.createDataChannel(LABEL));
      this.#try(async () => this.#describe(await peer.createOffer()));
    }
  }

  accept(signal: RtcSignal): void {
    if (signal.kind === 'candidate') {
      const candidate = { candidate: signal.candidate, sdpMid: signal.mid };
      if (this.#early !== undefined) this.#early.push(candidate);
      else this.#try(() => this.#peer.addIceCandidate(candidate));
      return;
    }
    this.#try(async () => {
      await this.#peer.setRemoteDescription({ type: signal.kind, sdp: signal.sdp });
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const candidate of early) await this.#peer.addIceCandidate(candidate);
      if (signal.kind === 'offer') await this.#describe(await this.#peer.createAnswer());
    });
  }

  close(): void {
    this.#opened?.close();
    if (this.#opened === undefined) this.#peer.close();
    this.#fail(new MeshError('MESH_UNREACHABLE', 'there is no direct way'));
  }

  #use(channel: RTCDataChannel): void {
    channel.binaryType = 'arraybuffer';
    const link = new RtcLink(channel, this.#peer);
    this.#opened = link;
    if (channel.readyState === 'open') this.#open(link);
    else channel.onopen = () => this.#open(link);
  }

  /** Sends one description with the candidates that are known soon; later ones follow on their own. */
  async #describe(description: RTCSessionDescriptionInit): Promise<void> {
    const peer = this.#peer;
    await peer.setLocalDescription(description);
    await Promise.race([
      new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS)),
      new Promise<void>((resolve) => {
        peer.onicegatheringstatechange = () => {
          if (peer.iceGatheringState === 'complete') resolve();
        };
      }),
    ]);
    const local = peer.localDescription;
    if (local === null || (local.type !== 'offer' && local.type !== 'answer')) return;
    this.#described = true;
    this.#signal({ kind: local.type, sdp: local.sdp });
  }

  #onCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate === null || candidate.candidate === '' || !this.#described) return;
    this.#signal({
      kind: 'candidate',
      candidate: candidate.candidate,
      mid: candidate.sdpMid ?? '0',
    });
  }

  /** Whatever a signal makes the browser refuse ends the attempt. */
  #try(act: () => Promise<void>): void {
    act().catch(() => this.close());
  }
}

/** WebRTC of this tab. */
export const webRtc: Rtc = {
  attempt: (options) => new Attempt(options),
};

/** `stun:host:port`, or `turn:user:secret@host:port`. */
function iceServer(text: string): RTCIceServer {
  const turn = /^(turns?):([^:@]+):([^@]*)@(.+)$/.exec(text);
  if (turn === null) return { urls: text };
  const [, scheme = '', username = '', credential = '', host = ''] = turn;
  return { urls: `${scheme}:${host}`, username, credential };
}
