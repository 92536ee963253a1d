/** Disks, power, clocks, servers, several windows: what goes wrong around people who mean well. */
import { AtollClient } from '@atoll/client';
import { ready } from '@atoll/crypto';
import { Space } from '@atoll/echo';
import type { StoredBlock } from '@atoll/kernel';
import {
  MemoryStore,
  SimDisk,
  SimMachine,
  SimNetwork,
  World,
  type DiskFault,
} from '@atoll/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { Person } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { Scene, addTask, allTasks, titles } from './scene.ts';
import * as town from './town.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

beforeAll(() => ready());

/** Checks after every step of a world that nobody else has a block which its writer could still lose. */
function nothingSentBeforeDurable(scene: Scene, writer: string, others: readonly string[]): void {
  const image = (name: string): SimDisk['image'] =>
    name === 'kube' ? scene.kube.disk.image : scene.machine(name).disk.image;
  const own = new Set<string>();
  const seen = new Map<string, number>();
  const each = (name: string, act: (block: StoredBlock) => void): void => {
    for (const space of image(name).spaces()) {
      const key = `${name}/${space}`;
      const fresh = image(name).read(space, seen.get(key) ?? 0, 10_000);
      for (const block of fresh) act(block);
      seen.set(key, fresh.at(-1)?.position ?? seen.get(key) ?? 0);
    }
  };
  const feeds = new Set<string>();
  scene.world.addChecker(() => {
    each(writer, ({ hash }) => own.add(hash));
    for (const name of image(writer).names('feed/')) {
      const record = image(writer).value(name);
      // Version, then the feed's public key.
      if (record !== undefined) feeds.add(Buffer.from(record.subarray(1, 33)).toString('hex'));
    }
    for (const other of others) {
      each(other, ({ feed, hash }) => {
        if (feeds.has(feed)) expect(own.has(hash), 'sent before it was durable').toBe(true);
      });
    }
  });
}

describe('a disk', () => {
  test.each<[DiskFault, string]>([
    ['full', 'STORE_FULL'],
    ['fsync', 'STORE_IO'],
  ])(
    'that fails with %s refuses the flush, keeps the change, and sends nothing',
    async (fault, code) => {
      const scene = new Scene(fault === 'full' ? 1 : 2);
      // Slow commits: what were sent before its commit has ended would be with the others long before.
      const ada = await scene.person('ada', { disk: { delayMs: [150, 300] } });
      const jun = await scene.person('jun');
      const trip = await scene.create(ada, 'Trip');
      const theirs = await scene.join(trip, jun);
      nothingSentBeforeDurable(scene, 'ada', ['jun', 'kube']);
      const before = await scene.oneRoot([trip, theirs]);
      const { disk } = scene.machine('ada');
      if (fault === 'full') disk.fullRate = 1;
      else disk.fsyncRate = 1;
      const task = addTask(trip, 'on a full disk');
      task.notes.insert(0, 'kept');
      await expect(scene.world.during(trip.flush())).rejects.toMatchObject({ code });
      expect(titles(trip)).toEqual(['on a full disk']);
      expect(trip.status.get().durable).toBe(false);
      await scene.pass(60_000);
      expect(titles(theirs)).toEqual([]);
      expect((await scene.world.during(theirs.info())).root).toBe(before);
      // What others write arrives all the same once there is room, and nobody was harmed.
      addTask(theirs, 'of Jun');
      await scene.pass(5_000);
      disk.fullRate = 0;
      disk.fsyncRate = 0;
      await scene.world.during(trip.flush());
      await scene.oneRoot([trip, theirs]);
      expect(titles(theirs)).toEqual(['of Jun', 'on a full disk']);
      expect(allTasks(theirs).map(({ notes }) => notes.toString())).toEqual(['', 'kept']);
      expect(trip.status.get().durable).toBe(true);
    },
  );

  test('that loses power after a failed fsync keeps what was flushed, and the rest is written anew', async () => {
    const scene = new Scene(3);
    const ada = await scene.person('ada');
    const jun = await scene.person('jun');
    const trip = await scene.create(ada, 'Trip');
    const theirs = await scene.join(trip, jun);
    addTask(trip, 'flushed');
    await scene.world.during(trip.flush());
    const machine = scene.machine('ada');
    machine.disk.fsyncRate = 1;
    addTask(trip, 'ghost');
    await expect(scene.world.during(trip.flush())).rejects.toMatchObject({ code: 'STORE_IO' });
    machine.disk.fsyncRate = 0;
    machine.crash();
    const again = (await scene.open('ada')).spaces.get(trip.id);
    if (again === undefined) throw new RangeError('the space is lost');
    expect(titles(again)).toContain('flushed');
    addTask(again, 'written anew');
    await scene.oneRoot([again, theirs]);
    expect(titles(theirs)).toEqual(titles(again));
    expect(titles(theirs)).toEqual(expect.arrayContaining(['flushed', 'written anew']));
  });
});

