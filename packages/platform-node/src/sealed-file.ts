/**
 * One small file, encrypted and replaced as a whole: written beside, synced, renamed, directory
 * synced. A crash leaves the old or the new content, never a mixture.
 *
 * Layout: magic (8) · 1 byte key source · salt (16) · nonce (12) · AES-256-GCM ciphertext · tag (16).
 * Everything before the nonce is authenticated as associated data.
 */
import {
  argon2,
  createCipheriv,
  createDecipheriv,
  randomBytes,
  type CipherGCM,
  type DecipherGCM,
} from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError, concatBytes, equalBytes, errorCode, utf8 } from '@atoll/kernel';

const MAGIC = utf8('ATOLLKS1');
const KEY_FILE = 1;
const PASSPHRASE = 2;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 1 + SALT_BYTES;
/** A keystore holds some dozens of secrets; anything larger is not ours. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
/** Argon2id as in RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes. */
const ARGON2 = { memory: 65_536, passes: 3, parallelism: 4, tagLength: 32 } as const;

/** Opens and seals the file's content. */
export interface SealKey {
  readonly header: Uint8Array;
  readonly key: Uint8Array;
}

/** True if a file system call failed because the file does not exist. */
function isAbsent(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === 'ENOENT';
}

function ioFailure(path: string, failure: unknown): StoreError {
  if (failure instanceof StoreError) return failure;
  const full = failure instanceof Error && 'code' in failure && failure.code === 'ENOSPC';
  const reason = failure instanceof Error ? failure.message : errorCode(failure);
  return new StoreError(full ? 'STORE_FULL' : 'STORE_IO', `${path}: ${reason}`, { cause: failure });
}

/** Replaces a file durably, readable by its owner alone. @throws StoreError. */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    const dir = await open(dirname(path), 'r');
    try {
      await dir.sync();
    } finally {
      await dir.close();
    }
  } catch (failure) {
    throw ioFailure(path, failure);
  }
}

/** Tells one content of a file from another, since each replaces the file: its number and times. */
export async function fileName(path: string): Promise<string | undefined> {
  try {
    const { ctimeNs, ino, mtimeNs, size } = await stat(path, { bigint: true });
    return `${ino} ${mtimeNs} ${ctimeNs} ${size}`;
  } catch {
    // The reader that follows says what is wrong.
    return undefined;
  }
}

/** A whole file, or `undefined` where there is none. @throws StoreError. */
export async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    const content = await readFile(path);
    if (content.length <= FILE_BYTES_MAX) return content;
  } catch (failure) {
    if (isAbsent(failure)) return undefined;
    throw ioFailure(path, failure);
  }
  throw new StoreError('STORE_CORRUPT', `${path} is larger than a keystore can be`);
}

/** Where the key of a file comes from: a passphrase, what follows from one, or a file beside it. */
export type KeySource =
  | { readonly passphrase: string }
  | { readonly unlockKey: Uint8Array }
  | { readonly keyFile: string };

/** True for a file that opens with a passphrase. @throws StoreError `STORE_CORRUPT` for one that is not ours. */
export function needsPassphrase(content: Uint8Array): boolean {
  checkMagic(content);
  return content[MAGIC.length] === PASSPHRASE;
}

/** True for a key that follows from a passphrase. */
export function isPassphraseKey({ header }: SealKey): boolean {
  return header[MAGIC.length] === PASSPHRASE;
}

/** True when a file is still sealed as it was when `key` was made. */
export function isSealedWith({ header }: SealKey, content: Uint8Array): boolean {
  return equalBytes(content.subarray(0, HEADER_BYTES), header);
}

/**
 * The key for a file that may exist already.
 * @throws StoreError `STORE_LOCKED` where it takes a passphrase and there is none, `STORE_CORRUPT`.
 */
export async function sealKey(
  content: Uint8Array | undefined,
  source: KeySource,
): Promise<SealKey> {
  if (content !== undefined) checkHeader(content, 'keyFile' in source ? KEY_FILE : PASSPHRASE);
  if (!('keyFile' in source)) {
    const salt = content?.slice(MAGIC.length + 1, HEADER_BYTES) ?? randomBytes(SALT_BYTES);
    const key =
      'passphrase' in source ? await stretch(source.passphrase, salt) : source.unlockKey.slice();
    return { header: concatBytes(MAGIC, Uint8Array.of(PASSPHRASE), salt), key };
  }
  const header = concatBytes(MAGIC, Uint8Array.of(KEY_FILE), new Uint8Array(SALT_BYTES));
  const known = await readWhole(source.keyFile);
  if (known === undefined && content !== undefined) {
    throw new StoreError('STORE_CORRUPT', `the key file ${source.keyFile} is missing`);
  }
  if (known !== undefined && known.length !== 32) {
    throw new StoreError('STORE_CORRUPT', `the key file ${source.keyFile} has not 32 bytes`);
  }
  if (known !== undefined) return { header, key: known };
  const key = randomBytes(32);
  await replaceFile(source.keyFile, key);
  return { header, key };
}

/** The file's bytes for a plaintext. */
export function seal({ header, key }: SealKey, plaintext: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher: CipherGCM = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(header);
  const sealed = concatBytes(cipher.update(plaintext), cipher.final());
  return concatBytes(header, nonce, sealed, cipher.getAuthTag());
}

/**
 * The plaintext of a file's bytes. A wrong key and a damaged file cannot be told from each other.
 * @throws StoreError `STORE_PASSPHRASE` where the key follows from a passphrase, else `STORE_CORRUPT`.
 */
export function unseal({ header, key }: SealKey, content: Uint8Array): Uint8Array {
  const nonce = content.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
  const decipher: DecipherGCM = createDecipheriv('aes-256-gcm', key, nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(content.subarray(0, HEADER_BYTES));
  decipher.setAuthTag(content.subarray(content.length - TAG_BYTES));
  try {
    const body = content.subarray(HEADER_BYTES + NONCE_BYTES, content.length - TAG_BYTES);
    return concatBytes(decipher.update(body), decipher.final());
  } catch (cause) {
    if (isPassphraseKey({ header, key })) {
      const problem = 'the keystore does not open with this passphrase';
      throw new StoreError('STORE_PASSPHRASE', problem, { cause });
    }
    throw new StoreError('STORE_CORRUPT', 'the keystore does not open with this key', { cause });
  }
}

function checkMagic(content: Uint8Array): void {
  const known = equalBytes(content.subarray(0, MAGIC.length), MAGIC);
  if (!known || content.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES) {
    throw new StoreError('STORE_CORRUPT', 'the keystore file is not one of ours');
  }
}

function checkHeader(content: Uint8Array, keySource: number): void {
  checkMagic(content);
  const actual = content[MAGIC.length];
  if (actual === keySource) return;
  if (actual === PASSPHRASE) {
    throw new StoreError('STORE_LOCKED', 'the keys of this profile are under a passphrase');
  }
  throw new StoreError('STORE_CORRUPT', 'the keystore opens with its key file, not a passphrase');
}

function stretch(passphrase: string, salt: Uint8Array): Promise<Uint8Array> {
  const message = utf8(passphrase.normalize('NFKC'));
  return new Promise((resolve, reject) => {
    argon2('argon2id', { ...ARGON2, message, nonce: salt }, (failure, key) => {
      if (failure === null) resolve(key);
      else reject(ioFailure('argon2', failure));
    });
  });
}
