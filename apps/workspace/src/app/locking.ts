/** Locking: closing the client, so that its keys leave memory, in all windows of the profile. */
import { createContext, useContext, useEffect, type Context } from 'react';
import { PROFILE, useOwnSettings } from './own-settings.ts';

const MINUTE_MS = 60_000;
const ACTIVITY = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
/** Other windows of the profile are locked, too. */
const CHANNEL = `atoll:${PROFILE}:lock`;

/** Locks this window and all others of the profile. */
export const LockContext: Context<() => void> = createContext<() => void>(() => undefined);

/** The way to lock. */
export function useLock(): () => void {
  return useContext(LockContext);
}

/** Tells the other windows. */
export function tellLocked(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('lock');
  channel.close();
}

/** Locks when another window has, and when nothing was touched for as long as the settings say. */
export function useLocking(
  client: { readonly isProtected: boolean },
  lock: (tells: boolean) => void,
): void {
  const { lockAfterMinutes = 0 } = useOwnSettings();
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => lock(false);
    return () => channel.close();
  }, [lock]);
  useEffect(() => {
    if (lockAfterMinutes === 0) return undefined;
    let timer = 0;
    const idle = (): void => {
      // Whether there is a passphrase is asked when it matters: it may have been set meanwhile.
      if (client.isProtected) lock(true);
    };
    const touched = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(idle, lockAfterMinutes * MINUTE_MS);
    };
    touched();
    for (const name of ACTIVITY) addEventListener(name, touched, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const name of ACTIVITY) removeEventListener(name, touched);
    };
  }, [client, lock, lockAfterMinutes]);
}
