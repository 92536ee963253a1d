/**
 * Rights that end with an epoch, and the keys that change by it. One person gives all rights, one act after the other,
 * so that what anybody has is what the last act that is known says of him; the rest is asked of the past of each block.
 * See docs/decisions/0151 and 0152.
 */
import { Pasts } from './pasts.ts';

/** The founder says what somebody may do from now on: until an epoch, for good (0), or nothing any more. */
export interface ExpiryAct {
  readonly who: string;
  readonly credential?: string;
  /** Number of the epoch with which it ends; 0 for none. */
  readonly until?: number;
}

/** An epoch, and the block under which everything is settled. */
export interface ExpiryEpoch {
  readonly number: number;
  readonly anchor: string;
}

/** A block. */
export interface ExpiryBlock {
  readonly name: string;
  readonly author: string;
  readonly before: readonly string[];
  readonly lamport: number;
  readonly acts: readonly ExpiryAct[];
  /** New keys, and to whom they are sealed. */
  readonly makes: readonly { readonly keys: string; readonly readers: readonly string[] }[];
  /** Content: under which keys, and by which right. */
  readonly writes: readonly { readonly keys: string; readonly credential: string }[];
  /** Epochs that its past says are sealed, itself left out. */
  readonly sealed: readonly ExpiryEpoch[];
}

/** The rules that can be broken. */
export interface ExpiryRules {
  /** Rights end for who has heard of the epoch, and not for others. */
  readonly endsForWhoKnows: boolean;
  /** Keys are good as long as nobody was removed by a block. */
  readonly epochsChangeNoKeys: boolean;
  /** Any keys that are known may be used. */
  readonly anyKeys: boolean;
  /** What lies under an epoch ends like all else. */
  readonly nothingIsSettled: boolean;
}

/** The rules as they are meant. */
export const SOUND_EXPIRY: ExpiryRules = {
  endsForWhoKnows: false,
  epochsChangeNoKeys: false,
  anyKeys: false,
  nothingIsSettled: false,
};

/** What is to be so. */
export interface Expiry {
  /** Names of content that counts: block, `/`, place. */
  readonly counted: readonly string[];
  /** Of each block that makes keys, to whom they have to be sealed. */
  readonly recipients: ReadonlyMap<string, readonly string[]>;
  /** Of each block, who must not be able to read its content: he has lost what he had, and its writer knew. */
  readonly shut: ReadonlyMap<string, readonly string[]>;
}

interface Given {
  readonly act: ExpiryAct;
  readonly block: ExpiryBlock;
  readonly at: number;
}

/** Decides. `epochs`: those that are sealed at all. */
export function decideExpiry(
  founder: string,
  blocks: readonly ExpiryBlock[],
  epochs: readonly ExpiryEpoch[],
  rules: ExpiryRules = SOUND_EXPIRY,
): Expiry {
  const world = new World(founder, blocks, epochs, rules);
  const counted = blocks.flatMap((block) =>
    block.writes.flatMap((write, at) =>
      world.counts(block, write) ? [`${block.name}/${String(at)}`] : [],
    ),
  );
  const makers = blocks.filter(({ makes }) => makes.length > 0);
  return {
    counted: counted.sort(),
    recipients: new Map(makers.map((block) => [block.name, world.readers(block)])),
    shut: new Map(blocks.map((block) => [block.name, world.shutOut(block)])),
  };
}

class World {
  readonly #founder: string;
  readonly #pasts: Pasts<ExpiryBlock>;
  readonly #epochs: readonly ExpiryEpoch[];
  readonly #rules: ExpiryRules;
  /** All that was said of rights, in its order. */
  readonly #given: readonly Given[];

  constructor(
    founder: string,
    blocks: readonly ExpiryBlock[],
    epochs: readonly ExpiryEpoch[],
    rules: ExpiryRules,
  ) {
    this.#founder = founder;
    this.#pasts = new Pasts(blocks);
    this.#epochs = epochs;
    this.#rules = rules;
    const inOrder = [...blocks].sort((a, b) => a.lamport - b.lamport);
    this.#given = inOrder
      .flatMap((block) => block.acts.map((act) => ({ act, block })))
      .map((given, at) => ({ ...given, at }));
  }

