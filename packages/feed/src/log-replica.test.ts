/** Replicas: what they take, what they refuse, what they serve, and what is durable when. */
import {
  StoreError,
  type BlockHash,
  type FeedKey,
  type SpaceId,
  type StoreBatch,
} from '@atoll/kernel';
import { MemoryStore, simEd25519 } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { verifyForkProof } from './fork-proof.ts';
import type { LogReplica } from './log-replica.ts';
import type { ForkProof, Received, ReplicaHooks } from './replica.ts';
import type { Run } from './run.ts';
import { Bench } from './testing/replica-bench.ts';
import type { TestFeed } from './testing/test-feed.ts';

async function all(runs: AsyncIterable<Run>): Promise<Run[]> {
  const list: Run[] = [];
  for await (const run of runs) list.push(run);
  return list;
}

/** Sends everything that `to` lacks, as often as it takes. */
async function sync(from: LogReplica, to: LogReplica): Promise<Received[]> {
  const answers: Received[] = [];
  for (const run of await all(from.missingFor(to.tips())))
    answers.push(await to.receive(run, 'peer'));
  return answers;
}

describe('a replica that cannot read', () => {
  test('takes a run that continues what it has, and shows its end as a tip', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(6);
    const replica = await bench.replica();
    expect(await replica.receive(await feed.run(0, 3), 'a')).toEqual({ at: 'stored', blocks: 3 });
    expect(await replica.receive(await feed.run(3, 6), 'a')).toEqual({ at: 'stored', blocks: 3 });
    const end = feed.blocks[5];
    expect(replica.tips()).toEqual([{ feed: feed.key, seq: 5, hash: end?.hash }]);
    expect(await replica.position()).toBe(6);
  });

  test('takes the same run twice, and a longer one over it, without storing anything twice', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(5);
    const replica = await bench.replica();
    const news: number[] = [];
    replica.onAdvance((runs) => runs.forEach((run) => news.push(run.blocks.length)));
    const first = await feed.run(0, 3);
    expect((await replica.receive(first, 'a')).at).toBe('stored');
    expect(await replica.receive(first, 'b')).toEqual({ at: 'known' });
    expect(await replica.receive(await feed.run(), 'b')).toEqual({ at: 'stored', blocks: 2 });
    expect(await replica.receive(await feed.run(1, 2), 'b')).toEqual({ at: 'known' });
    expect(news).toEqual([3, 2]);
    expect(replica.index.blockCount).toBe(5);
  });

  test('keeps a run that comes before what it continues, and stores it in its turn', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(9);
    const replica = await bench.replica();
    const missing = [feed.blocks[5]?.hash];
    expect(await replica.receive(await feed.run(6), 'a')).toEqual({ at: 'waiting', missing });
    expect((await replica.receive(await feed.run(3, 6), 'a')).at).toBe('waiting');
    expect(replica.tips()).toEqual([]);
    expect((await replica.receive(await feed.run(0, 3), 'a')).at).toBe('stored');
    expect(replica.waiting).toBe(0);
    expect(replica.tips()).toMatchObject([{ seq: 8 }]);
  });

  test('keeps no more waiting bytes of one sender than the limit', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.write();
    const replica = await bench.replica();
    for (let count = 0; count < 30; count++) {
      feed.write(new Uint8Array(200_000));
      await replica.receive(await feed.run(feed.blocks.length - 1), 'a');
    }
    expect(replica.waiting).toBeGreaterThan(10);
    expect(replica.waiting).toBeLessThan(24);
    replica.forget('a');
    expect(replica.waiting).toBe(0);
  });

  test('reopens with the same tips, root and content', async () => {
    const bench = new Bench();
    const disk = bench.disk();
    const feeds = [bench.feed(), bench.feed()];
    feeds.forEach((feed) => feed.writeMany(70));
    const first = await bench.replica(new MemoryStore(disk));
    for (const feed of feeds) await first.receive(await feed.run(), 'a');
    await first[Symbol.asyncDispose]();
    let loaded = 0;
    const load = (blocks: readonly unknown[]): void => void (loaded += blocks.length);
    const second = await bench.replica(new MemoryStore(disk), { load });
    expect(loaded).toBe(140);
    expect(second.tips()).toEqual(first.tips());
    expect(second.headsRoot()).toEqual(first.headsRoot());
    expect(second.incarnation).toBe(first.incarnation);
    const closed = await first.receive(await (feeds[0] as TestFeed).run(), 'a');
    expect(closed).toEqual({ at: 'refused', code: 'FEED_CLOSED' });
  });
});

