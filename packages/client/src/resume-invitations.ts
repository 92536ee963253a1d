/** Going on with invitations and requests of an earlier run, and with those of windows that have ended. */
import { errorCode, type Platform } from '@atoll/kernel';
import { INVITATIONS } from './invitation-names.ts';
import type { PendingJoins } from './pending-joins.ts';

/** So often it is looked whether another window has left invitations to answer. */
const LOOK_MS = 5_000;

/** What going on needs. */
export interface ResumeParts {
  readonly platform: Platform;
  readonly signal: AbortSignal;
  readonly pending: PendingJoins;
  /** Answers what is kept of a space, or for devices. True if another window answers some of it. */
  readonly restore: (scope: string) => Promise<boolean> | undefined;
}

/** Goes on until the client ends. Never rejects. */
export async function resumeInvitations(parts: ResumeParts): Promise<void> {
  const { platform, signal } = parts;
  const { clock, log, store } = platform;
  let isNew = true;
  const stop = store.onForeignCommit(() => {
    isNew = true;
  });
  signal.addEventListener('abort', stop);
  for (let isElsewhere = false; !signal.aborted;) {
    if (isNew || isElsewhere) {
      isNew = false;
      try {
        isElsewhere = await restoreAll(parts);
      } catch (failure) {
        const code = errorCode(failure);
        if (!signal.aborted) log.event('warn', 'client.invitations-not-restored', { code });
      }
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

async function restoreAll({ pending, platform, restore }: ResumeParts): Promise<boolean> {
  await pending.restore();
  const names = await platform.store.names(INVITATIONS);
  let isElsewhere = false;
  for (const scope of new Set(names.map((name) => name.split('/')[1] ?? ''))) {
    isElsewhere = ((await restore(scope)) ?? false) || isElsewhere;
  }
  return isElsewhere;
}
