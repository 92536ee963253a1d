/**
 * Key pairs and verification for simulations, all synchronous inside (node:crypto), so that no
 * thread pool decides the order of events; and a keystore whose keys come from the world's seed.
 */
import { Buffer } from 'node:buffer';
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { loadCurves } from '@atoll/crypto';
import { loadTextIndex } from '@atoll/echo';
import type { Agreer, Ed25519Platform, KeyPlatform, Keystore, Rng, Signer } from '@atoll/kernel';
import { KernelError, StoreError, concatBytes, fromHex, toHex } from '@atoll/kernel';
import { loadConnections } from '@atoll/mesh';

// A world's clock does not wait for a part of the program to be loaded, so that all must be here before.
await Promise.all([loadCurves(), loadConnections(), loadTextIndex()]);

// DER prefixes of RFC 8410: what precedes the 32 raw bytes of a key.
const DER = {
  ed25519Private: fromHex('302e020100300506032b657004220420') as Uint8Array,
  x25519Private: fromHex('302e020100300506032b656e04220420') as Uint8Array,
  ed25519Public: fromHex('302a300506032b6570032100') as Uint8Array,
  x25519Public: fromHex('302a300506032b656e032100') as Uint8Array,
};
const RAW_KEY_BYTES = 32;

function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function privateKey(kind: 'ed25519Private' | 'x25519Private', seed: Uint8Array): KeyObject {
  const key = Buffer.from(concatBytes(DER[kind], seed));
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function publicBytes(key: KeyObject): Uint8Array<ArrayBuffer> {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return plain(der.subarray(der.length - RAW_KEY_BYTES));
}

/** Keys that are kept as node:crypto wants them: in a world few sign much. */
const VERIFIERS_MAX = 1024;
const verifierByKey = new Map<string, KeyObject>();

function verifierOf(publicKey: Uint8Array): KeyObject {
  const name = toHex(publicKey);
  const known = verifierByKey.get(name);
  if (known !== undefined) return known;
  const key = Buffer.from(concatBytes(DER.ed25519Public, publicKey));
  const made = createPublicKey({ key, format: 'der', type: 'spki' });
  if (verifierByKey.size >= VERIFIERS_MAX) verifierByKey.clear();
  verifierByKey.set(name, made);
  return made;
}

/** node:crypto's Ed25519 verification in a resolved promise. */
export const simEd25519: Ed25519Platform = {
  async verify(publicKey, message, signature) {
    try {
      return verify(null, message, verifierOf(publicKey), signature) === true;
    } catch {
      return false;
    }
  },
};

/** An Ed25519 signer from 32 seed bytes. */
export function simSigner(seed: Uint8Array): Signer {
  const key = privateKey('ed25519Private', seed);
  return {
    publicKey: publicBytes(key),
    sign: async (message) => plain(sign(null, message, key)),
  };
}

/** An X25519 key pair from 32 seed bytes. */
export function simAgreer(seed: Uint8Array): Agreer {
  const key = privateKey('x25519Private', seed);
  return {
    publicKey: publicBytes(key),
    agree: async (theirs) => {
      const der = Buffer.from(concatBytes(DER.x25519Public, theirs));
      const peer = createPublicKey({ key: der, format: 'der', type: 'spki' });
      try {
        return plain(diffieHellman({ privateKey: key, publicKey: peer }));
      } catch {
        return new Uint8Array(RAW_KEY_BYTES); // OpenSSL refuses an all-zero result; the port gives it.
      }
    },
  };
}

/** Pairs of keys that are brought along: byte for byte what JavaScript makes, in a twentieth of its time. */
export const simKeys: KeyPlatform = {
  signer: async (seed) => simSigner(seed),
  agreer: async (secret) => simAgreer(secret),
};

/** Power that fails at a write of keys: before it, or when it is durable and nobody has been told. */
export type KeysFault = 'crash-before' | 'crash-after';

/** What a keystore keeps over a restart. */
export class MemoryKeychain {
  readonly seedByName: Map<string, Uint8Array> = new Map();
  readonly secretByName: Map<string, Uint8Array<ArrayBuffer>> = new Map();
  /** How often everything was erased. */
  erasures = 0;
  /** Writes of secrets so far; `failAt` counts in these. */
  operations = 0;
  #fault: { readonly at: number; readonly fault: KeysFault } | undefined;

  /** Lets power fail at the n-th write from now (the next is 1). */
  failAt(writesFromNow: number, fault: KeysFault): void {
    this.#fault = { at: this.operations + writesFromNow, fault };
  }

  /** Takes back a planned failure that no write has met. */
  spare(): void {
    this.#fault = undefined;
  }

  /** Makes one write; `crash` ends the machine, and is to throw. */
  write(change: () => void, crash: () => never): void {
    this.operations++;
    const fault = this.#fault?.at === this.operations ? this.#fault.fault : undefined;
    if (fault === 'crash-before') crash();
    change();
    if (fault === 'crash-after') crash();
  }
}

/** {@link Keystore} in memory. */
export class MemoryKeystore implements Keystore {
  readonly #rng: Rng;
  readonly #chain: MemoryKeychain;
  readonly #onCrash: () => void;
  readonly #erasures: number;
  #closed = false;

  /** `onCrash` ends the machine when its power fails at a write. */
  constructor(
    rng: Rng,
    chain: MemoryKeychain = new MemoryKeychain(),
    onCrash: () => void = () => {},
  ) {
    this.#rng = rng;
    this.#chain = chain;
    this.#erasures = chain.erasures;
    this.#onCrash = onCrash;
  }

  async signer(name: string): Promise<Signer> {
    return simSigner(this.#seed(`ed25519:${name}`));
  }

  async agreer(name: string): Promise<Agreer> {
    return simAgreer(this.#seed(`x25519:${name}`));
  }

  async getSecret(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#open().secretByName.get(name)?.slice();
  }

  async putSecret(name: string, secret: Uint8Array | undefined): Promise<void> {
    const chain = this.#open();
    if (secret !== undefined && chain.erasures !== this.#erasures) {
      throw new StoreError('STORE_ERASED', 'what this had opened was erased');
    }
    const change = (): void => {
      if (secret === undefined) chain.secretByName.delete(name);
      else chain.secretByName.set(name, plain(secret));
    };
    chain.write(change, () => this.#crash());
  }

  async erase(): Promise<void> {
    const chain = this.#open();
    const change = (): void => {
      chain.erasures++;
      chain.secretByName.clear();
      chain.seedByName.clear();
    };
    chain.write(change, () => this.#crash());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
  }

  #seed(name: string): Uint8Array {
    const { seedByName } = this.#open();
    const known = seedByName.get(name);
    if (known !== undefined) return known;
    const seed = this.#rng.bytes(RAW_KEY_BYTES);
    seedByName.set(name, seed);
    return seed;
  }

  #crash(): never {
    this.#onCrash();
    throw new KernelError('KERNEL_CLOSED', 'the machine has lost power');
  }

  #open(): MemoryKeychain {
    if (this.#closed) throw new KernelError('KERNEL_CLOSED', 'the keystore was closed before');
    return this.#chain;
  }
}
