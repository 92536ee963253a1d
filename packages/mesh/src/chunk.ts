/** What everybody who holds sealed chunks knows of them: their name and how large they may be. */
import { hash } from '@atoll/crypto';
import { toHex } from '@atoll/kernel';

/**
 * The longest sealed chunk: 256 KiB of content with its header, padded by at most a thirty-second, and the
 * tag. A holder takes no more into its memory for one.
 */
export const CHUNK_BYTES_MAX: number = 272 * 1024;
/** Bytes of a chunk's name. */
export const CHUNK_ID_BYTES = 32;
/** Chunks that one question is about. */
export const ASK_IDS_MAX = 1024;

/** Name of a sealed chunk: its hash, so that whoever holds it can check it without a key. 64 hex digits. */
export function chunkIdOf(sealed: Uint8Array): string {
  return toHex(hash('blob-chunk', sealed));
}
