/** Transports: how byte messages get from here to a peer. Sessions run over any of them alike. */

/** Why a link ended. */
export type LinkEnd = 'closed' | 'lost' | 'refused';

/**
 * A message-oriented, ordered, reliable connection to one peer, until it ends. A message is at most
 * {@link LINK_MESSAGE_BYTES_MAX} bytes. Messages that arrive before `onMessage` is set are queued.
 */
export interface Link {
  /** Kind of path, as shown to the user. */
  readonly path: 'memory' | 'tabs' | 'lan' | 'relay' | 'direct';
  /** Sends a message; after the end it does nothing. */
  send(message: Uint8Array): void;
  /** Bytes accepted by `send` and not yet handed to the network. */
  readonly bufferedBytes: number;
  /** Resolves when `bufferedBytes` is at most `lowBytes`, or the link has ended. */
  drained(lowBytes: number): Promise<void>;
  /** Sets the one receiver of messages. */
  onMessage(receive: (message: Uint8Array<ArrayBuffer>) => void): void;
  /** Resolves once when the link has ended, whoever ended it. */
  readonly ended: Promise<LinkEnd>;
  /** Ends the link. Later calls do nothing. */
  close(): void;
}

/** Largest message of a link: one mux frame of 16 KiB with its seal, safe for every SCTP stack. */
export const LINK_MESSAGE_BYTES_MAX: number = 16 * 1024 + 64;

/**
 * The text message that ends a data channel (spec/sessions.md): nothing of its sender comes after it. The
 * other side answers with the same, which says that everything before it has arrived. Data is binary.
 */
export const CHANNEL_END: string = 'end';

/** So long a closed data channel waits for the other side's {@link CHANNEL_END}, milliseconds. */
export const CHANNEL_END_MS: number = 5_000;

/** A WebSocket as the platform gives it: binary messages only. */
export interface WebSockets {
  /** Opens a socket. Rejects when it cannot be opened or `signal` aborts. The link's path is `relay`. */
  connect(url: string, signal: AbortSignal): Promise<Link>;
}

/** A signal of WebRTC negotiation, to be carried to the other side sealed. */
export type RtcSignal =
  | { readonly kind: 'offer' | 'answer'; readonly sdp: string }
  | { readonly kind: 'candidate'; readonly candidate: string; readonly mid: string };

/** One attempt at a direct connection. */
export interface RtcAttempt {
  /** Takes a signal of the other side. Bad signals end the attempt. */
  accept(signal: RtcSignal): void;
  /** The ordered, reliable data channel once it is open; rejects when the attempt failed. */
  readonly link: Promise<Link>;
  /** Gives the attempt up, and closes its link. */
  close(): void;
}

/** WebRTC as the platform gives it. */
export interface Rtc {
  /** Starts an attempt; the side with `initiate` makes the offer. Signals for the other side go to `signal`. */
  attempt(options: {
    readonly initiate: boolean;
    readonly iceServers: readonly string[];
    readonly signal: (signal: RtcSignal) => void;
  }): RtcAttempt;
}

/** Ways to other tabs or processes of this machine: every participant of a named bus hears every message. */
export interface Bus {
  /** Joins; messages of others arrive at `receive`. Best effort, unordered between senders. */
  join(name: string, receive: (message: Uint8Array<ArrayBuffer>) => void): BusMembership;
}

/** A place on a {@link Bus}. */
export interface BusMembership extends Disposable {
  /** Sends to everybody else on the bus. */
  post(message: Uint8Array): void;
}
