/** Which words of an identity count as its log stands: those of the genesis, or of the last change. */
import type { DeviceKey } from '@atoll/kernel';
import { mayChangeWords, recoveryKeys, type RecoveryKeys } from '../devices/recovery-keys.ts';
import { logEntries, type IdentityLog } from '../identity.ts';
import { isLater, type DeviceRevocation } from '../statements-devices.ts';

/** The words by their public halves, and what was said with those before them. */
export function wordsOf(log: IdentityLog): RecoveryKeys {
  const { recoveryAgreementKey: agreementKey, recoverySigningKey: signingKey } = log.genesis;
  const entries = logEntries(log);
  const changes = [...entries].flatMap(([entry, { depth, statement }]) =>
    statement.kind === 'recovery-change' ? [{ entry, depth, statement }] : [],
  );
  return recoveryKeys({ signingKey, agreementKey }, changes, (device, change) =>
    mayChangeWords(device, change, (entry) => entries.get(entry)?.statement),
  );
}

/**
 * What the words last said of a device, as far as a log says; of equal counters, the harsher. What words have said
 * that are not valid any more is not heard.
 */
export function lastFate(log: IdentityLog, device: DeviceKey): DeviceRevocation | undefined {
  const keys = wordsOf(log);
  let last: DeviceRevocation | undefined;
  for (const [entry, { statement: one }] of logEntries(log)) {
    if (one.kind !== 'device-revocation' || one.device !== device) continue;
    if (!keys.counts(one.recoveryKey, entry)) continue;
    if (last === undefined || isLater(one, last)) last = one;
  }
  return last;
}