  /** Who reads, as a block knows it: what it says itself counts, what it brings about does not. */
  readers(block: ExpiryBlock): readonly string[] {
    const people = new Set(this.#given.map(({ act }) => act.who));
    const inside = [...people].filter((who) => this.#reads(who, block));
    return [...new Set([this.#founder, ...inside])].sort();
  }

  /** Who was let in once, and reads no more as a block knows it. */
  shutOut(block: ExpiryBlock): readonly string[] {
    const known = this.#given.filter((one) => this.#isBefore(one.block, block));
    const people = new Set(known.map(({ act }) => act.who));
    return [...people].filter((who) => !this.#reads(who, block)).sort();
  }

  counts(block: ExpiryBlock, { credential, keys }: ExpiryBlock['writes'][number]): boolean {
    return this.#isInForce(credential, block) && this.#areGood(keys, block);
  }

  #reads(who: string, block: ExpiryBlock): boolean {
    if (who === this.#founder) return true;
    const last = this.#given.findLast(
      (one) => one.act.who === who && (one.block === block || this.#isBefore(one.block, block)),
    );
    return last?.act.credential !== undefined && !this.#hasHeardOfItsEnd(last, block);
  }

  #hasHeardOfItsEnd({ act }: Given, { sealed }: ExpiryBlock): boolean {
    const { until = 0 } = act;
    return until > 0 && sealed.some(({ number }) => number >= until);
  }

  /** By all that is known: nobody's knowledge decides when a right ends, but what lies under an epoch. */
  #isInForce(credential: string, block: ExpiryBlock): boolean {
    const given = this.#given.find(({ act }) => act.credential === credential);
    // That of the founder himself.
    if (given === undefined) return block.author === this.#founder;
    if (given.act.who !== block.author || !this.#isBefore(given.block, block)) return false;
    const { until = 0 } = given.act;
    const end = this.#epochs.find(({ number }) => number === until);
    const isTold = !this.#rules.endsForWhoKnows || this.#hasHeardOfItsEnd(given, block);
    if (until > 0 && end !== undefined && isTold && !this.#isUnder(block, end)) return false;
    const { nothingIsSettled } = this.#rules;
    if (!nothingIsSettled && this.#epochs.some((epoch) => this.#isUnder(block, epoch))) return true;
    // Whoever takes it away keeps what he has seen.
    return this.#endsOf(given).every((ender) => this.#isBefore(block, ender.block));
  }

  /** Later acts about the same person: each takes away what he had before. */
  #endsOf({ act, at }: Given): readonly Given[] {
    return this.#given.filter((one) => one.act.who === act.who && one.at > at);
  }

  /** Keys are good for a block that knows them if their maker knew of everything that the block knows to be lost. */
  #areGood(keys: string, block: ExpiryBlock): boolean {
    const maker = [...this.#pasts.byName.values()].find(({ makes }) =>
      makes.some((one) => one.keys === keys),
    );
    if (maker === undefined || !this.#isBefore(maker, block)) return false;
    if (this.#rules.anyKeys) return true;
    const out = new Set(this.shutOut(block).filter((who) => !this.#reads(who, block)));
    return this.#given
      .filter(
        ({ act, block: by }) => out.has(act.who) && act.credential && this.#isBefore(by, block),
      )
      .every((given) => this.#hasMakerHeard(given, maker, block));
  }

  #hasMakerHeard(given: Given, maker: ExpiryBlock, block: ExpiryBlock): boolean {
    const enders = this.#endsOf(given).filter((one) => this.#isBefore(one.block, block));
    if (enders.some((one) => one.block === maker || this.#isBefore(one.block, maker))) return true;
    if (!this.#hasHeardOfItsEnd(given, block)) return enders.length === 0;
    return this.#rules.epochsChangeNoKeys || this.#hasHeardOfItsEnd(given, maker);
  }

  #isUnder(block: ExpiryBlock, { anchor }: ExpiryEpoch): boolean {
    const top = this.#pasts.byName.get(anchor);
    return top !== undefined && (top === block || this.#isBefore(block, top));
  }

  #isBefore(earlier: ExpiryBlock, later: ExpiryBlock): boolean {
    return this.#pasts.of(later).has(earlier.name);
  }
}
