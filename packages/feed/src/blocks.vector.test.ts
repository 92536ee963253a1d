/**
 * Golden bytes of blocks, from spec/vectors/blocks.json; they never change, they are only added to.
 * `ATOLL_UPDATE_VECTORS=1` writes what the code does now, for a new version of the format.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { sealingKey, softwareSigner } from '@atoll/crypto';
import { fromHex, idFromBytes, toHex, type Rng } from '@atoll/kernel';
import { simEd25519 } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { openInner, openSection, sealBlock, splitBlock } from './block.ts';
import { encodeFrame, genesisPrev, paddedLength } from './frame.ts';
import { encodeInner, type Dep } from './inner.ts';
import { membershipKey } from './membership-key.ts';
import { headsRootOf, signTip, verifyTip } from './tip.ts';

type Sections = readonly Readonly<
  Record<'kind' | 'zone' | 'keyId' | 'credential' | 'plaintext', string>
>[];

interface BlockVector {
  readonly seq: number;
  readonly prev: string;
  readonly nonce: string;
  readonly lamport: number;
  readonly timeMs: number;
  readonly deps: readonly Dep[];
  readonly sections: Sections;
  /** Bytes that sealing drew, one after another. */
  readonly random: string;
  readonly frame: string;
  readonly inner: string;
  readonly hash: string;
  readonly block: string;
  readonly signature: string;
}

interface Vectors {
  readonly space: string;
  readonly membershipSecret: string;
  readonly contentSecret: string;
  readonly feedSeed: string;
  readonly feed: string;
  readonly genesisNonce: string;
  readonly blocks: readonly BlockVector[];
  readonly refused: readonly Readonly<Record<'why' | 'code' | 'block', string>>[];
  readonly headsRoot: string;
  readonly paddedLengths: readonly (readonly [number, number])[];
}

const FILE = new URL('../../../spec/vectors/blocks.json', import.meta.url);
const bytes = (hex: string): Uint8Array<ArrayBuffer> => fromHex(hex) as Uint8Array<ArrayBuffer>;
const filled = (value: number, count: number): string => toHex(new Uint8Array(count).fill(value));

/** Gives 0, 1, 2, … from a start, and remembers it. */
class CountingRng implements Rng {
  readonly drawn: number[] = [];
  #next: number;

