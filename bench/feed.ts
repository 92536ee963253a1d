/**
 * What blocks cost beside the cryptography that they cannot do without: sealing, verifying, indexing,
 * contexts, opening. CPU milliseconds for the whole log and ratios of one run.
 * Run with `npx node --expose-gc bench/feed.ts [blocks]`.
 */
import { randomFillSync } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { hash, newSigner, ready, seal, sealingKey } from '@atoll/crypto';
import {
  CausalIndex,
  BranchIndex,
  LogReplica,
  SIGN_EVERY_BLOCKS_MAX,
  genesisPrev,
  membershipKey,
  openInner,
  openSection,
  sealBlock,
  signTip,
  splitBlock,
  verifyRun,
  type Run,
  type SealedBlock,
} from '@atoll/feed';
import { idFromBytes, toHex, type BlockHash, type FeedKey } from '@atoll/kernel';
import { warmAead } from './ciphers/warm-aead.ts';
import { MemoryDisk, MemoryStore, simEd25519, simSigner } from '@atoll/testkit';

const aead = await warmAead();
const BLOCKS = Number(process.argv[2] ?? 100_000);
const PLAINTEXT_BYTES = 120;
const WRITERS = 10;

/** Random bytes drawn in pools, as platforms do. */
const pool = { bytes: new Uint8Array(64 * 1024), at: 64 * 1024 };
const rng = {
  bytes(count: number): Uint8Array<ArrayBuffer> {
    if (pool.at + count > pool.bytes.length) {
      randomFillSync(pool.bytes);
      pool.at = 0;
    }
    pool.at += count;
    return pool.bytes.slice(pool.at - count, pool.at);
  },
};

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const spent = process.cpuUsage(before);
  return (spent.user + spent.system) / 1000;
}

function row(name: string, ours: number, floor?: number): void {
  const each = `${((ours * 1000) / BLOCKS).toFixed(2)} µs a block`;
  const ratio =
    floor === undefined ? '' : `  floor ${floor.toFixed(0)} ms, ratio ${(ours / floor).toFixed(2)}`;
  console.log(`${name.padEnd(44)} ${ours.toFixed(0).padStart(7)} ms  ${each}${ratio}`);
}

/** Heap and buffers in use, after the collector has given freed buffers back in the background. */
async function settledMemory(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await setTimeout(50);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

await ready();
// First, while nothing else lies in memory.
const feeds = Array.from({ length: WRITERS }, () => toHex(rng.bytes(32)) as FeedKey);
const hashes = Array.from({ length: BLOCKS }, () => toHex(rng.bytes(32)) as BlockHash);
const heapBefore = await settledMemory();
const index = new BranchIndex(1);
const indexing = await cpuMs(() => {
  for (const [at, blockHash] of hashes.entries()) {
    const prev = hashes[at - WRITERS] ?? blockHash;
    const seq = Math.floor(at / WRITERS);
    index.add({ hash: blockHash, feed: feeds[at % WRITERS] as FeedKey, seq, prev });
  }
});
row('index blocks by hash and branch', indexing);
const causal = new CausalIndex(index);
const contexts = await cpuMs(() => {
  for (let block = 0; block < BLOCKS; block++) causal.addBlock(block, block > 0 ? [block - 1] : []);
});
row(`causal contexts of ${WRITERS} writers who answer each other`, contexts);
const heapAfter = await settledMemory();
const grown = heapAfter - heapBefore;
console.log(`both indexes: ${(grown / BLOCKS).toFixed(0)} bytes a block`);

const space = idFromBytes('space', rng.bytes(32));
const secret = rng.bytes(32);
const membership = membershipKey(secret);
const content = sealingKey(rng.bytes(32));
const names = {
  zone: idFromBytes('zone', new Uint8Array(16)),
  keyId: idFromBytes('key', rng.bytes(32)),
  credential: idFromBytes('credential', rng.bytes(32)),
};
const { signer: software, seed } = newSigner(rng);
const signer = simSigner(seed);
const feed: FeedKey = idFromBytes('feed', software.publicKey);
const plaintext = rng.bytes(PLAINTEXT_BYTES);

const blocks: SealedBlock[] = [];
const sealing = await cpuMs(() => {
  let prev: BlockHash = genesisPrev(space, feed, rng.bytes(16));
  for (let seq = 0; seq < BLOCKS; seq++) {
    const block = sealBlock({
      space,
      feed,
      seq,
      prev,
      membershipKey: membership,
      nonce: rng.bytes(16),
      deps: [],
      lamport: seq + 1,
      timeMs: 1_800_000_000_000,
      sections: [{ kind: 'data', key: content, plaintext, ...names }],
      rng,
      aead,
    });
    blocks.push(block);
    prev = block.hash;
  }
});
const inner = rng.bytes(192);
const associated = rng.bytes(150);
const sealingFloor = await cpuMs(() => {
  for (const { bytes } of blocks) {
    seal(content, { rng, associated, plaintext, aead });
    seal(membership.sealing, { rng, associated, plaintext: inner, aead });
    hash('floor', bytes);
  }
});
row('seal and chain (two seals and a hash)', sealing, sealingFloor);

const runs: Run[] = [];
const signing = await cpuMs(async () => {
  for (let from = 0; from < BLOCKS; from += SIGN_EVERY_BLOCKS_MAX) {
    const part = blocks.slice(from, from + SIGN_EVERY_BLOCKS_MAX);
    const end = part.at(-1) as SealedBlock;
    const tip = { feed, seq: end.frame.seq, hash: end.hash };
    const signature = await signTip(signer, tip);
    runs.push({
      feed,
      endSeq: tip.seq,
      endHash: tip.hash,
      signature,
      blocks: part.map((block) => block.bytes),
    });
  }
});
row(`sign every ${SIGN_EVERY_BLOCKS_MAX} blocks`, signing);

const hashing = await cpuMs(() => {
  for (const { bytes } of blocks) hash('floor', bytes);
});
const known = new Map(blocks.map((block) => [block.hash, { feed, seq: block.frame.seq }]));
const verifying = await cpuMs(async () => {
  for (const run of runs) {
    const result = await verifyRun(simEd25519, run, (wanted) => known.get(wanted));
    if (!result.ok) console.log(result.code);
  }
});
row('verify runs (a hash of all bytes)', verifying, hashing);

const disk = new MemoryDisk(rng);
const replica = await LogReplica.open({
  store: new MemoryStore(disk),
  ed25519: simEd25519,
  rng,
  space,
});
const receiving = await cpuMs(async () => {
  for (const run of runs) await replica.receive(run, 'bench');
});
row('receive into a memory store (verify alone)', receiving, verifying);

let served = 0;
const serving = await cpuMs(async () => {
  for await (const run of replica.missingFor([])) served += run.blocks.length;
});
row(`serve all ${served} to a new peer`, serving);

const opening = await cpuMs(async () => {
  await LogReplica.open({ store: new MemoryStore(disk), ed25519: simEd25519, rng, space });
});
row('open the log and index its frames', opening);

const reading = await cpuMs(() => {
  for (const { bytes } of blocks) {
    const block = splitBlock(bytes);
    if (!block.ok) continue;
    const header = openInner(membership, space, block.value, aead);
    if (!header.ok) continue;
    openSection({ space, block: block.value, inner: header.value, index: 0, key: content, aead });
  }
});
row('split, open header and section (seal floor)', reading, sealingFloor);

const bytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0);
console.log(`a block of ${PLAINTEXT_BYTES} bytes of ops is ${Math.round(bytes / BLOCKS)} bytes`);
