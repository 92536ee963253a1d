/** What is noted of an epoch that was taken over and not proved yet; `take-over.ts` does both. */
import { Reader } from '@atoll/codec';
import type { EpochId } from '@atoll/halo';
import { toHex } from '@atoll/kernel';
import { pointedEpoch, trialName, type ArchivePlace } from './epoch-archive.ts';
import { sureBody } from './sure-record.ts';

const ID_BYTES = 32;

/** An epoch that was taken over and not proved yet. */
export interface EpochTrial {
  readonly epoch: EpochId;
  /** What was kept before; {@link NO_EPOCH} for nothing. */
  readonly before: EpochId;
  /** The epoch that was current here before, and its era. */
  readonly known: EpochId;
  readonly era: number;
}

/** The trial of a space, if there is one. @throws StoreError. */
export async function trialOf(place: ArchivePlace): Promise<EpochTrial | undefined> {
  const record = await place.store.value(trialName(place.space));
  const epoch = record === undefined ? undefined : await pointedEpoch(place);
  if (record === undefined || epoch === undefined) return undefined;
  const reader = new Reader(sureBody(record));
  const before = toHex(reader.raw(ID_BYTES)) as EpochId;
  const known = toHex(reader.raw(ID_BYTES)) as EpochId;
  return { epoch, before, known, era: reader.varint() };
}
