/** What is kept of a device that was stopped, beside its locked keys: why, its servers, and how far its wiping is. */
import { utf8, type Store } from '@atoll/kernel';
import type { Device, DeviceLock } from '../devices-api.ts';

/** Its name in the store. When a profile is wiped, it is all that stays. */
export const LOCK_NOTE = 'device-lock';

/** See above. */
export interface LockNote {
  readonly lock: DeviceLock;
  readonly kubes: readonly string[];
  /** The identity's devices as they were known when this one was locked. */
  readonly devices?: readonly Device[];
  /** This device has said that another one is to stop: it looks whether that has brought it back. */
  readonly hasSpoken?: boolean;
  /** When this device heard that it is to be wiped, by its own clock. */
  readonly orderedAtMs?: number;
  /** Spaces whose unsent work a server has taken. */
  readonly handedOver?: readonly string[];
  /** From here on everything goes, whatever happens. */
  readonly isErasing?: boolean;
}

/** The note, if there is one. @throws StoreError. */
export async function loadLockNote(store: Store): Promise<LockNote | undefined> {
  const bytes = await store.value(LOCK_NOTE);
  return bytes === undefined ? undefined : read(bytes);
}

/** Durable when resolved. @throws StoreError. */
export async function saveLockNote(store: Store, note: LockNote | undefined): Promise<void> {
  const bytes = note === undefined ? undefined : utf8(JSON.stringify(note));
  await store.commit({ values: new Map([[LOCK_NOTE, bytes]]) });
}

function read(bytes: Uint8Array): LockNote {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as LockNote;
  } catch (failure) {
    if (!(failure instanceof SyntaxError)) throw failure;
    const lock = { standing: 'suspended', atMs: 0, wipe: 'no', allStopped: false } as const;
    return { lock, kubes: [] };
  }
}
