/** Everything that a profile gets from a browser, opened and closed as one. */
import { Scope, silentLog, type Log, type Platform, type PlatformBase } from '@atoll/kernel';
import { webBus } from './bus.ts';
import { webRtc } from './rtc.ts';
import { WebChunks, deleteWebChunks } from './web-chunks.ts';
import { webKeys } from './web-keys.ts';
import type { WebUnlock } from './web-key-slots.ts';
import { WebKeystore, deleteWebKeystore } from './web-keystore.ts';
import { webPasskeys } from './web-passkeys.ts';
import { WebLocks, webClock, webEd25519, webRng } from './web-ports.ts';
import { webWebSockets } from './web-socket.ts';
import { WebStore, deleteWebStore } from './web-store.ts';

/** Which profile of this origin. */
export interface WebPlatformOptions {
  /** Name of the profile; tabs that use the same name share it. */
  readonly name: string;
  /** Opens the keys, where they are under a passphrase. */
  readonly unlock?: WebUnlock;
  /** Silent where left out. */
  readonly log?: Log;
}

/** Opens a profile of this origin, without transports. @throws StoreError. */
export async function openWebBase(
  options: WebPlatformOptions,
): Promise<PlatformBase & AsyncDisposable> {
  const { name, unlock, log = silentLog } = options;
  const scope = new Scope();
  try {
    await keepStorage(log);
    const keystore = await scope.use(WebKeystore.open(name, unlock));
    const store = await scope.use(WebStore.open(name, webRng));
    const chunks = await scope.use(WebChunks.open(name));
    return {
      clock: webClock,
      rng: webRng,
      locks: new WebLocks(name),
      store,
      chunks,
      keystore,
      ed25519: webEd25519,
      keys: webKeys,
      passkeys: webPasskeys,
      log,
      fingerprint: await keystore.fingerprint(),
      endsUnasked: true,
      [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await scope[Symbol.asyncDispose]();
    throw failure;
  }
}

/** Opens a profile of this origin with everything that a browser has to reach others. */
export async function openWebPlatform(options: WebPlatformOptions): Promise<Platform> {
  const base = await openWebBase(options);
  const hasRtc = 'RTCPeerConnection' in globalThis;
  return { ...base, webSockets: webWebSockets, bus: webBus, ...(hasRtc ? { rtc: webRtc } : {}) };
}

/** Deletes a profile of this origin: blocks, values, chunks and keys. No tab may have it open. */
export async function deleteWebProfile(name: string): Promise<void> {
  await deleteWebStore(name);
  await deleteWebChunks(name);
  await deleteWebKeystore(name);
}

/** Asks the browser not to evict this origin when the disk is short. It decides for itself. */
async function keepStorage(log: Log): Promise<void> {
  try {
    const isKept = await navigator.storage.persist();
    if (!isKept) log.event('info', 'storage-may-be-evicted');
  } catch {
    log.event('info', 'storage-may-be-evicted');
  }
}
