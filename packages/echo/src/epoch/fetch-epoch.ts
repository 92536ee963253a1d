/**
 * Fetching the snapshot of an epoch from a peer that has dropped the history before it: by somebody new,
 * or by a member who was away. What was written here meanwhile stays in the log and is folded on top when
 * the space is opened next.
 */
import { CodecError } from '@atoll/codec';
import { NO_EPOCH, epochIdOf, type EpochTerms } from '@atoll/halo';
import { unpack } from '../snapshot/packed.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { SnapshotSink } from '../snapshot/snapshot-sink.ts';
import { SnapshotSource } from '../snapshot/snapshot-source.ts';
import { encodeRequest, type SnapshotRequest } from '../snapshot/transfer-codec.ts';
import { pagesOfEpoch, type ArchivePlace } from './epoch-archive.ts';
import { FetchJournal } from './fetch-journal.ts';
import { sweepFetches } from './sweep-fetches.ts';
import { adoptEpoch, confirmEpoch, sweepEpochs } from './take-over.ts';

export { SnapshotSource, sweepEpochs, sweepFetches };

/** Questions that are under way at once. */
const REQUESTS_MAX = 4;

/** What is fetched, and from whom. */
export interface EpochFetch {
  readonly place: ArchivePlace;
  /** What the peer says was sealed. The tail of the log, fetched afterwards, proves it or does not. */
  readonly terms: EpochTerms;
  /** Key of the zone's state root. */
  readonly key: Uint8Array;
  /** Asks the peer; its answer is checked. */
  readonly ask: (request: Uint8Array) => Promise<Uint8Array>;
  /** An older state of one's own, so that only what differs is fetched. */
  readonly own?: SnapshotSource;
  /** False for who can only answer what anybody would ask. */
  readonly asksFinely?: boolean;
  /** Questions that are under way at once; some where it is left out. */
  readonly atOnce?: number | undefined;
  /** Gives the event loop a turn. */
  readonly turn: () => Promise<void>;
}

/** Bytes and chunks that a fetch took; without those that had come before a restart. */
export interface FetchedEpoch {
  readonly bytes: number;
  readonly chunks: number;
  /** Parts of the state's tree and rows that were the same as one's own. */
  readonly reused: number;
}

/**
 * Fetches the pages of an epoch, which are of no consequence until it is taken over; the space may be open.
 * What `ask` throws is thrown, and nothing has changed then. @throws SnapshotError `SNAPSHOT_REFUSED`;
 * StoreError.
 */
export async function downloadEpoch(fetch: EpochFetch): Promise<FetchedEpoch> {
  const { ask, asksFinely = true, atOnce = REQUESTS_MAX, key, own, place, terms, turn } = fetch;
  const [root] = terms.roots;
  if (root === undefined) throw new SnapshotError('SNAPSHOT_REFUSED', 'the epoch names no root');
  const roots = { state: root.root, order: terms.order };
  const epoch = epochIdOf(terms);
  const journal = new FetchJournal(place, epoch);
  const newSink = (): SnapshotSink =>
    new SnapshotSink({
      ...{ key, roots, isPruned: true, asksFinely },
      proved: (request, answer) => journal.note(request, answer),
      ...(own === undefined ? {} : { own }),
    });
  const resumed = newSink();
  const sink = (await journal.replay(resumed, turn)) ? resumed : newSink();
  const count = { bytes: 0, chunks: 0 };
  const askAll = (requests: readonly SnapshotRequest[]): Promise<readonly Uint8Array[]> =>
    Promise.all(requests.map((request) => ask(encodeRequest(request))));
  try {
    while (!sink.isDone) {
      const requests = sink.requests(atOnce);
      const answers = await askAll(requests);
      for (const [at, request] of requests.entries()) {
        const answer = answers[at] ?? new Uint8Array(0);
        sink.take(request, unpacked(answer));
        count.bytes += answer.length;
        count.chunks++;
        await journal.keep();
        await turn();
      }
    }
  } catch (failure) {
    await journal.flush();
    throw failure;
  }
  await sink.finish(pagesOfEpoch(place, epoch), turn);
  await journal.end();
  return { ...count, reused: sink.reused };
}

/** Bytes of an answer as they came. @throws SnapshotError `SNAPSHOT_REFUSED`. */
function unpacked(answer: Uint8Array): Uint8Array {
  try {
    return unpack(answer);
  } catch (failure) {
    if (!(failure instanceof CodecError)) throw failure;
    throw new SnapshotError('SNAPSHOT_REFUSED', 'an answer is malformed', { cause: failure });
  }
}

/**
 * Fetches an epoch from somebody who is trusted, and makes it what the space is opened from: it must be
 * closed. @throws SnapshotError; StoreError.
 */
export async function fetchEpoch(fetch: EpochFetch): Promise<FetchedEpoch> {
  const { place, terms } = fetch;
  const fetched = await downloadEpoch(fetch);
  await adoptEpoch(place, epochIdOf(terms), { known: NO_EPOCH, era: 0 });
  await confirmEpoch(place);
  return fetched;
}
