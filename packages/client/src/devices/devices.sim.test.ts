/** A phone that is lost and a laptop that is stolen, from start to finish, on whole clients. */
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import { AtollClient } from '../client.ts';
import type { Device, DeviceStanding } from '../devices-api.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

/** Ada with a laptop and a phone, and Jun, who shares a space with her. */
class Story extends ClientScene {
  words = '';
  trip = '';

  async begin(): Promise<{ laptop: AtollClient; phone: AtollClient; jun: AtollClient }> {
    const laptop = await this.open('laptop');
    const made = await this.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words.join(' ');
    const trip = await this.space(laptop, 'Trip');
    this.trip = trip.id;
    const phone = await this.device(laptop, 'phone');
    const jun = await this.person('jun');
    await this.join(found(laptop, this.trip), jun, { role: 'writer' });
    trip.db.add(Task, { title: 'Pack' });
    await this.until(() => this.titles(phone).length === 1 && this.titles(jun).length === 1);
    return { laptop, phone, jun };
  }

  async device(host: AtollClient, name: string): Promise<AtollClient> {
    const guest = await this.open(name);
    await this.joinDevice(host, guest);
    await this.until(() => guest.spaces.get(this.trip)?.myRole.get() === 'owner');
    return guest;
  }

  titles(client: AtollClient): readonly string[] {
    const space = client.spaces.list.get().find(({ id }) => id === this.trip);
    if (space?.isOpen !== true) return [];
    return space.db
      .query(Task)
      .run()
      .map(({ title }) => title)
      .sort();
  }

  async add(client: AtollClient, title: string): Promise<void> {
    const space = found(client, this.trip);
    await this.world.during(space.open());
    space.db.add(Task, { title });
    await this.world.during(space.flush());
  }

  async until(isDone: () => boolean, ms = 120_000): Promise<void> {
    expect(await this.world.runUntil(isDone, ms)).toBe(true);
  }

  keyOf(client: AtollClient, name: string): string {
    const device = this.named(client, name);
    if (device === undefined) throw new RangeError(`no device ${name}`);
    return device.key;
  }

  named(client: AtollClient, name: string): Device | undefined {
    return client.halo.devices.get().find((device) => device.name === name);
  }

  standing(client: AtollClient, name: string): DeviceStanding | undefined {
    return this.named(client, name)?.standing;
  }
}

