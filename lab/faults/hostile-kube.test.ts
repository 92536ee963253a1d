/** A server that loses, repeats, reorders and alters what it passes on; members that misuse its mailbox. */
import type { Space } from '@atoll/client';
import { ready } from '@atoll/crypto';
import type { BlockHash, NewBlock, SpaceId } from '@atoll/kernel';
import { MemoryStore } from '@atoll/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { Scene, addTask, echoOf, titles, type Lie } from './scene.ts';
import { OutlawFeed } from './town.ts';

/** One frame in so many is a lie. */
const ONE_IN = 8;

beforeAll(() => ready());

/** Lies of one kind each, and all together. */
const LIES: readonly [string, Lie][] = [
  ['drops', (frame, rng) => (rng.int(ONE_IN) === 0 ? [] : [frame])],
  ['doubles', (frame, rng) => (rng.int(ONE_IN) === 0 ? [frame, frame] : [frame])],
  ['reorders', (frame, rng) => (rng.int(ONE_IN) === 0 ? { later: frame } : [frame])],
  [
    'alters',
    (frame, rng) => (rng.int(ONE_IN) === 0 ? [altered(frame, rng.int(1 << 16))] : [frame]),
  ],
  ['invents', (frame, rng) => (rng.int(ONE_IN) === 0 ? [frame, rng.bytes(90)] : [frame])],
  ['cuts', (frame, rng) => (rng.int(ONE_IN) === 0 ? [frame.subarray(0, rng.int(30))] : [frame])],
];

function altered(frame: Uint8Array, at: number): Uint8Array {
  const copy = frame.slice();
  const index = at % Math.max(1, copy.length);
  copy[index] = (copy[index] ?? 0) ^ 0x41;
  return copy;
}

/** Ada and Jun share a space with a task. */
async function pair(scene: Scene): Promise<readonly [Space, Space]> {
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.create(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  addTask(trip, 'pack');
  await scene.oneRoot([trip, theirs]);
  return [trip, theirs];
}

describe('a server', () => {
  test.each(LIES)(
    'that %s what it passes on forges nothing and loses nothing',
    async (_what, lie) => {
      const scene = new Scene(1);
      const [trip, theirs] = await pair(scene);
      scene.network.lie = lie;
      const written = ['pack'];
      for (let round = 0; round < 12; round++) {
        addTask(trip, `ada ${round}`).notes.insert(0, 'word '.repeat(400));
        addTask(theirs, `jun ${round}`);
        written.push(`ada ${round}`, `jun ${round}`);
        await scene.pass(5_000);
        const both = new Set([...titles(trip), ...titles(theirs)]);
        for (const title of both) expect(written).toContain(title);
      }
      expect(scene.network.lies).toBeGreaterThan(3);
      scene.network.lie = undefined;
      await scene.oneRoot([trip, theirs], 900_000);
      expect(titles(theirs)).toEqual(written.sort());
      expect(trip.members.get()).toHaveLength(2);
    },
  );

  test('that lies without end is no more than absent: everybody writes on, and it can be left', async () => {
    const scene = new Scene(2);
    const [trip, theirs] = await pair(scene);
    scene.network.lie = (frame, rng) => [altered(frame, rng.int(1 << 16))];
    addTask(trip, 'alone');
    await scene.world.during(trip.flush());
    await scene.pass(120_000);
    expect(trip.status.get().durable).toBe(true);
    expect(titles(theirs)).toEqual(['pack']);
    // A bounded number of attempts: a liar does not make its victims spin.
    const lies = scene.network.lies;
    await scene.pass(600_000);
    expect(scene.network.lies - lies).toBeLessThan(2_000);
    scene.network.lie = undefined;
    await scene.oneRoot([trip, theirs], 1_800_000);
    expect(titles(theirs)).toEqual(['alone', 'pack']);
  });
});

describe('what a server stores', () => {
  test('is not believed: a mailbox whose blocks were altered gives none of them', async () => {
    const scene = new Scene(3);
    const [trip, theirs] = await pair(scene);
    const jun = scene.machine('jun');
    jun.crash();
    addTask(trip, 'while Jun is away');
    const stored = (): boolean => trip.status.get().mailbox === 'has-everything';
    await scene.world.during(trip.flush());
    expect(await scene.world.runUntil(stored, 60_000)).toBe(true);
    // Every payload on the server's disk is altered behind the back of its program.
    const { image } = scene.kube.disk;
    const { read } = image;
    image.read = (space, after, limit) =>
      read.call(image, space, after, limit).map((block) => ({
        ...block,
        bytes: new Uint8Array(altered(block.bytes, block.bytes.length - 1)),
      }));
    scene.kube.stop();
    scene.kube.start();
    const before = Buffer.from(echoOf(theirs).replica.headsRoot());
    scene.machine('ada').crash();
    const again = (await scene.open('jun')).spaces.get(trip.id);
    if (again === undefined) throw new RangeError('the space is lost');
    await scene.pass(60_000);
    expect(titles(again)).toEqual(['pack']);
    expect(Buffer.from(echoOf(again).replica.headsRoot()).equals(before)).toBe(true);
    image.read = read;
    scene.kube.stop();
    scene.kube.start();
    const ada = (await scene.open('ada')).spaces.get(trip.id);
    if (ada === undefined) throw new RangeError('the space is lost');
    await scene.oneRoot([ada, again], 900_000);
    expect(titles(again)).toEqual(['pack', 'while Jun is away']);
  });

  test.each([20, 300])(
    'keeps nobody from it, although a member fills it with %i runs that no member takes',
    async (count) => {
      const scene = new Scene(4);
      const [trip, theirs] = await pair(scene);
      const log = echoOf(trip);
      const process = scene.machine('ada').boot();
      const mailbox = scene.kube.disk.image
        .spaces()
        .find((id) => holds(scene, id, log.replica.tips()[0]?.hash));
      if (mailbox === undefined) throw new RangeError('the space has no mailbox');
      const lies: NewBlock[] = [];
      for (let at = 0; at < count; at++) {
        const outlaw = await OutlawFeed.nameless(log, process);
        outlaw.write({ lamport: 1_000 + at });
        const { blocks, endHash, signature } = await outlaw.run();
        const [bytes] = blocks;
        if (bytes === undefined) continue;
        const block = { feed: outlaw.feed, seq: 0, hash: endHash, bytes, signature } as const;
        lies.push({ ...block, space: mailbox, origin: 'received' });
      }
      const store = new MemoryStore(scene.kube.disk);
      await scene.world.during(store.commit({ blocks: lies }));
      scene.kube.stop();
      scene.kube.start();
      // Jun hears of what Ada writes from the mailbox alone: one leaves before the other comes.
      scene.machine('jun').crash();
      addTask(trip, 'after the lies');
      await scene.world.during(trip.flush());
      await scene.pass(120_000);
      scene.machine('ada').crash();
      const jun = (await scene.open('jun')).spaces.get(trip.id);
      if (jun === undefined) throw new RangeError('the space is lost');
      const arrived = (): boolean => titles(jun).includes('after the lies');
      expect(await scene.world.runUntil(arrived, 600_000)).toBe(true);
      const ada = (await scene.open('ada')).spaces.get(trip.id);
      if (ada === undefined) throw new RangeError('the space is lost');
      await scene.oneRoot([ada, jun]);
      expect(titles(theirs)).toEqual(['pack']);
    },
  );
});

/** Whether a mailbox holds a block. */
function holds(scene: Scene, mailbox: SpaceId, hash: BlockHash | undefined): boolean {
  return hash !== undefined && scene.kube.disk.image.get(mailbox, hash) !== undefined;
}
