/** The epochs of an open space, put together from its parts. */
import type { LogReplica } from '@atoll/feed';
import type { KeyRing } from '@atoll/halo';
import { ROOT_ZONE, idFromBytes } from '@atoll/kernel';
import type { OwnWriter } from '../space/own-writer.ts';
import type { SnapshotParts, SpaceSnapshots } from '../space/space-snapshots.ts';
import { isKeeper } from '../space/space-ports.ts';
import { EpochArchive, type ArchivePlace } from './epoch-archive.ts';
import type { EpochBook } from './epoch-book.ts';
import { EpochExchange } from './epoch-exchange.ts';
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
  /** Blocks were let go: tries those again that wait for some. */
  readonly letGo: () => void;
  /** Puts the rows behind what is sealed. @throws SnapshotError; StoreError. */
  readonly adopt: () => Promise<void>;
}

/** See {@link SpaceEpochs}. */
export function epochsOf(host: EpochsHost): SpaceEpochs {
  const { adopt, changed, flush, letGo, own, parts, replica, snapshots } = host;
  const { ports, writer } = parts;
  return new SpaceEpochs({
    ...parts,
    device: idFromBytes('device', writer.deviceSigner.publicKey),
    mayVote: isKeeper(writer),
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
    letGo,
    adopt,
    carried: () => parts.adoption().carried,
    ports,
    rng: ports.rng,
    policy: writer.epochs,
  });
}

/** What members ask each other about those epochs. */
export function exchangeOf(host: EpochsHost, epochs: SpaceEpochs): EpochExchange {
  const { applier, authority, database, index, ports, writer } = host.parts;
  const { clock, keystore, log } = ports;
  return new EpochExchange({
    keystore,
    slot: writer.slot,
    place: placeOf(host),
    book: epochs.book,
    isOwn: (block) => epochs.isOwn(block),
    generations: () => authority.keys.generations(ROOT_ZONE),
    live: () => {
      database.commit();
      const { fold, stateTree: tree } = database;
      return { fold, tree, index, control: applier.control };
    },
    clock,
    log,
  });
}

/** Where the epochs of a space lie. */
export function placeOf({ parts, ring }: Pick<EpochsHost, 'parts' | 'ring'>): ArchivePlace {
  const { ports, space, writer } = parts;
  const { aead, rng, store } = ports;
  return { store, rng, aead, space, secret: writer.haloSecret, ring };
}

function archiveOf(of: EpochsHost, book: EpochBook): EpochArchive {
  const { parts, rootKey, snapshots } = of;
  const { applier, database, index, ports } = parts;
  const { clock, log } = ports;
  const host: ReplayHost = {
    index,
    control: applier.control,
    isVoid: (block) => database.fold.blocks.isVoid(block),
    authorOf: (block) => applier.contextOf(block).author,
    read: (block) => snapshots.readBlocks([block]),
    turn: () => clock.sleep(0, new AbortController().signal),
  };
  return new EpochArchive({ place: placeOf(of), book, host, rootKey, log });
}