describe('a phone that is lost', () => {
  test('is stopped everywhere at once, locks itself, and reads nothing new', async () => {
    const story = new Story(1);
    const { laptop, phone, jun } = await story.begin();
    await story.add(phone, 'by the phone');
    await story.until(() => story.titles(jun).length === 2);
    await story.world.during(laptop.halo.devices.suspend(story.keyOf(laptop, 'phone')));
    expect(story.standing(laptop, 'phone')).toBe('suspended');
    await story.until(() => phone.halo.devices.lock.get() !== undefined);
    expect(phone.halo.devices.lock.get()).toMatchObject({
      standing: 'suspended',
      byName: 'laptop',
      wipe: 'no',
      allStopped: false,
    });
    await story.add(laptop, 'after');
    await story.until(() => story.titles(jun).includes('after'));
    await story.add(jun, 'by Jun');
    await story.until(() => story.titles(laptop).includes('by Jun'));
    expect(story.titles(laptop)).toEqual(['Pack', 'after', 'by Jun', 'by the phone']);
    // Nothing opens on the phone any more, also after a restart.
    await story.world.during(phone.close());
    const again = await story.open('phone');
    expect(again.halo.devices.lock.get()?.byName).toBe('laptop');
    expect(again.spaces.list.get()).toEqual([]);
  });

  test('what it writes offline after that counts nowhere, and it is brought back by the words', async () => {
    const story = new Story(2, {}, { keepsMailboxes: true });
    const { laptop, phone, jun } = await story.begin();
    phone.network.setOnline(false);
    await story.add(phone, 'unheard');
    await story.world.during(laptop.halo.devices.suspend(story.keyOf(laptop, 'phone')));
    phone.network.setOnline(true);
    await story.until(() => phone.halo.devices.lock.get() !== undefined);
    await story.add(laptop, 'later');
    await story.until(() => story.titles(jun).includes('later'));
    expect(story.titles(jun)).toEqual(['Pack', 'later']);
    const { copies } = laptop.halo.recovery;
    await story.world.runUntil(() => false, 5_000);
    await story.until(() => copies.get().every(({ at }) => at === 'kept'));
    const wrong = phone.halo.devices.restore(`${'abandon '.repeat(23)}art`);
    await expect(story.world.during(wrong)).rejects.toMatchObject({ code: 'CLIENT_WRONG_WORDS' });
    await story.world.during(phone.halo.devices.restore(story.words));
    expect(phone.halo.devices.lock.get()).toBeUndefined();
    await story.until(() => story.titles(jun).includes('unheard'));
    await story.until(() => story.standing(laptop, 'phone') === 'active');
    await story.until(() => story.titles(phone).includes('later'));
    await story.add(phone, 'back');
    await story.until(() => story.titles(jun).includes('back'));
    // New keys are another mailbox: nobody takes it for one that has lost what the first had.
    const status = [laptop, jun].map((client) => found(client, story.trip).status.get());
    expect(status.map(({ warning }) => warning)).toEqual([undefined, undefined]);
  });

  test('is brought back after a restart, long after, and has what was written meanwhile', async () => {
    const story = new Story(5, {}, { keepsMailboxes: true });
    const { laptop, phone, jun } = await story.begin();
    await story.world.during(laptop.halo.devices.suspend(story.keyOf(laptop, 'phone')));
    await story.until(() => phone.halo.devices.lock.get() !== undefined);
    await story.world.during(phone.close());
    await story.world.runUntil(() => false, 20_000);
    const again = await story.open('phone');
    await story.add(laptop, 'meanwhile');
    await story.until(() => story.titles(jun).includes('meanwhile'));
    await story.world.runUntil(() => false, 5_000);
    await story.world.during(again.halo.devices.restore(story.words));
    await story.until(() => story.titles(again).includes('meanwhile'));
    await story.add(again, 'back');
    await story.until(() => story.titles(jun).includes('back'));
    await story.until(() => story.titles(laptop).includes('back'));
  });

  test('a space that is closed or comes later hears of it as well, and a crash delays it only', async () => {
    const story = new Story(3, { openSpacesMax: 1, idleSpaceMs: 1 });
    const { laptop, phone } = await story.begin();
    for (const name of ['One', 'Two', 'Three']) await story.space(laptop, name);
    await story.until(() => phone.spaces.list.get().length === 4);
    const key = story.keyOf(laptop, 'phone');
    void laptop.halo.devices.suspend(key).catch(() => undefined);
    await story.until(() =>
      laptop.halo.devices.get().some(({ standing }) => standing !== 'active'),
    );
    story.machine('laptop').crash();
    const platform = story.machine('laptop').boot();
    const again = await story.world.during(
      AtollClient.open(platform, { kubes: [story.kube.url], openSpacesMax: 1, idleSpaceMs: 1 }),
    );
    const later = await story.space(again, 'Later');
    const heard = (): boolean =>
      again.spaces.list.get().length === 5 && story.standing(again, 'phone') === 'suspended';
    await story.until(heard);
    const { store } = platform;
    let told: readonly string[] = [];
    await story.until(() => {
      void store.names('devices-told/').then((names) => (told = names));
      return told.length === 5;
    });
    expect(told).toContain(`devices-told/${later.id}`);
  });

  test('is removed for good by the words, and nothing but these words will do', async () => {
    const story = new Story(4);
    const { laptop } = await story.begin();
    const key = story.keyOf(laptop, 'phone');
    const { devices } = laptop.halo;
    await expect(story.world.during(devices.remove(key, 'abandon'))).rejects.toMatchObject({
      code: 'CRYPTO_WORDS_COUNT',
    });
    await story.world.during(devices.remove(key, story.words, { wipe: true }));
    expect(story.named(laptop, 'phone')).toMatchObject({ standing: 'removed' });
    expect(story.named(laptop, 'phone')?.notes.at(-1)?.says).toBe('goes-and-wipes');
    const own = story.keyOf(laptop, 'laptop');
    await expect(devices.suspend(own)).rejects.toMatchObject({ code: 'CLIENT_THIS_DEVICE' });
    await expect(devices.suspend('00'.repeat(32))).rejects.toMatchObject({
      code: 'CLIENT_UNKNOWN_DEVICE',
    });
  });
});

/** Both of Ada's devices have stopped each other, and know it. */
async function bothStopped(
  story: Story,
): Promise<{ phone: AtollClient; jun: AtollClient; laptopKey: string }> {
  const { laptop, phone, jun } = await story.begin();
  const [laptopKey, phoneKey] = [story.keyOf(phone, 'laptop'), story.keyOf(phone, 'phone')];
  phone.network.setOnline(false);
  await story.world.during(laptop.halo.devices.suspend(phoneKey));
  await story.world.during(phone.halo.devices.suspend(laptopKey));
  phone.network.setOnline(true);
  const both = (): boolean =>
    [laptop, phone].every(({ halo }) => halo.devices.lock.get() !== undefined);
  await story.until(both);
  expect([laptop, phone].some(({ halo }) => halo.devices.lock.get()?.allStopped)).toBe(true);
  return { phone, jun, laptopKey };
}

