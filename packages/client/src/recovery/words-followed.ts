/**
 * Which devices have taken up other words: each says so of itself in the private space, once nothing of it lies under
 * the old ones. What is said here decides nothing; it tells a person what is still to come.
 */
import type { Database } from '@atoll/echo';
import { wordsOf } from '@atoll/halo';
import { equalBytes, idFromBytes, type DeviceKey } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { DeviceRecord } from '../halo-records.ts';
import { idOf } from '../own-identity.ts';
import { shownName } from '../shown-name.ts';

/** Names of the devices that act and have not said so, but for this one and for passkeys, which say nothing. */
export function devicesBehind(engine: Engine, database: Database): readonly string[] {
  const identity = engine.requireIdentity();
  const space = engine.opened(identity.haloSpace);
  const view = space?.authority.identities.devices(idOf(identity));
  const { signingKey } = wordsOf(identity.log);
  const records = database.query(DeviceRecord).run();
  const passkeys = new Set(
    identity.log.admissions.flatMap(({ device, isPasskey }) =>
      isPasskey === true ? [device] : [],
    ),
  );
  const behind = (view?.active ?? []).filter((device) => {
    if (device === ownDevice(engine) || passkeys.has(device)) return false;
    const own = records.filter((record) => record.device === device);
    return !own.some(({ words }) => words !== undefined && equalBytes(words, signingKey));
  });
  return behind
    .map((device) => shownName(records.find((one) => one.device === device)?.name ?? ''))
    .sort();
}

/** Says it of this device, where it has not done so. Not durable yet: lost, it is said again. */
export function sayFollowed(engine: Engine, database: Database): void {
  const { signingKey } = wordsOf(engine.requireIdentity().log);
  const own = ownDevice(engine);
  const record = database
    .query(DeviceRecord)
    .run()
    .find(({ device }) => device === own);
  if (record === undefined) return;
  if (record.words !== undefined && equalBytes(record.words, signingKey)) return;
  record.words = signingKey.slice();
}

function ownDevice(engine: Engine): DeviceKey {
  return idFromBytes('device', engine.deviceSigner.publicKey);
}