const FAULTS: readonly DiskFault[] = ['crash-before', 'crash-torn', 'crash-after'];

describe('power that fails', () => {
  /** Edits and flushes; notes what was promised. Ends with a failure when the power does. */
  async function edit(space: Space, promised: string[]): Promise<void> {
    const citizen = { person: undefined as never, events: [], space };
    for (let round = 0; round < 4; round++) {
      const title = `task ${promised.length}`;
      const task = town.addTask(citizen, title);
      await space.flush();
      promised.push(title);
      task.votes.increment(1);
      space.database.transaction(() => {
        for (const other of town.tasks(citizen)) other.done = !other.done;
      });
      await space.flush();
    }
  }

  /** Plays a story again and again, the power failing at the first commit, the second, ... until it is whole. */
  async function atEveryCommit(play: (at: number) => Promise<string>): Promise<number> {
    for (let at = 1; at < 100; at++) {
      const end = await play(at);
      if (end === 'whole') return at - 1;
      expect(end, `at commit ${at}`).toBe('STORE_CLOSED');
    }
    return 100;
  }

  test.each(FAULTS)('at every commit (%s) loses nothing promised, and all agree', async (fault) => {
    const commits = await atEveryCommit(async (at) => {
      const world = new World(100 + at);
      const disk = new SimDisk(world);
      const ada = await Person.make('Ada', 1000 + at, new MemoryStore(disk));
      const promised: string[] = [];
      const space = await world.during(ada.found());
      disk.failAt(at, fault);
      const end = await world.during(edit(space, promised).then(() => 'whole', codeOf));
      if (end === 'whole') return end;
      const ports = { ...ada.ports, store: new MemoryStore(disk) };
      const writer = ada.writer({ mayContinue: false });
      const options = { space: space.id, ring: space.keys.ring, writer };
      const citizen: town.Citizen = {
        person: ada,
        events: [],
        space: await world.during(Space.open(ports, options)),
      };
      const what = `${fault} at ${at}`;
      expect(town.titles(citizen), what).toEqual(expect.arrayContaining(promised));
      await world.during(edit(citizen.space, promised));
      const leo = await world.during(town.member(citizen, 'Leo', 'writer'));
      town.addTask(leo, 'of Leo');
      await world.during(town.meet(citizen, leo));
      town.oneRoot(citizen, leo);
      expect(town.titles(leo), what).toEqual(expect.arrayContaining([...promised, 'of Leo']));
      return end;
    });
    expect(commits).toBeGreaterThanOrEqual(8);
  });

  test('at every commit of a new profile leaves one that goes on', async () => {
    const commits = await atEveryCommit(async (at) => {
      const world = new World(200 + at);
      const machine = new SimMachine({ world, network: new SimNetwork(world), name: 'ada' });
      const flushed: string[] = [];
      const story = async (): Promise<void> => {
        const client = await AtollClient.open(machine.boot());
        if (client.halo.identity.get() === undefined) {
          await client.halo.createIdentity({ displayName: 'Ada' });
        }
        const [known] = client.spaces.list.get();
        const space = known ?? (await client.spaces.create({ name: 'Trip' }));
        expect(titles(space)).toEqual(expect.arrayContaining(flushed));
        for (let round = 0; round < 2; round++) {
          const title = `task ${flushed.length}`;
          addTask(space, title);
          await space.flush();
          flushed.push(title);
        }
        await client.close();
      };
      // The three ways take turns: each commit meets one of them.
      machine.disk.failAt(at, FAULTS[at % FAULTS.length] ?? 'crash-torn');
      const end = await world.during(story().then(() => 'whole', codeOf));
      if (end === 'whole') return end;
      await world.during(story());
      await world.during(story());
      expect(flushed.length).toBeGreaterThanOrEqual(4);
      return end;
    });
    expect(commits).toBeGreaterThanOrEqual(10);
  });
});

