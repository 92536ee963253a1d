/**
 * The epochs of one space: the chain of sealed ones, and the vote about the next. A pure fold over the
 * control statements of blocks; knows nothing of clocks, rows or stores.
 */
import {
  NO_EPOCH,
  epochIdOf,
  type EpochId,
  type EpochReset,
  type EpochTerms,
  type Statement,
} from '@atoll/halo';
import { equalBytes, type DeviceKey, type SpaceId } from '@atoll/kernel';
import {
  EpochInstance,
  type EpochBase,
  type EpochOrder,
  type EpochPlace,
  type EpochStatement,
} from './epoch-instance.ts';
import type { Retirement } from './retired-feeds.ts';

/** An epoch that stands. The one before the first has no terms. */
export interface Epoch extends EpochBase {
  readonly terms: EpochTerms | undefined;
  /** Declared by the recovery key, not voted for. */
  readonly isReset: boolean;
}

/** What follows from the space's root identity. */
export interface EpochRoot {
  /** The device that its genesis names: the only voter before the first epoch. */
  readonly base: EpochBase['voters'];
  readonly recoveryKey: Uint8Array;
  /** Set once the root was handed over: the words of whoever has it now, and what the others had said before. */
  readonly handedOver?: {
    readonly recoveryKey: Uint8Array | undefined;
    /** True for blocks under the epoch that settled it. */
    isBefore(block: number): boolean;
  };
}

/** Epochs of a space. */
export class EpochBook {
  readonly #space: SpaceId;
  readonly #order: EpochOrder;
  readonly #root: () => EpochRoot | undefined;
  readonly #terms = new Map<EpochId, EpochTerms>();
  readonly #instances = new Map<EpochId, EpochInstance>();
  /** Statements about what follows an epoch whose terms are not known here yet. */
  readonly #waiting = new Map<EpochId, [EpochStatement, EpochPlace][]>();
  readonly #resets = new Map<EpochId, EpochReset>();
  /** Blocks that declare each of them. */
  readonly #resetBlocks = new Map<EpochId, readonly number[]>();
  readonly #retirements: Retirement[] = [];
  #chain: readonly Epoch[] | undefined;
  #standing: { readonly id: EpochId; readonly terms: readonly EpochTerms[] } | undefined;

  /** `root` is asked for whenever that matters: it may be handed over. */
  constructor(space: SpaceId, order: EpochOrder, root: () => EpochRoot | undefined) {
    this.#space = space;
    this.#order = order;
    this.#root = root;
  }

