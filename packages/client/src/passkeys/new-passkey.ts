/** Making a passkey: a credential of the authenticator, and a device of the identity whose keys only it opens. */
import { admitDevice, loadRecovering, type DeviceAdmission } from '@atoll/halo';
import {
  PASSKEY_RECOVERY_SALT,
  PASSKEY_UNLOCK_SALT,
  concatBytes,
  type Passkeys,
} from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { idOf } from '../own-identity.ts';
import { givenBy } from './answers.ts';

/** What is written down of a passkey. */
export interface NewPasskey {
  readonly admission: DeviceAdmission;
  readonly device: string;
  /** X25519 keys: of the device, and of the passkey's records. */
  readonly agreementKey: Uint8Array;
  readonly recordKey: Uint8Array;
  readonly credential: Uint8Array;
  readonly mailbox: Uint8Array;
  readonly wrapped: Uint8Array;
}

/** Asks the authenticator, and makes what follows. @throws ClientError as `Passkeys.add`. */
export async function newPasskey(
  engine: Engine,
  passkeys: Passkeys,
  options: { readonly name: string; readonly known: readonly Uint8Array[] },
): Promise<{ readonly made: NewPasskey; readonly unlock: Uint8Array }> {
  const salts = [PASSKEY_UNLOCK_SALT, PASSKEY_RECOVERY_SALT];
  const given = givenBy(await passkeys.create({ ...options, salts }));
  const { credential } = given;
  const [unlock, output] = given.outputs;
  if (unlock === undefined || output === undefined) return givenBy({ at: 'no-prf' }) as never;
  const { newPasskeyDevice, passkeyKeys } = await loadRecovering();
  const { log } = engine.requireIdentity();
  const identity = idOf(engine.requireIdentity());
  using keys = passkeyKeys(output, credential);
  const by = { output, credential };
  const { device, wrapped } = newPasskeyDevice(engine.platform.rng, identity, by);
  using signer = device.signer;
  using agreer = device.agreer;
  output.fill(0);
  const admission = await admitDevice({
    log,
    admitting: engine.deviceSigner,
    newSigner: signer,
    newAgreementKey: concatBytes(agreer.publicKey),
    isPasskey: true,
  });
  const made: NewPasskey = {
    admission,
    device: device.device,
    agreementKey: agreer.publicKey,
    recordKey: keys.agreer.publicKey,
    credential,
    mailbox: keys.mailboxSeed,
    wrapped,
  };
  return { made, unlock };
}
