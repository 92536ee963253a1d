/** Runs that a peer made up, damaged or cut: each is refused with its code and leaves no trace. */
import { describe, expect, test } from 'vitest';
import { RUN_BYTES_MAX, type Run } from './run.ts';
import { Bench } from './testing/replica-bench.ts';
import type { TestFeed } from './testing/test-feed.ts';

function at(run: Run, index: number): Uint8Array {
  return run.blocks[index] as Uint8Array;
}

describe('a hostile run', () => {
  async function refusalOf(
    change: (run: Run, feed: TestFeed, bench: Bench) => Run | Promise<Run>,
  ): Promise<string> {
    const bench = new Bench(7);
    const feed = bench.feed();
    feed.writeMany(4);
    const replica = await bench.replica();
    const answer = await replica.receive(await change(await feed.run(), feed, bench), 'enemy');
    expect(replica.index.blockCount).toBe(0);
    expect(await replica.position()).toBe(0);
    if (answer.at !== 'refused') throw new Error(`was ${answer.at}`);
    expect(replica.refusals.get(answer.code)).toBe(1);
    return answer.code;
  }

  test('with a wrong signature is refused before its blocks are looked at', async () => {
    const code = await refusalOf((run) => {
      const signature = Uint8Array.from(run.signature);
      signature[40] = (signature[40] as number) ^ 1;
      return { ...run, signature, blocks: [new Uint8Array(9)] };
    });
    expect(code).toBe('FEED_SIGNATURE_WRONG');
  });

  test('signed by another feed key is refused', async () => {
    const code = await refusalOf(async (run, _feed, bench) => {
      const thief = bench.feed();
      thief.writeMany(4);
      return { ...run, signature: (await thief.run()).signature };
    });
    expect(code).toBe('FEED_SIGNATURE_WRONG');
  });

  test('that does not reach its announced end is refused', async () => {
    const short = await refusalOf((run) => ({ ...run, blocks: run.blocks.slice(0, 3) }));
    expect(short).toBe('FEED_RUN_BROKEN');
    const other = await refusalOf(async (run, feed) => {
      const fork = feed.forkAt(3);
      fork.write(new Uint8Array(77));
      return { ...run, blocks: (await fork.run()).blocks };
    });
    expect(other).toBe('FEED_RUN_END');
  });

  test('with a gap, a swap or a foreign block is refused', async () => {
    const gap = await refusalOf((run) => ({
      ...run,
      blocks: [at(run, 0), at(run, 2), at(run, 3)],
    }));
    expect(gap).toBe('FEED_RUN_BROKEN');
    const swap = await refusalOf((run) => ({
      ...run,
      blocks: [at(run, 1), at(run, 0), at(run, 2), at(run, 3)],
    }));
    expect(swap).toBe('FEED_RUN_BROKEN');
    const foreign = await refusalOf((run, _feed, bench) => ({
      ...run,
      blocks: [bench.feed().write().bytes, ...run.blocks.slice(1)],
    }));
    expect(foreign).toBe('FEED_RUN_FEED');
  });

  test('with a damaged payload is refused', async () => {
    const code = await refusalOf((run) => {
      const damaged = Uint8Array.from(run.blocks[1] as Uint8Array);
      damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 0x80;
      return { ...run, blocks: run.blocks.with(1, damaged) };
    });
    expect(code).toBe('FEED_CONTENT_DAMAGED');
  });

  test('beyond the limits is refused', async () => {
    expect(await refusalOf((run) => ({ ...run, blocks: [] }))).toBe('FEED_RUN_LIMITS');
    const giant = new Uint8Array(RUN_BYTES_MAX);
    const large = await refusalOf((run) => ({ ...run, blocks: [giant, ...run.blocks] }));
    expect(large).toBe('FEED_RUN_LIMITS');
    expect(await refusalOf((run) => ({ ...run, endSeq: -1 }))).toBe('FEED_RUN_LIMITS');
    expect(await refusalOf((run) => ({ ...run, endSeq: 2.5 }))).toBe('FEED_RUN_LIMITS');
    expect(await refusalOf((run) => ({ ...run, endSeq: 2 ** 40 }))).toBe('FEED_RUN_LIMITS');
  });
});