function codeOf(failure: unknown): string {
  return failure instanceof Error && 'code' in failure ? String(failure.code) : String(failure);
}

describe('clocks', () => {
  test.each([YEAR_MS, -YEAR_MS])('a clock that is wrong by %i ms harms nobody', async (skewMs) => {
    const scene = new Scene(20);
    const ada = await scene.person('ada');
    const jun = await scene.person('jun', { skewMs });
    const trip = await scene.create(ada, 'Trip');
    const theirs = await scene.join(trip, jun);
    const task = addTask(trip, 'first');
    await scene.oneRoot([trip, theirs]);
    // Whoever wrote last knowing the other wins, whatever the clocks say.
    const [other] = allTasks(theirs);
    if (other === undefined) throw new RangeError('the task has not arrived');
    other.title = 'second';
    await scene.oneRoot([trip, theirs]);
    task.title = 'third';
    await scene.oneRoot([trip, theirs]);
    expect(titles(theirs)).toEqual(['third']);
    other.title = 'fourth';
    await scene.oneRoot([trip, theirs]);
    expect(titles(trip)).toEqual(['fourth']);
    const leo = await scene.person('leo');
    const hosted = await scene.join(trip, leo);
    expect(await scene.oneRoot([trip, theirs, hosted])).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('several windows', () => {
  test('two windows of one profile that write at once have everything of both, and so has a third', async () => {
    const scene = new Scene(30);
    const ada = await scene.person('ada');
    const trip = await scene.create(ada, 'Trip');
    const second = await scene.open('ada');
    const twin = second.spaces.get(trip.id);
    if (twin === undefined) throw new RangeError('the second window has no spaces');
    const jun = await scene.person('jun');
    const theirs = await scene.join(trip, jun);
    const task = addTask(trip, 'shared');
    await scene.oneRoot([trip, twin, theirs]);
    const [same] = allTasks(twin);
    for (let round = 0; round < 20; round++) {
      task.votes.increment(1);
      same?.votes.increment(1);
      task.notes.insert(0, 'a');
      same?.notes.insert(0, 'b');
      addTask(round % 2 === 0 ? trip : twin, `round ${round}`);
      await scene.pass(7);
    }
    await scene.oneRoot([trip, twin, theirs]);
    const [seen] = allTasks(theirs).filter(({ title }) => title === 'shared');
    expect(seen?.votes.value).toBe(40);
    expect([...(seen?.notes.toString() ?? '')].sort().join('')).toBe(
      'a'.repeat(20) + 'b'.repeat(20),
    );
    expect(allTasks(theirs)).toHaveLength(21);
    expect(trip.members.get()).toHaveLength(2);
    expect(scene.events).not.toContain('space.feed-forked');
  });

  test('the slots of a profile are 32; the next window is refused with a code until one closes', async () => {
    const world = new World(31);
    const machine = new SimMachine({ world, network: new SimNetwork(world), name: 'ada' });
    const open = (): Promise<AtollClient> =>
      world.during(AtollClient.open(machine.boot(), { spaces: false, online: false }));
    const windows = await Promise.all(Array.from({ length: 32 }, open));
    await expect(open()).rejects.toMatchObject({ code: 'CLIENT_SLOTS_MAX' });
    const [first] = windows;
    await world.during(first?.close() ?? Promise.resolve());
    await expect(open()).resolves.toBeInstanceOf(AtollClient);
  });

  test('32 slots of one member that write at once over one store come to one state', async () => {
    const ada = await town.founder(32);
    const { ring } = ada.space.keys;
    const slots = [ada];
    for (let slot = 1; slot < 32; slot++) {
      const writer = ada.person.writer({ slot });
      const options = { space: ada.space.id, ring, writer };
      slots.push({ ...ada, space: await Space.open(ada.person.ports, options) });
    }
    for (const [at, slot] of slots.entries()) town.addTask(slot, `slot ${at}`);
    await Promise.all(slots.map(({ space }) => space.flush()));
    const leo = await town.member(ada, 'Leo', 'reader');
    // Tabs hear of each other's commits from the store.
    for (const { space } of slots) {
      for await (const run of space.replica.missingFor(space.replica.tips())) void run;
      await space.settled();
    }
    await town.meet(ada, leo);
    town.oneRoot(leo, ...slots);
    expect(town.titles(leo)).toHaveLength(32);
    expect(leo.space.figures().members).toBe(2);
  });
});

describe('many feeds', () => {
  test('more feeds than a header names are named by blocks before it, and everybody can fold that', async () => {
    const ada = await town.founder(40);
    const leo = await town.member(ada, 'Leo', 'writer');
    const mia = await town.member(ada, 'Mia', 'writer');
    await town.meet(ada, leo, mia);
    // Seventy feeds that do not know each other, each true in itself.
    for (let feed = 0; feed < 70; feed++) {
      const run = await (await town.OutlawFeed.begin(mia)).run();
      expect((await leo.space.replica.receive(run, 'mia')).at).toBe('stored');
    }
    await leo.space.settled();
    town.addTask(leo, 'after all of them');
    await town.meet(ada, leo, mia);
    town.oneRoot(ada, leo, mia);
    expect(mia.space.index.branches.feeds().length).toBeGreaterThan(70);
    expect(town.titles(mia)).toEqual(['after all of them']);
    // Leo's last block has all of them in its past: nothing of theirs is concurrent with it.
    const { branches, causal } = mia.space.index;
    const ends = branches.feeds().flatMap((feed) => branches.branchesOf(feed));
    const last = Math.max(...ends.map((branch) => branches.branchEnd(branch)));
    for (const branch of ends) {
      const end = branches.branchEnd(branch);
      if (end !== last) expect(causal.isInPast(end, last)).toBe(true);
    }
  });
});

describe('a server', () => {
  test('that dies in the middle of a transfer costs nothing that had come, and nothing is lost', async () => {
    const scene = new Scene(50);
    const ada = await scene.person('ada');
    const jun = await scene.person('jun');
    const trip = await scene.create(ada, 'Trip');
    const theirs = await scene.join(trip, jun);
    scene.network.partition(['jun'], ['ada', 'kube.test']);
    for (let count = 0; count < 60; count++) {
      const task = addTask(trip, `task ${count}`);
      task.notes.insert(0, `${count} `.repeat(10_000));
      await scene.world.during(trip.flush());
    }
    const hasAll = (): boolean => trip.status.get().mailbox === 'has-everything';
    expect(await scene.world.runUntil(hasAll, 60_000)).toBe(true);
    // From here on the mailbox is the only source, so every byte that comes is counted once.
    await scene.world.during(ada.close());
    let receivedBytes = 0;
    scene.network.addTap((_from, to, message) => {
      if (to === 'jun') receivedBytes += message.length;
    });
    scene.network.quality = { ...scene.network.quality, bytesPerMs: 40 };
    scene.network.heal();
    const stored = (): number =>
      scene.kube.disk.image.spaces().reduce((sum, id) => {
        const blocks = scene.kube.disk.image.read(id, 0, 1_000);
        return sum + blocks.reduce((bytes, block) => bytes + block.bytes.length, 0);
      }, 0);
    const total = stored();
    const some = (): boolean => receivedBytes > total / 2;
    expect(await scene.world.runUntil(some, 120_000)).toBe(true);
    const had = titles(theirs).length;
    expect(had).toBeGreaterThan(5);
    expect(had).toBeLessThan(60);
    scene.kube.stop();
    await scene.pass(20_000);
    receivedBytes = 0;
    scene.kube.start();
    expect(await scene.world.runUntil(() => titles(theirs).length === 60, 120_000)).toBe(true);
    expect(receivedBytes).toBeLessThan(total * (1 - had / 60) * 1.2 + 60_000);
    const again = (await scene.open('ada')).spaces.get(trip.id);
    if (again === undefined) throw new RangeError('the space is lost');
    await scene.oneRoot([again, theirs]);
  });

  test('that restarts again and again while people write loses nothing', async () => {
    const scene = new Scene(51);
    const ada = await scene.person('ada');
    const jun = await scene.person('jun');
    const trip = await scene.create(ada, 'Trip');
    const theirs = await scene.join(trip, jun);
    for (let round = 0; round < 6; round++) {
      addTask(trip, `ada ${round}`);
      addTask(theirs, `jun ${round}`);
      await scene.pass(scene.world.rng.int(1_500));
      scene.kube.stop();
      await scene.pass(scene.world.rng.int(3_000));
      scene.kube.start();
    }
    await scene.oneRoot([trip, theirs]);
    expect(titles(theirs)).toHaveLength(12);
    // Also the server's own copy is whole: somebody who was away gets everything from it.
    const stored = (): boolean => trip.status.get().mailbox === 'has-everything';
    expect(await scene.world.runUntil(stored, 120_000)).toBe(true);
  });
});
