/**
 * Device keys and secrets of a profile in the browser. Key pairs are non-extractable WebCrypto keys,
 * kept as such in IndexedDB: no script can read them out, not even ours. Secrets are sealed under an AES key. Either
 * it lies beside them, not extractable, or its bytes do, sealed to what a passphrase and passkeys open.
 */
import { wipe } from '@atoll/crypto';
import {
  KernelError,
  StoreError,
  equalBytes,
  utf8,
  type Agreer,
  type Keystore,
  type KeystorePasskeys,
  type Signer,
} from '@atoll/kernel';
import { deleteDatabase, finished, openDatabase, result, storeFailure } from './idb.ts';
import type * as Slots from './web-key-slots.ts';
import type { Locked, Openers, WebUnlock } from './web-key-slots.ts';
import { agreerOf, signerOf } from './web-keys.ts';

const DATABASE_VERSION = 1;
/** Name to CryptoKeyPair, or to the CryptoKey that seals secrets. */
const KEYS = 'keys';
/** Name to {@link Sealed}. */
const SECRETS = 'secrets';
/** Name to text that is not secret. */
const MARKS = 'marks';
const ERASURES = 'erasures';
const SEALING_KEY = 'sealing';
/** Name of {@link Locked}, in place of the sealing key. */
const LOCKED_KEY = 'sealing-locked';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
/** While the passphrase changes, nothing else does. */
const CHANGE_LOCK = 'atoll-keys-change';
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

/**
 * Ids of the passkeys that open the keys of a profile, as anybody may see who has its files: what a lock screen has
 * to know before anything is open. @throws StoreError.
 */
export async function passkeysOf(name: string): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const database = await openKeys(name);
  try {
    const keys = database.transaction(KEYS).objectStore(KEYS);
    const locked = (await result<unknown>(keys.get(LOCKED_KEY))) as Locked | undefined;
    return (locked?.passkeys ?? []).map(({ credential }) => credential);
  } catch (failure) {
    throw storeFailure(failure);
  } finally {
    database.close();
  }
}

function openKeys(name: string): Promise<IDBDatabase> {
  return openDatabase(databaseName(name), DATABASE_VERSION, (fresh) => {
    for (const store of [KEYS, SECRETS, MARKS]) fresh.createObjectStore(store);
  });
}

/** {@link Keystore} in IndexedDB. */
export class WebKeystore implements Keystore {
  readonly #database: IDBDatabase;
  readonly #name: string;
  #closed = false;
  /** As often everything had been erased when this was opened. */
  #erasures = 0;
  /** The sealing key that a passphrase has opened; with none, it is in the database. */
  #unlocked: { readonly key: CryptoKey; readonly generation: Uint8Array } | undefined;

  private constructor(name: string, database: IDBDatabase) {
    this.#name = name;
    this.#database = database;
  }

  /**
   * Opens or makes the keystore of a profile. @throws StoreError, where there is a passphrase: `STORE_LOCKED` without
   * one, `STORE_PASSPHRASE` and `STORE_PASSKEY` for a wrong one.
   */
  static async open(name: string, unlock: WebUnlock = {}): Promise<WebKeystore> {
    const keystore = new WebKeystore(name, await openKeys(name));
    try {
      await keystore.#unlock(unlock);
      keystore.#erasures = await keystore.#erasuresNow();
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
   * Seals all secrets anew, under a key that only this passphrase and the passkeys open, or under one that lies
   * beside them. One transaction: a crash leaves either. @throws StoreError.
   */
  protect(passphrase: string | undefined): Promise<void> {
    return this.#sealAnew(async (before) => {
      if (passphrase === undefined) return undefined;
      return (await loadSlots()).withPassphrase(passphrase, before);
    });
  }

  get passkeys(): KeystorePasskeys {
    const change = (credential: Uint8Array, output: Uint8Array | undefined): Promise<void> =>
      this.#sealAnew(async (before) => {
        const { withPasskey } = await loadSlots();
        if (before !== undefined) return withPasskey(before, credential, output);
        throw new StoreError('STORE_UNPROTECTED', 'there is no passphrase before these keys');
      });
    return {
      list: async () => (await this.#locked())?.passkeys.map(({ credential }) => credential) ?? [],
      add: (credential, output) => change(credential, output),
      remove: async (credential) => {
        const known = (await this.#locked())?.passkeys ?? [];
        if (!known.some((one) => equalBytes(one.credential, credential))) return;
        await change(credential, undefined);
      },
    };
  }

  #sealAnew(
    openersOf: (before: Locked | undefined) => Promise<Openers | undefined>,
  ): Promise<void> {
    return navigator.locks.request(`${CHANGE_LOCK}/${this.#name}`, async () => {
      const openers = await openersOf(await this.#locked());
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
      const locked = openers && (await loadSlots()).lockUnder(raw, openers);
      wipe(raw);
      await this.#replace(sealed, { next, locked });
      this.#unlocked = locked && { key: next, generation: locked.generation };
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
      try {
        if ((await this.#erasuresNow()) !== this.#erasures) {
          throw new StoreError('STORE_ERASED', 'what this had opened was erased');
        }
        const sealed = await sealWith(await this.#sealingKey(), name, plaintext);
        await this.#write(SECRETS, (store) => store.put(sealed, name));
      } finally {
        plaintext.fill(0);
      }
    });
  }

  /** Under the lock of a changed passphrase, so that no window seals anything anew meanwhile. */
  erase(): Promise<void> {
    return navigator.locks.request(`${CHANGE_LOCK}/${this.#name}`, async () => {
      const openers = await this.#get(KEYS, LOCKED_KEY);
      const erasures = await this.#erasuresNow();
      await this.#use(() => {
        const stores = [KEYS, MARKS, SECRETS];
        const transaction = this.#database.transaction(stores, 'readwrite', {
          durability: 'strict',
        });
        const done = finished(transaction);
        for (const store of [KEYS, SECRETS]) transaction.objectStore(store).clear();
        transaction.objectStore(MARKS).put(erasures + 1, ERASURES);
        if (openers !== undefined) transaction.objectStore(KEYS).put(openers, LOCKED_KEY);
        return done;
      });
    });
  }

  /** Counted up under the lock of a changed passphrase. */
  async #erasuresNow(): Promise<number> {
    return Number((await this.#get(MARKS, ERASURES)) ?? 0);
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

  async #unlock(unlock: WebUnlock): Promise<void> {
    const locked = await this.#locked();
    if (locked === undefined) return;
    const { openLocked } = await loadSlots();
    const raw = await openLocked(locked, unlock);
    this.#unlocked = { key: await importSealingKey(raw), generation: locked.generation };
    wipe(raw);
  }

  async #locked(): Promise<Locked | undefined> {
    return (await this.#get(KEYS, LOCKED_KEY)) as Locked | undefined;
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
    const locked = await this.#locked();
    const unlocked = this.#unlocked;
    if (locked !== undefined || unlocked !== undefined) {
      // What is sealed under the key of before would be lost.
      if (
        locked !== undefined &&
        unlocked !== undefined &&
        equalBytes(locked.generation, unlocked.generation)
      ) {
        return unlocked.key;
      }
      throw new StoreError('STORE_LOCKED', 'another window has changed what opens the keys');
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

/** What a passphrase and passkeys take. */
function loadSlots(): Promise<typeof Slots> {
  return import('./web-key-slots.ts');
}
