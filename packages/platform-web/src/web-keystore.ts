/**
 * Device keys and secrets of a profile in the browser. Key pairs are non-extractable WebCrypto keys,
 * kept as such in IndexedDB: no script can read them out, not even ours. Secrets are sealed under an AES key. Either
 * it lies beside them, not extractable, or its bytes do, sealed under a passphrase.
 */
import { PASSPHRASE_SALT_BYTES, openOnce, passphraseKey, sealOnce, wipe } from '@atoll/crypto';
import {
  KernelError,
  StoreError,
  equalBytes,
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
/** Name of {@link Locked}, in place of the sealing key. */
const LOCKED_KEY = 'sealing-locked';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
/** While the passphrase changes, nothing else does. */
const CHANGE_LOCK = 'atoll-keys-change';
const LOCK_INFO = utf8('atoll/web-keystore');

interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

/** The sealing key under a passphrase. Each passphrase has a salt of its own, so its key seals this once. */
interface Locked {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly sealed: Uint8Array<ArrayBuffer>;
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
  readonly #name: string;
  #closed = false;
  /** The sealing key that a passphrase has opened; with none, it is in the database. */
  #unlocked: { readonly key: CryptoKey; readonly salt: Uint8Array } | undefined;

  private constructor(name: string, database: IDBDatabase) {
    this.#name = name;
    this.#database = database;
  }

  /**
   * Opens or makes the keystore of a profile.
   * @throws StoreError, `STORE_LOCKED` without a passphrase where there is one, `STORE_PASSPHRASE` for a wrong one.
   */
  static async open(name: string, passphrase?: string): Promise<WebKeystore> {
    const database = await openDatabase(databaseName(name), DATABASE_VERSION, (fresh) => {
      for (const store of [KEYS, SECRETS, MARKS]) fresh.createObjectStore(store);
    });
    const keystore = new WebKeystore(name, database);
    try {
      await keystore.#unlock(passphrase);
      return keystore;
    } catch (failure) {
      await keystore[Symbol.asyncDispose]();
      throw failure;
    }
  }

  /** True where a passphrase opens the secrets. */
  get isProtected(): boolean {
    return this.#unlocked !== undefined;
  }

  /**
   * Seals all secrets anew, under a key that only this passphrase opens, or under one that lies beside them. One
   * transaction: a crash leaves either. @throws StoreError.
   */
  async protect(passphrase: string | undefined): Promise<void> {
    await navigator.locks.request(`${CHANGE_LOCK}/${this.#name}`, async () => {
      const names = (await this.#use(() =>
        result(this.#database.transaction(SECRETS).objectStore(SECRETS).getAllKeys()),
      )) as string[];
      const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
      const next = await importSealingKey(raw);
      const sealed = new Map<string, Sealed>();
      for (const name of names) {
        const secret = await this.getSecret(name);
        if (secret === undefined) continue;
        sealed.set(name, await sealWith(next, name, secret));
        wipe(secret);
      }
      const locked = passphrase === undefined ? undefined : await lockKey(raw, passphrase);
      wipe(raw);
      await this.#replace(sealed, { next, locked });
      this.#unlocked = locked === undefined ? undefined : { key: next, salt: locked.salt };
    });
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
    await navigator.locks.request(`${CHANGE_LOCK}/${this.#name}`, { mode: 'shared' }, async () => {
      const sealed = await sealWith(await this.#sealingKey(), name, plaintext);
      plaintext.fill(0);
      await this.#write(SECRETS, (store) => store.put(sealed, name));
    });
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
    this.#unlocked = undefined;
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

  async #unlock(passphrase: string | undefined): Promise<void> {
    const locked = (await this.#get(KEYS, LOCKED_KEY)) as Locked | undefined;
    if (locked === undefined) return;
    if (passphrase === undefined) {
      throw new StoreError('STORE_LOCKED', 'the keys of this profile are under a passphrase');
    }
    const key = await passphraseKey(passphrase, locked.salt);
    const raw = openOnce({ key, associated: LOCK_INFO }, locked.sealed);
    wipe(key);
    if (raw === undefined) {
      throw new StoreError('STORE_PASSPHRASE', 'the keys do not open with this passphrase');
    }
    this.#unlocked = { key: await importSealingKey(raw), salt: locked.salt };
    wipe(raw);
  }

  #replace(
    sealed: ReadonlyMap<string, Sealed>,
    { locked, next }: { readonly locked: Locked | undefined; readonly next: CryptoKey },
  ): Promise<void> {
    return this.#use(() => {
      const stores = [KEYS, SECRETS];
      const transaction = this.#database.transaction(stores, 'readwrite', { durability: 'strict' });
      const done = finished(transaction);
      const [keys, secrets] = [transaction.objectStore(KEYS), transaction.objectStore(SECRETS)];
      for (const [name, secret] of sealed) secrets.put(secret, name);
      if (locked === undefined) {
        keys.put(next, SEALING_KEY);
        keys.delete(LOCKED_KEY);
      } else {
        keys.put(locked, LOCKED_KEY);
        keys.delete(SEALING_KEY);
      }
      return done;
    });
  }

  async #sealingKey(): Promise<CryptoKey> {
    const locked = (await this.#get(KEYS, LOCKED_KEY)) as Locked | undefined;
    const unlocked = this.#unlocked;
    if (locked !== undefined || unlocked !== undefined) {
      // What is sealed under the key of before would be lost.
      if (
        locked !== undefined &&
        unlocked !== undefined &&
        equalBytes(locked.salt, unlocked.salt)
      ) {
        return unlocked.key;
      }
      throw new StoreError('STORE_LOCKED', 'another window has changed the passphrase');
    }
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

function importSealingKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

async function sealWith(
  key: CryptoKey,
  name: string,
  secret: Uint8Array<ArrayBuffer>,
): Promise<Sealed> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: utf8(name) };
  return { nonce, sealed: await crypto.subtle.encrypt(algorithm, key, secret) };
}

async function lockKey(raw: Uint8Array, passphrase: string): Promise<Locked> {
  const salt = crypto.getRandomValues(new Uint8Array(PASSPHRASE_SALT_BYTES));
  const key = await passphraseKey(passphrase, salt);
  const sealed = sealOnce({ key, associated: LOCK_INFO }, raw);
  wipe(key);
  return { salt, sealed };
}
