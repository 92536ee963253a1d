/** Everything that one running profile gets from the outside world, as one object. */
import type { ChunkStore } from './chunk-store.ts';
import type { Bus, Rtc, WebSockets } from './link.ts';
import type { Passkeys } from './passkeys.ts';
import type { Clock, Ed25519Platform, KeyPlatform, Keystore, Locks, Log, Rng } from './ports.ts';
import type { Store } from './store.ts';

/** ChaCha20-Poly1305 (RFC 8439) in the machine's own code. What it gives is equal to ours, bit by bit. */
export interface AeadPlatform {
  /** Ciphertext and tag. `key` has 32 bytes, `nonce` 12. */
  seal(place: AeadPlace, plaintext: Uint8Array): Uint8Array<ArrayBuffer>;
  /** The plaintext, or `undefined` when key, place or bytes are not those of the sealing. */
  open(place: AeadPlace, sealed: Uint8Array): Uint8Array<ArrayBuffer> | undefined;
  /** For short texts; absent where there is none, or not yet: to be asked for with each text. */
  readonly short?: ShortAead | undefined;
}

/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) for texts so short that a call to a cipher of the machine
 * costs more than the text. What it gives is equal to ours, bit by bit. `nonce` has 24 bytes; what follows
 * them in it is not looked at.
 */
export interface ShortAead {
  /** Longest plaintext and longest associated data. */
  readonly textBytesMax: number;
  readonly associatedBytesMax: number;
  /** Writes ciphertext and tag into `target` from `at` on. */
  seal(place: AeadPlace, plaintext: Uint8Array, target: Uint8Array, at: number): void;
  /** The plaintext of ciphertext and tag, which begin at `from`, or `undefined`. */
  open(place: AeadPlace, sealed: Uint8Array, from: number): Uint8Array<ArrayBuffer> | undefined;
}

/** What a sealing is bound to. */
export interface AeadPlace {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly associated: Uint8Array;
}

/** What a platform offers before its transports: enough to write and to read offline. */
export interface PlatformBase {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly locks: Locks;
  readonly store: Store;
  /** Sealed pieces of files, beside the log. */
  readonly chunks: ChunkStore;
  readonly keystore: Keystore;
  readonly ed25519: Ed25519Platform;
  /** Absent where the platform has none, and in simulations: ours are used then. */
  readonly keys?: KeyPlatform;
  /** Absent where the platform has none that can be called at once: ours is used then. */
  readonly aead?: AeadPlatform;
  /** Absent where the platform has none. */
  readonly passkeys?: Passkeys;
  readonly log: Log;
  /**
   * Names this installation: machine, account and place of the profile, as far as the platform lets
   * them be known. A copy of the profile's files elsewhere has another one. Public, never a secret.
   */
  readonly fingerprint: string;
  /** True where a session may end without being closed, as that of a page does. */
  readonly endsUnasked?: boolean;
}

/** A profile's whole platform. The one who opened it ends it, after everything that uses it. */
export interface Platform extends PlatformBase, AsyncDisposable {
  readonly webSockets: WebSockets;
  /** Absent where the platform has no WebRTC. */
  readonly rtc?: Rtc;
  /** Absent where other tabs or processes cannot be reached. */
  readonly bus?: Bus;
}