describe('a forked feed', () => {
  test('keeps both branches, shows a proof, and voids nothing', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(5);
    const fork = feed.forkAt(3);
    fork.write(new Uint8Array(99));
    fork.writeMany(3);
    const proofs: ForkProof[] = [];
    const hooks: ReplicaHooks = { forked: (proof) => void proofs.push(proof) };
    const replica = await bench.replica(undefined, { hooks });
    await replica.receive(await feed.run(), 'a');
    expect((await replica.receive(await fork.run(), 'b')).at).toBe('stored');
    const ends = [feed.blocks[4]?.hash, fork.blocks[6]?.hash].sort();
    expect(replica.tips().map((tip) => tip.hash)).toEqual(ends);
    expect(proofs).toHaveLength(1);
    const [proof] = proofs as [ForkProof];
    expect(proof).toMatchObject({ feed: feed.key, seq: 3 });
    expect(await verifyForkProof(simEd25519, proof)).toBe(true);
    expect(await replica.forkProofs()).toEqual(proofs);
    const half = { ...proof, right: proof.left };
    expect(await verifyForkProof(simEd25519, half)).toBe(false);
    const unsigned = { ...proof, left: { ...proof.left, signature: new Uint8Array(64) } };
    expect(await verifyForkProof(simEd25519, unsigned)).toBe(false);
    const honest = { ...proof, left: { ...proof.left, frames: proof.left.frames.slice(1) } };
    expect(await verifyForkProof(simEd25519, honest)).toBe(false);
  });

  test('reaches a replica that has only one of its branches', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(8);
    const fork = feed.forkAt(4);
    fork.write(new Uint8Array(99));
    const long = await bench.replica();
    const short = await bench.replica();
    await long.receive(await feed.run(), 'a');
    await short.receive(await fork.run(), 'a');
    for (let exchange = 0; exchange < 2; exchange++) {
      await sync(long, short);
      await sync(short, long);
    }
    expect(short.headsRoot()).toEqual(long.headsRoot());
    expect(short.tips()).toHaveLength(2);
  });
});

describe('what a replica serves', () => {
  test('is everything in order of arrival, in few runs, each with one signature', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(200);
    const replica = await bench.replica();
    for (let from = 0; from < 200; from += 20)
      await replica.receive(await feed.run(from, from + 20), 'a');
    const runs = await all(replica.tailAfter(0));
    expect(runs).toHaveLength(1);
    const copy = await bench.replica();
    for (const run of runs) expect((await copy.receive(run, 'b')).at).toBe('stored');
    expect(copy.headsRoot()).toEqual(replica.headsRoot());
    const tail = await all(replica.tailAfter(150));
    expect(tail.reduce((sum, run) => sum + run.blocks.length, 0)).toBe(50);
  });

  test('never lets a block overtake what arrived before it', async () => {
    const bench = new Bench();
    const [left, right] = [bench.feed(), bench.feed()];
    const replica = await bench.replica();
    for (let round = 0; round < 5; round++) {
      for (const feed of [left, right]) {
        feed.writeMany(2);
        await replica.receive(await feed.run(round * 2), 'a');
      }
    }
    const order = (await all(replica.tailAfter(0))).map((run) => [run.feed, run.endSeq]);
    const expected = Array.from({ length: 5 }, (_, round) => [
      [left.key, round * 2 + 1],
      [right.key, round * 2 + 1],
    ]).flat();
    expect(order).toEqual(expected);
  });

  test('is exactly what a peer lacks, wherever in the chain it stands', async () => {
    const bench = new Bench();
    const feeds = Array.from({ length: 6 }, () => bench.feed());
    const full = await bench.replica();
    const partial = await bench.replica();
    for (const [at, feed] of feeds.entries()) {
      feed.writeMany(30);
      await full.receive(await feed.run(0, 10), 'a');
      await full.receive(await feed.run(10), 'a');
      if (at % 2 === 0) await partial.receive(await feed.run(0, 10), 'a');
    }
    const runs = await all(full.missingFor(partial.tips()));
    expect(runs.reduce((sum, run) => sum + run.blocks.length, 0)).toBe(3 * 20 + 3 * 30);
    for (const run of runs) expect((await partial.receive(run, 'b')).at).toBe('stored');
    expect(partial.headsRoot()).toEqual(full.headsRoot());
    expect(await all(full.missingFor(partial.tips()))).toEqual([]);
    // A peer that is ahead is sent nothing.
    feeds[0]?.write();
    await full.receive(await (feeds[0] as TestFeed).run(30), 'a');
    expect(await all(partial.missingFor(full.tips()))).toEqual([]);
  });

  test('is cut into runs below the limit of a receiver', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    const replica = await bench.replica();
    for (let count = 0; count < 12; count++) {
      feed.write(new Uint8Array(180_000));
      await replica.receive(await feed.run(count), 'a');
    }
    const runs = await all(replica.tailAfter(0));
    expect(runs.length).toBeGreaterThan(3);
    const copy = await bench.replica();
    for (const run of runs) expect((await copy.receive(run, 'b')).at).toBe('stored');
  });
});

