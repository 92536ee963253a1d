/** What a run says on a device that was stopped: nothing else works there. */
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

function stoppedError(client: Client): CliError | undefined {
  const lock = client.halo.devices.lock.get();
  if (lock === undefined) return undefined;
  const { atMs, byName, standing } = lock;
  const by = byName === undefined ? 'with the 24 words' : `by ${byName || 'another device'}`;
  const day = new Date(atMs).toISOString().slice(0, 10);
  return new CliError(
    'CLI_DEVICE_STOPPED',
    `this device was ${standing} ${by} on ${day}; nothing of it was deleted. If it is in your ` +
      'hands, atoll device restore --words-file FILE brings it back',
  );
}
