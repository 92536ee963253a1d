/**
 * Pages in the store: named values, each sealed under a key of the identity and bound to its space and
 * name, so that a page that was changed, exchanged or taken from elsewhere does not open.
 */
import { deriveKey, open, seal, sealingKey, type SealingKey } from '@atoll/crypto';
import {
  concatBytes,
  idBytes,
  toHex,
  utf8,
  type AeadPlatform,
  type Rng,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import { SnapshotError } from './snapshot-error.ts';

/** Bytes of pages that are committed at once: a commit waits for the disk, and holds it up as long. */
const COMMIT_BYTES: number = 256 * 1024;
/** Random part of a page's name, so that two processes of one profile never write the same. */
const TOKEN_BYTES = 8;
const HEAD = 'head';

/** Pages of one space in one profile. */
export class PageStore {
  readonly #store: Store;
  readonly #rng: Rng;
  readonly #space: SpaceId;
  readonly #key: SealingKey;
  readonly #prefix: string;
  readonly #token: string;
  readonly #aead: AeadPlatform | undefined;
  #next = 0;
  #waiting = new Map<string, Uint8Array | undefined>();
  #waitingBytes = 0;

  /** `secret`: 32 bytes that only this identity's devices have. */
  constructor(ports: {
    readonly store: Store;
    readonly rng: Rng;
    readonly space: SpaceId;
    readonly secret: Uint8Array;
    readonly aead?: AeadPlatform | undefined;
    /** First part of the names: a profile may have several snapshots of a space. */
    readonly folder?: string;
  }) {
    this.#aead = ports.aead;
    this.#store = ports.store;
    this.#rng = ports.rng;
    this.#space = ports.space;
    this.#key = sealingKey(deriveKey(ports.secret, 'snapshot', idBytes(ports.space)));
    this.#prefix = `${ports.folder ?? 'snapshot'}/${ports.space}/`;
    this.#token = toHex(ports.rng.bytes(TOKEN_BYTES));
  }

  /** Bytes of a page. @throws SnapshotError `SNAPSHOT_MISSING`, `SNAPSHOT_CORRUPT`; StoreError. */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const opened = await this.opener(name);
    return opened();
  }

  /**
   * Reads a page now that is opened later, with what it returns. @throws SnapshotError `SNAPSHOT_MISSING`,
   * and when opened `SNAPSHOT_CORRUPT`; StoreError.
   */
  async opener(name: string): Promise<() => Uint8Array<ArrayBuffer>> {
    const sealed = await this.#store.value(this.#prefix + name);
    if (sealed === undefined)
      throw new SnapshotError('SNAPSHOT_MISSING', `page ${name} is missing`);
    return () => {
      const associated = this.#place(name);
      const plaintext = open(this.#key, { associated, sealed, aead: this.#aead });
      if (plaintext !== undefined) return plaintext;
      throw new SnapshotError('SNAPSHOT_CORRUPT', `page ${name} does not open`);
    };
  }

  /**
   * Shows every page that opens; another window may be replacing them meanwhile. How many do not open.
   * @throws StoreError.
   */
  async visit(visit: (plaintext: Uint8Array) => void): Promise<number> {
    let closed = 0;
    for (const name of await this.#store.names(this.#prefix)) {
      try {
        visit(await this.read(name.slice(this.#prefix.length)));
      } catch (failure) {
        if (!(failure instanceof SnapshotError)) throw failure;
        if (failure.code !== 'SNAPSHOT_MISSING') closed++;
      }
    }
    return closed;
  }

  /** Bytes of the head, or `undefined` if there is none. @throws SnapshotError; StoreError. */
  async readHead(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const sealed = await this.#store.value(this.#prefix + HEAD);
    return sealed === undefined ? undefined : this.read(HEAD);
  }

  /** Puts a page among those to be committed; its name. @throws StoreError. */
  async write(plaintext: Uint8Array): Promise<string> {
    const name = `${this.#token}${(this.#next++).toString(36)}`;
    this.#waiting.set(this.#prefix + name, this.#sealed(name, plaintext));
    this.#waitingBytes += plaintext.length;
    if (this.#waitingBytes >= COMMIT_BYTES) await this.flush();
    return name;
  }

  /** Commits what waits. @throws StoreError. */
  async flush(): Promise<void> {
    const values = this.#waiting;
    this.#waiting = new Map();
    this.#waitingBytes = 0;
    if (values.size > 0) await this.#store.commit({ values });
  }

  /** Forgets what waits. */
  discard(): void {
    this.#waiting = new Map();
    this.#waitingBytes = 0;
  }

  /** Makes a snapshot exist, or be another one: all of its pages are durable. @throws StoreError. */
  async commitHead(plaintext: Uint8Array): Promise<void> {
    const sealed = this.#sealed(HEAD, plaintext);
    await this.#store.commit({ values: new Map([[this.#prefix + HEAD, sealed]]) });
  }

  /** Removes all pages but these, and the head too unless `keepHead`. @throws StoreError. */
  async removeOthers(kept: ReadonlySet<string>, keepHead: boolean): Promise<void> {
    const values = new Map<string, undefined>();
    for (const name of await this.#store.names(this.#prefix)) {
      const page = name.slice(this.#prefix.length);
      if (page === HEAD ? !keepHead : !kept.has(page)) values.set(name, undefined);
    }
    if (values.size > 0) await this.#store.commit({ values });
  }

  /** The sealed head as it lies in the store, to see whether somebody else has written another. */
  async sealedHead(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#store.value(this.#prefix + HEAD);
  }

  #sealed(name: string, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
    const associated = this.#place(name);
    return seal(this.#key, { rng: this.#rng, associated, plaintext, aead: this.#aead });
  }

  #place(name: string): Uint8Array {
    return concatBytes(utf8('snapshot-page'), idBytes(this.#space), utf8(name));
  }
}
