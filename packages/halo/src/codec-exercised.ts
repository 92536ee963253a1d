/** Bytes of the right that a statement exercises. */
import type { Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes } from '@atoll/kernel';
import { THROUGH_MAX, type Exercised } from './statements.ts';

const KEY_BYTES = 32;

/** The credential exercised, then the memberships through which its author holds it. */
export function writeExercised(writer: Writer, { parent, through }: Exercised): void {
  writer.raw(idBytes(parent)).varint(through.length);
  for (const membership of through) writer.raw(idBytes(membership));
}

/** Reads {@link writeExercised}. @throws CodecError. */
export function readExercised(reader: Reader): Exercised {
  const credential = (): Exercised['parent'] => idFromBytes('credential', reader.raw(KEY_BYTES));
  const parent = credential();
  const count = reader.varint(THROUGH_MAX);
  return { parent, through: Array.from({ length: count }, credential) };
}
