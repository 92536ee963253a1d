/** Parts that the wire forms of text and list changes share: anchors and ranges. See spec/text.md. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { RangeMap } from './range-map.ts';
import { RANGES_MAX, type Anchor, type IdRange } from './sequence-types.ts';

/** Places that one change may make; a transaction with more is refused when it is written. */
export const CHANGE_PLACES_MAX: number = 2 ** 16;

/** How a block numbers feeds: its own feed is 0, its deps follow. */
export interface FeedTable {
  /** The number of an agent in this block. */
  readonly indexOf: (agent: number) => number;
  /** The agent of a number; `undefined` when the block has no such feed. */
  readonly agentAt: (index: number) => number | undefined;
}

/** Kinds of anchors, in two bits beside another number. */
const AT_START = 0;
const BEFORE = 1;
const AFTER = 2;
const OTHER_FEED = 3;

/**
 * Writes anchors, each relative to the one before: most name an element of the same feed, close to the last
 * one that was named there.
 */
export class AnchorWriter {
  readonly #writer: Writer;
  readonly #feeds: FeedTable;
  readonly #last = new Map<number, number>();
  #feed = 0;

  constructor(writer: Writer, feeds: FeedTable) {
    this.#writer = writer;
    this.#feeds = feeds;
  }

  /** Writes an anchor; `beside` is a number that shares its first byte. */
  write({ element, side }: Anchor, beside: number): void {
    const writer = this.#writer;
    if (element === undefined) {
      writer.varint(beside * 4 + AT_START);
      return;
    }
    const feed = this.#feeds.indexOf(element.agent);
    if (feed === this.#feed) {
      writer.varint(beside * 4 + (side === 'before' ? BEFORE : AFTER));
    } else {
      writer.varint(beside * 4 + OTHER_FEED).varint(feed * 2 + (side === 'before' ? 0 : 1));
      this.#feed = feed;
    }
    writer.zigzag(element.counter - (this.#last.get(feed) ?? 0));
    this.#last.set(feed, element.counter);
  }
}

/** Reads what {@link AnchorWriter} writes. */
export class AnchorReader {
  readonly #reader: Reader;
  readonly #feeds: FeedTable;
  /** Counters last named, by feed; only when more than one feed is named. */
  #others: Map<number, number> | undefined;
  #feed = 0;
  #last = 0;
  /** The number that shared the first byte of the last anchor. */
  beside = 0;

  constructor(reader: Reader, feeds: FeedTable) {
    this.#reader = reader;
    this.#feeds = feeds;
  }

  /** Reads one anchor. @throws CodecError. */
  read(): Anchor {
    const reader = this.#reader;
    const head = reader.varint();
    const kind = head % 4;
    this.beside = (head - kind) / 4;
    if (kind === AT_START) return { element: undefined, side: 'after' };
    let side: Anchor['side'] = kind === BEFORE ? 'before' : 'after';
    if (kind === OTHER_FEED) {
      const other = reader.varint();
      side = other % 2 === 0 ? 'before' : 'after';
      const feed = Math.floor(other / 2);
      if (feed === this.#feed) {
        throw new CodecError('CODEC_NOT_CANONICAL', 'an anchor names the same feed again');
      }
      this.#others ??= new Map();
      this.#others.set(this.#feed, this.#last);
      this.#feed = feed;
      this.#last = this.#others.get(feed) ?? 0;
    }
    const counter = this.#last + reader.zigzag();
    if (counter < 0) throw new CodecError('CODEC_MALFORMED', 'a counter is below zero');
    this.#last = counter;
    return { element: { agent: agentAt(this.#feeds, this.#feed), counter }, side };
  }
}

/** Writes hidden and shown ranges as one list by feed and counter, united where they touch. */
export function writeRanges(
  writer: Writer,
  ranges: { readonly hidden: readonly IdRange[]; readonly shown: readonly IdRange[] },
  feeds: FeedTable,
): void {
  const united = new RangeMap();
  for (const range of ranges.hidden) united.set(inBlock(range, feeds), true);
  for (const range of ranges.shown) united.set(inBlock(range, feeds), false);
  const byFeed = new Map<number, [range: IdRange, hidden: boolean][]>();
  united.forEach((range, hidden) => {
    const list = byFeed.get(range.agent);
    if (list === undefined) byFeed.set(range.agent, [[range, hidden]]);
    else list.push([range, hidden]);
  });
  writer.varint(byFeed.size);
  let nextFeed = 0;
  for (const [feed, list] of [...byFeed].sort(([a], [b]) => a - b)) {
    writer.varint(feed - nextFeed).varint(list.length - 1);
    nextFeed = feed + 1;
    let next = 0;
    for (const [{ counter, count }, hidden] of list) {
      writer.varint((counter - next) * 2 + (hidden ? 0 : 1)).varint(count - 1);
      next = counter + count;
    }
  }
}

/** A range by the number that its feed has in the block. */
function inBlock({ agent, counter, count }: IdRange, feeds: FeedTable): IdRange {
  return { agent: feeds.indexOf(agent), counter, count };
}

const NO_RANGES = { hidden: [], shown: [] } as const;

/** Reads what {@link writeRanges} writes. @throws CodecError. */
export function readRanges(
  reader: Reader,
  feeds: FeedTable,
): { readonly hidden: readonly IdRange[]; readonly shown: readonly IdRange[] } {
  const groups = reader.varint(Math.min(RANGES_MAX, reader.left));
  if (groups === 0) return NO_RANGES;
  const hidden: IdRange[] = [];
  const shown: IdRange[] = [];
  let feed = -1;
  let rest = RANGES_MAX;
  for (let group = 0; group < groups; group++) {
    feed += 1 + reader.varint(RANGES_MAX);
    const agent = agentAt(feeds, feed);
    const count = 1 + reader.varint(RANGES_MAX);
    rest -= count;
    if (rest < 0) throw new CodecError('CODEC_TOO_LARGE', 'a change has too many ranges');
    readGroup(reader, { agent, count, hidden, shown });
  }
  return { hidden, shown };
}

function readGroup(
  reader: Reader,
  group: {
    readonly agent: number;
    readonly count: number;
    readonly hidden: IdRange[];
    readonly shown: IdRange[];
  },
): void {
  let next = 0;
  let lastKind = -1;
  for (let at = 0; at < group.count; at++) {
    const head = reader.varint();
    const kind = head % 2;
    const gap = (head - kind) / 2;
    if (gap === 0 && kind === lastKind) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'two ranges could be one');
    }
    lastKind = kind;
    const counter = next + gap;
    const count = 1 + reader.varint();
    next = counter + count;
    if (!Number.isSafeInteger(next)) {
      throw new CodecError('CODEC_TOO_LARGE', 'a range is too long');
    }
    (kind === 1 ? group.shown : group.hidden).push({ agent: group.agent, counter, count });
  }
}

function agentAt(feeds: FeedTable, index: number): number {
  const agent = feeds.agentAt(index);
  if (agent === undefined) {
    throw new CodecError('CODEC_MALFORMED', 'a change names a feed that its block does not');
  }
  return agent;
}
