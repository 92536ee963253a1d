/** What a process and its WebRTC child say to each other. Attempts have numbers. */
import type { RtcSignal } from '@atoll/kernel';

/** To the child. */
export type ToRtcChild =
  | {
      readonly do: 'start';
      readonly id: number;
      readonly initiate: boolean;
      readonly iceServers: readonly string[];
    }
  | { readonly do: 'signal'; readonly id: number; readonly signal: RtcSignal }
  | { readonly do: 'send'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly do: 'close'; readonly id: number };

/** From the child. */
export type FromRtcChild =
  | { readonly on: 'signal'; readonly id: number; readonly signal: RtcSignal }
  | { readonly on: 'open'; readonly id: number }
  | { readonly on: 'message'; readonly id: number; readonly bytes: Uint8Array }
  /** So many bytes have gone to the network. */
  | { readonly on: 'sent'; readonly id: number; readonly bytes: number }
  | { readonly on: 'ended'; readonly id: number; readonly end: 'closed' | 'lost' };
