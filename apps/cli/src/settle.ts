/**
 * Waiting until everybody who is reachable has the same. What `atoll sync` promises rests on this:
 * settled means that in every space, the private one included, the server's mailbox has said that it has
 * exactly what is here (without a mailbox: somebody else has), that nothing is on its way in either
 * direction, that nothing has come which continues what is not here, that a device which is coming back has been heard
 * of, and that all of it is on this disk.
 */
import type { Client } from '@atoll/client';

/** How long to look at nothing. */
export interface SettleOptions {
  /** Without any change for so long; 0: once is enough. */
  readonly quietMs: number;
  readonly signal: AbortSignal;
  /** Told after each look. */
  readonly onLook?: () => void;
}

/** A server that has not answered for so long is not waited for, if another one is there. */
const SERVER_GRACE_MS = 5_000;
/** Status is told at most 20 times a second; a look between costs nothing. */
const LOOK_EVERY_MS = 50;

/** Resolves when everything has been settled for a while. @throws the signal's reason. */
export async function settle(client: Client, options: SettleOptions): Promise<void> {
  const { onLook, quietMs, signal } = options;
  const startedMs = performance.now();
  let quietSinceMs: number | undefined;
  let fingerprint = '';
  for (;;) {
    signal.throwIfAborted();
    onLook?.();
    const now = fingerprintOf(client);
    const mayBeAway = performance.now() - startedMs >= SERVER_GRACE_MS;
    if (!isSettled(client, mayBeAway)) quietSinceMs = undefined;
    else if (quietSinceMs === undefined || now !== fingerprint) {
      quietSinceMs = performance.now();
      for (const space of client.spaces.list.get()) await space.flush();
    }
    fingerprint = now;
    if (quietSinceMs !== undefined && performance.now() - quietSinceMs >= quietMs) return;
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** True when nothing is known that anybody lacks. */
function isSettled(client: Client, mayBeAway: boolean): boolean {
  const { kubes, settled } = client.network.status.get();
  const isReached = mayBeAway
    ? kubes.some(({ connected }) => connected)
    : kubes.every(({ connected }) => connected);
  if (!settled || !isReached) return false;
  // What the identity would be recovered from is with the servers that are here.
  const here = new Set(kubes.filter(({ connected }) => connected).map(({ url }) => url));
  const copies = client.halo.recovery.copies.get();
  if (copies.some(({ at, kube }) => at === 'waiting' && here.has(kube))) return false;
  return client.spaces.list.get().every((space) => {
    const { comingBack, ...status } = space.status.get();
    const { durable, incomplete, mailbox, receiving, unsentBlocks } = status;
    const isComing = receiving !== undefined || incomplete === true || comingBack === true;
    return durable && !isComing && unsentBlocks === 0 && mailbox !== 'behind';
  });
}

/** Changes when something came, went or appeared. */
function fingerprintOf(client: Client): string {
  const spaces = client.spaces.list.get().map((space) => {
    const { blocks, unsentBlocks } = space.status.get();
    return `${space.id}:${blocks}:${unsentBlocks}`;
  });
  return spaces.join(' ');
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done);
  });
}
