/**
 * Members who lack keys, and who has helped them. A copy proves nothing by being there: whoever says again that it
 * lacks something was not helped, and somebody else has to. Decides nothing about rights.
 */
import type { IdentityId, KeyId } from '@atoll/kernel';
import type { CausalOrder } from './causal-presence.ts';
import type { KeyBook } from './key-book.ts';
import { needRightsOf, type NeedRights } from './key-rights.ts';
import type { KeyNeed } from './statements-keys.ts';
import type { KeyCopy, Reader } from './statements.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** Times that somebody says so of one generation: each makes one more member seal a copy. */
export const NEEDS_MAX = 8;
/** Generations of which one member says so: whoever has lost all keys of a space is better let in anew. */
const NEEDS_OF_ONE_MAX = 256;

/** Somebody to whom a generation has to be sealed once more. */
export interface OpenNeed {
  readonly identity: IdentityId;
  readonly generation: KeyId;
}

interface Need extends OpenNeed {
  /** Blocks that say so, as they came. */
  readonly blocks: number[];
  /** Who has sealed a copy since. */
  readonly helpers: Set<IdentityId>;
}

/** Needs of one space. */
export class KeyNeeds {
  readonly #order: CausalOrder;
  readonly #keys: KeyBook;
  readonly #rights: NeedRights;
  readonly #needs = new Map<string, Need>();
  readonly #counts = new Map<IdentityId, number>();

  constructor(order: CausalOrder, keys: KeyBook, of: Parameters<typeof needRightsOf>[0]) {
    this.#order = order;
    this.#keys = keys;
    this.#rights = needRightsOf(of);
  }

  /** What a block says that its author lacks. */
  add({ generations }: KeyNeed, block: number, author: IdentityId | undefined): Verdict {
    if (author === undefined) return voidFor('author-unknown');
    for (const generation of generations) {
      if (this.#keys.rotation(generation) === undefined) continue;
      const place = `${generation}/${author}`;
      const need = this.#needs.get(place) ?? this.#begin(place, { identity: author, generation });
      if (need === undefined || need.blocks.length >= NEEDS_MAX) continue;
      if (need.blocks.at(-1) !== block) need.blocks.push(block);
    }
    return COUNTS;
  }

  /** A copy that a block brings: an answer, if its author knew of the need. */
  noteCopy({ generation, identity }: KeyCopy, block: number, author: IdentityId | undefined): void {
    const need = this.#needs.get(`${generation}/${identity}`);
    const asked = need?.blocks[0];
    if (need === undefined || asked === undefined || author === undefined) return;
    if (asked !== block && this.#order.isInPast(asked, block)) need.helpers.add(author);
  }

  /** Times that somebody has said so of a generation. */
  timesOf(identity: IdentityId, generation: KeyId): number {
    return this.#needs.get(`${generation}/${identity}`)?.blocks.length ?? 0;
  }

  /** True while somebody has said so, and too few have helped. */
  isOpen(identity: IdentityId, generation: KeyId): boolean {
    const need = this.#needs.get(`${generation}/${identity}`);
    return need !== undefined && this.#helped(need) < need.blocks.length;
  }

  /** Needs that `helper` may meet: of those who may have these keys, and whom too few others have helped. */
  openTo(helper: IdentityId): readonly OpenNeed[] {
    return [...this.#needs.values()].filter(
      ({ generation, helpers, identity }) =>
        identity !== helper &&
        !helpers.has(helper) &&
        this.isOpen(identity, generation) &&
        this.mayHave(identity, generation) !== undefined,
    );
  }

  /**
   * How a generation may be sealed to somebody now, and whether all of it: see `inPart`. `undefined` for
   * somebody who does not read it, or who was let in without what was before.
   */
  mayHave(
    identity: IdentityId,
    generation: KeyId,
  ): { readonly reader: Reader; readonly isWhole: boolean } | undefined {
    const rotation = this.#keys.rotation(generation);
    if (rotation === undefined || !this.#keys.isReader(identity, rotation.of)) return undefined;
    const published = this.#keys.readingKey(identity);
    if (published === undefined) return undefined;
    const reader = { identity, key: published.key };
    if (this.#rights.isGivenAll(identity, rotation.of)) return { reader, isWhole: true };
    if (rotation.of === 'membership') return { reader, isWhole: false };
    const isListed = rotation.readers.some((listed) => listed.identity === identity);
    const isInUse = this.#keys.current(rotation.of) === generation;
    const isSince = isListed || isInUse || this.#isMadeFor(identity, generation);
    return isSince ? { reader, isWhole: false } : undefined;
  }

  /** True for keys of a zone whose makers knew the grant: what a team reads, whoever joins it later reads, too. */
  #isMadeFor(identity: IdentityId, generation: KeyId): boolean {
    const of = this.#keys.rotation(generation)?.of;
    const grants = of === undefined ? [] : this.#rights.readsBy(identity, of);
    return grants.some((grant) => this.#keys.isMadeBehind(generation, grant));
  }

  /** Of those who sealed, who may: whoever reads nothing has nothing to seal. */
  #helped({ generation, helpers }: Pick<Need, 'generation' | 'helpers'>): number {
    const of = this.#keys.rotation(generation)?.of;
    if (of === undefined) return helpers.size;
    return [...helpers].filter((helper) => this.#keys.isReader(helper, of)).length;
  }

  #begin(place: string, of: OpenNeed): Need | undefined {
    const count = this.#counts.get(of.identity) ?? 0;
    if (count >= NEEDS_OF_ONE_MAX) return undefined;
    this.#counts.set(of.identity, count + 1);
    const need: Need = { ...of, blocks: [], helpers: new Set() };
    this.#needs.set(place, need);
    return need;
  }
}