  constructor(start: number) {
    this.#next = start;
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    const drawn = Uint8Array.from({ length: count }, () => this.#next++ & 0xff);
    this.drawn.push(...drawn);
    return drawn;
  }
}

const SECRETS = {
  space: filled(0x11, 32),
  membershipSecret: filled(0x22, 32),
  contentSecret: filled(0x33, 32),
  feedSeed: filled(0x44, 32),
  genesisNonce: filled(0x55, 16),
};
const space = idFromBytes('space', bytes(SECRETS.space));
const membership = membershipKey(bytes(SECRETS.membershipSecret));
const content = sealingKey(bytes(SECRETS.contentSecret));
const signer = softwareSigner(bytes(SECRETS.feedSeed));
const feed = idFromBytes('feed', signer.publicKey);

function section(kind: 'control' | 'data', plaintext: string): Sections[number] {
  const zone = filled(0, 16);
  return { kind, zone, keyId: filled(0x66, 32), credential: filled(0x77, 32), plaintext };
}

const OTHER: Dep = {
  feed: idFromBytes('feed', bytes(filled(0x88, 32))),
  seq: 300,
  hash: idFromBytes('block', bytes(filled(0x99, 32))),
  lamport: 1000,
};

async function makeBlock(
  prev: string,
  input: Pick<BlockVector, 'seq' | 'lamport' | 'deps' | 'sections'>,
): Promise<BlockVector> {
  const rng = new CountingRng(input.seq * 16);
  const nonce = filled(0xa0 + input.seq, 16);
  const timeMs = 1_800_000_000_000 + input.seq;
  const block = sealBlock({
    space,
    feed,
    seq: input.seq,
    prev: idFromBytes('block', bytes(prev)),
    membershipKey: membership,
    nonce: bytes(nonce),
    deps: input.deps,
    lamport: input.lamport,
    timeMs,
    sections: input.sections.map((each) => ({
      kind: each.kind === 'control' ? 'control' : 'data',
      zone: idFromBytes('zone', bytes(each.zone)),
      keyId: idFromBytes('key', bytes(each.keyId)),
      key: each.kind === 'control' ? membership.sealing : content,
      credential: idFromBytes('credential', bytes(each.credential)),
      plaintext: bytes(each.plaintext),
    })),
    rng,
  });
  const signature = await signTip(signer, { feed, seq: input.seq, hash: block.hash });
  return {
    ...input,
    prev,
    nonce,
    timeMs,
    random: toHex(Uint8Array.from(rng.drawn)),
    frame: toHex(encodeFrame(block.frame)),
    inner: toHex(encodeInner(block.inner)),
    hash: block.hash,
    block: toHex(block.bytes),
    signature: toHex(signature),
  };
}

function refusedBlocks(good: string): Vectors['refused'] {
  const changes: readonly (readonly [string, (block: Uint8Array) => Uint8Array])[] = [
    ['unknown version', (block) => block.with(0, 2)],
    ['a bit of the sealed inner header', (block) => block.with(140, (block[140] ?? 0) ^ 1)],
    ['a bit of the padding', (block) => block.with(-1, (block.at(-1) ?? 0) ^ 1)],
    ['cut short', (block) => block.slice(0, -1)],
    ['a byte too many', (block) => Uint8Array.from([...block, 0])],
    [
      'seq with a needless byte',
      (block) => Uint8Array.from([...block.slice(0, 33), 0x80, 0, ...block.slice(34)]),
    ],
  ];
  return changes.map(([why, change]) => {
    const block = change(bytes(good));
    const result = splitBlock(block);
    return { why, code: result.ok ? 'none' : result.code, block: toHex(block) };
  });
}

async function makeVectors(): Promise<Vectors> {
  const genesis = genesisPrev(space, feed, bytes(SECRETS.genesisNonce));
  const first = await makeBlock(genesis, {
    seq: 0,
    lamport: 1,
    deps: [],
    sections: [section('control', '0102030405')],
  });
  const second = await makeBlock(first.hash, {
    seq: 1,
    lamport: 1001,
    deps: [OTHER],
    sections: [section('control', ''), section('data', filled(0xcc, 700))],
  });
  const third = await makeBlock(second.hash, { seq: 2, lamport: 1002, deps: [], sections: [] });
  const lengths = [1, 64, 65, 256, 257, 320, 321, 512, 513, 1000, 1025, 65_537, 1_000_000];
  const tips = [
    { feed, seq: 2, hash: idFromBytes('block', bytes(third.hash)) },
    { feed: OTHER.feed, seq: OTHER.seq, hash: OTHER.hash },
  ];
  return {
    ...SECRETS,
    feed,
    blocks: [first, second, third],
    refused: refusedBlocks(second.block),
    headsRoot: toHex(headsRootOf(tips.sort((a, b) => (a.feed < b.feed ? -1 : 1)))),
    paddedLengths: lengths.map((length) => [length, paddedLength(length)] as const),
  };
}

const made = await makeVectors();
if (process.env.ATOLL_UPDATE_VECTORS === '1') {
  writeFileSync(FILE, `${JSON.stringify(made, undefined, 2)}\n`);
}
const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

test('the same keys and randomness give the bytes of the vectors', () => {
  expect(made).toEqual(golden);
});

test.each(golden.blocks)(
  'block $seq of the vectors opens to what it was made of',
  async (vector) => {
    const split = splitBlock(bytes(vector.block));
    if (!split.ok) throw new Error(split.code);
    expect(split.value.hash).toBe(vector.hash);
    expect(split.value.frame.prev).toBe(vector.prev);
    const inner = openInner(membership, space, split.value);
    if (!inner.ok) throw new Error(inner.code);
    expect(inner.value).toMatchObject({ lamport: vector.lamport, timeMs: vector.timeMs });
    expect(inner.value.deps).toEqual(vector.deps);
    for (const [index, { kind, plaintext }] of vector.sections.entries()) {
      const key = kind === 'control' ? membership.sealing : content;
      const opened = openSection({ space, block: split.value, inner: inner.value, index, key });
      expect(opened).toEqual({ ok: true, value: bytes(plaintext) });
    }
    const tip = { feed, seq: vector.seq, hash: split.value.hash };
    expect(await verifyTip(simEd25519, tip, bytes(vector.signature))).toBe(true);
  },
);

test.each(golden.refused)('a block with $why is refused with the code of the vector', (vector) => {
  expect(splitBlock(bytes(vector.block))).toEqual({ ok: false, code: vector.code });
});
