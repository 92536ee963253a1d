/**
 * The handshake Noise_XXpsk0_25519_ChaChaPoly_SHA256:
 *
 *     -> psk, e      <- e, ee, s, es      -> s, se
 *
 * A state machine without I/O. Reading and writing wait for the keys, which may belong to the platform;
 * bad input is `undefined`. After a failure the handshake is dead.
 */
import { concatBytes, type Agreer } from '@atoll/kernel';
import { TAG_BYTES } from './aead.ts';
import { CryptoError, requireSize } from './crypto-error.ts';
import { type CipherState, NOISE_MESSAGE_BYTES_MAX, SymmetricState } from './noise-symmetric.ts';
import { isAllZero, wipe } from './secret-bytes.ts';
import type { EphemeralAgreer } from './software-platform.ts';
import { isWeakAgreementKey } from './weak-agreement-key.ts';

/** The one suite of version 1. */
export const NOISE_PROTOCOL = 'Noise_XXpsk0_25519_ChaChaPoly_SHA256';

const KEY_BYTES = 32;
const SEALED_KEY_BYTES = KEY_BYTES + TAG_BYTES;

/** Which side of a handshake. The initiator writes first. */
export type NoiseRole = 'initiator' | 'responder';

/** What a handshake starts from. */
export interface NoiseInput {
  readonly role: NoiseRole;
  /** Pre-shared key, 32 bytes. */
  readonly psk: Uint8Array;
  /** What both sides must agree on beforehand. */
  readonly prologue: Uint8Array;
  /** Own static key. */
  readonly agreer: Agreer;
  /** A key made for this handshake alone. The handshake disposes of it. */
  readonly ephemeral: EphemeralAgreer;
}

/** What a finished handshake leaves. */
export interface NoiseSession {
  readonly send: CipherState;
  readonly receive: CipherState;
  /** Unique to this session, and equal on both sides: 32 bytes. */
  readonly handshakeHash: Uint8Array<ArrayBuffer>;
  /** The other side's static public key. */
  readonly remoteStatic: Uint8Array<ArrayBuffer>;
}

/** Messages passed: 0 to 3, or the handshake is over for good. */
type Stage = 0 | 1 | 2 | 3 | 'failed' | 'split';

/** One side of a handshake. */
export class NoiseHandshake {
  readonly role: NoiseRole;
  readonly #symmetric: SymmetricState;
  readonly #psk: Uint8Array<ArrayBuffer>;
  readonly #agreer: Agreer;
  readonly #ephemeral: EphemeralAgreer;
  #remoteEphemeral: Uint8Array<ArrayBuffer> | undefined;
  #remoteStatic: Uint8Array<ArrayBuffer> | undefined;
  #stage: Stage = 0;
  #busy = false;

  /** @throws CryptoError `CRYPTO_SIZE` when the pre-shared key has not 32 bytes. */
  constructor(input: NoiseInput) {
    requireSize(input.psk, KEY_BYTES, 'a pre-shared key');
    this.role = input.role;
    this.#psk = Uint8Array.from(input.psk);
    this.#agreer = input.agreer;
    this.#ephemeral = input.ephemeral;
    this.#symmetric = new SymmetricState(NOISE_PROTOCOL, input.prologue);
  }

  /** Own ephemeral public key, which goes out in the clear with the first message written. */
  get ephemeralPublicKey(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#ephemeral.publicKey);
  }

  /** The other side's static public key, once it has arrived. */
  get remoteStatic(): Uint8Array<ArrayBuffer> | undefined {
    return this.#remoteStatic;
  }

  /** The handshake hash so far; final once all three messages have passed. */
  get handshakeHash(): Uint8Array<ArrayBuffer> {
    return this.#symmetric.hash;
  }

