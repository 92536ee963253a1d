/** One of everything that is said about devices. */
import type { Signer } from '@atoll/kernel';
import { simSigner, type SimRng } from '@atoll/testkit';
import {
  agreeWithDevice,
  changeRecovery,
  decideDevice,
  suspendDevice,
} from '../device-statements.ts';
import { withEntries, type IdentityLog } from '../identity.ts';
import { identityEntryOf } from '../statement-ids.ts';
import type { DeviceAdmission, Statement } from '../statements.ts';

/** A phone that was just admitted quarrels with the first device. */
export async function deviceSamples(input: {
  readonly rng: SimRng;
  readonly log: IdentityLog;
  readonly admission: DeviceAdmission;
  readonly first: Signer;
  readonly phone: Signer;
}): Promise<readonly Statement[]> {
  const { admission, first, log, phone, rng } = input;
  const { device } = log.genesis;
  const said = { log, atMs: 1_767_312_000_000 };
  const recoverySigner = simSigner(rng.bytes(32));
  const suspension = await suspendDevice({ ...said, device, deviceSigner: phone });
  const decided = await decideDevice({ ...said, device, fate: 'goes-and-wipes', recoverySigner });
  const entry = identityEntryOf(admission);
  return [
    suspension,
    decided,
    await agreeWithDevice({ ...said, entry, deviceSigner: first }),
    await changeRecovery({
      log: withEntries(log, [suspension, decided]),
      atMs: 0,
      oldSigner: recoverySigner,
      newSigner: simSigner(rng.bytes(32)),
      deviceSigner: phone,
      agreementKey: rng.bytes(32),
    }),
  ];
}
