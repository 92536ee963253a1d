/**
 * Device keys and secrets of a profile in one encrypted file. Private keys live in memory as
 * KeyObjects only; the file is read anew for every secret, so that several processes of a profile
 * agree, and changed under a lock, so that none overwrites what another has added.
 */
import { randomBytes, type KeyObject } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  KernelError,
  StoreError,
  fromHex,
  fromUtf8,
  toHex,
  utf8,
  type Agreer,
  type Keystore,
  type Signer,
  Turns,
} from '@atoll/kernel';
import { agreerOf, importSeed, signerOf } from './node-keys.ts';
import { NodeLocks } from './node-locks.ts';
import {
  fileName,
  isPassphraseKey,
  isSealedWith,
  needsPassphrase,
  readWhole,
  replaceFile,
  seal,
  sealKey,
  unseal,
  type KeySource,
  type SealKey,
} from './sealed-file.ts';

const KEY_BYTES = 32;
const LOCK = 'keystore';
/** The plaintext: names to hex. */
interface Content {
  readonly version: 1;
  readonly seeds: Record<string, string>;
  readonly secrets: Record<string, string>;
  /** How often everything was erased. */
  readonly erasures: number;
}

/** Where the sealing key comes from. */
export interface NodeKeystoreOptions {
  readonly dir: string;
  /** Without one, the key lies in a file of mode 0600 beside the keystore. */
  readonly passphrase?: string;
  /** What {@link NodeKeystore.unlockKey} gave: instead of the passphrase. 32 bytes. */
  readonly unlockKey?: Uint8Array;
}

const FILE = 'keys.sealed';
const KEY_FILE = 'keys.key';

/**
 * How the keys in a directory are protected; `none` where there are none yet. @throws StoreError.
 */
export async function protectionOf(dir: string): Promise<'none' | 'key-file' | 'passphrase'> {
  const content = await readWhole(join(dir, FILE));
  if (content === undefined) return 'none';
  return needsPassphrase(content) ? 'passphrase' : 'key-file';
}

/** {@link Keystore} of a Node process. */
export class NodeKeystore implements Keystore {
  readonly #dir: string;
  readonly #path: string;
  #key: SealKey;
  readonly #locks: NodeLocks;
  readonly #keyByName: Map<string, Promise<KeyObject>> = new Map();
  /** As often everything had been erased when this was opened. */
  #erasures = 0;
  /** The content as it was read last, and from which file: each change makes a new one. */
  #seen: { readonly file: string; readonly content: Content } | undefined;
  /** Our own changes wait for each other here; the lock is for other processes. */
  readonly #turns = new Turns();
  #closed = false;

  private constructor(dir: string, key: SealKey, locks: NodeLocks) {
    this.#dir = dir;
    this.#path = join(dir, FILE);
    this.#key = key;
    this.#locks = locks;
  }

  /**
   * Opens or makes the keystore in `dir`.
   * @throws StoreError, `STORE_LOCKED` without a passphrase where there is one, `STORE_PASSPHRASE` for a wrong one.
   */
  static async open(options: NodeKeystoreOptions): Promise<NodeKeystore> {
    const { dir } = options;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const locks = new NodeLocks(join(dir, 'locks'));
    const path = join(dir, FILE);
    await using _lock = await locks.acquire(LOCK);
    const content = await readWhole(path);
    const key = await sealKey(content, sourceOf(options));
    const keystore = new NodeKeystore(dir, key, locks);
    // Made at once, so that later openers derive the same key from the same salt.
    if (content === undefined) await keystore.#write(emptyContent(0));
    else keystore.#erasures = parse(unseal(key, content)).erasures;
    return keystore;
  }

  /** True where a passphrase opens the keys. */
  get isProtected(): boolean {
    return isPassphraseKey(this.#key);
  }

  /**
   * What follows from the passphrase: opens the keystore until it is changed. For a keyring of the system, which
   * locks by itself; never for a file. `undefined` where there is no passphrase.
   */
  get unlockKey(): Uint8Array | undefined {
    return this.isProtected ? this.#key.key.slice() : undefined;
  }

  /**
   * Puts the keys under another passphrase, or under none. The file is replaced as a whole, so that a crash leaves
   * either; what the disk keeps of the old one is not ours to remove. @throws StoreError.
   */
  async protect(passphrase: string | undefined): Promise<void> {
    await this.#changing(async () => {
      const content = await this.#read();
      const keyFile = join(this.#dir, KEY_FILE);
      const source = passphrase === undefined ? { keyFile } : { passphrase };
      const before = this.#key;
      this.#key = await sealKey(undefined, source);
      await this.#write(content);
      before.key.fill(0);
      // Only now: until here it may be what opens the file.
      if (passphrase !== undefined) await rm(keyFile, { force: true });
    });
  }

