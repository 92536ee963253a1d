/** The epochs of an open space, put together from its parts. */
import type { LogReplica } from '@atoll/feed';
import type { KeyRing } from '@atoll/halo';
import { idFromBytes } from '@atoll/kernel';
import type { OwnWriter } from '../space/own-writer.ts';
import type { SnapshotParts, SpaceSnapshots } from '../space/space-snapshots.ts';
import { EpochArchive } from './epoch-archive.ts';
import type { EpochBook } from './epoch-book.ts';
import type { ReplayHost } from './epoch-replay.ts';
import { SpaceEpochs } from './space-epochs.ts';

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
}

/** See {@link SpaceEpochs}. */
export function epochsOf(host: EpochsHost): SpaceEpochs {
  const { changed, flush, own, parts, replica, snapshots } = host;
  const { ports, writer } = parts;
  return new SpaceEpochs({
    ...parts,
    device: idFromBytes('device', writer.deviceSigner.publicKey),
    mayVote: writer.slot === 0,
    replica: () => replica().index,
    catchUp: () => replica().catchUp(),
    rebase: () => snapshots.rebase(),
    archive: (book) => archiveOf(host, book),
    write: (statements, credential) => {
      const control = statements.length === 0 ? undefined : { statements, credential };
      const hash = own().writeNames(control);
      changed();
      return hash;
    },
    flush,
    ports,
    rng: ports.rng,
    policy: writer.epochs,
  });
}

function archiveOf({ parts, ring, rootKey, snapshots }: EpochsHost, book: EpochBook): EpochArchive {
  const { applier, database, index, ports, space, writer } = parts;
  const { aead, clock, log, rng, store } = ports;
  const host: ReplayHost = {
    index,
    control: applier.control,
    isVoid: (block) => database.fold.blocks.isVoid(block),
    authorOf: (block) => applier.contextOf(block).author,
    read: (block) => snapshots.readBlocks([block]),
    turn: () => clock.sleep(0, new AbortController().signal),
  };
  const place = { store, rng, aead, space, secret: writer.haloSecret, ring };
  return new EpochArchive({ place, book, host, rootKey, log });
}