  /** Takes a statement of a block. Others than those about epochs are nothing to it. */
  apply(statement: Statement, place: EpochPlace): void {
    switch (statement.kind) {
      case 'epoch-reset':
        this.#addReset(statement, place);
        return;
      case 'epoch-proposal':
        if (statement.terms.space !== this.#space) return;
        this.#learn(statement.terms);
        this.#add(statement.terms.previous, statement, place);
        return;
      case 'epoch-retirement': {
        const { device, space } = statement;
        if (space === this.#space) this.#retirements.push({ device, block: place.block });
        return;
      }
      case 'epoch-promise':
      case 'epoch-acknowledgement':
        if (statement.space === this.#space) this.#add(statement.previous, statement, place);
        return;
      default:
    }
  }

  /** Epochs that stand, the oldest first; the first has number and era 0, or is a reset. */
  get chain(): readonly Epoch[] {
    const chain = this.#chain ?? this.#makeChain();
    // Before the root is known it is asked for as well.
    if (chain.length > 0) this.#chain = chain;
    return chain;
  }

  /** The last epoch that stands; `undefined` until the space's root is known. */
  get current(): Epoch | undefined {
    return this.chain.at(-1);
  }

  /** The vote about the next epoch. */
  get vote(): EpochInstance | undefined {
    const { current } = this;
    return current === undefined ? undefined : this.#instanceOf(current);
  }

  /** The vote by which an epoch of the chain was sealed. */
  voteFor(epoch: Epoch): EpochInstance | undefined {
    const { terms } = epoch;
    return terms === undefined || epoch.isReset ? undefined : this.#instances.get(terms.previous);
  }

  /** What was said of devices that are lost, by anybody. */
  get retirements(): readonly Retirement[] {
    return this.#retirements;
  }

  /** True if whoever wrote a block knew that an epoch stands. */
  isAdoptedIn(terms: EpochTerms, block: number): boolean {
    const id = epochIdOf(terms);
    const resets = this.#resetBlocks.get(id) ?? [];
    if (resets.some((no) => no === block || this.#order.isInPast(no, block))) return true;
    const vote = this.#instances.get(terms.previous);
    return vote?.sealed?.epoch === id && vote.isSealedIn(block);
  }

  /**
   * Epochs that stand as the past of a block says, without what the block itself says; the oldest first. Without a
   * block, as is known here.
   */
  sealedTo(block?: number): readonly EpochTerms[] {
    const { current } = this;
    if (current?.terms === undefined) return [];
    if (block !== undefined) return this.#sealedBefore(block);
    if (this.#standing?.id !== current.id) {
      this.#standing = { id: current.id, terms: this.lineage(current.id) };
    }
    return this.#standing.terms;
  }

  #sealedBefore(block: number): readonly EpochTerms[] {
    const isBefore = (no: number): boolean => no !== block && this.#order.isInPast(no, block);
    const base = this.#reset(isBefore) ?? this.#beginning();
    const sealed = base?.terms === undefined ? [] : [...this.lineage(base.id)];
    for (let at = base; at !== undefined;) {
      const terms: EpochTerms | undefined = this.#instances.get(at.id)?.sealedBefore(block);
      at = terms && epochOf(epochIdOf(terms), terms, false);
      if (terms !== undefined) sealed.push(terms);
    }
    return sealed;
  }

  /** True if copies of voters have sealed two epochs after the same one; everybody who knows of both takes the same. */
  get isSealedTwice(): boolean {
    return this.chain.some((epoch) => this.#instances.get(epoch.id)?.isSealedTwice === true);
  }

  /** True if an epoch that somebody keeps follows another one than those that stand here, or stands in the place of one. */
  isBeside({ era, number, ...terms }: EpochTerms): boolean {
    const id = epochIdOf({ era, number, ...terms });
    const at = (place: number): Epoch | undefined =>
      this.chain.find((epoch) => epoch.number === place && epoch.era === era);
    const [same, before] = [at(number), at(number - 1)];
    if (same !== undefined) return same.id !== id;
    return before !== undefined && before.id !== terms.previous;
  }

  /** Terms of an epoch and of those before it as far as they are known, the oldest first. */
  lineage(id: EpochId): readonly EpochTerms[] {
    const lineage: EpochTerms[] = [];
    // Names are hashes of what they name, so a line of them has no circles.
    for (let at = this.#terms.get(id); at !== undefined; at = this.#terms.get(at.previous)) {
      lineage.unshift(at);
    }
    return lineage;
  }

  #addReset(reset: EpochReset, { block }: EpochPlace): void {
    const { terms } = reset;
    const possible = terms.space === this.#space && terms.era > 0 && terms.voters.length > 0;
    if (!possible) return;
    this.#learn(terms);
    const id = epochIdOf(terms);
    this.#resets.set(id, reset);
    this.#resetBlocks.set(id, [...(this.#resetBlocks.get(id) ?? []), block]);
    this.#chain = undefined;
  }

  #learn(terms: EpochTerms): void {
    const id = epochIdOf(terms);
    if (this.#terms.has(id)) return;
    this.#terms.set(id, terms);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    for (const [statement, place] of waiting) this.#add(id, statement, place);
  }

  #add(previous: EpochId, statement: EpochStatement, place: EpochPlace): void {
    const instance = this.#instanceAfter(previous);
    if (instance === undefined) {
      const waiting = this.#waiting.get(previous) ?? [];
      waiting.push([statement, place]);
      this.#waiting.set(previous, waiting);
      return;
    }
    instance.add(statement, place);
    this.#chain = undefined;
  }

  #instanceAfter(previous: EpochId): EpochInstance | undefined {
    const known = this.#instances.get(previous);
    if (known !== undefined) return known;
    if (previous === NO_EPOCH) {
      const beginning = this.#beginning();
      return beginning === undefined ? undefined : this.#instanceOf(beginning);
    }
    const terms = this.#terms.get(previous);
    return terms === undefined ? undefined : this.#instanceOf(epochOf(previous, terms, false));
  }

  #instanceOf(epoch: Epoch): EpochInstance {
    let instance = this.#instances.get(epoch.id);
    if (instance === undefined) {
      instance = new EpochInstance(epoch, this.#order);
      this.#instances.set(epoch.id, instance);
      const waiting = this.#waiting.get(epoch.id) ?? [];
      this.#waiting.delete(epoch.id);
      for (const [statement, place] of waiting) instance.add(statement, place);
    }
    return instance;
  }

  #beginning(): Epoch | undefined {
    const root = this.#root();
    if (root === undefined) return undefined;
    const place = { space: this.#space, id: NO_EPOCH, era: 0, number: 0 };
    return { ...place, voters: root.base, terms: undefined, isReset: false };
  }

  #makeChain(): readonly Epoch[] {
    const base = this.#reset() ?? this.#beginning();
    if (base === undefined) return [];
    const chain = [base];
    for (let at: Epoch | undefined = base; at !== undefined;) {
      const sealed: EpochInstance['sealed'] = this.#instanceOf(at).sealed;
      at = sealed === undefined ? undefined : epochOf(sealed.epoch, sealed.terms, false);
      if (at !== undefined) chain.push(at);
    }
    return chain;
  }

  /** Of the resets that the root's recovery key has signed, the last era's; of two, the least. */
  #reset(isKnown?: (block: number) => boolean): Epoch | undefined {
    const root = this.#root();
    if (root === undefined) return undefined;
    let best: Epoch | undefined;
    for (const [id, { terms, recoveryKey }] of this.#resets) {
      const said = this.#resetBlocks.get(id) ?? [];
      const blocks = isKnown === undefined ? said : said.filter(isKnown);
      if (blocks.length === 0 || !mayReset(root, recoveryKey, blocks)) continue;
      const isBetter =
        best === undefined || terms.era > best.era || (terms.era === best.era && id < best.id);
      if (isBetter) best = epochOf(id, terms, true);
    }
    return best;
  }
}

/** The words of whoever has the root; of who had it, what was said before it was settled that he has it no more. */
function mayReset(root: EpochRoot, key: Uint8Array, blocks: readonly number[]): boolean {
  const { handedOver } = root;
  if (handedOver === undefined) return equalBytes(key, root.recoveryKey);
  const { recoveryKey: now } = handedOver;
  if (now !== undefined && equalBytes(key, now)) return true;
  return equalBytes(key, root.recoveryKey) && blocks.some((block) => handedOver.isBefore(block));
}

function epochOf(id: EpochId, terms: EpochTerms, isReset: boolean): Epoch {
  const { space, era, number, voters } = terms;
  return { space, id, era, number, voters, terms, isReset };
}

/** True if a device votes about what follows an epoch. */
export function isVoter(epoch: Epoch, device: DeviceKey): boolean {
  return epoch.voters.some((voter) => voter.device === device);
}
