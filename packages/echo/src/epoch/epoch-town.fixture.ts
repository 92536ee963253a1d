/** Devices that vote about epochs over feeds, without spaces around them: for laws about the vote. */
import type { EpochReset, EpochTerms, Statement, Voter } from '@atoll/halo';
import {
  idFromBytes,
  type BlockHash,
  type DeviceKey,
  type IdentityId,
  type SpaceId,
} from '@atoll/kernel';
import { EpochBook } from './epoch-book.ts';
import { nextVote } from './next-vote.ts';

/** A block of the town: who wrote it, what it says, and all that is in its past. */
export interface TownBlock {
  readonly no: number;
  readonly device: number;
  readonly past: ReadonlySet<number>;
  readonly statements: readonly Statement[];
}

const bytes = (value: number, size = 32): Uint8Array<ArrayBuffer> => {
  const filled = new Uint8Array(size);
  new DataView(filled.buffer).setUint32(0, value);
  return filled;
};

/** The space of every town. */
export const TOWN_SPACE: SpaceId = idFromBytes('space', bytes(1));
/** The key that may reset. */
export const TOWN_RECOVERY: Uint8Array<ArrayBuffer> = bytes(99);

/** Device by its number in the town. */
export function deviceKey(no: number): DeviceKey {
  return idFromBytes('device', bytes(1000 + no));
}

/** A device as a voter. */
export function voterOf(no: number): Voter {
  const identity: IdentityId = idFromBytes('identity', bytes(2000 + no));
  return { identity, device: deviceKey(no) };
}

/** Hash of a block by its number. */
export function blockHash(no: number): BlockHash {
  return idFromBytes('block', bytes(3000 + no));
}

/** All blocks that were written, and who has which of them. */
export class Town {
  readonly devices: number;
  readonly blocks: TownBlock[] = [];
  readonly known: Set<number>[];
  readonly books: EpochBook[];
  readonly #refused = new Set<never>();

  constructor(devices: number) {
    this.devices = devices;
    this.known = Array.from({ length: devices }, () => new Set());
    this.books = Array.from({ length: devices }, () => this.emptyBook());
  }

  /** A book that has seen nothing. Before the first epoch, all devices vote. */
  emptyBook(): EpochBook {
    const order = {
      isInPast: (a: number, b: number): boolean => this.blocks[b]?.past.has(a) ?? false,
      blockOf: (hash: BlockHash): number | undefined =>
        this.blocks.find(({ no }) => blockHash(no) === hash)?.no,
    };
    const base = Array.from({ length: this.devices }, (_, no) => voterOf(no));
    return new EpochBook(TOWN_SPACE, order, () => ({ base, recoveryKey: TOWN_RECOVERY }));
  }

  /** A device writes; it knows of its block at once. */
  write(device: number, statements: readonly Statement[]): TownBlock {
    const no = this.blocks.length;
    const known = this.known[device] as Set<number>;
    const block = { no, device, past: new Set(known), statements };
    this.blocks.push(block);
    this.#take(device, block);
    return block;
  }

  /** A device reads a block, if it has its past. */
  read(device: number, block: TownBlock): boolean {
    const known = this.known[device] as Set<number>;
    if (known.has(block.no)) return false;
    for (const no of block.past) if (!known.has(no)) return false;
    this.#take(device, block);
    return true;
  }

  /** A device reads all that another has. */
  readAll(device: number, from: number): void {
    const theirs = this.known[from] as Set<number>;
    for (const block of this.blocks) if (theirs.has(block.no)) this.read(device, block);
  }

  /** A device does what a voter does next. False if that is nothing. */
  act(device: number, mood: { readonly wants: boolean; readonly isLate: boolean }): boolean {
    const { vote } = this.books[device] as EpochBook;
    if (vote === undefined) return false;
    const { space, id: previous } = vote.base;
    const me = deviceKey(device);
    const step = nextVote({ vote, device: me, refused: this.#refused, ...mood });
    switch (step.does) {
      case 'nothing':
        return false;
      case 'promise':
        this.write(device, [{ kind: 'epoch-promise', space, previous, ballot: step.ballot }]);
        return true;
      case 'propose': {
        const { ballot } = step;
        const anchor = this.write(device, []);
        const terms = step.terms ?? this.terms(device, anchor);
        this.write(device, [{ kind: 'epoch-proposal', ballot, terms }]);
        return true;
      }
      case 'acknowledge': {
        const { ballot, epoch } = step.proposal;
        this.write(device, [{ kind: 'epoch-acknowledgement', space, previous, ballot, epoch }]);
        return true;
      }
    }
  }

  /** Terms of a device's own choice. */
  terms(device: number, anchor: TownBlock): EpochTerms {
    const { current } = this.books[device] as EpochBook;
    if (current === undefined) throw new RangeError('a town has a beginning');
    const { era, id: previous, number } = current;
    return {
      space: TOWN_SPACE,
      era,
      number: number + 1,
      previous,
      anchor: blockHash(anchor.no),
      roots: [],
      voters: current.voters,
      retired: [],
      listedIn: 0,
      collects: false,
      order: bytes(device),
    };
  }

  /** A book that takes all blocks in another order that respects causality. */
  shuffled(below: (limit: number) => number): EpochBook {
    const book = this.emptyBook();
    const taken = new Set<number>();
    while (taken.size < this.blocks.length) {
      const ready = this.blocks.filter(
        ({ no, past }) => !taken.has(no) && [...past].every((before) => taken.has(before)),
      );
      const block = ready[below(ready.length)] as TownBlock;
      taken.add(block.no);
      enter(book, block);
    }
    return book;
  }

  #take(device: number, block: TownBlock): void {
    (this.known[device] as Set<number>).add(block.no);
    enter(this.books[device] as EpochBook, block);
  }
}

function enter(book: EpochBook, block: TownBlock): void {
  block.statements.forEach((statement, index) => {
    book.apply(statement, { block: block.no, index, device: deviceKey(block.device) });
  });
}

/** Names of the epochs that stand. */
export function chainOf(book: EpochBook): string[] {
  return book.chain.map(({ id }) => id);
}

/** A reset as if the recovery key had signed it. */
export function resetWith(terms: EpochTerms, recoveryKey: Uint8Array<ArrayBuffer>): EpochReset {
  return { kind: 'epoch-reset', terms, recoveryKey, signature: bytes(0, 64) };
}