/** A store that notes its commits, and refuses the next few. */
function slowStore(bench: Bench): {
  readonly store: MemoryStore;
  readonly steps: string[];
  readonly failing: { left: number };
} {
  const steps: string[] = [];
  const failing = { left: 0 };
  const store = new Proxy(new MemoryStore(bench.disk()), {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'commit') return typeof value === 'function' ? value.bind(target) : value;
      return async (batch: StoreBatch) => {
        steps.push(`commit ${batch.blocks?.length}`);
        if (failing.left-- > 0) throw new StoreError('STORE_FULL', 'the store is full');
        await target.commit(batch);
        steps.push('durable');
      };
    },
  });
  return { store, steps, failing };
}

describe('own writing', () => {
  test('is told to others only after the store has said durable', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(3);
    const { steps, store } = slowStore(bench);
    const replica = await bench.replica(store);
    replica.onAdvance(() => void steps.push('told'));
    const { signature } = await feed.run();
    await replica.appendOwn([{ blocks: feed.blocks, signature }]);
    expect(steps).toEqual(['commit 3', 'durable', 'told']);
    expect(replica.tips()).toMatchObject([{ feed: feed.key, seq: 2 }]);
  });

  test('loses against another process that appended first, and changes nothing then', async () => {
    const bench = new Bench();
    const disk = bench.disk();
    const feed = bench.feed();
    feed.writeMany(2);
    const one = await bench.replica(new MemoryStore(disk));
    const two = await bench.replica(new MemoryStore(disk));
    await one.appendOwn([{ blocks: feed.blocks, signature: (await feed.run()).signature }]);
    const rival = feed.forkAt(1);
    rival.write(new Uint8Array(200));
    // Before the news arrive: its index still ends at nothing.
    const append = two.appendOwn([
      {
        blocks: rival.blocks,
        signature: (await rival.run()).signature,
      },
    ]);
    await expect(append).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    expect(await two.position()).toBe(2);
    const gap = one.appendOwn([
      {
        blocks: [rival.write()],
        signature: (await rival.run()).signature,
      },
    ]);
    await expect(gap).rejects.toMatchObject({ code: 'FEED_NOT_OWN' });
  });

  test('of another process is picked up, served and told', async () => {
    const bench = new Bench();
    const disk = bench.disk();
    const feed = bench.feed();
    feed.writeMany(3);
    const one = await bench.replica(new MemoryStore(disk));
    const seen: string[] = [];
    const hooks: ReplicaHooks = {
      stored: (blocks, origin) => void seen.push(`${origin} ${blocks.length}`),
    };
    const two = await bench.replica(new MemoryStore(disk), { hooks });
    const told = new Promise<readonly Run[]>((resolve) => two.onAdvance(resolve));
    await one.appendOwn([{ blocks: feed.blocks, signature: (await feed.run()).signature }]);
    const runs = await told;
    expect(runs.map((run) => run.blocks.length)).toEqual([3]);
    expect(seen).toEqual(['foreign 3']);
    expect(two.headsRoot()).toEqual(one.headsRoot());
  });
});

