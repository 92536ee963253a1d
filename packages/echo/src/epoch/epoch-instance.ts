/**
 * The vote about one epoch: everything that was said about what follows one epoch, and which of it
 * counts. Single-decree Paxos in blocks; lab/models explores the rules, spec/epochs.md states them.
 * Each statement is judged from its own causal past, so the outcome is a function of the set of blocks.
 */
import {
  epochIdOf,
  type EpochAcknowledgement,
  type EpochId,
  type EpochPromise,
  type EpochProposal,
  type EpochTerms,
  type Voter,
} from '@atoll/halo';
import type { BlockHash, DeviceKey, SpaceId } from '@atoll/kernel';

/** What the vote has to know of the order of blocks. */
export interface EpochOrder {
  /** True if block `a` is in the causal past of block `b`; for one and the same, either answer. */
  isInPast(a: number, b: number): boolean;
  /** Number of a block. */
  blockOf(hash: BlockHash): number | undefined;
}

/** Where a statement stands. Statements are added in causal order. */
export interface EpochPlace {
  /** Number of the block. */
  readonly block: number;
  /** Place among the statements of the block. */
  readonly index: number;
  readonly device: DeviceKey;
}

/** A statement that is part of a vote. */
export type EpochStatement = EpochPromise | EpochProposal | EpochAcknowledgement;

/** The epoch that the vote is about the successor of. */
export interface EpochBase {
  readonly space: SpaceId;
  readonly id: EpochId;
  readonly era: number;
  readonly number: number;
  readonly voters: readonly Voter[];
}

/** A proposal that counts. */
export interface CountedProposal {
  readonly place: EpochPlace;
  readonly ballot: number;
  readonly epoch: EpochId;
  readonly terms: EpochTerms;
}

/** Terms that a ballot leaves open. `wait`: more promises are needed. */
export type LeftOpen =
  | { readonly at: 'any' }
  | { readonly at: 'only'; readonly epoch: EpochId }
  | { readonly at: 'wait' };

/** A sealed epoch and where the last vote that it needed stands. */
export interface Sealed {
  readonly epoch: EpochId;
  readonly terms: EpochTerms;
  readonly ballot: number;
}

interface Vote {
  readonly place: EpochPlace;
  readonly ballot: number;
}

type Ballot = Pick<CountedProposal, 'ballot' | 'epoch'>;

interface Acknowledgement extends Vote, Ballot {}

/** More than half. */
function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** The vote about the successor of one epoch. */
export class EpochInstance {
  readonly base: EpochBase;
  readonly #order: EpochOrder;
  readonly #voters: ReadonlySet<DeviceKey>;
  /** What a device has said, whether it counts or not: it binds itself by both. */
  readonly #said = new Map<DeviceKey, Vote[]>();
  readonly #saidAcks = new Map<DeviceKey, Vote[]>();
  readonly #promises: Vote[] = [];
  readonly #proposals: CountedProposal[] = [];
  readonly #acks: Acknowledgement[] = [];
  #sealed: Sealed | undefined;
  #sealedTwice = false;

  constructor(base: EpochBase, order: EpochOrder) {
    this.base = base;
    this.#order = order;
    this.#voters = new Set(base.voters.map(({ device }) => device));
  }

  /** Votes that seal, and promises that open a ballot. */
  get majority(): number {
    return majorityOf(this.base.voters.length);
  }

  /** What is sealed, if anything. */
  get sealed(): Sealed | undefined {
    return this.#sealed;
  }

  /** True if voters that were copied have sealed two epochs. */
  get isSealedTwice(): boolean {
    return this.#sealedTwice;
  }

  /** Proposals that count, in an order that respects causality. */
  get proposals(): readonly CountedProposal[] {
    return this.#proposals;
  }