  /** What can be done next. */
  get next(): 'write' | 'read' | 'split' | 'over' {
    if (this.#stage === 3) return 'split';
    if (typeof this.#stage !== 'number') return 'over';
    return (this.#stage % 2 === 0) === (this.role === 'initiator') ? 'write' : 'read';
  }

  /**
   * The next message, with `payload` (in the first message the payload is sealed under the psk alone).
   * @throws CryptoError `CRYPTO_HANDSHAKE_ORDER` out of turn, `CRYPTO_SIZE` for a giant payload,
   * `CRYPTO_WEAK_KEY` if the static key gives an all-zero secret.
   */
  async writeMessage(payload: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    this.#expect('write');
    const overhead = KEY_BYTES + SEALED_KEY_BYTES + TAG_BYTES;
    if (payload.length + overhead > NOISE_MESSAGE_BYTES_MAX) {
      throw new CryptoError('CRYPTO_SIZE', `${payload.length} bytes are too many for a payload`);
    }
    const message = await this.#step(() => this.#write(payload));
    if (message === undefined) throw new CryptoError('CRYPTO_WEAK_KEY', 'no shared secret');
    return message;
  }

  /**
   * The payload of the next message, or `undefined` when it is not one of a peer with the same psk and
   * prologue. @throws CryptoError `CRYPTO_HANDSHAKE_ORDER` out of turn.
   */
  async readMessage(message: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#expect('read');
    return this.#step(async () =>
      message.length <= NOISE_MESSAGE_BYTES_MAX ? this.#read(message) : undefined,
    );
  }

  /** Ends the handshake in a session. @throws CryptoError `CRYPTO_HANDSHAKE_ORDER` before its end. */
  split(): NoiseSession {
    this.#expect('split');
    const remoteStatic = this.#remoteStatic;
    if (remoteStatic === undefined) throw outOfTurn('split');
    const handshakeHash = this.#symmetric.hash;
    const [first, second] = this.#symmetric.split();
    this.#stage = 'split';
    this.#forgetKeys();
    const [send, receive] = this.role === 'initiator' ? [first, second] : [second, first];
    return { send, receive, handshakeHash, remoteStatic };
  }

  /** One message; whatever is not one ends the handshake. */
  async #step(
    work: () => Promise<Uint8Array<ArrayBuffer> | undefined>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#busy = true;
    let done: Uint8Array<ArrayBuffer> | undefined;
    try {
      done = await work();
    } finally {
      this.#busy = false;
      if (done === undefined) this.#fail();
      else this.#stage = ((this.#stage as number) + 1) as Stage;
    }
    return done;
  }

  async #write(payload: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const symmetric = this.#symmetric;
    const parts: Uint8Array[] = [];
    if (this.#stage === 0) symmetric.mixKeyAndHash(this.#psk);
    if (this.#stage !== 2) {
      const { publicKey } = this.#ephemeral;
      parts.push(publicKey);
      symmetric.mixHash(publicKey);
      symmetric.mixKey(publicKey); // Section 9.2: also mixed into the key with a psk.
    }
    const remote = this.#remoteEphemeral;
    if (this.#stage !== 0 && remote !== undefined) {
      // Token ee; then es of the responder, se of the initiator: own static with the other ephemeral.
      if (this.#stage === 1 && !(await this.#mixShared(this.#ephemeral, remote))) return undefined;
      parts.push(symmetric.encryptAndHash(this.#agreer.publicKey));
      if (!(await this.#mixShared(this.#agreer, remote))) return undefined;
    }
    parts.push(symmetric.encryptAndHash(payload));
    return concatBytes(...parts);
  }

  async #read(message: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const symmetric = this.#symmetric;
    let rest = message;
    if (this.#stage === 0) symmetric.mixKeyAndHash(this.#psk);
    if (this.#stage !== 2) {
      if (rest.length < KEY_BYTES) return undefined;
      const remote = rest.slice(0, KEY_BYTES);
      // Refused here, so that no later step, here or on the platform, can meet an all-zero secret.
      if (isWeakAgreementKey(remote)) return undefined;
      this.#remoteEphemeral = remote;
      rest = rest.subarray(KEY_BYTES);
      symmetric.mixHash(remote);
      symmetric.mixKey(remote);
    }
    const theirs = this.#remoteEphemeral;
    if (this.#stage === 1 && !(theirs && (await this.#mixShared(this.#ephemeral, theirs)))) {
      return undefined;
    }
    if (this.#stage !== 0) {
      const remote = symmetric.decryptAndHash(rest.subarray(0, SEALED_KEY_BYTES));
      if (remote === undefined) return undefined;
      if (isWeakAgreementKey(remote)) return undefined;
      if (!(await this.#mixShared(this.#ephemeral, remote))) return undefined;
      this.#remoteStatic = remote;
      rest = rest.subarray(SEALED_KEY_BYTES);
    }
    return symmetric.decryptAndHash(rest);
  }

  /** False when there is no shared secret, which is then all zero. */
  async #mixShared(own: Agreer, theirs: Uint8Array): Promise<boolean> {
    const shared = await own.agree(theirs);
    if (isAllZero(shared)) return false;
    this.#symmetric.mixKey(shared);
    wipe(shared);
    return true;
  }

  #expect(step: 'write' | 'read' | 'split'): void {
    if (this.next !== step || this.#busy) throw outOfTurn(step);
  }

  #fail(): void {
    this.#stage = 'failed';
    this.#symmetric.forget();
    this.#forgetKeys();
  }

  #forgetKeys(): void {
    this.#ephemeral[Symbol.dispose]?.();
    wipe(this.#psk);
  }
}

function outOfTurn(step: string): CryptoError {
  return new CryptoError('CRYPTO_HANDSHAKE_ORDER', `the handshake cannot ${step} now`);
}
