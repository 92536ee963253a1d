/** Ends of feeds as they are kept among the values of a profile. */
import type { Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes } from '@atoll/kernel';
import type { AcknowledgedTip } from '@atoll/mesh';

const ID_BYTES = 32;

/** Writes at most `max` of them, how many first. */
export function writeTips(writer: Writer, tips: readonly AcknowledgedTip[], max: number): void {
  writer.varint(Math.min(tips.length, max));
  for (const { feed, seq, hash } of tips.slice(0, max)) {
    writer.raw(idBytes(feed)).varint(seq).raw(idBytes(hash));
  }
}

/** What {@link writeTips} has written. @throws CodecError. */
export function readTips(reader: Reader, max: number): readonly AcknowledgedTip[] {
  return Array.from({ length: reader.varint(max) }, () => ({
    feed: idFromBytes('feed', reader.raw(ID_BYTES)),
    seq: reader.varint(),
    hash: idFromBytes('block', reader.raw(ID_BYTES)),
  }));
}
