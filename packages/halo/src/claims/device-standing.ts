/**
 * Whether a device of an identity may speak for it, from a log and nothing else: outside of spaces there are no
 * blocks that say who knew what when, so what a stopped device has let in counts only as far as the log that
 * stops it knows of it.
 */
import { toHex, type DeviceKey, type Ed25519Platform, type IdentityId } from '@atoll/kernel';
import type { DeviceBlocks } from '../devices/device-facts.ts';
import type { DeviceView } from '../devices/device-view.ts';
import { IdentityBook } from '../identity-book.ts';
import { checkIdentityLog, hasDevice } from '../identity-log-check.ts';
import { logStatements, withEntries, type IdentityLog, type LogStatement } from '../identity.ts';
import { identityEntryOf, identityIdOf } from '../statement-ids.ts';
import type { DeviceAdmission, IdentityEntry } from '../statements.ts';

/** Why a device does not speak for an identity. */
export type StandingFault =
  | 'log-wrong' // The log does not stand by itself, or is another identity's.
  | 'device-unknown' // The identity has not admitted the device.
  | 'device-suspended'; // Another device, a majority, or the words have stopped it.

/** Looks at a device by its identity's log, which may be put together from several copies. */
export async function standingOf(
  platform: Ed25519Platform,
  log: IdentityLog,
  device: DeviceKey,
): Promise<StandingFault | undefined> {
  const devices = await checkIdentityLog(platform, log);
  if (devices === undefined) return 'log-wrong';
  if (!hasDevice(devices, device)) return 'device-unknown';
  return speaks(log, device) ? undefined : 'device-suspended';
}

/** Whether a device is one of an identity's that nobody has stopped, by a log that somebody shows. */
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
  return withEntries(log, logStatements(other));
}

/** How the devices of a log stand by what it says, its signatures taken for granted. */
function viewOfLog(log: IdentityLog): DeviceView | undefined {
  const book = new IdentityBook(ONE_AFTER_THE_OTHER);
  for (const [at, statement] of logStatements(log).entries()) {
    if (statement.kind === 'identity-genesis') book.addGenesis(statement, at);
    else if (statement.kind === 'device-admission') book.addAdmission(statement, at);
    else book.addSaid(statement, at);
    book.settle(at);
  }
  return book.devices(identityIdOf(log.genesis));
}

/** What a verified person has changed since: of what is seen, what nobody but one device vouches for. */
export function changesSince(
  verified: IdentityLog,
  now: IdentityLog,
): { readonly devices: number; readonly words: boolean; readonly isContested: boolean } {
  const [before, after] = [viewOfLog(verified), viewOfLog(now)];
  if (before === undefined || after === undefined) {
    return { devices: 0, words: false, isContested: false };
  }
  const known = new Set<DeviceKey>(devicesIn(verified));
  const fresh = new Set(
    devicesIn(now).filter(
      (device) => !known.has(device) && after.standingOf(device) === 'active' && !isVouched(device),
    ),
  );
  return {
    devices: fresh.size,
    words: toHex(before.keys.signingKey) !== toHex(after.keys.signingKey),
    isContested: after.keys.isContested,
  };

  /** By the words, or by two devices; the first one's first device, which votes alone, is nobody's word. */
  function isVouched(device: DeviceKey): boolean {
    const admissions = now.admissions.filter((one) => one.device === device);
    return admissions.some((admission) => {
      const entry = identityEntryOf(admission);
      const agreed = (now.said ?? []).some(
        (one) =>
          one.kind === 'device-countersignature' &&
          one.entry === entry &&
          toHex(admission.admittedBy) !== one.by &&
          after?.votes(one.by) === true,
      );
      return agreed || after?.keys.counts(admission.admittedBy, entry) === true;
    });
  }
}

function devicesIn(log: IdentityLog): readonly DeviceKey[] {
  return [log.genesis.device, ...log.admissions.map(({ device }) => device)];
}

const ONE_AFTER_THE_OTHER: DeviceBlocks = {
  isInPast: (earlier, later) => earlier < later,
  authorOf: () => undefined,
  headsOf: () => [],
  prevOf: () => undefined,
};

function speaks(log: IdentityLog, device: DeviceKey): boolean {
  const view = viewOfLog(log);
  if (view?.standingOf(device) !== 'active') return false;
  const byEntry = new Map<IdentityEntry, LogStatement>();
  for (const statement of logStatements(log)) byEntry.set(identityEntryOf(statement), statement);
  const isKnownTo = (entry: IdentityEntry, from: IdentityEntry): boolean => {
    let at: IdentityEntry | undefined = from;
    while (at !== undefined && at !== entry) {
      const statement = byEntry.get(at);
      at = statement !== undefined && 'previous' in statement ? statement.previous : undefined;
    }
    return at === entry;
  };
  /** Whom a stopped device has let in without those who stopped it knowing is nobody. */
  const isLetIn = (admission: DeviceAdmission, depth: number): boolean => {
    const by = toHex(admission.admittedBy) as DeviceKey;
    if (depth === 0) return false;
    const entry = identityEntryOf(admission);
    if (view.keys.counts(admission.admittedBy, entry)) return true;
    const charges = view.chargesOf(by);
    if (charges.some((charge) => !isKnownTo(entry, charge.previous))) return false;
    return isIn(by, depth - 1);
  };
  const isIn = (who: DeviceKey, depth: number): boolean =>
    who === log.genesis.device ||
    log.admissions.some((admission) => admission.device === who && isLetIn(admission, depth));
  return isIn(device, log.admissions.length);
}
