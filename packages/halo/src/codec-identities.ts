/** Reading what begins an identity: the hash of it is the identity's name, which may be known where it is read. */
import type { Reader } from '@atoll/codec';
import type { DeviceKey, IdentityId } from '@atoll/kernel';
import { NONCE_BYTES, type IdentityGenesis } from './statements.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Names with which beginnings were read. They lie beside them: a copy that says something else has none. */
const names = new WeakMap<object, IdentityId>();

/** The beginning of an identity; `name`: if it is known. @throws CodecError. */
export function readIdentityGenesis(reader: Reader, name?: string): IdentityGenesis {
  const genesis: IdentityGenesis = {
    kind: 'identity-genesis',
    recoverySigningKey: reader.take(KEY_BYTES),
    recoveryAgreementKey: reader.take(KEY_BYTES),
    device: reader.id() as DeviceKey,
    deviceAgreementKey: reader.take(KEY_BYTES),
    nonce: reader.take(NONCE_BYTES),
    recoverySignature: reader.take(SIGNATURE_BYTES),
    deviceSignature: reader.take(SIGNATURE_BYTES),
  };
  if (name !== undefined) names.set(genesis, name as IdentityId);
  return genesis;
}

/** Name that the beginning of an identity was read with. */
export function knownNameOf(genesis: object): IdentityId | undefined {
  return names.get(genesis);
}
