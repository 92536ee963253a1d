/** What it takes to open a space: what the private space lists of it. */
import { KeyRing } from '@atoll/halo';
import { parseId, type SpaceId } from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import type { SpaceRecord } from './halo-records.ts';

/** A space as the private space lists it. */
export interface KeptSpace {
  readonly id: SpaceId;
  readonly ring: KeyRing;
  readonly name: string;
  readonly kube?: string;
  /** Secret of the public link by which it is followed. */
  readonly link?: Uint8Array;
}

/** What a record of the private space says. @throws HaloError `HALO_KEYS_MALFORMED`. */
export function keptOf({
  keys,
  kube,
  link,
  name,
  space,
}: InstanceOf<typeof SpaceRecord>): KeptSpace {
  const kept = { id: parseId('space', space), ring: KeyRing.import(keys), name, kube };
  return link === undefined ? kept : { ...kept, link };
}
