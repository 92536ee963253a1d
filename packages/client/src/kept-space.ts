/** What it takes to open a space: what the private space lists of it. */
import type { KeyRing } from '@atoll/halo';
import type { SpaceId } from '@atoll/kernel';

/** A space as the private space lists it. */
export interface KeptSpace {
  readonly id: SpaceId;
  readonly ring: KeyRing;
  readonly name: string;
  readonly kube?: string;
  /** Secret of the public link by which it is followed. */
  readonly link?: Uint8Array;
}
