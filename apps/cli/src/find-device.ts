/** A device of one's own by what a person typed: its key, the beginning of it, or its name. */
import type { Client, Device } from '@atoll/client';
import { CliError } from './cli-error.ts';

/** Shortest beginning of a key that is taken for one. */
const PREFIX_MIN = 4;

/** A device. @throws CliError `CLI_DEVICE_UNKNOWN`, `CLI_DEVICE_AMBIGUOUS`. */
export function findDevice(client: Client, given: string): Device {
  const all = client.halo.devices.get();
  const exact = all.find(({ key }) => key === given);
  if (exact !== undefined) return exact;
  const fits = all.filter(
    ({ key, name }) => name === given || (given.length >= PREFIX_MIN && key.startsWith(given)),
  );
  const [first] = fits;
  if (first === undefined) {
    throw new CliError('CLI_DEVICE_UNKNOWN', `none of your devices is "${given}"`);
  }
  if (fits.length === 1) return first;
  const keys = fits.map(({ key }) => key.slice(0, 8)).join(', ');
  throw new CliError('CLI_DEVICE_AMBIGUOUS', `"${given}" may be ${keys}: give one of these`);
}
