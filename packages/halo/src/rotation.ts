/** Opening generations of keys: the copies that were sealed to a reader, and what came before. */
import { CodecError, Reader } from '@atoll/codec';
import { open, openSealed, sealingKey, softwareKeys } from '@atoll/crypto';
import { concatBytes, equalBytes, idBytes, utf8, type Agreer } from '@atoll/kernel';
import { postingSeed } from './derive.ts';
import { matchesRotation, readSecret, type GenerationSecret } from './key-ring.ts';
import { rotationId } from './statement-ids.ts';
import type { Bytes, KeyCopy, Rotation } from './statements.ts';

/** Stands before what a copy is sealed for. */
export const COPY_INFO: Bytes = utf8('atoll/key-copy');
/** The same for what a generation says of those before it. */
export const PREVIOUS_INFO: Bytes = utf8('atoll/previous-keys');

/**
 * The secret in a copy, or `undefined` when it was not sealed to this key or is not the one that the
 * rotation commits to: a poisoned copy is as good as none.
 */
export async function openKeyCopy(
  agreer: Agreer,
  copy: KeyCopy,
  rotation: Rotation,
): Promise<GenerationSecret | undefined> {
  if (rotationId(rotation) !== copy.generation) return undefined;
  const place = [idBytes(rotation.space), idBytes(copy.generation), idBytes(copy.identity)];
  const plaintext = await openSealed(agreer, copy.sealed, concatBytes(COPY_INFO, ...place));
  if (plaintext === undefined) return undefined;
  const secret = decodeSecret(plaintext, copy.generation);
  if (secret === undefined || !matchesRotation(secret, rotation)) return undefined;
  return (await fitsPostbox(secret)) ? secret : undefined;
}

/** Whoever made the keys may have named a key that none of them is: nobody could write such a mailbox. */
async function fitsPostbox(secret: GenerationSecret): Promise<boolean> {
  if (secret.kind !== 'membership' || secret.posting === undefined) return true;
  const { publicKey } = await softwareKeys.signer(postingSeed(secret.posting));
  return equalBytes(publicKey, secret.postbox);
}

/**
 * Earlier generations that this one opens: of a zone by its history key, of the membership always. Unreadable ones
 * are left out; each has still to be compared with its own rotation.
 */
export function openPrevious(
  secret: GenerationSecret,
  rotation: Rotation,
): readonly GenerationSecret[] {
  const under = secret.kind === 'membership' ? secret.key : secret.history;
  if (under === undefined || rotationId(rotation) !== secret.generation) return [];
  const key = sealingKey(under);
  const opened: GenerationSecret[] = [];
  for (const { generation, sealed } of rotation.previous) {
    const associated = concatBytes(PREVIOUS_INFO, idBytes(rotation.space), idBytes(generation));
    const plaintext = open(key, { associated, sealed });
    const earlier = plaintext === undefined ? undefined : decodeSecret(plaintext, generation);
    if (earlier !== undefined) opened.push(earlier);
  }
  return opened;
}

function decodeSecret(
  bytes: Uint8Array,
  generation: GenerationSecret['generation'],
): GenerationSecret | undefined {
  try {
    const reader = new Reader(bytes);
    const secret = readSecret(reader, generation);
    reader.end();
    return secret;
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}
