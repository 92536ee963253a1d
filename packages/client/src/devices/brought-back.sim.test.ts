/** A device that was stopped and comes back while another is there: both meet again at once, whatever connects them. */
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { Space } from '../api.ts';
import { AtollClient } from '../client.ts';
import type { Device } from '../devices-api.ts';
import type { ZoneRole } from '../zones-api.ts';
import { titles, Task } from '../home.fixture.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

/** What is awaited here comes within seconds, or does not come by what is tested. */
const SOON_MS = 15_000;

/** Ada with a laptop and a phone, which have a direct connection if machines can make one. */
class Return extends ClientScene {
  words = '';
  trip = '';

  async begin(
    laptop?: AtollClient,
  ): Promise<{ readonly laptop: AtollClient; readonly phone: AtollClient }> {
    laptop ??= await this.open('laptop');
    const made = await this.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words.join(' ');
    const trip = await this.space(laptop, 'Trip');
    this.trip = trip.id;
    const phone = await this.open('phone');
    await this.joinDevice(laptop, phone);
    await this.soon(() => phone.spaces.get(this.trip)?.myRole.get() === 'owner');
    return { laptop, phone };
  }

  async soon(isDone: () => boolean): Promise<void> {
    expect(await this.world.runUntil(isDone, SOON_MS)).toBe(true);
  }

  standing(client: AtollClient, name: string): string | undefined {
    return client.halo.devices.get().find((device) => device.name === name)?.standing;
  }

  key(client: AtollClient, name: string): string {
    return client.halo.devices.get().find((device) => device.name === name)?.key ?? '';
  }

  async add(client: AtollClient, title: string): Promise<void> {
    const space = found(client, this.trip);
    await this.world.during(space.open());
    space.db.add(Task, { title });
    await this.world.during(space.flush());
  }

