/**
 * Verifying what others wrote: 100,000 blocks in one feed and in 1,000 feeds, beside the signatures alone, and all
 * that is said of access in a space that somebody joins.
 */
import { hash } from '@atoll/crypto';
import {
  SIGN_EVERY_BLOCKS_MAX,
  genesisPrev,
  membershipKey,
  sealBlock,
  signTip,
  verifyRun,
  type Run,
} from '@atoll/feed';
import { decodeStatements, encodeStatements, verifyStatements } from '@atoll/halo';
import { idFromBytes, type BlockHash, type Ed25519Platform } from '@atoll/kernel';
import { SimRng, simEd25519, simSigner } from '@atoll/testkit';
import { folded } from './loading.ts';
import { row, say, table, taken } from './report.ts';
import type { LargeTown } from './town.ts';

const BLOCKS = 100_000;
const FEEDS = 1_000;
const ROUNDS = 3;

/** Runs of as many feeds, each signed as writers do. */
async function runsOf(feeds: number): Promise<Run[]> {
  const rng = new SimRng(5);
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

type Signed = Parameters<Ed25519Platform['verify']>;

/** Notes every signature that is looked at, to look at them alone afterwards. */
function noting(signed: Signed[]): Ed25519Platform {
  return {
    verify(...one) {
      signed.push([...one]);
      return simEd25519.verify(...one);
    },
  };
}

async function alone(signed: readonly Signed[]): Promise<number> {
  const { least } = await taken(ROUNDS, async () => {
    for (const one of signed) if (!(await simEd25519.verify(...one))) throw new RangeError('wrong');
  });
  return least;
}

async function feeds(count: number): Promise<void> {
  const runs = await runsOf(count);
  const known = new Map<BlockHash, { feed: Run['feed']; seq: number }>();
  for (const { endHash, endSeq, feed } of runs) known.set(endHash, { feed, seq: endSeq });
  const verify = async (platform: Ed25519Platform): Promise<void> => {
    for (const run of runs) {
      const { ok } = await verifyRun(platform, run, (wanted) => known.get(wanted));
      if (!ok) throw new RangeError('a run is not right');
    }
  };
  const signed: Signed[] = [];
  await verify(noting(signed));
  const signatures = await alone(signed);
  const hashing = await taken(ROUNDS, () => {
    for (const { blocks } of runs) for (const block of blocks) hash('floor', block);
  });
  const all = await taken(ROUNDS, () => verify(simEd25519));
  const what = `verify ${String(BLOCKS)} blocks in ${String(count)} feed${count > 1 ? 's' : ''}`;
  const beside = `${String(signed.length)} signatures alone`;
  row(what, all.least, beside, signatures);
  row('', all.least, 'these and one hash of all bytes', signatures + hashing.least);
}

async function joining(town: LargeTown): Promise<void> {
  const sections = town.blocks.map(({ no, statements }) => ({
    no,
    bytes: encodeStatements(statements),
  }));
  const read = async (platform: Ed25519Platform) => {
    const entries = [];
    for (const { bytes, no } of sections) {
      const { credential } = town.blocks[no] as (typeof town.blocks)[number];
      const statements = await verifyStatements(platform, decodeStatements(bytes));
      if (statements.some(({ signed: isRight }) => !isRight)) throw new RangeError('wrong');
      entries.push({ no, sections: [{ credential, statements }] });
    }
    return entries;
  };
  const signed: Signed[] = [];
  let entries = await read(noting(signed));
  const signatures = await alone(signed);
  const reading = await taken(ROUNDS, async () => {
    entries = await read(simEd25519);
  });
  const folding = await taken(ROUNDS, () => folded(town, entries));
  const members = String(town.residents.length);
  const beside = `${String(signed.length)} signatures alone`;
  row(`read and verify what ${members} members have said`, reading.least, beside, signatures);
  row('decide who may do what in it', folding.least);
  row('both', reading.least + folding.least, beside, signatures);
}

/** See above. `town`: a space in which nobody has a right over less than all. */
export async function verifying(town: LargeTown): Promise<void> {
  table('Verifying, and joining a space');
  await feeds(1);
  await feeds(FEEDS);
  await joining(town);
  say();
  say(
    'Signatures alone: node:crypto (OpenSSL), the same ones over the same bytes, keys imported as often.',
  );
}
