/**
 * What an epoch says about collection: a function of what lies under its anchor. A list of deleted units is
 * made; whoever has adopted it builds on none of them; once every device that writes has written behind its
 * adoption, the next epoch collects what is still so. lab/models/tombstones.ts explores the rules.
 */
import { suffices, type EpochTerms, type SpaceAuthority } from '@atoll/halo';
import type { DeviceKey, FeedKey, IdentityId } from '@atoll/kernel';
import type { SpaceIndex } from '../space/space-index.ts';
import type { EpochBook } from './epoch-book.ts';
import type { Frontier } from './frontier.ts';

/** What the terms say. */
export type CollectionTerms = Pick<EpochTerms, 'listedIn' | 'collects'>;

/** Where it is asked. */
export interface CollectionPlace {
  readonly frontier: Frontier;
  readonly index: SpaceIndex;
  /** Number of the epoch in the making. */
  readonly number: number;
  /** Epochs before it, the oldest first. */
  readonly lineage: readonly EpochTerms[];
  readonly book: EpochBook;
  readonly authority: SpaceAuthority;
  /** Feeds that the epoch in the making retires, those that were retired before included. */
  readonly retired: ReadonlySet<FeedKey>;
}

/** A device under a frontier. */
interface Writer {
  readonly identity: IdentityId;
  /** It has written behind its adoption of the list. */
  hasPassed: boolean;
  /** One of its feeds is not retired. */
  isActive: boolean;
}

/** What the epoch in the making says about collection. */
export function collectionAt(place: CollectionPlace): CollectionTerms {
  const { lineage, number } = place;
  const before = lineage.at(-1);
  const list = lineage.findLast((terms) => terms.number === before?.listedIn);
  const begins = { listedIn: number, collects: false };
  if (before === undefined || list === undefined || list.number === 0) return begins;
  // What a retired device has shown or hung somewhere counts no more: others must hear of that first.
  if (place.retired.size > before.retired.length) return begins;
  const writers = writersAt(place, list);
  const waits = [...writers.values()].filter(({ hasPassed }) => !hasPassed);
  // Who may write no more will never pass; those who built upon its work must hear of that, too.
  if (waits.some((writer) => isGone(place, writer, place.frontier.anchor))) return begins;
  const collects = waits.length === 0 && !hasUnheard(place) && !hasZones(place);
  return { listedIn: collects ? number : list.number, collects };
}

/** Devices that have to pass a list, by key. */
function writersAt(place: CollectionPlace, list: EpochTerms): Map<DeviceKey, Writer> {
  const { authority, book, frontier, index, retired } = place;
  const listedAt = index.branches.blockOf(list.anchor);
  const writers = new Map<DeviceKey, Writer>();
  for (const end of frontier.ends()) {
    const author = authority.authorOf(end);
    if (author === undefined) continue;
    const { device, feed, identity } = author;
    const writer = writers.get(device) ?? { identity, hasPassed: false, isActive: false };
    writer.hasPassed ||= book.isAdoptedIn(list, end);
    writer.isActive ||= !retired.has(feed);
    writers.set(device, writer);
  }
  for (const [device, writer] of writers) {
    const wasGone = isGone(place, writer, listedAt) && isGone(place, writer, frontier.anchor);
    if (!writer.isActive || wasGone) writers.delete(device);
  }
  return writers;
}

/** True if there are closed zones: what in them builds on which units not everybody can tell. */
function hasZones({ authority, frontier }: CollectionPlace): boolean {
  return authority.credentials.isZonedIn(frontier.anchor);
}

/** True if somebody may write who has never written: what it has seen of the space is not known. */
function hasUnheard({ authority, frontier }: CollectionPlace): boolean {
  const heard = new Set<IdentityId>();
  for (const end of frontier.ends()) {
    const author = authority.authorOf(end);
    if (author !== undefined) heard.add(author.identity);
  }
  const rights = authority.credentials.asOf(frontier.anchor);
  return rights.members().some((identity) => {
    const level = rights.levelOf(identity);
    return level !== undefined && suffices(level, 'write') && !heard.has(identity);
  });
}

/** True for somebody who may write nothing at a block. */
function isGone(
  { authority }: CollectionPlace,
  { identity }: Writer,
  at: number | undefined,
): boolean {
  const level = authority.credentials.asOf(at).levelOf(identity);
  return level === undefined || !suffices(level, 'write');
}
