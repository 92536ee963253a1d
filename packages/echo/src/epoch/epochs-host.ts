/** What the epochs of a space need of it, and where they lie. */
import type { LogReplica } from '@atoll/feed';
import type { KeyRing } from '@atoll/halo';
import type { OwnWriter } from '../space/own-writer.ts';
import type { SnapshotParts, SpaceSnapshots } from '../space/space-snapshots.ts';
import type { ArchivePlace } from './epoch-archive.ts';

/** A space that epochs are part of. */
export interface EpochsHost {
  readonly parts: SnapshotParts;
  readonly ring: KeyRing;
  readonly snapshots: SpaceSnapshots;
  readonly replica: () => LogReplica;
  readonly own: () => OwnWriter;
  /** Key of the state root; `undefined` while this device cannot read the space. */
  readonly rootKey: () => Uint8Array | undefined;
  /** Tells that a block was written. */
  readonly changed: () => void;
  readonly flush: () => Promise<void>;
  /** Blocks were let go: tries those again that wait for some. */
  readonly letGo: () => void;
  /** Puts the rows behind what is sealed. @throws SnapshotError; StoreError. */
  readonly adopt: () => Promise<void>;
}

/** Where the epochs of a space lie. */
export function placeOf({ parts, ring }: Pick<EpochsHost, 'parts' | 'ring'>): ArchivePlace {
  const { ports, space, writer } = parts;
  const { aead, rng, store } = ports;
  return { store, rng, aead, space, secret: writer.haloSecret, ring };
}
