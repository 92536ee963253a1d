/** Reading what begins an identity: the hash of it is the identity's name, which may be known where it is read. */
import type { Reader } from '@atoll/codec';
import type { DeviceKey, IdentityId } from '@atoll/kernel';
import { NONCE_BYTES, type Bytes, type IdentityGenesis } from './statements.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The beginning of an identity that was read. Its name cannot be handed in: a copy that says something else has none. */
class ReadIdentity implements IdentityGenesis {
  readonly kind = 'identity-genesis';
  readonly recoverySigningKey: Bytes;
  readonly recoveryAgreementKey: Bytes;
  readonly device: DeviceKey;
  readonly deviceAgreementKey: Bytes;
  readonly nonce: Bytes;
  readonly recoverySignature: Bytes;
  readonly deviceSignature: Bytes;
  readonly #name: IdentityId | undefined;

  constructor(reader: Reader, name: IdentityId | undefined) {
    this.recoverySigningKey = reader.take(KEY_BYTES);
    this.recoveryAgreementKey = reader.take(KEY_BYTES);
    this.device = reader.id() as DeviceKey;
    this.deviceAgreementKey = reader.take(KEY_BYTES);
    this.nonce = reader.take(NONCE_BYTES);
    this.recoverySignature = reader.take(SIGNATURE_BYTES);
    this.deviceSignature = reader.take(SIGNATURE_BYTES);
    this.#name = name;
  }

  /** The name with which it was read; `undefined` for any other one. */
  static nameOf(genesis: object): IdentityId | undefined {
    return #name in genesis ? genesis.#name : undefined;
  }
}

/** The beginning of an identity; `name`: if it is known. @throws CodecError. */
export function readIdentityGenesis(reader: Reader, name?: string): IdentityGenesis {
  return new ReadIdentity(reader, name as IdentityId | undefined);
}

/** Name that the beginning of an identity was read with. */
export function knownNameOf(genesis: object): IdentityId | undefined {
  return ReadIdentity.nameOf(genesis);
}