describe('two devices', () => {
  // In most of these worlds Jun and the phone make keys at once, and their mailboxes part.
  test.each([11, 44, 45, 57, 66])(
    'that suspend each other are both locked until the words are used, and lose nothing (%i)',
    async (seed) => {
      const story = new Story(seed, {}, { keepsMailboxes: true });
      const { phone, jun, laptopKey } = await bothStopped(story);
      expect(story.titles(jun)).toEqual(['Pack']);
      await story.world.during(phone.halo.devices.restore(story.words));
      expect(story.standing(phone, 'phone')).toBe('active');
      await story.until(() => story.titles(phone).includes('Pack'));
      await story.world.during(phone.halo.devices.remove(laptopKey, story.words));
      expect(story.standing(phone, 'laptop')).toBe('removed');
      await story.add(phone, 'on the phone');
      await story.until(() => story.titles(jun).includes('on the phone'));
    },
  );

  test.each([31, 35])(
    'that suspend each other: who was away when one was brought back finds in a mailbox where it has gone (%i)',
    async (seed) => {
      const story = new Story(seed, {}, { keepsMailboxes: true });
      const { phone, jun, laptopKey } = await bothStopped(story);
      // Jun has made keys that the phone cannot have, and gone to their mailbox.
      await story.pause();
      jun.network.setOnline(false);
      await story.world.during(phone.halo.devices.restore(story.words));
      await story.world.during(phone.halo.devices.remove(laptopKey, story.words));
      await story.add(phone, 'on the phone');
      await story.pause(60_000);
      phone.network.setOnline(false);
      jun.network.setOnline(true);
      await story.until(() => story.titles(jun).includes('on the phone'));
    },
  );
});

describe('a laptop that is stolen', () => {
  test('three devices: the thief counter-suspends and lets in his own, and a majority goes on', async () => {
    const story = new Story(21);
    const { laptop, phone, jun } = await story.begin();
    const tablet = await story.device(laptop, 'tablet');
    await story.until(() => story.named(phone, 'tablet') !== undefined);
    expect(story.named(phone, 'tablet')).toMatchObject({ votes: false, mayAgree: true });
    // Who has let it in is no second one, and the tablet has no say for itself.
    for (const client of [laptop, tablet]) {
      expect(story.named(client, 'tablet')).toMatchObject({ votes: false, mayAgree: false });
    }
    expect(await story.tries(laptop.halo.devices.agree(story.keyOf(laptop, 'tablet')))).toBe(
      'CLIENT_AGREE_ELSEWHERE',
    );
    await story.world.during(phone.halo.devices.agree(story.keyOf(phone, 'tablet')));
    await story.until(() => story.named(tablet, 'tablet')?.votes === true);
    expect(story.named(phone, 'tablet')?.mayAgree).toBe(false);
    const again = phone.halo.devices.agree(story.keyOf(phone, 'tablet'));
    expect(await story.tries(again)).toBe('CLIENT_AGREED_ALREADY');
    await story.add(phone, 'honest');
    await story.until(() => story.titles(laptop).includes('honest'));
    const laptopKey = story.keyOf(phone, 'laptop');
    // The thief goes offline with the oldest device, lets one in, writes, and accuses everybody.
    laptop.network.setOnline(false);
    await story.add(laptop, 'by the thief');
    for (const name of ['phone', 'tablet']) {
      await story.world.during(laptop.halo.devices.suspend(story.keyOf(laptop, name)));
    }
    await story.world.during(phone.halo.devices.suspend(laptopKey));
    await story.world.during(tablet.halo.devices.suspend(laptopKey));
    await story.until(() => story.standing(phone, 'laptop') === 'removed');
    laptop.network.setOnline(true);
    await story.until(() => laptop.halo.devices.lock.get() !== undefined);
    await story.add(phone, 'goes on');
    await story.until(() => story.titles(jun).includes('goes on'));
    await story.until(() => story.titles(tablet).includes('goes on'));
    for (const client of [phone, tablet, jun]) {
      expect(story.titles(client)).toEqual(['Pack', 'goes on', 'honest']);
    }
    expect([phone, tablet].map(({ halo }) => halo.devices.lock.get())).toEqual([
      undefined,
      undefined,
    ]);
  });
});
