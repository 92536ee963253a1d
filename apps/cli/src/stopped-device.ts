/** What a run says on a device that was stopped: nothing else works there. */
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@atoll/client';
import { CliError } from './cli-error.ts';

/** Calls back as soon as the device of this client is stopped, or at once if it is. */
export function onStopped(client: Client, stop: (why: CliError) => void): void {
  const { lock } = client.halo.devices;
  const look = (): void => {
    const why = stoppedError(client);
    if (why !== undefined) stop(why);
  };
  lock.subscribe(look);
  look();
}

/** So long a run on a stopped device stays to hear whether it is to be wiped, and to do so. */
const HEED_MS = 60_000;

/** Why one of these cannot go on, once what is said of its device has taken effect. */
export async function stoppedBy(
  clients: readonly Client[],
  signal: AbortSignal,
): Promise<CliError | undefined> {
  const isInterrupted = signal.reason instanceof CliError && signal.reason.code === 'CLI_CANCELLED';
  const heard = clients.filter(({ network }) => network.status.get().online);
  if (!isInterrupted && heard.length > 0) {
    const patience = new AbortController();
    const late = setTimeout(HEED_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    const heeding = heard.map(({ halo }) => halo.devices.heed().catch(() => undefined));
    await Promise.race([Promise.all(heeding), late]);
    patience.abort();
  }
  return clients.map(stoppedError).find((why) => why !== undefined);
}

/** Why nothing else works with this client; `undefined` as long as its device acts. */
export function stoppedError(client: Client): CliError | undefined {
  const lock = client.halo.devices.lock.get();
  if (lock === undefined) return undefined;
  const { atMs, byName, byOldWords, lostSpaces = 0, standing, wipe } = lock;
  const by = byName === undefined ? 'with the 24 words' : `by ${byName || 'another device'}`;
  const day = new Date(atMs).toISOString().slice(0, 10);
  if (byOldWords === true) {
    return new CliError(
      'CLI_DEVICE_STOPPED',
      `this device came back with 24 words that were changed on ${day}, and is stopped; nothing of it was deleted. ` +
        'With the words of now, atoll device restore --words-file FILE lets it stay',
    );
  }
  const was = wipe === 'done' ? 'wiped' : standing;
  return new CliError(
    'CLI_DEVICE_STOPPED',
    `this device was ${was} ${by} on ${day}; ${MEANS[wipe](lostSpaces)}`,
  );
}

const MEANS = {
  no: () =>
    'nothing of it was deleted. If it is in your hands, atoll device restore --words-file FILE brings it back',
  ordered: () =>
    'it is to be deleted, and will be as soon as a server has taken what it had not sent, or in a week. Until ' +
    'then atoll device restore --words-file FILE brings it back',
  done: (lost: number) =>
    (lost === 0
      ? 'what it had not sent lies at the server for your other devices. '
      : `of ${lost} ${lost === 1 ? 'space' : 'spaces'} no server took what it had not sent. `) +
    'atoll init, atoll recover and atoll device join begin anew',
} as const;
