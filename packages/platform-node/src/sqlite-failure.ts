/** What SQLite's result codes mean for a store. */
import { StoreError, type StoreErrorCode } from '@atoll/kernel';

// Primary result codes, https://sqlite.org/rescode.html.
/** A statement that does not fit the tables. Ours never change, so the tables are not what was made. */
const ERROR = 1;
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

function primaryCode(failure: unknown): number | undefined {
  if (!(failure instanceof Error) || !('errcode' in failure)) return undefined;
  const { errcode } = failure;
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** True if another process holds the write lock: worth another try. */
export function isBusy(failure: unknown): boolean {
  const code = primaryCode(failure);
  return code === BUSY || code === LOCKED;
}

/** The store error for anything thrown while the database was used. */
export function storeFailure(failure: unknown): StoreError {
  if (failure instanceof StoreError) return failure;
  const code = primaryCode(failure);
  const kind: StoreErrorCode =
    code === FULL
      ? 'STORE_FULL'
      : code === CORRUPT || code === NOT_A_DATABASE || code === ERROR
        ? 'STORE_CORRUPT'
        : 'STORE_IO';
  const text = failure instanceof Error ? failure.message : String(failure);
  return new StoreError(kind, `the database reports: ${text}`, { cause: failure });
}
