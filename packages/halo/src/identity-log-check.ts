/** Whether an identity log stands by itself: signatures, links, and which devices it lets act. */
import { equalBytes, idBytes, type DeviceKey, type Ed25519Platform } from '@atoll/kernel';
import { logStatements, type DevicePublic, type IdentityLog } from './identity.ts';
import { identityEntryOf, identityIdOf } from './statement-ids.ts';
import { verifyStatements } from './statement-signing.ts';

/**
 * Devices of a log, the first one first, or `undefined` when a signature is wrong, an entry follows
 * nothing, or an admitting key is neither a recovery key nor a device admitted before. Devices that were stopped are
 * among them: what they may do, each space decides.
 */
export async function checkIdentityLog(
  platform: Ed25519Platform,
  log: IdentityLog,
): Promise<readonly DevicePublic[] | undefined> {
  const statements = logStatements(log);
  const checked = await verifyStatements(platform, statements);
  if (checked.some(({ signed }) => !signed)) return undefined;
  const { genesis } = log;
  const identity = identityIdOf(genesis);
  const entries = new Set<string>([identity]);
  const words: Uint8Array[] = [genesis.recoverySigningKey];
  const devices: DevicePublic[] = [
    { device: genesis.device, agreementKey: genesis.deviceAgreementKey },
  ];
  for (const entry of statements) {
    if (entry.kind === 'identity-genesis') continue;
    if (entry.identity !== identity || !entries.has(entry.previous)) return undefined;
    entries.add(identityEntryOf(entry));
    if (entry.kind === 'recovery-change') words.push(entry.signingKey);
    if (entry.kind !== 'device-admission') continue;
    const { admittedBy } = entry;
    const known =
      words.some((key) => equalBytes(admittedBy, key)) ||
      devices.some(({ device }) => equalBytes(idBytes(device), admittedBy));
    if (!known) return undefined;
    devices.push({ device: entry.device, agreementKey: entry.deviceAgreementKey });
  }
  return devices;
}

/** True when a device is among those of a log. */
export function hasDevice(devices: readonly DevicePublic[], device: DeviceKey): boolean {
  return devices.some((own) => own.device === device);
}