  async signer(name: string): Promise<Signer> {
    return signerOf(await this.#privateKey('ed25519', name));
  }

  async agreer(name: string): Promise<Agreer> {
    return agreerOf(await this.#privateKey('x25519', name));
  }

  async getSecret(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { secrets } = await this.#read();
    const text = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    return text === undefined ? undefined : secretBytes(text);
  }

  async putSecret(name: string, secret: Uint8Array | undefined): Promise<void> {
    const text = secret === undefined ? undefined : toHex(secret);
    await this.#changing(async () => {
      const content = await this.#read();
      if (text !== undefined && content.erasures !== this.#erasures) {
        throw new StoreError('STORE_ERASED', 'what this had opened was erased');
      }
      const { [name]: _, ...others } = content.secrets;
      const secrets = text === undefined ? others : { ...others, [name]: text };
      await this.#write({ ...content, secrets });
    });
  }

  async erase(): Promise<void> {
    await this.#changing(async () => {
      // What a crash has left of a change has older keys in it.
      for (const name of await readdir(this.#dir)) {
        if (name.startsWith(`${FILE}.`)) await rm(join(this.#dir, name), { force: true });
      }
      const { erasures } = await this.#read();
      await this.#write(emptyContent(erasures + 1));
    });
    this.#keyByName.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#keyByName.clear();
    // What was begun needs the key.
    await this.#turns.idle();
    this.#seen = undefined;
    this.#key.key.fill(0);
  }

  async #privateKey(kind: 'ed25519' | 'x25519', name: string): Promise<KeyObject> {
    const place = `${kind}:${name}`;
    const known = this.#keyByName.get(place);
    if (known !== undefined) return known;
    const made = this.#seed(place).then((seed) => {
      const key = importSeed(kind, seed);
      seed.fill(0);
      return key;
    });
    this.#keyByName.set(place, made);
    made.catch(() => this.#keyByName.delete(place)); // The next caller tries again.
    return made;
  }

  async #seed(place: string): Promise<Uint8Array> {
    // A seed that is there never changes, so that no lock is needed to read it.
    const there = seedIn(await this.#read(), place);
    if (there !== undefined) return there;
    return this.#changing(async () => {
      const content = await this.#read();
      const known = seedIn(content, place);
      if (known !== undefined) return known;
      const seed = randomBytes(KEY_BYTES);
      await this.#write({ ...content, seeds: { ...content.seeds, [place]: toHex(seed) } });
      return seed;
    });
  }

  /** Runs a change of the file after those before it, and while no other process makes one. */
  #changing<T>(change: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      await using _lock = await this.#locks.acquire(LOCK);
      return await change();
    });
  }

  async #read(): Promise<Content> {
    this.#requireOpen();
    const file = await fileName(this.#path);
    if (file !== undefined && this.#seen?.file === file) return this.#seen.content;
    const bytes = await readWhole(this.#path);
    // Closed meanwhile, its key is overwritten.
    this.#requireOpen();
    if (bytes === undefined) throw new StoreError('STORE_CORRUPT', `${this.#path} has vanished`);
    if (!isSealedWith(this.#key, bytes)) {
      throw new StoreError('STORE_LOCKED', 'the passphrase was changed by another program');
    }
    const content = parse(unseal(this.#key, bytes));
    if (file !== undefined) this.#seen = { file, content };
    return content;
  }

  #requireOpen(): void {
    if (this.#closed) throw new KernelError('KERNEL_CLOSED', 'the keystore was closed before');
  }

  async #write(content: Content): Promise<void> {
    const plaintext = utf8(JSON.stringify(content));
    const sealed = seal(this.#key, plaintext);
    plaintext.fill(0);
    await replaceFile(this.#path, sealed);
    const file = await fileName(this.#path);
    this.#seen = file === undefined ? undefined : { file, content };
  }
}

function sourceOf({ dir, passphrase, unlockKey }: NodeKeystoreOptions): KeySource {
  if (passphrase !== undefined) return { passphrase };
  return unlockKey === undefined ? { keyFile: join(dir, KEY_FILE) } : { unlockKey };
}

function emptyContent(erasures: number): Content {
  return { version: 1, seeds: {}, secrets: {}, erasures };
}

// The file is authenticated, so its shape is ours; one look guards against another version.
function parse(plaintext: Uint8Array): Content {
  const content: unknown = JSON.parse(fromUtf8(plaintext) ?? 'null');
  plaintext.fill(0);
  if (typeof content === 'object' && content !== null && 'version' in content) {
    if (content.version === 1) return content as Content;
  }
  throw new StoreError(
    'STORE_CORRUPT',
    'the keystore has a version that this program does not know',
  );
}

function seedIn({ seeds }: Content, place: string): Uint8Array<ArrayBuffer> | undefined {
  const text = Object.hasOwn(seeds, place) ? seeds[place] : undefined;
  return text === undefined ? undefined : secretBytes(text);
}

function secretBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new StoreError('STORE_CORRUPT', 'a stored secret is not hex');
  return bytes;
}
