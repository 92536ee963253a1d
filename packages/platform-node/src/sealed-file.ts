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

/** The key for a file that may exist already: from a passphrase, or from the key file beside it. */
export async function sealKey(
  content: Uint8Array | undefined,
  source: { readonly passphrase: string } | { readonly keyFile: string },
): Promise<SealKey> {
  if (content !== undefined) checkHeader(content, 'passphrase' in source ? PASSPHRASE : KEY_FILE);
  if ('passphrase' in source) {
    const salt = content?.slice(MAGIC.length + 1, HEADER_BYTES) ?? randomBytes(SALT_BYTES);
    const key = await stretch(source.passphrase, salt);
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

/** The plaintext of a file's bytes. @throws StoreError `STORE_CORRUPT`, also for a wrong key. */
export function unseal({ key }: SealKey, content: Uint8Array): Uint8Array {
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
    throw new StoreError('STORE_CORRUPT', 'the keystore does not open with this key', { cause });
  }
}

function checkHeader(content: Uint8Array, keySource: number): void {
  const known = equalBytes(content.subarray(0, MAGIC.length), MAGIC);
  if (!known || content.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES) {
    throw new StoreError('STORE_CORRUPT', 'the keystore file is not one of ours');
  }
  if (content[MAGIC.length] !== keySource) {
    const wanted = content[MAGIC.length] === PASSPHRASE ? 'a passphrase' : 'its key file';
    throw new StoreError('STORE_CORRUPT', `the keystore opens with ${wanted}`);
  }
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
