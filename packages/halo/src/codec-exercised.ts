/** Bytes of the right that a statement exercises. */
import type { Reader, Writer } from '@atoll/codec';
import { idBytes, type CredentialId } from '@atoll/kernel';
import { THROUGH_MAX, type Exercised } from './statements.ts';

const NOTHING: readonly CredentialId[] = [];

/** The credential exercised, then the memberships through which its author holds it. */
export function writeExercised(writer: Writer, { parent, through }: Exercised): void {
  writer.raw(idBytes(parent)).varint(through.length);
  for (const membership of through) writer.raw(idBytes(membership));
}

/** Reads {@link writeExercised}. @throws CodecError. */
export function readExercised(reader: Reader): Exercised {
  const parent = reader.id() as CredentialId;
  const count = reader.varint(THROUGH_MAX);
  if (count === 0) return { parent, through: NOTHING };
  return { parent, through: Array.from({ length: count }, () => reader.id() as CredentialId) };
}
