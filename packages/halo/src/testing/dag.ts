/** A space's blocks as a graph with exact causal pasts, to be folded in any order that respects them. */
import { genesisPrev } from '@atoll/feed';
import { hash } from '@atoll/crypto';
import { simEd25519, simSigner, type SimRng } from '@atoll/testkit';
import {
  ROOT_ZONE,
  idFromBytes,
  utf8,
  type BlockHash,
  type CredentialId,
  type FeedKey,
  type Signer,
  type SpaceId,
  type ZoneId,
} from '@atoll/kernel';
import type { CausalOrder } from '../causal-presence.ts';
import type { FeedOpening } from '../join-statements.ts';
import type { AuthorityBlock, ControlSection } from '../authority-block.ts';
import type { SealedEpoch } from '../epochs-known.ts';
import { SpaceAuthority } from '../space-authority.ts';
import { verifyStatements } from '../statement-signing.ts';
import type { Statement } from '../statements.ts';

/** A feed under the test's control. */
export interface TestFeed {
  readonly key: FeedKey;
  readonly opening: FeedOpening;
  readonly signer: Signer;
  /** Index of the last block, -1 before the first. */
  tip: number;
  seq: number;
}

/** One block of the graph; its number is its index. */
export interface TestBlock extends Omit<AuthorityBlock, 'no' | 'prevNo'> {
  readonly index: number;
  readonly prevIndex: number | undefined;
  readonly past: ReadonlySet<number>;
  /** Credentials that data sections of the block cite. */
  readonly data: readonly CredentialId[];
  /** Zone of these sections. */
  readonly zone: ZoneId;
}

/** What a block says. */
export interface BlockContent {
  readonly deps?: readonly number[];
  readonly credential?: CredentialId;
  readonly statements?: readonly Statement[];
  readonly data?: readonly CredentialId[];
  readonly zone?: ZoneId | undefined;
  /** So many names are tried, and the least is taken, as who grinds does. One where absent. */
  readonly grind?: number;
}

/** No credential cited. */
export const NONE = '00'.repeat(32) as CredentialId;

/** All blocks of one space. */
export class Dag {
  readonly blocks: TestBlock[] = [];
  /** Epochs in order: everything up to the anchor is settled, and whoever knows the block by which knows that. */
  readonly epochs: { readonly anchor: number; readonly by: number }[] = [];
  rng: SimRng;

  constructor(rng: SimRng) {
    this.rng = rng;
  }

  /** A feed without blocks yet. */
  feed(slot = 0): TestFeed {
    const signer = simSigner(this.rng.bytes(32));
    const key = idFromBytes('feed', signer.publicKey);
    const opening = { feedSigner: signer, incarnation: this.rng.bytes(16), slot };
    return { key, opening, signer, tip: -1, seq: 0 };
  }

  /** Appends a block to a feed and returns its index. */
  async append(space: SpaceId, feed: TestFeed, content: BlockContent): Promise<number> {
    const index = this.blocks.length;
    const parents = [...(feed.tip < 0 ? [] : [feed.tip]), ...(content.deps ?? [])];
    const past = new Set<number>();
    let lamport = 1;
    for (const parent of parents) {
      past.add(parent);
      const block = this.block(parent);
      for (const earlier of block.past) past.add(earlier);
      lamport = Math.max(lamport, block.lamport + 1);
    }
    const statements = await verifyStatements(simEd25519, content.statements ?? []);
    const control: ControlSection[] =
      statements.length === 0 ? [] : [{ credential: content.credential ?? NONE, statements }];
    const prev =
      feed.tip < 0
        ? genesisPrev(space, feed.key, feed.opening.incarnation)
        : this.block(feed.tip).hash;
    const prevIndex = feed.tip < 0 ? undefined : feed.tip;
    const { key, seq } = feed;
    const names = Array.from({ length: content.grind ?? 1 }, (): BlockHash => {
      const said = utf8(`${index}/${key}/${seq}`);
      return idFromBytes('block', hash('test-block', said, this.rng.bytes(8)));
    });
    const hashOfBlock = names.reduce((least, next) => (next < least ? next : least));
    const { data = [], zone = ROOT_ZONE } = content;
    const place = { index, prevIndex, past, lamport, control, data, zone };
    this.blocks.push({ ...place, hash: hashOfBlock, feed: key, seq, prev });
    feed.tip = index;
    feed.seq++;
    return index;
  }

