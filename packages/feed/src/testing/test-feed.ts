/** A writer for tests: makes real feeds with real keys, forks them, and cuts them into runs. */
import { hash, sealingKey, type SealingKey } from '@atoll/crypto';
import { idFromBytes, type FeedKey, type Rng, type Signer, type SpaceId } from '@atoll/kernel';
import { sealBlock, type SealedBlock, type SectionInput } from '../block.ts';
import { genesisPrev } from '../frame.ts';
import type { Dep } from '../inner.ts';
import { membershipKey, type MembershipKey } from '../membership-key.ts';
import type { Run } from '../run.ts';
import { signTip } from '../tip.ts';

/** What every writer of a test space shares. */
export interface TestSpace {
  readonly id: SpaceId;
  readonly membership: MembershipKey;
  readonly content: SealingKey;
}

/** A space whose keys come from `rng`. */
export function testSpace(rng: Rng): TestSpace {
  return {
    id: idFromBytes('space', hash('space', rng.bytes(16))),
    membership: membershipKey(rng.bytes(32)),
    content: sealingKey(rng.bytes(32)),
  };
}

/** One data section with `plaintext`, under made-up names. */
export function testSection(space: TestSpace, plaintext: Uint8Array): SectionInput {
  return {
    kind: 'data',
    zone: idFromBytes('zone', new Uint8Array(16)),
    keyId: idFromBytes('key', new Uint8Array(32).fill(7)),
    key: space.content,
    credential: idFromBytes('credential', new Uint8Array(32).fill(9)),
    plaintext,
  };
}

/** The dep that names a block. */
export function depOn(block: SealedBlock): Dep {
  const { feed, seq } = block.frame;
  return { feed, seq, hash: block.hash, lamport: block.inner.lamport };
}

/** One writer's feed, or a branch of it after `forkAt`. */
export class TestFeed {
  readonly space: TestSpace;
  readonly signer: Signer;
  readonly key: FeedKey;
  readonly genesisNonce: Uint8Array<ArrayBuffer>;
  readonly blocks: SealedBlock[];
  readonly #rng: Rng;

  constructor(space: TestSpace, signer: Signer, rng: Rng, blocks: readonly SealedBlock[] = []) {
    this.space = space;
    this.signer = signer;
    this.key = idFromBytes('feed', signer.publicKey);
    this.genesisNonce = rng.bytes(16);
    this.blocks = [...blocks];
    this.#rng = rng;
  }

  /** Appends a block with one section. */
  write(plaintext: Uint8Array = new Uint8Array(40), deps: readonly Dep[] = []): SealedBlock {
    const last = this.blocks.at(-1);
    const lamports = [last?.inner.lamport ?? 0, ...deps.map((dep) => dep.lamport)];
    const block = sealBlock({
      space: this.space.id,
      feed: this.key,
      seq: this.blocks.length,
      prev: last?.hash ?? genesisPrev(this.space.id, this.key, this.genesisNonce),
      membershipKey: this.space.membership,
      nonce: this.#rng.bytes(16),
      deps,
      lamport: 1 + Math.max(...lamports),
      timeMs: 1_800_000_000_000,
      sections: [testSection(this.space, plaintext)],
      rng: this.#rng,
    });
    this.blocks.push(block);
    return block;
  }

  /** Appends `count` small blocks. */
  writeMany(count: number): SealedBlock[] {
    return Array.from({ length: count }, () => this.write());
  }

  /** A second chain of the same key that shares the blocks before `seq`. */
  forkAt(seq: number): TestFeed {
    return new TestFeed(this.space, this.signer, this.#rng, this.blocks.slice(0, seq));
  }

  /** The signed run of blocks `from` up to and without `to`. */
  async run(from = 0, to: number = this.blocks.length): Promise<Run> {
    const blocks = this.blocks.slice(from, to);
    const end = blocks.at(-1) as SealedBlock;
    const tip = { feed: this.key, seq: end.frame.seq, hash: end.hash };
    return {
      feed: this.key,
      endSeq: tip.seq,
      endHash: tip.hash,
      signature: await signTip(this.signer, tip),
      blocks: blocks.map((block) => block.bytes),
    };
  }
}
