/** Everything that one running profile gets from the outside world, as one object. */
import type { Bus, Rtc, WebSockets } from './link.ts';
import type { Clock, Ed25519Platform, Keystore, Locks, Log, Rng } from './ports.ts';
import type { Store } from './store.ts';

/** What a platform offers before its transports: enough to write and to read offline. */
export interface PlatformBase {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly locks: Locks;
  readonly store: Store;
  readonly keystore: Keystore;
  readonly ed25519: Ed25519Platform;
  readonly log: Log;
  /**
   * Names this installation: machine, account and place of the profile, as far as the platform lets
   * them be known. A copy of the profile's files elsewhere has another one. Public, never a secret.
   */
  readonly fingerprint: string;
}

/** A profile's whole platform. The one who opened it ends it, after everything that uses it. */
export interface Platform extends PlatformBase, AsyncDisposable {
  readonly webSockets: WebSockets;
  /** Absent where the platform has no WebRTC. */
  readonly rtc?: Rtc;
  /** Absent where other tabs or processes cannot be reached. */
  readonly bus?: Bus;
}