  titles(client: AtollClient): readonly string[] {
    const space = client.spaces.get(this.trip);
    return space?.isOpen === true ? titles(space) : [];
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a device that is brought back is met again at once, and hears what the words say next (%i)',
  async (seed) => {
    const rng = new SimRng(seed);
    const chance = (): boolean => rng.chance(0.5);
    const story = new Return(seed, {}, { keepsMailboxes: true, isDirect: true });
    const { laptop, phone } = await story.begin();
    const { devices } = laptop.halo;
    // From before the direct connection is there to long after.
    await story.pause(rng.int(3_000));
    if (story.rtc !== undefined) story.rtc.works = rng.chance(0.8);
    if (chance()) await story.add(laptop, 'before');
    await story.world.during(devices.suspend(story.key(laptop, 'phone')));
    await story.soon(() => phone.halo.devices.lock.get() !== undefined);
    await story.pause(rng.int(20_000));
    if (chance()) await story.add(laptop, 'meanwhile');
    if (chance()) story.network.breakWires(() => true);
    await story.world.during(phone.halo.devices.restore(story.words));
    expect(phone.halo.devices.lock.get()).toBeUndefined();
    await story.soon(() => story.standing(laptop, 'phone') === 'active');
    if (chance()) {
      await story.add(phone, 'back');
      await story.soon(() => story.titles(laptop).includes('back'));
      await story.soon(() => String(story.titles(phone)) === String(story.titles(laptop)));
    }
    // What is said now reaches it, and builds upon what has only just come.
    const key = story.key(laptop, 'phone');
    await story.world.during(devices.remove(key, story.words, { wipe: true }));
    expect(says(devices.get(), key)).toEqual(['suspended', 'stays', 'goes-and-wipes']);
    await story.soon(() => phone.halo.devices.lock.get()?.wipe === 'done');
  },
);

test('a device that is coming back says so, and offers nobody to write before the space has heard of it', async () => {
  const story = new Return(11, {}, { keepsMailboxes: true });
  const { laptop, phone } = await story.begin();
  const trip = found(laptop, story.trip);
  const zone = (await story.world.during(trip.zones.create({ name: 'Ideas' }))).id;
  await story.add(laptop, 'before');
  const back = (): Space => found(phone, story.trip);
  const roleThere = (): ZoneRole | undefined =>
    back()
      .zones.list.get()
      .find(({ id }) => id === zone)?.myRole;
  await story.soon(() => roleThere() === 'owner');
  await story.world.during(laptop.halo.devices.suspend(story.key(laptop, 'phone')));
  await story.soon(() => phone.halo.devices.lock.get() !== undefined);
  await story.pause(20_000);
  const restoring = phone.halo.devices.restore(story.words);
  await story.soon(() => back().status.get().comingBack === true);
  const [task] = back().db.query(Task).run();
  expect(back().myRole.get()).toBe('reader');
  expect(back().rights.mayChange(task?.id ?? '')).toBe(false);
  expect(roleThere()).toBe('reader');
  await story.world.during(restoring);
  await story.soon(() => back().status.get().comingBack === undefined);
  expect(back().myRole.get()).toBe('owner');
  expect(back().rights.mayChange(task?.id ?? '')).toBe(true);
  expect(roleThere()).toBe('owner');
  expect(trip.status.get().comingBack).toBeUndefined();
});

test.each([1, 2, 3, 4])(
  'a device that is refused is told why at once, also where no server keeps anything (%i)',
  async (seed) => {
    const rng = new SimRng(seed);
    const story = new Return(seed, {}, { isDirect: rng.chance(0.5) });
    const { laptop, phone } = await story.begin();
    const { devices } = laptop.halo;
    const key = story.key(laptop, 'phone');
    await story.pause(rng.int(3_000));
    await story.world.during(devices.suspend(key));
    await story.soon(() => phone.halo.devices.lock.get() !== undefined);
    await story.world.during(phone.halo.devices.restore(story.words));
    await story.soon(() => story.standing(laptop, 'phone') === 'active');
    if (rng.chance(0.5)) await story.add(phone, 'back');
    // From here on it hears nothing but that it is refused.
    await story.world.during(devices.remove(key, story.words));
    await story.soon(() => phone.halo.devices.lock.get() !== undefined);
    const standing = story.standing(laptop, 'phone');
    expect(phone.halo.devices.lock.get()).toMatchObject({ standing });
  },
);

test('what the words say builds upon what has been heard, and is not stored yet', async () => {
  const story = new Return(9, {}, { keepsMailboxes: true });
  const platform = story.machine('laptop').boot();
  const { clock, keystore } = platform;
  const put = keystore.putSecret.bind(keystore);
  let writeMs = 0;
  keystore.putSecret = async (name, secret) => {
    const copy = secret?.slice();
    await clock.sleep(writeMs, new AbortController().signal);
    await put(name, copy);
  };
  const options = { kubes: [story.kube.url], deviceName: 'laptop' };
  const opened = await story.world.during(AtollClient.open(platform, options));
  const { laptop, phone } = await story.begin(opened);
  const { devices } = laptop.halo;
  const key = story.key(laptop, 'phone');
  await story.world.during(devices.suspend(key));
  await story.soon(() => phone.halo.devices.lock.get() !== undefined);
  await story.world.during(phone.halo.devices.restore(story.words));
  writeMs = 2_000;
  await story.soon(() => story.standing(laptop, 'phone') === 'active');
  await story.world.during(devices.remove(key, story.words));
  expect(says(devices.get(), key)).toEqual(['suspended', 'stays', 'goes']);
});

test('a device that the words have brought back is stopped by them alone, and changes them', async () => {
  const story = new Return(7, {}, { keepsMailboxes: true });
  const { laptop, phone } = await story.begin();
  const { devices } = laptop.halo;
  const key = story.key(laptop, 'phone');
  const isByWords = (): boolean | undefined =>
    devices.get().find((device) => device.key === key)?.onlyByWords;
  expect(isByWords()).toBe(false);
  await story.world.during(devices.suspend(key));
  await story.soon(() => phone.halo.devices.lock.get() !== undefined);
  await story.world.during(phone.halo.devices.restore(story.words));
  await story.soon(() => story.standing(laptop, 'phone') === 'active');
  expect(isByWords()).toBe(true);
  expect(await story.tries(devices.suspend(key))).toBe('CLIENT_ONLY_WORDS');
  const { recovery } = phone.halo;
  const newWords = (await story.world.during(recovery.makeWords())).join(' ');
  await story.world.during(recovery.changeWords({ words: story.words, newWords }));
  await story.soon(() => laptop.halo.recovery.wordsChanged.get() !== undefined);
  expect(await story.world.during(laptop.halo.recovery.checkWords(newWords))).toBe(true);
  await story.world.during(devices.remove(key, newWords));
  await story.soon(() => phone.halo.devices.lock.get()?.standing === 'removed');
});

function says(devices: readonly Device[], key: string): readonly string[] {
  return devices.find((device) => device.key === key)?.notes.map((note) => note.says) ?? [];
}

test.each([21, 22, 23, 24, 25, 26])(
  'who comes back alone reads what was written meanwhile, also when the words were changed (%i)',
  async (seed) => {
    const story = new Return(seed, {}, { keepsMailboxes: true });
    const { laptop, phone } = await story.begin();
    const key = story.key(laptop, 'phone');
    await story.pause();
    await story.world.during(laptop.halo.devices.suspend(key));
    await story.soon(() => phone.halo.devices.lock.get() !== undefined);
    if (seed % 2 === 0) {
      const { recovery } = laptop.halo;
      const newWords = (await story.world.during(recovery.makeWords())).join(' ');
      await story.world.during(recovery.changeWords({ words: story.words, newWords }));
      story.words = newWords;
    }
    await story.add(laptop, 'meanwhile');
    await story.pause(20_000);
    await story.world.during(laptop.close());

    await story.world.during(phone.halo.devices.restore(story.words));
    await story.soon(() => story.titles(phone).includes('meanwhile'));
    await story.world.during(phone.halo.devices.rename(key, 'my phone'));
    await story.add(phone, 'back');
    await story.pause(20_000);
    await story.world.during(phone.close());

    const again = await story.open('laptop');
    await story.soon(() => story.titles(again).includes('back'));
    expect(story.titles(again)).toContain('meanwhile');
    await story.soon(() => story.standing(again, 'my phone') === 'active');
  },
);

test.each([41, 42, 43, 44])(
  'who was away when a device was brought back, and has made keys without it, leads it there by mailboxes alone (%i)',
  async (seed) => {
    const story = new Return(seed, {}, { keepsMailboxes: true });
    const { laptop, phone } = await story.begin();
    const tablet = await story.open('tablet');
    await story.joinDevice(laptop, tablet);
    await story.soon(() => tablet.spaces.get(story.trip)?.myRole.get() === 'owner');
    await story.pause();
    await story.world.during(laptop.halo.devices.suspend(story.key(laptop, 'phone')));
    await story.soon(() => phone.halo.devices.lock.get() !== undefined);
    await story.soon(() => story.standing(tablet, 'phone') === 'suspended');
    await story.pause(20_000);
    tablet.network.setOnline(false);
    await story.world.during(laptop.close());
    const stopLaptop = async (): Promise<void> => {
      await story.world.during(tablet.halo.devices.suspend(story.key(tablet, 'laptop')));
      await story.add(tablet, 'meanwhile');
    };
    const online = async (client: AtollClient, ms: number): Promise<void> => {
      client.network.setOnline(true);
      await story.pause(ms);
      client.network.setOnline(false);
      await story.pause(5_000);
    };
    if (seed % 2 === 0) {
      await stopLaptop();
      await online(tablet, 20_000);
    }
    await story.world.during(phone.halo.devices.restore(story.words));
    await story.add(phone, 'back');
    await story.pause(20_000);
    phone.network.setOnline(false);
    if (seed % 2 === 1) await stopLaptop();
    for (let turn = 0; turn < 4; turn++) {
      await online(tablet, 200_000);
      await online(phone, 200_000);
    }
    expect(story.titles(phone)).toEqual(['back', 'meanwhile']);
    // From then on both are at the same keys.
    await story.add(tablet, 'later');
    for (const client of [tablet, phone, tablet]) await online(client, 200_000);
    expect(story.titles(phone)).toEqual(['back', 'later', 'meanwhile']);
    expect(story.titles(tablet)).toEqual(['back', 'later', 'meanwhile']);
  },
);
