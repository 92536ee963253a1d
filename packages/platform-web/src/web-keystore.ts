/**
 * Device keys and secrets of a profile in the browser. Key pairs are non-extractable WebCrypto keys,
 * kept as such in IndexedDB: no script can read them out, not even ours. Secrets are sealed under a
 * non-extractable AES key that lies beside them.
 */
import {
  KernelError,
  StoreError,
  utf8,
  type Agreer,
  type Keystore,
  type Signer,
} from '@atoll/kernel';
import { deleteDatabase, finished, openDatabase, result, storeFailure } from './idb.ts';
import { agreerOf, signerOf } from './web-keys.ts';

const DATABASE_VERSION = 1;
/** Name to CryptoKeyPair, or to the CryptoKey that seals secrets. */
const KEYS = 'keys';
/** Name to {@link Sealed}. */
const SECRETS = 'secrets';
/** Name to text that is not secret. */
const MARKS = 'marks';
const SEALING_KEY = 'sealing';
const NONCE_BYTES = 12;

interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

function databaseName(name: string): string {
  return `atoll-keys/${name}`;
}

/** Deletes a profile's keys for ever. Nothing may have them open. @throws StoreError. */
export function deleteWebKeystore(name: string): Promise<void> {
  return deleteDatabase(databaseName(name));
}

/** {@link Keystore} in IndexedDB. */
export class WebKeystore implements Keystore {
  readonly #database: IDBDatabase;
  #closed = false;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens or makes the keystore of a profile. @throws StoreError. */
  static async open(name: string): Promise<WebKeystore> {
    return new WebKeystore(
      await openDatabase(databaseName(name), DATABASE_VERSION, (fresh) => {
        for (const store of [KEYS, SECRETS, MARKS]) fresh.createObjectStore(store);
      }),
    );
  }

  async signer(name: string): Promise<Signer> {
    const { publicKey, privateKey } = await this.#pair('Ed25519', name, ['sign', 'verify']);
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
    return signerOf(privateKey, raw);
  }

  async agreer(name: string): Promise<Agreer> {
    const { publicKey, privateKey } = await this.#pair('X25519', name, ['deriveBits']);
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
    return agreerOf(privateKey, raw);
  }

  async getSecret(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const stored = (await this.#get(SECRETS, name)) as Sealed | undefined;
    if (stored === undefined) return undefined;
    const key = await this.#sealingKey();
    const { nonce, sealed } = stored;
    try {
      const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: utf8(name) };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
    } catch (cause) {
      throw new StoreError('STORE_CORRUPT', 'a secret does not open with its key', { cause });
    }
  }

  async putSecret(name: string, secret: Uint8Array | undefined): Promise<void> {
    if (secret === undefined) {
      await this.#write(SECRETS, (store) => store.delete(name));
      return;
    }
    // Copied before the first wait: the caller may wipe its buffer.
    const plaintext = new Uint8Array(secret);
    const key = await this.#sealingKey();
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: utf8(name) };
    const sealed = await crypto.subtle.encrypt(algorithm, key, plaintext);
    plaintext.fill(0);
    await this.#write(SECRETS, (store) => store.put({ nonce, sealed } satisfies Sealed, name));
  }

  /** A random name of this installation, which lies apart from the profile's store. */
  async fingerprint(): Promise<string> {
    const mark = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    return String(await this.#getOrPut(MARKS, 'fingerprint', mark));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#database.close();
  }

  async #pair(
    algorithm: 'Ed25519' | 'X25519',
    name: string,
    usages: KeyUsage[],
  ): Promise<CryptoKeyPair> {
    const place = `${algorithm} ${name}`;
    const known = await this.#get(KEYS, place);
    if (known !== undefined) return known as CryptoKeyPair;
    const fresh = await crypto.subtle.generateKey({ name: algorithm }, false, usages);
    return (await this.#getOrPut(KEYS, place, fresh)) as CryptoKeyPair;
  }

  async #sealingKey(): Promise<CryptoKey> {
    const known = await this.#get(KEYS, SEALING_KEY);
    if (known !== undefined) return known as CryptoKey;
    const algorithm = { name: 'AES-GCM', length: 256 };
    const fresh = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt']);
    return (await this.#getOrPut(KEYS, SEALING_KEY, fresh)) as CryptoKey;
  }

  #get(store: string, name: string): Promise<unknown> {
    return this.#use(() => {
      const transaction = this.#database.transaction(store);
      return result<unknown>(transaction.objectStore(store).get(name));
    });
  }

  /** What lies under a name, or else `fresh`, stored: of two tabs that ask at once one is first. */
  #getOrPut(store: string, name: string, fresh: unknown): Promise<unknown> {
    return this.#use(async () => {
      const transaction = this.#database.transaction(store, 'readwrite', { durability: 'strict' });
      const done = finished(transaction);
      const objects = transaction.objectStore(store);
      const known: unknown = await result<unknown>(objects.get(name));
      if (known === undefined) objects.put(fresh, name);
      await done;
      return known ?? fresh;
    });
  }

  #write(store: string, write: (objects: IDBObjectStore) => unknown): Promise<void> {
    return this.#use(() => {
      const transaction = this.#database.transaction(store, 'readwrite', { durability: 'strict' });
      const done = finished(transaction);
      write(transaction.objectStore(store));
      return done;
    });
  }

  async #use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new KernelError('KERNEL_CLOSED', 'the keystore was closed before');
    try {
      return await work();
    } catch (failure) {
      throw storeFailure(failure);
    }
  }
}
