/** Records with a check at the end: what the disk has changed is no record, rather than a wrong one. */
import { concatBytes, equalBytes, fromHex } from '@atoll/kernel';
import { chunkIdOf } from '@atoll/mesh';

/** Enough against accidents; nobody who can write here would have to guess. */
const CHECK_DIGITS = 16;
const CHECK_BYTES: number = CHECK_DIGITS / 2;

/** Bytes with their check. */
export function withCheck(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(bytes, checkOf(bytes));
}

/** The bytes that {@link withCheck} was given, unless something has changed since. */
export function withoutCheck(record: Uint8Array): Uint8Array | undefined {
  if (record.length < CHECK_BYTES) return undefined;
  const bytes = record.subarray(0, -CHECK_BYTES);
  return equalBytes(checkOf(bytes), record.subarray(-CHECK_BYTES)) ? bytes : undefined;
}

function checkOf(bytes: Uint8Array): Uint8Array {
  return fromHex(chunkIdOf(bytes).slice(0, CHECK_DIGITS)) ?? new Uint8Array(0);
}
