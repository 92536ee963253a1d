/** Bytes of what is said of missing keys. Strict, as the rest of a control section. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { idBytes, idFromBytes, type KeyId } from '@atoll/kernel';
import { NEEDED_MAX, type KeyNeed } from './statements-keys.ts';

const ID_BYTES = 32;

/** Fields of a need. */
export function writeNeed(writer: Writer, { generations, space }: KeyNeed): void {
  writer.raw(idBytes(space));
  writeGenerations(writer, generations);
}

/** @throws CodecError. */
export function readNeed(reader: Reader): KeyNeed {
  const space = idFromBytes('space', reader.raw(ID_BYTES));
  return { kind: 'key-need', space, generations: readGenerations(reader) };
}

/** Count, then names in ascending order. */
export function writeGenerations(writer: Writer, generations: readonly KeyId[]): void {
  writer.varint(generations.length);
  for (const generation of generations) writer.raw(idBytes(generation));
}

/** Reads {@link writeGenerations}. @throws CodecError. */
export function readGenerations(reader: Reader): readonly KeyId[] {
  const count = reader.varint(NEEDED_MAX);
  if (count === 0)
    throw new CodecError('CODEC_NOT_CANONICAL', 'whoever needs nothing says nothing');
  const generations = Array.from({ length: count }, () => idFromBytes('key', reader.raw(ID_BYTES)));
  if (generations.some((id, at) => at > 0 && id <= (generations[at - 1] ?? id))) {
    throw new CodecError('CODEC_NOT_CANONICAL', 'needed generations do not ascend');
  }
  return generations;
}