  /** A block by its index. */
  block(index: number): TestBlock {
    return this.blocks[index] as TestBlock;
  }

  /** Indexes of all blocks that nothing follows. */
  tips(): number[] {
    const followed = new Set(this.blocks.flatMap(({ past }) => [...past]));
    return this.blocks.map(({ index }) => index).filter((index) => !followed.has(index));
  }

  /** An order of arrival that respects causality, by the given randomness. */
  arrival(rng: SimRng): number[] {
    const waiting = new Set(this.blocks.map(({ index }) => index));
    const order: number[] = [];
    while (waiting.size > 0) {
      const ready = [...waiting].filter((index) =>
        [...this.block(index).past].every((earlier) => !waiting.has(earlier)),
      );
      const next = rng.pick(ready);
      waiting.delete(next);
      order.push(next);
    }
    return order;
  }

  /** Folds the blocks in an order. Numbers are those of arrival, as in a real replica. */
  fold(
    space: SpaceId,
    order: readonly number[] = this.blocks.map(({ index }) => index),
    causality: (dag: Dag, order: readonly number[]) => CausalOrder = exactOrder,
  ): Folded {
    const arrived: number[] = [];
    const related = causality(this, arrived);
    const noByIndex = new Map<number, number>();
    const noByHash = new Map<BlockHash, number>();
    const authority = new SpaceAuthority(space, {
      isInPast: (earlier, later) => related.isInPast(earlier, later),
      blockOf: (hash) => noByHash.get(hash),
    });
    authority.credentials.epochs.knowBy((block) => this.#sealedTo(noByIndex, related, block));
    const written: string[] = [];
    const add = (index: number): void => {
      const no = arrived.push(index) - 1;
      noByIndex.set(index, no);
      const block = this.block(index);
      noByHash.set(block.hash, no);
      const { prevIndex } = block;
      const prevNo = prevIndex === undefined ? undefined : noByIndex.get(prevIndex);
      authority.add({ ...block, no, prevNo });
      for (const [section, credential] of block.data.entries()) {
        const verdict = authority.mayWrite({ block: no, credential, zone: block.zone });
        written.push(`${block.hash}/${section}/${JSON.stringify(verdict)}`);
      }
    };
    for (const index of order) add(index);
    const noOf = (index: number): number => noByIndex.get(index) ?? -1;
    return { authority, written: written.sort(), noOf, add };
  }

  #sealedTo(
    noOf: ReadonlyMap<number, number>,
    { isInPast }: CausalOrder,
    block: number | undefined,
  ): readonly SealedEpoch[] {
    return this.epochs.flatMap((epoch, at) => {
      const [anchor, by] = [noOf.get(epoch.anchor), noOf.get(epoch.by)];
      if (anchor === undefined || by === undefined) return [];
      const isKnown = block === undefined || (by !== block && isInPast(by, block));
      return isKnown ? [{ number: at + 1, anchor }] : [];
    });
  }
}

/** The result of a fold. */
export interface Folded {
  readonly authority: SpaceAuthority;
  /** Verdicts about all data sections, in an order that does not depend on arrival. */
  readonly written: readonly string[];
  readonly noOf: (index: number) => number;
  /** One more block comes, of which nothing is told in `written`. */
  readonly add: (index: number) => void;
}

/** The true causal order. */
export function exactOrder(dag: Dag, order: readonly number[]): CausalOrder {
  return {
    isInPast: (earlier, later) =>
      dag.block(order[later] as number).past.has(order[earlier] as number),
  };
}

/** A mutant that takes everything that arrived before for the past. */
export function arrivalOrder(): CausalOrder {
  return { isInPast: (earlier, later) => earlier < later };
}
