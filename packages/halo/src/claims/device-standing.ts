/** Whether a device of an identity may speak for it, from logs that are known to whoever asks. */
import type { DeviceKey, Ed25519Platform, IdentityId } from '@atoll/kernel';
import { checkIdentityLog, hasDevice } from '../identity-log-check.ts';
import { logStatements, type IdentityLog } from '../identity.ts';
import { identityEntryOf, identityIdOf } from '../statement-ids.ts';
import type { DeviceAdmission } from '../statements.ts';

/** Why a device does not speak for an identity. */
export type StandingFault =
  | 'log-wrong' // The log does not stand by itself, or is another identity's.
  | 'device-unknown'; // The identity has not admitted the device.

/** Looks at a device by its identity's log and by what else is known of that log. */
export async function standingOf(
  platform: Ed25519Platform,
  log: IdentityLog,
  device: DeviceKey,
): Promise<StandingFault | undefined> {
  const devices = await checkIdentityLog(platform, log);
  if (devices === undefined) return 'log-wrong';
  return hasDevice(devices, device) ? undefined : 'device-unknown';
}

/** Whether a device is one of an identity's, by a log that somebody shows. */
export async function speaksFor(
  platform: Ed25519Platform,
  log: IdentityLog,
  who: { readonly identity: IdentityId; readonly device: DeviceKey },
): Promise<boolean> {
  if (identityIdOf(log.genesis) !== who.identity) return false;
  return (await standingOf(platform, log, who.device)) === undefined;
}

/** Everything that two copies of one identity's log say; the first one's order. `undefined` for two identities. */
export function mergedLog(log: IdentityLog, other: IdentityLog): IdentityLog | undefined {
  if (identityIdOf(log.genesis) !== identityIdOf(other.genesis)) return undefined;
  const known = new Set(logStatements(log).map(identityEntryOf));
  const admissions: DeviceAdmission[] = [...log.admissions];
  for (const admission of other.admissions) {
    if (!known.has(identityEntryOf(admission))) admissions.push(admission);
  }
  return { genesis: log.genesis, admissions };
}
