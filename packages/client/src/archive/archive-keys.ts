/** The keys of a space under a passphrase, as an archive carries them. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { PASSPHRASE_SALT_BYTES, open, passphraseKey, seal, sealingKey } from '@atoll/crypto';
import { KeyRing } from '@atoll/halo';
import { concatBytes, equalBytes, idBytes, utf8, type Rng, type SpaceId } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { ArchiveHeader } from './archive-codec.ts';

const NAME_BYTES_MAX = 4096;

/** What opens a space, and what it is called. */
export interface SpaceSecrets {
  readonly ring: KeyRing;
  readonly name: string;
  /** Where its members meet; may be empty. */
  readonly kube: string;
}

type SealedKeys = NonNullable<ArchiveHeader['keys']>;

/** Seals the secrets of a space. Slow on purpose: so is every guess at the passphrase. */
export async function sealSecrets(
  rng: Rng,
  space: SpaceId,
  input: { readonly secrets: SpaceSecrets; readonly passphrase: string },
): Promise<SealedKeys> {
  const { ring, name, kube } = input.secrets;
  const salt = rng.bytes(PASSPHRASE_SALT_BYTES);
  const key = sealingKey(await passphraseKey(input.passphrase, salt));
  const plaintext = new Writer(512).bytes(ring.export()).text(name).text(kube).finish();
  return {
    salt,
    sealed: concatBytes(
      key.commitment,
      seal(key, { rng, associated: place(space, salt), plaintext }),
    ),
  };
}

/** Opens them. @throws ClientError `CLIENT_ARCHIVE_PASSPHRASE`, `CLIENT_ARCHIVE_DAMAGED`. */
export async function openSecrets(
  space: SpaceId,
  keys: SealedKeys,
  passphrase: string,
): Promise<SpaceSecrets> {
  const key = sealingKey(await passphraseKey(passphrase, keys.salt));
  const commitment = keys.sealed.subarray(0, key.commitment.length);
  if (!equalBytes(key.commitment, commitment)) {
    throw new ClientError('CLIENT_ARCHIVE_PASSPHRASE', 'this is not the passphrase of the archive');
  }
  const sealed = keys.sealed.subarray(key.commitment.length);
  const plaintext = open(key, { associated: place(space, keys.salt), sealed });
  try {
    const reader = new Reader(plaintext ?? new Uint8Array(0));
    const ring = KeyRing.import(reader.bytes());
    const secrets = { ring, name: reader.text(NAME_BYTES_MAX), kube: reader.text(NAME_BYTES_MAX) };
    reader.end();
    return secrets;
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new ClientError('CLIENT_ARCHIVE_DAMAGED', 'the keys in the archive are damaged', {
      cause,
    });
  }
}

function place(space: SpaceId, salt: Uint8Array): Uint8Array {
  return concatBytes(utf8('archive-keys'), idBytes(space), salt);
}
