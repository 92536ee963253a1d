/** The epochs of an open space, put together from its parts. */
import type { EpochTerms } from '@atoll/halo';
import { ROOT_ZONE, idFromBytes } from '@atoll/kernel';
import { isKeeper } from '../space/space-ports.ts';
import { EpochArchive } from './epoch-archive.ts';
import type { EpochBook } from './epoch-book.ts';
import { EpochExchange } from './epoch-exchange.ts';
import { placeOf, type EpochsHost } from './epochs-host.ts';
import type { ReplayHost } from './epoch-replay.ts';
import { SpaceEpochs } from './space-epochs.ts';
import { turnsOf } from '../take-turns.ts';

/** See {@link SpaceEpochs}. */
export function epochsOf(host: EpochsHost): SpaceEpochs {
  const { adopt, changed, flush, letGo, own, parts, replica, snapshots } = host;
  const { ports, writer } = parts;
  return new SpaceEpochs({
    ...parts,
    device: idFromBytes('device', writer.deviceSigner.publicKey),
    mayVote: isKeeper(writer) && writer.isSilent !== true,
    readsAll: () => {
      const { authority } = parts;
      return (
        authority.roleOf(writer.identity) === undefined || authority.isGivenAll(writer.identity)
      );
    },
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
  const { clock, ed25519, keystore, log } = ports;
  return new EpochExchange({
    ...{ ed25519, keystore, replica: host.replica },
    slot: writer.slot,
    place: placeOf(host),
    book: epochs.book,
    isHistoryWhole: () => epochs.isHistoryWhole(),
    isZoned: isZonedIn(host),
    isOwn: (block) => epochs.isOwn(block),
    generations: () => authority.keys.generations(ROOT_ZONE),
    current: () => authority.keys.current(ROOT_ZONE),
    live: () => {
      database.commit();
      const { fold, stateTree: tree } = database;
      return { fold, tree, index, control: applier.control };
    },
    clock,
    log,
  });
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
    turn: turnsOf(clock),
  };
  const isZoned = isZonedIn(of);
  return new EpochArchive({ place: placeOf(of), book, host, isZoned, rootKey, log });
}

/** Whether closed zones lie under an epoch. */
function isZonedIn({ parts }: EpochsHost): (terms: Pick<EpochTerms, 'anchor'>) => boolean {
  const { authority, index } = parts;
  return ({ anchor }) => {
    const block = index.branches.blockOf(anchor);
    return block !== undefined && authority.credentials.isZonedIn(block);
  };
}
