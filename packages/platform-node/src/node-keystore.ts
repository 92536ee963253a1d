/**
 * Device keys and secrets of a profile in one encrypted file. Private keys live in memory as
 * KeyObjects only; the file is read anew for every secret, so that several processes of a profile
 * agree, and changed under a lock, so that none overwrites what another has added.
 */
import { randomBytes, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
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
} from '@atoll/kernel';
import { agreerOf, importSeed, signerOf } from './node-keys.ts';
import { NodeLocks } from './node-locks.ts';
import {
  fileName,
  readWhole,
  replaceFile,
  seal,
  sealKey,
  unseal,
  type SealKey,
} from './sealed-file.ts';

const KEY_BYTES = 32;
const LOCK = 'keystore';
/** The plaintext: names to hex. */
interface Content {
  readonly version: 1;
  readonly seeds: Record<string, string>;
  readonly secrets: Record<string, string>;
}

/** Where the sealing key comes from. */
export interface NodeKeystoreOptions {
  readonly dir: string;
  /** Without one, the key lies in a file of mode 0600 beside the keystore. */
  readonly passphrase?: string;
}

/** {@link Keystore} of a Node process. */
export class NodeKeystore implements Keystore {
  readonly #path: string;
  readonly #key: SealKey;
  readonly #locks: NodeLocks;
  readonly #keyByName: Map<string, Promise<KeyObject>> = new Map();
  /** The content as it was read last, and from which file: each change makes a new one. */
  #seen: { readonly file: string; readonly content: Content } | undefined;
  /** Our own changes wait for each other here; the lock is for other processes. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(path: string, key: SealKey, locks: NodeLocks) {
    this.#path = path;
    this.#key = key;
    this.#locks = locks;
  }

  /** Opens or makes the keystore in `dir`. @throws StoreError, `STORE_CORRUPT` for a wrong passphrase. */
  static async open({ dir, passphrase }: NodeKeystoreOptions): Promise<NodeKeystore> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const locks = new NodeLocks(join(dir, 'locks'));
    const path = join(dir, 'keys.sealed');
    await using _lock = await locks.acquire(LOCK);
    const content = await readWhole(path);
    const source = passphrase === undefined ? { keyFile: join(dir, 'keys.key') } : { passphrase };
    const key = await sealKey(content, source);
    const keystore = new NodeKeystore(path, key, locks);
    // Made at once, so that later openers derive the same key from the same salt.
    if (content === undefined) await keystore.#write({ version: 1, seeds: {}, secrets: {} });
    else parse(unseal(key, content));
    return keystore;
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
      const { [name]: _, ...others } = content.secrets;
      const secrets = text === undefined ? others : { ...others, [name]: text };
      await this.#write({ ...content, secrets });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#keyByName.clear();
  }

  async #privateKey(kind: 'ed25519' | 'x25519', name: string): Promise<KeyObject> {
    const place = `${kind}:${name}`;
    const known = this.#keyByName.get(place);
    if (known !== undefined) return known;
    const made = this.#seed(place).then((seed) => importSeed(kind, seed));
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
  async #changing<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      await using _lock = await this.#locks.acquire(LOCK);
      return await change();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #read(): Promise<Content> {
    if (this.#closed) throw new KernelError('KERNEL_CLOSED', 'the keystore was closed before');
    const file = await fileName(this.#path);
    if (file !== undefined && this.#seen?.file === file) return this.#seen.content;
    const bytes = await readWhole(this.#path);
    if (bytes === undefined) throw new StoreError('STORE_CORRUPT', `${this.#path} has vanished`);
    const content = parse(unseal(this.#key, bytes));
    if (file !== undefined) this.#seen = { file, content };
    return content;
  }

  async #write(content: Content): Promise<void> {
    await replaceFile(this.#path, seal(this.#key, utf8(JSON.stringify(content))));
    const file = await fileName(this.#path);
    this.#seen = file === undefined ? undefined : { file, content };
  }
}

// The file is authenticated, so its shape is ours; one look guards against another version.
function parse(plaintext: Uint8Array): Content {
  const content: unknown = JSON.parse(fromUtf8(plaintext) ?? 'null');
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
