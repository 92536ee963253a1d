/**
 * Small records from which nothing can be made anew: which epoch is kept decides what is the state of a space
 * without its history. Each is written twice with a checksum, so that a byte that changes is put right, and what
 * cannot be put right is told instead of taken for another epoch.
 */
import { hash } from '@atoll/crypto';
import { concatBytes, equalBytes } from '@atoll/kernel';
import { SnapshotError } from '../snapshot/snapshot-error.ts';

/** Against accidents; no defence against somebody who writes to the disk. */
const CHECK_BYTES = 8;

/** Bytes of a record. */
export function sureRecord(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const checked = concatBytes(body, checkOf(body));
  return concatBytes(checked, checked);
}

/** What a record says. @throws SnapshotError `SNAPSHOT_CORRUPT` if both of its copies are damaged. */
export function sureBody(record: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = record.length >> 1;
  for (const copy of [record.slice(0, half), record.slice(record.length - half)]) {
    const body = copy.slice(0, Math.max(0, half - CHECK_BYTES));
    if (body.length > 0 && equalBytes(copy.slice(body.length), checkOf(body))) {
      return body as Uint8Array<ArrayBuffer>;
    }
  }
  throw new SnapshotError('SNAPSHOT_CORRUPT', 'the record of the kept epoch is damaged');
}

function checkOf(body: Uint8Array): Uint8Array {
  return hash('sure-record', body).slice(0, CHECK_BYTES);
}