  /** The greatest ballot that anybody has named; -1 if none. */
  get greatestBallot(): number {
    let greatest = -1;
    for (const { ballot } of [...this.#promises, ...this.#proposals, ...this.#acks]) {
      greatest = Math.max(greatest, ballot);
    }
    return greatest;
  }

  /** Another name after each statement that counts; `undefined` while there is none, or all is done. */
  get stepName(): string | undefined {
    const steps = this.#promises.length + this.#proposals.length + this.#acks.length;
    return steps === 0 || this.#sealed !== undefined ? undefined : `${this.base.id}/${steps}`;
  }

  /** Who proposes in a ballot. */
  ownerOf(ballot: number): DeviceKey | undefined {
    const { number, voters } = this.base;
    return voters[(number + 1 + ballot) % voters.length]?.device;
  }

  /** Devices whose acknowledgement of an epoch counts, in any ballot; of no epoch in particular: of any. */
  acknowledgedBy(epoch?: EpochId): ReadonlySet<DeviceKey> {
    const acks = this.#acks.filter((ack) => epoch === undefined || ack.epoch === epoch);
    return new Set(acks.map(({ place }) => place.device));
  }

  /** Blocks of the acknowledgements of an epoch that count. */
  acknowledgements(epoch: EpochId): readonly EpochPlace[] {
    return this.#acks.filter((ack) => ack.epoch === epoch).map(({ place }) => place);
  }

  /** True if whoever wrote a block knew that what stands was sealed. */
  isSealedIn(block: number): boolean {
    const sealed = this.#sealed;
    if (sealed === undefined) return false;
    const devices = new Set<DeviceKey>();
    for (const { ballot, epoch, place } of this.#acks) {
      if (ballot !== sealed.ballot || epoch !== sealed.epoch) continue;
      if (place.block === block || this.#order.isInPast(place.block, block)) {
        devices.add(place.device);
      }
    }
    return devices.size >= this.majority;
  }

  /** What the past of a block says is sealed, whatever else is known: of several, what {@link sealed} would be. */
  sealedBefore(block: number): EpochTerms | undefined {
    if (this.#sealed === undefined) return undefined;
    const votes = this.#acks.filter(
      ({ place }) => place.block !== block && this.#order.isInPast(place.block, block),
    );
    const first = votes
      .filter((vote) => this.#isMajority(votes, vote))
      .reduce<Acknowledgement | undefined>(
        (a, b) => (a === undefined || isLess(b, a) ? b : a),
        undefined,
      );
    return this.#proposals.find(({ epoch }) => epoch === first?.epoch)?.terms;
  }

  #isMajority(votes: readonly Acknowledgement[], { ballot, epoch }: Ballot): boolean {
    const alike = votes.filter((vote) => vote.ballot === ballot && vote.epoch === epoch);
    return new Set(alike.map(({ place }) => place.device)).size >= this.majority;
  }

  /** Devices that have promised a ballot. */
  promisedBy(ballot: number): ReadonlySet<DeviceKey> {
    const promises = this.#promises.filter((promise) => promise.ballot === ballot);
    return new Set(promises.map(({ place }) => place.device));
  }

  /** A device acknowledges and promises nothing below this ballot any more. */
  floorOf(device: DeviceKey): number {
    return greatest(this.#said.get(device) ?? [], () => true);
  }

  /** True if the device may still acknowledge in a ballot. */
  mayAcknowledge(device: DeviceKey, ballot: number): boolean {
    if (!this.#voters.has(device)) return false;
    if (this.floorOf(device) > ballot) return false;
    return greatest(this.#saidAcks.get(device) ?? [], () => true) < ballot;
  }

  /** Takes a statement whose `previous` is this instance's base. Returns whether it counts. */
  add(statement: EpochStatement, place: EpochPlace): boolean {
    switch (statement.kind) {
      case 'epoch-promise':
        return this.#addPromise(statement, place);
      case 'epoch-proposal':
        return this.#addProposal(statement, place);
      case 'epoch-acknowledgement':
        return this.#addAcknowledgement(statement, place);
    }
  }

  /** What a proposal that names all that is known here may propose in a ballot. */
  leftOpen(ballot: number): LeftOpen {
    return this.#leftOpen(ballot, () => true);
  }

  #addPromise({ ballot }: EpochPromise, place: EpochPlace): boolean {
    const floor = greatest(this.#said.get(place.device) ?? [], this.#before(place));
    note(this.#said, place.device, { place, ballot });
    if (!this.#voters.has(place.device) || ballot === 0 || floor >= ballot) return false;
    this.#promises.push({ place, ballot });
    return true;
  }

  #addProposal({ ballot, terms }: EpochProposal, place: EpochPlace): boolean {
    if (this.ownerOf(ballot) !== place.device || !this.#follows(terms)) return false;
    const anchor = this.#order.blockOf(terms.anchor);
    if (anchor === undefined) return false;
    if (anchor !== place.block && !this.#order.isInPast(anchor, place.block)) return false;
    const epoch = epochIdOf(terms);
    if (ballot > 0) {
      const open = this.#leftOpen(ballot, this.#before(place));
      if (open.at === 'wait' || (open.at === 'only' && open.epoch !== epoch)) return false;
    }
    this.#proposals.push({ place, ballot, epoch, terms });
    return true;
  }

  #addAcknowledgement(ack: EpochAcknowledgement, place: EpochPlace): boolean {
    const { ballot, epoch } = ack;
    const { device } = place;
    const before = this.#before(place);
    const floor = greatest(this.#said.get(device) ?? [], before);
    const acknowledged = greatest(this.#saidAcks.get(device) ?? [], before);
    note(this.#said, device, { place, ballot });
    note(this.#saidAcks, device, { place, ballot });
    if (!this.#voters.has(device) || floor > ballot || acknowledged >= ballot) return false;
    const proposal = this.#proposals.find(
      (one) => one.ballot === ballot && one.epoch === epoch && before(one.place),
    );
    if (proposal === undefined) return false;
    this.#acks.push({ place, ballot, epoch });
    this.#count(proposal);
    return true;
  }

  #follows({ space, era, number, previous, voters }: EpochTerms): boolean {
    const { base } = this;
    if (space !== base.space || previous !== base.id || voters.length === 0) return false;
    return era === base.era && number === base.number + 1;
  }

  /** Seals what has a majority in one ballot. */
  #count({ ballot, epoch, terms }: CountedProposal): void {
    if (!this.#isMajority(this.#acks, { ballot, epoch })) return;
    const before = this.#sealed;
    if (before !== undefined && before.epoch !== epoch) this.#sealedTwice = true;
    if (before === undefined || isLess({ ballot, epoch }, before))
      this.#sealed = { epoch, terms, ballot };
  }

  #leftOpen(ballot: number, before: (place: EpochPlace) => boolean): LeftOpen {
    const promises = this.#promises.filter(
      (promise) => promise.ballot === ballot && before(promise.place),
    );
    const devices = new Set(promises.map(({ place }) => place.device));
    if (devices.size < this.majority) return { at: 'wait' };
    const reported = this.#reported(promises);
    if (reported.size <= 1) {
      const [only] = reported.keys();
      return only === undefined ? { at: 'any' } : { at: 'only', epoch: only };
    }
    const unheard = this.base.voters.length - devices.size;
    const possible = [...reported].filter(([, by]) => by.size + unheard >= this.majority);
    const [first] = possible;
    if (first === undefined) return { at: 'any' };
    return possible.length === 1 ? { at: 'only', epoch: first[0] } : { at: 'wait' };
  }

  /** Epochs acknowledged in the greatest ballot that these promises speak of, and by whom. */
  #reported(promises: readonly Vote[]): ReadonlyMap<EpochId, ReadonlySet<DeviceKey>> {
    let greatestBallot = -1;
    const by = new Map<EpochId, Set<DeviceKey>>();
    for (const { place } of promises) {
      const before = this.#before(place);
      for (const ack of this.#acks) {
        if (ack.place.device !== place.device || !before(ack.place)) continue;
        if (ack.ballot < greatestBallot) continue;
        if (ack.ballot > greatestBallot) by.clear();
        greatestBallot = ack.ballot;
        const devices = by.get(ack.epoch) ?? new Set();
        by.set(ack.epoch, devices.add(place.device));
      }
    }
    return by;
  }

  #before(place: EpochPlace): (other: EpochPlace) => boolean {
    return ({ block, index }) =>
      block === place.block ? index < place.index : this.#order.isInPast(block, place.block);
  }
}

function isLess(a: Ballot, b: Ballot): boolean {
  return a.ballot < b.ballot || (a.ballot === b.ballot && a.epoch < b.epoch);
}

function greatest(votes: readonly Vote[], of: (place: EpochPlace) => boolean): number {
  let ballot = -1;
  for (const vote of votes) if (of(vote.place)) ballot = Math.max(ballot, vote.ballot);
  return ballot;
}

function note(votes: Map<DeviceKey, Vote[]>, device: DeviceKey, vote: Vote): void {
  const known = votes.get(device);
  if (known === undefined) votes.set(device, [vote]);
  else known.push(vote);
}
