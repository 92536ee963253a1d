/** The outside world as arguments: time, randomness, locks. Nothing above the platform packages may reach it otherwise. */

/** Time source. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. May jump; never used for ordering. */
  nowMs(): number;
  /** Monotonic milliseconds from an arbitrary start; for durations and deadlines. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with `signal.reason` if aborted first. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

/** Randomness fit for keys. */
export interface Rng {
  /** `count` fresh random bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer>;
}

/** Exclusive locks between the tabs or processes of one profile. A courtesy: the store is the judge. */
export interface Locks {
  /** The lock if nobody holds it, else `undefined`. Released by disposal or with its process. */
  tryAcquire(name: string): Promise<AsyncDisposable | undefined>;
}

/** Signs with an Ed25519 key that may be non-extractable. */
export interface Signer {
  /** Public key, 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Ed25519 signature (RFC 8032) of `message`, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}

/** X25519 with a private key that may be non-extractable. */
export interface Agreer {
  /** Public key, 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Shared secret (RFC 7748), 32 bytes; all-zero results are the caller's to refuse. */
  agree(theirs: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Key pairs from secrets that the program holds itself, in the machine's own code. What they give equals
 * ours, byte for byte.
 */
export interface KeyPlatform {
  /** The Ed25519 pair of a 32-byte seed (RFC 8032). The seed is not kept. */
  signer(seed: Uint8Array): Promise<Signer>;
  /** The X25519 pair of a 32-byte secret (RFC 7748). The secret is not kept. */
  agreer(secret: Uint8Array): Promise<Agreer>;
}

/** The platform's Ed25519 verification (cofactorless), behind our own canonical filter. */
export interface Ed25519Platform {
  /** True only if the platform accepts the signature. Never throws. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/**
 * Device keys and sealed secrets of one profile. In a browser the pairs are non-extractable
 * WebCrypto keys in IndexedDB; in Node they lie in an encrypted file.
 */
export interface Keystore extends AsyncDisposable {
  /** The Ed25519 pair of that name, made on first use. Durable when resolved. */
  signer(name: string): Promise<Signer>;
  /** The X25519 pair of that name, made on first use. Durable when resolved. */
  agreer(name: string): Promise<Agreer>;
  /** Secret bytes stored under a name, or `undefined`. */
  getSecret(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Stores secret bytes, encrypted at rest. Durable when resolved. `undefined` removes them. @throws StoreError
   * `STORE_ERASED` once anybody has erased what was there when this keystore was opened.
   */
  putSecret(name: string, secret: Uint8Array | undefined): Promise<void>;
  /**
   * Removes every key and secret for good, in one step: a crash leaves all of them or none. What opens the keystore
   * stays. Whoever had it open before, in whatever process, stores no secret any more, so that nothing of before comes
   * back. Durable when resolved. @throws StoreError.
   */
  erase(): Promise<void>;
  /** True where a passphrase opens what is kept. Absent: none can. */
  readonly isProtected?: boolean;
  /**
   * Puts everything under another passphrase, or under none; whoever may open it has done so. A crash leaves either.
   * @throws StoreError.
   */
  protect?(passphrase: string | undefined): Promise<void>;
  /** Passkeys that open what is kept beside the passphrase. Absent: none can. */
  readonly passkeys?: KeystorePasskeys;
}

/** Passkeys beside the passphrase of a keystore. Changing the passphrase keeps them, removing it removes them. */
export interface KeystorePasskeys {
  /** Ids of their credentials. */
  list(): Promise<readonly Uint8Array<ArrayBuffer>[]>;
  /**
   * Another passkey, by the 32 bytes that it gives for `PASSKEY_UNLOCK_SALT`. @throws StoreError `STORE_UNPROTECTED`
   * where there is no passphrase: a passkey is never the only way.
   */
  add(credential: Uint8Array, output: Uint8Array): Promise<void>;
  /** Seals everything anew, so that a passkey does not open it any more. */
  remove(credential: Uint8Array): Promise<void>;
}

/** Receives what a program wants to tell its operator. Never given secrets, names or content. */
export interface Log {
  /** One event with a stable name and plain fields. */
  event(
    level: 'debug' | 'info' | 'warn' | 'error',
    name: string,
    fields?: Readonly<Record<string, string | number | boolean>>,
  ): void;
}

/** A log that keeps nothing. */
export const silentLog: Log = { event: () => {} };
