/** Whether an identity log stands by itself: signatures, links, and which devices it lets act. */
import { equalBytes, idBytes, type DeviceKey, type Ed25519Platform } from '@atoll/kernel';
import { logStatements, type DevicePublic, type IdentityLog } from './identity.ts';
import { identityEntryOf, identityIdOf } from './statement-ids.ts';
import { verifyStatements } from './statement-signing.ts';

/**
 * Devices of a log, the first one first, or `undefined` when a signature is wrong, an entry follows
 * nothing, or an admitting key is neither the recovery key nor a device admitted before.
 */
export async function checkIdentityLog(
  platform: Ed25519Platform,
  log: IdentityLog,
): Promise<readonly DevicePublic[] | undefined> {
  const checked = await verifyStatements(platform, logStatements(log));
  if (checked.some(({ signed }) => !signed)) return undefined;
  const { genesis } = log;
  const identity = identityIdOf(genesis);
  const entries = new Set<string>([identity]);
  const devices: DevicePublic[] = [
    { device: genesis.device, agreementKey: genesis.deviceAgreementKey },
  ];
  for (const admission of log.admissions) {
    const { admittedBy } = admission;
    const known =
      equalBytes(admittedBy, genesis.recoverySigningKey) ||
      devices.some(({ device }) => equalBytes(idBytes(device), admittedBy));
    if (admission.identity !== identity || !entries.has(admission.previous) || !known) {
      return undefined;
    }
    entries.add(identityEntryOf(admission));
    devices.push({ device: admission.device, agreementKey: admission.deviceAgreementKey });
  }
  return devices;
}

/** True when a device is among those of a log. */
export function hasDevice(devices: readonly DevicePublic[], device: DeviceKey): boolean {
  return devices.some((own) => own.device === device);
}