describe('the space that owns a replica', () => {
  test('can refuse a run, and have one wait until what it builds on is there', async () => {
    const bench = new Bench();
    const [first, second, third] = [bench.feed(), bench.feed(), bench.feed()];
    [first, second, third].forEach((feed) => feed.writeMany(2));
    const needed = first.blocks[1]?.hash as BlockHash;
    const stored: FeedKey[] = [];
    const replica: LogReplica = await bench.replica(undefined, {
      hooks: {
        admit: async (blocks) => {
          if (blocks[0]?.frame.feed === third.key) return { refuse: 'HALO_NO_RIGHT' };
          if (blocks[0]?.frame.feed === first.key) return 'store';
          return replica.index.blockOf(needed) === undefined ? { wait: [needed] } : 'store';
        },
        stored: (blocks) => void stored.push(...blocks.map((block) => block.frame.feed)),
      },
    });
    const refused = await replica.receive(await third.run(), 'a');
    expect(refused).toEqual({ at: 'refused', code: 'HALO_NO_RIGHT' });
    const waits = await replica.receive(await second.run(), 'a');
    expect(waits).toEqual({ at: 'waiting', missing: [needed] });
    expect((await replica.receive(await first.run(), 'a')).at).toBe('stored');
    expect(stored).toEqual([first.key, first.key, second.key, second.key]);
  });

  test('may show a block before it is durable; nobody else hears of it before', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(2);
    const { store, steps } = slowStore(bench);
    const replica: LogReplica = await bench.replica(store, {
      hooks: {
        admit: async () => 'store',
        arrived: () => void steps.push(`shown, ${replica.tips().length} tips`),
        stored: () => void steps.push('stored'),
      },
    });
    replica.onAdvance(() => void steps.push(`told, ${replica.tips().length} tips`));
    expect((await replica.receive(await feed.run(), 'a')).at).toBe('stored');
    expect(steps).toEqual(['commit 2', 'shown, 0 tips', 'durable', 'told, 1 tips']);
    expect(replica.isAheadOfStore).toBe(false);
  });

  test('never has its own block durable without the one that it was shown before', async () => {
    const bench = new Bench();
    const [theirs, other, own] = [bench.feed(), bench.feed(), bench.feed()];
    [theirs, other, own].forEach((feed) => feed.write());
    const { failing, store, steps } = slowStore(bench);
    const seen: string[] = [];
    const hooks: ReplicaHooks = {
      admit: async () => 'store',
      arrived: (blocks) => void seen.push(`arrived ${blocks[0]?.frame.feed}`),
      stored: (blocks, origin) => void seen.push(`${origin} ${blocks[0]?.frame.feed}`),
    };
    const replica = await bench.replica(store, { hooks });
    failing.left = 2;
    await expect(replica.receive(await theirs.run(), 'a')).rejects.toThrow('full');
    // While one is shown and not durable, nothing further is shown before it is.
    await expect(replica.receive(await other.run(), 'a')).rejects.toThrow('full');
    expect(replica.isAheadOfStore).toBe(true);
    expect(replica.tips()).toEqual([]);
    await replica.appendOwn([{ blocks: own.blocks, signature: (await own.run()).signature }]);
    expect(steps.slice(-2)).toEqual(['commit 2', 'durable']);
    const stored = await store.read(bench.space.id, 0, 9);
    expect(stored.map(({ feed }) => feed)).toEqual([theirs.key, own.key]);
    expect(replica.tips().length).toBe(2);
    // The peer sends again what failed.
    expect(await replica.receive(await theirs.run(), 'a')).toEqual({ at: 'known' });
    expect(await replica.receive(await other.run(), 'a')).toEqual({ at: 'stored', blocks: 1 });
    expect(seen).toEqual([`arrived ${theirs.key}`, `arrived ${other.key}`]);
  });

  test('that waits for nothing does not wait for ever', async () => {
    const bench = new Bench();
    const feed = bench.feed();
    feed.writeMany(2);
    const replica = await bench.replica(undefined, {
      hooks: { admit: async () => ({ wait: [] }) },
    });
    const answer = await replica.receive(await feed.run(), 'a');
    expect(answer).toEqual({ at: 'refused', code: 'FEED_NOT_ADMITTED' });
  });
});

test('a damaged block in the store is left out, and does not keep the rest from opening', async () => {
  const bench = new Bench();
  const disk = bench.disk();
  const [good, bad] = [bench.feed(), bench.feed()];
  good.writeMany(3);
  bad.writeMany(3);
  const space: SpaceId = bench.space.id;
  const store = new MemoryStore(disk);
  const { signature } = await good.run();
  const blocks = [...good.blocks, ...bad.blocks].map((block, at) => ({
    space,
    feed: block.frame.feed,
    seq: block.frame.seq,
    hash: block.hash,
    bytes: at === 4 ? new Uint8Array(3) : block.bytes,
    origin: 'received' as const,
    ...(at === 2 ? { signature } : {}),
  }));
  await store.commit({ blocks });
  const replica = await bench.replica(store);
  expect(replica.tips()).toMatchObject([{ feed: good.key, seq: 2 }]);
  expect(replica.index.blockCount).toBe(4);
});
