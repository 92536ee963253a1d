/** Mutates real blocks and runs and checks what the readers make of them. Used by unit and long fuzzing. */
import { Writer } from '@atoll/codec';
import { softwareSigner } from '@atoll/crypto';
import { assert, concatBytes, equalBytes, type Ed25519Platform, type Rng } from '@atoll/kernel';
import { openInner, splitBlock } from '../block.ts';
import { encodeFrame } from '../frame.ts';
import { decodeInner, encodeInner } from '../inner.ts';
import { verifyRun, type Run } from '../run.ts';
import { TestFeed, depOn, testSpace } from './test-feed.ts';

/** What mutation needs of randomness. */
export interface FuzzRng extends Rng {
  int(below: number): number;
  chance(probability: number): boolean;
}

/** How many inputs there were, and how many of them were refused. */
export interface FuzzOutcome {
  readonly tried: number;
  readonly refused: number;
}

/** One to three random changes: a bit, a byte, a cut, an insertion, a repetition. */
export function mutate(bytes: Uint8Array, rng: FuzzRng): Uint8Array {
  let changed = Uint8Array.from(bytes);
  for (let count = 1 + rng.int(3); count > 0; count--) changed = mutateOnce(changed, rng);
  return changed;
}

function mutateOnce(bytes: Uint8Array<ArrayBuffer>, rng: FuzzRng): Uint8Array<ArrayBuffer> {
  const at = rng.int(Math.max(1, bytes.length));
  const end = at + rng.int(40);
  switch (rng.int(6)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << rng.int(8));
      return bytes;
    case 1:
      bytes[at] = rng.int(256);
      return bytes;
    case 2:
      return bytes.slice(0, at);
    case 3:
      return concatBytes(bytes.slice(0, at), rng.bytes(1 + rng.int(9)), bytes.slice(at));
    case 4:
      return concatBytes(bytes.slice(0, end), bytes.slice(at));
    default:
      return concatBytes(bytes.slice(0, at), bytes.slice(end));
  }
}

/** Mutates blocks and inner headers. @throws KernelError when a reader takes a second encoding. */
export function fuzzBlocks(rng: FuzzRng, count: number): FuzzOutcome {
  const space = testSpace(rng);
  const other = new TestFeed(space, softwareSigner(rng.bytes(32)), rng);
  const feed = new TestFeed(space, softwareSigner(rng.bytes(32)), rng);
  const samples = [
    feed.write(rng.bytes(10)),
    feed.write(rng.bytes(300), [depOn(other.write())]),
    feed.write(rng.bytes(2000)),
  ];
  let refused = 0;
  for (let tried = 0; tried < count; tried++) {
    const sample = samples[rng.int(samples.length)];
    assert(sample !== undefined, 'there are samples');
    if (rng.chance(0.5)) {
      const bytes = mutate(sample.bytes, rng);
      const split = splitBlock(bytes);
      if (!split.ok) refused++;
      else {
        const { frame, sealedInner, rest } = split.value;
        const again = new Writer().raw(encodeFrame(frame)).bytes(sealedInner).raw(rest).finish();
        assert(equalBytes(again, bytes), 'a block has a second encoding');
        openInner(space.membership, space.id, split.value);
      }
      continue;
    }
    const bytes = mutate(encodeInner(sample.inner), rng);
    const inner = decoded(bytes);
    if (inner === undefined) refused++;
    else assert(equalBytes(encodeInner(inner), bytes), 'an inner header has a second encoding');
  }
  return { tried: count, refused };
}

/** Mutates runs. @throws KernelError when one is taken that its feed did not sign as it is. */
export async function fuzzRuns(
  rng: FuzzRng,
  platform: Ed25519Platform,
  count: number,
): Promise<FuzzOutcome> {
  const space = testSpace(rng);
  const feed = new TestFeed(space, softwareSigner(rng.bytes(32)), rng);
  feed.writeMany(6);
  const honest = await feed.run(2);
  const prev = feed.blocks[1];
  let refused = 0;
  for (let tried = 0; tried < count; tried++) {
    const run = mutateRun(honest, rng);
    const known = (hash: string): { feed: typeof feed.key; seq: number } | undefined =>
      hash === prev?.hash ? { feed: feed.key, seq: 1 } : undefined;
    const result = await verifyRun(platform, run, known);
    if (!result.ok) {
      refused++;
      continue;
    }
    const same = run.blocks.every((block, at) => equalBytes(block, honest.blocks[at] ?? block));
    assert(same && run.blocks.length === honest.blocks.length, 'a changed run was taken');
  }
  return { tried: count, refused };
}

function mutateRun(run: Run, rng: FuzzRng): Run {
  const at = rng.int(run.blocks.length);
  const block = run.blocks[at] ?? new Uint8Array(0);
  switch (rng.int(5)) {
    case 0:
      return { ...run, signature: mutate(run.signature, rng) };
    case 1:
      return { ...run, endSeq: run.endSeq + rng.int(5) - 2 };
    case 2:
      return { ...run, blocks: run.blocks.toSpliced(at, 1 + rng.int(2)) };
    case 3:
      return { ...run, blocks: run.blocks.toSpliced(at, 0, block) };
    default:
      return { ...run, blocks: run.blocks.with(at, mutate(block, rng)) };
  }
}

function decoded(bytes: Uint8Array): ReturnType<typeof decodeInner> | undefined {
  try {
    return decodeInner(bytes);
  } catch {
    return undefined;
  }
}
