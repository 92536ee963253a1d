/**
 * What verifying costs: 100,000 blocks in one feed and in 1,000 feeds, and everything that is said about rights in a
 * space of 1,000 members. CPU milliseconds, best of three, beside what no such verification can do without.
 * Run with `npx node bench/verify.ts [blocks] [feeds] [members]`.
 */
import { ready, hash } from '@atoll/crypto';
import {
  SIGN_EVERY_BLOCKS_MAX,
  genesisPrev,
  membershipKey,
  sealBlock,
  signTip,
  verifyRun,
  type Run,
} from '@atoll/feed';
import {
  SpaceAuthority,
  decodeStatements,
  encodeStatements,
  verifyStatements,
  type CheckedStatement,
} from '@atoll/halo';
import { idFromBytes, type BlockHash } from '@atoll/kernel';
import { SimRng, simEd25519, simSigner } from '@atoll/testkit';
import { foundTown, letIn, person } from '../packages/halo/src/testing/byzantine-parts.ts';

const [BLOCKS = 100_000, FEEDS = 1_000, MEMBERS = 1_000] = process.argv.slice(2).map(Number);
const ROUNDS = 3;
const rng = new SimRng(5);

async function cpuMs(work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await work();
    const { system, user } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function row(name: string, ms: number, beside: string): void {
  console.log(`${name.padEnd(52)} ${ms.toFixed(0).padStart(6)} ms  ${beside}`);
}

/** Runs of as many feeds, each signed as writers do. */
async function runsOf(feeds: number): Promise<Run[]> {
  const space = idFromBytes('space', rng.bytes(32));
  const key = membershipKey(rng.bytes(32));
  const runs: Run[] = [];
  for (let at = 0; at < feeds; at++) {
    const signer = simSigner(rng.bytes(32));
    const feed = idFromBytes('feed', signer.publicKey);
    let prev: BlockHash = genesisPrev(space, feed, rng.bytes(16));
    let bytes: Uint8Array[] = [];
    const count = BLOCKS / feeds;
    for (let seq = 0; seq < count; seq++) {
      const block = sealBlock({
        ...{ space, feed, seq, prev, membershipKey: key, nonce: rng.bytes(16), deps: [], rng },
        ...{ lamport: seq + 1, timeMs: 0, sections: [] },
      });
      prev = block.hash;
      bytes.push(block.bytes);
      if (bytes.length < SIGN_EVERY_BLOCKS_MAX && seq < count - 1) continue;
      const signature = await signTip(signer, { feed, seq, hash: prev });
      runs.push({ feed, endSeq: seq, endHash: prev, signature, blocks: bytes });
      bytes = [];
    }
  }
  return runs;
}

async function feeds(count: number): Promise<void> {
  const runs = await runsOf(count);
  const hashing = await cpuMs(() => {
    for (const { blocks } of runs) for (const block of blocks) hash('floor', block);
  });
  const known = new Map<BlockHash, { feed: Run['feed']; seq: number }>();
  for (const { endHash, endSeq, feed } of runs) known.set(endHash, { feed, seq: endSeq });
  const verifying = await cpuMs(async () => {
    for (const run of runs) {
      const { ok } = await verifyRun(simEd25519, run, (wanted) => known.get(wanted));
      if (!ok) throw new RangeError('a run is not right');
    }
  });
  const each = ((verifying * 1000) / BLOCKS).toFixed(1);
  const beside = `${each} µs a block, ${String(runs.length)} signatures; a hash of all bytes ${hashing.toFixed(0)} ms`;
  row(`verify ${String(BLOCKS)} blocks in ${String(count)} feeds`, verifying, beside);
}

async function members(): Promise<void> {
  const town = await foundTown(7);
  const sections: { readonly index: number; readonly bytes: Uint8Array }[] = [];
  for (let at = 0; at < MEMBERS; at++) await letIn(town, await person(`P${String(at)}`), 'write');
  const { blocks } = town.dag;
  let bytes = 0;
  for (const { control, index } of blocks) {
    for (const { statements } of control) {
      const encoded = encodeStatements(statements.map(({ statement }) => statement));
      bytes += encoded.length;
      sections.push({ index, bytes: encoded });
    }
  }
  const checked = new Map<number, CheckedStatement[]>();
  const reading = await cpuMs(async () => {
    for (const { bytes: section, index } of sections) {
      checked.set(index, await verifyStatements(simEd25519, decodeStatements(section)));
    }
  });
  const signatures = [...checked.values()].flat().length;
  let count = 0;
  const folding = await cpuMs(() => {
    const byHash = new Map(blocks.map(({ hash: name, index }) => [name, index]));
    const authority = new SpaceAuthority(town.space, {
      isInPast: (earlier, later) => blocks[later]?.past.has(earlier) === true,
      blockOf: (name) => byHash.get(name),
    });
    for (const block of blocks) {
      const control = block.control.map((section) => ({
        ...section,
        statements: checked.get(block.index) ?? [],
      }));
      authority.add({ ...block, control, no: block.index, prevNo: block.prevIndex });
    }
    count = authority.members().length;
  });
  row(
    `read and verify what ${String(count)} members have said`,
    reading,
    `${String(signatures)} statements, ${(bytes / 1024).toFixed(0)} KiB`,
  );
  row(
    `decide who may do what in it`,
    folding,
    `${((folding * 1000) / blocks.length).toFixed(0)} µs a block, ${String(blocks.length)} blocks`,
  );
}

await ready();
await feeds(1);
await feeds(FEEDS);
await members();
