/** IndexedDB as promises, and what its failures mean for a store. */
import { StoreError, type StoreErrorCode } from '@atoll/kernel';

/** The store error for anything that IndexedDB threw or reported. */
export function storeFailure(failure: unknown): StoreError {
  if (failure instanceof StoreError) return failure;
  const name = failure instanceof DOMException ? failure.name : '';
  const code: StoreErrorCode =
    name === 'QuotaExceededError'
      ? 'STORE_FULL'
      : name === 'VersionError'
        ? 'STORE_CORRUPT'
        : name === 'InvalidStateError'
          ? 'STORE_CLOSED'
          : 'STORE_IO';
  const text = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
  return new StoreError(code, `the browser's database reports ${text}`, { cause: failure });
}

/** Result of a request. Awaiting it keeps its transaction alive. */
export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when a transaction is complete: durable, if it was opened so. */
export function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'));
  });
}

/** Opens a database, making its object stores where it is new. @throws StoreError. */
export function openDatabase(
  name: string,
  version: number,
  upgrade: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onerror = () => reject(storeFailure(request.error));
    request.onsuccess = () => {
      // Another tab wants to delete or upgrade it: holding on would block that for ever.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

/** Deletes a database with all that it holds. @throws StoreError. */
export function deleteDatabase(name: string): Promise<void> {
  return result(indexedDB.deleteDatabase(name)).then(
    () => {},
    (failure: unknown) => {
      throw storeFailure(failure);
    },
  );
}
