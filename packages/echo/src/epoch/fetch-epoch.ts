/**
 * Taking over the snapshot of an epoch from a peer that has dropped the history before it: by somebody new,
 * or by a member who was away. What was written here meanwhile stays in the log and is folded on top when
 * the space is opened next. The space must be closed while this is done.
 */
import { epochIdOf, type EpochTerms } from '@atoll/halo';
import { fromHex } from '@atoll/kernel';
import { PageStore } from '../snapshot/page-store.ts';
import { indexOf } from '../snapshot/restore.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { SnapshotSink } from '../snapshot/snapshot-sink.ts';
import type { SnapshotSource } from '../snapshot/snapshot-source.ts';
import { encodeRequest } from '../snapshot/transfer-codec.ts';
import { keptEpoch, pagesOfEpoch, pointerName, type ArchivePlace } from './epoch-archive.ts';

/** Blocks of the log that are looked at at once. */
const PAGE_BLOCKS = 1000;
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
  /** Gives the event loop a turn. */
  readonly turn: () => Promise<void>;
}

/** Bytes and chunks that a fetch took. */
export interface FetchedEpoch {
  readonly bytes: number;
  readonly chunks: number;
  /** Parts of the state's tree that were the same as one's own. */
  readonly reused: number;
}

/** Fetches an epoch and makes it what the space is opened from. @throws SnapshotError; StoreError. */
export async function fetchEpoch(fetch: EpochFetch): Promise<FetchedEpoch> {
  const { ask, key, own, place, terms, turn } = fetch;
  const [root] = terms.roots;
  if (root === undefined) throw new SnapshotError('SNAPSHOT_REFUSED', 'the epoch names no root');
  const roots = { state: root.root, order: terms.order };
  const sink = new SnapshotSink({ key, roots, ...(own === undefined ? {} : { own }) });
  let bytes = 0;
  let chunks = 0;
  while (!sink.isDone) {
    const requests = sink.requests(REQUESTS_MAX);
    const answers = await Promise.all(requests.map((request) => ask(encodeRequest(request))));
    for (const [at, request] of requests.entries()) {
      const answer = answers[at] ?? new Uint8Array(0);
      sink.take(request, answer);
      bytes += answer.length;
      chunks++;
    }
  }
  const epoch = epochIdOf(terms);
  const before = await keptEpoch(place).catch(() => undefined);
  if (before?.epoch !== epoch) {
    await sink.finish(pagesOfEpoch(place, epoch), turn);
    const pointer = fromHex(epoch) ?? new Uint8Array(0);
    await place.store.commit({ values: new Map([[pointerName(place.space), pointer]]) });
    await before?.pages.removeOthers(new Set(), false);
  }
  // The snapshot of the state before is of no use any more; the log keeps what was written here.
  await new PageStore(place).removeOthers(new Set(), false);
  await dropForgotten(place);
  return { bytes, chunks, reused: sink.reused };
}

/** Removes what the log has under the epoch and nothing names any more: it can never be folded again. */
async function dropForgotten(place: ArchivePlace): Promise<void> {
  const kept = await keptEpoch(place);
  if (kept === undefined) return;
  const index = indexOf(kept.found, 0);
  const { space, store } = place;
  for (let after = 0; ;) {
    const page = await store.read(space, after, PAGE_BLOCKS);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
    const positions = page.flatMap(({ feed, hash, position, seq }) => {
      const [branch, ...others] = index.branchesOf(feed);
      if (branch === undefined || others.length > 0) return [];
      const isUnder = seq <= index.seqOf(index.branchEnd(branch));
      return isUnder && index.blockOf(hash) === undefined ? [position] : [];
    });
    if (positions.length > 0) await store.commit({ drops: [{ space, positions }] });
  }
}
