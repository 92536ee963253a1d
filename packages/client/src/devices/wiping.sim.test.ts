/** A phone that is stolen and wiped, from start to finish: by the words alone, after handing over, whatever crashes. */
import type { Platform } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { MemoryKeychain, SimMachine, type DiskFault } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { LOCK_NOTE } from './lock-note.ts';
import { HAND_OVER_MS } from './wiping.ts';

const Task = defineType('org.example.Task', { title: s.string() });
const HOUR_MS = 60 * 60_000;

/** Ada with a laptop and a phone. */
class Theft extends ClientScene {
  words = '';
  trip = '';

  readonly #keychain = new MemoryKeychain();
  #phone: SimMachine | undefined;

  override machine(name: string): SimMachine {
    if (name !== 'phone') return super.machine(name);
    const { network, world } = this;
    const keychain = this.#keychain;
    return (this.#phone ??= new SimMachine({ world, network, name, keychain }));
  }

  copyOfKeys(): MemoryKeychain {
    const copy = new MemoryKeychain();
    copyKeys(this.#keychain, copy);
    return copy;
  }

  putKeys(keys: MemoryKeychain): void {
    copyKeys(keys, this.#keychain);
  }

  async begin(): Promise<{ laptop: AtollClient; phone: AtollClient }> {
    const laptop = await this.open('laptop');
    const made = await this.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words.join(' ');
    this.trip = (await this.space(laptop, 'Trip')).id;
    const phone = await this.open('phone');
    await this.joinDevice(laptop, phone);
    await this.until(() => phone.spaces.get(this.trip)?.myRole.get() === 'owner');
    await this.add(laptop, 'Pack');
    await this.until(() => this.titles(phone).includes('Pack'));
    return { laptop, phone };
  }

  /** A phone on which there is something that nobody else has, and which hears of nothing but its private space. */
  async offlineWork(phone: AtollClient, title: string): Promise<void> {
    phone.network.setOnline(false);
    await this.add(phone, title);
    await this.world.during(phone.close());
  }

  /** The phone opens its private space alone, as a command does that lists devices. */
  openBare(platform: Platform = this.machine('phone').boot()): Promise<AtollClient> {
    const options = { kubes: [this.kube.url], deviceName: 'phone', spaces: false };
    return this.world.during(AtollClient.open(platform, options));
  }

  async add(client: AtollClient, title: string): Promise<void> {
    const space = found(client, this.trip);
    await this.world.during(space.open());
    space.db.add(Task, { title });
    await this.world.during(space.flush());
  }

  titles(client: AtollClient): readonly string[] {
    const space = client.spaces.list.get().find(({ id }) => id === this.trip);
    if (space?.isOpen !== true) return [];
    const tasks = space.db.query(Task).run();
    return tasks.map(({ title }) => title).sort();
  }

  key(client: AtollClient, name: string): string {
    const device = client.halo.devices.get().find((one) => one.name === name);
    if (device === undefined) throw new RangeError(`no device ${name}`);
    return device.key;
  }

  /** What was set aside on a device, looked at again and again. */
  async setAside(client: AtollClient): Promise<readonly { readonly changed: number }[]> {
    const all = found(client, this.trip).history;
    for (let round = 0; round < 120; round++) {
      const aside = await this.world.during(all.setAside());
      if (aside.length > 0) return aside.map(({ changed }) => ({ changed: changed.length }));
      await this.pause(60_000);
    }
    return [];
  }

  /** Everything that a machine keeps. */
  async left(name: string): Promise<{ spaces: number; names: readonly string[]; chunks: number }> {
    const { chunks, store } = this.machine(name).boot();
    const [spaces, names, buckets] = await this.world.during(
      Promise.all([store.spaces(), store.names(''), chunks.buckets()]),
    );
    // That a program has ended in order says nothing of what was here.
    const said = names.filter((name) => !/^slot\/\d+\/end$/u.test(name));
    return { spaces: spaces.length, names: said, chunks: buckets.length };
  }

  async until(isDone: () => boolean, ms = 120_000): Promise<void> {
    expect(await this.world.runUntil(isDone, ms)).toBe(true);
  }
}

function copyKeys(from: MemoryKeychain, to: MemoryKeychain): void {
  to.seedByName.clear();
  to.secretByName.clear();
  for (const [name, seed] of from.seedByName) to.seedByName.set(name, seed.slice());
  for (const [name, secret] of from.secretByName) to.secretByName.set(name, secret.slice());
}

function wipeOf(client: AtollClient): string | undefined {
  return client.halo.devices.lock.get()?.wipe;
}

describe('a stolen phone', () => {
  test('hands over what it has not sent, deletes everything, and says so; the laptop takes it up', async () => {
    const scene = new Theft(71);
    const { laptop, phone } = await scene.begin();
    await scene.offlineWork(phone, 'unsent');
    const key = scene.key(laptop, 'phone');
    await scene.world.during(laptop.halo.devices.remove(key, scene.words, { wipe: true }));
    await scene.add(laptop, 'after');
    await scene.pause(20_000);
    const bare = await scene.openBare();
    await scene.until(() => wipeOf(bare) === 'done', HOUR_MS);
    expect(bare.halo.devices.lock.get()).toMatchObject({ standing: 'removed', lostSpaces: 0 });
    expect(bare.halo.devices.lock.get()).not.toHaveProperty('byName');
    await scene.world.during(bare.close());
    expect(await scene.left('phone')).toEqual({ spaces: 0, names: [LOCK_NOTE], chunks: 0 });
    // What it had not sent counts for nothing, and is there to be taken up.
    expect(await scene.setAside(laptop)).toEqual([{ changed: 1 }]);
    expect(scene.titles(laptop)).toEqual(['Pack', 'after']);
    const space = found(laptop, scene.trip);
    const [lost] = await scene.world.during(space.history.setAside());
    if (lost === undefined) return expect.unreachable();
    await scene.world.during(space.history.takeUp(lost, { label: 'Taken up' }));
    expect(scene.titles(laptop)).toEqual(['Pack', 'after', 'unsent']);
    // The profile says what was done until somebody begins anew in it, as somebody else.
    const again = await scene.open('phone');
    expect(wipeOf(again)).toBe('done');
    expect(again.halo.identity.get()).toBeUndefined();
    expect(again.spaces.list.get()).toEqual([]);
    await scene.world.during(again.halo.createIdentity({ displayName: 'Eve' }));
    await scene.until(() => again.halo.devices.lock.get() === undefined);
    expect(again.halo.identity.get()?.deviceKey).not.toBe(key);
  });

  test('that is stopped first hears of it while it is locked, also after a restart', async () => {
    const scene = new Theft(72);
    const { laptop, phone } = await scene.begin();
    const key = scene.key(laptop, 'phone');
    await scene.world.during(laptop.halo.devices.suspend(key));
    await scene.until(() => phone.halo.devices.lock.get()?.byName === 'laptop');
    expect(wipeOf(phone)).toBe('no');
    await scene.pause(HOUR_MS);
    expect(wipeOf(phone)).toBe('no');
    await scene.world.during(phone.close());
    await scene.world.during(laptop.halo.devices.remove(key, scene.words, { wipe: true }));
    await scene.pause(20_000);
    const again = await scene.open('phone');
    await scene.until(() => wipeOf(again) === 'done', HOUR_MS);
    expect(again.halo.devices.lock.get()).toMatchObject({ standing: 'removed', lostSpaces: 0 });
    await scene.world.during(again.close());
    expect((await scene.left('phone')).names).toEqual([LOCK_NOTE]);
  });

  test('that finds no server keeps what it has not sent for a week, and then goes all the same', async () => {
    const scene = new Theft(73, {}, { keepsMailboxes: true });
    const { laptop, phone } = await scene.begin();
    await scene.offlineWork(phone, 'unsent');
    const key = scene.key(laptop, 'phone');
    await scene.world.during(laptop.halo.devices.remove(key, scene.words, { wipe: true }));
    await scene.pause(20_000);
    const bare = await scene.openBare();
    await scene.until(() => bare.halo.devices.lock.get() !== undefined);
    scene.kube.stop();
    await scene.until(() => wipeOf(bare) === 'ordered', HOUR_MS);
    await scene.world.during(laptop.close());
    const daysLater = async (days: number): Promise<AtollClient> => {
      scene.machine('phone').skewMs = days * 24 * HOUR_MS;
      const again = await scene.openBare();
      await scene.pause(10 * 60_000);
      return again;
    };
    await scene.world.during(bare.close());
    const soon = await daysLater(HAND_OVER_MS / (24 * HOUR_MS) - 1);
    expect(wipeOf(soon)).toBe('ordered');
    await scene.world.during(soon.close());
    const late = await daysLater(HAND_OVER_MS / (24 * HOUR_MS));
    expect(wipeOf(late)).toBe('done');
    expect(late.halo.devices.lock.get()?.lostSpaces).toBeGreaterThan(0);
  });
});

test('the only device there was is wiped from a clean one, with nothing but the words', async () => {
  const scene = new Theft(75, {}, { keepsMailboxes: true });
  const stolen = await scene.open('stolen');
  const made = await scene.world.during(stolen.halo.createIdentity({ displayName: 'Ada' }));
  const reef = await scene.space(stolen, 'Reef');
  await scene.pause(20_000);
  await scene.world.during(stolen.close());
  const fresh = await scene.open('fresh');
  const words = made.words.join(' ');
  await scene.world.during(fresh.halo.recovery.recover({ words, kubes: [scene.kube.url] }));
  await scene.until(() => fresh.spaces.get(reef.id)?.myRole.get() === 'owner');
  const key = scene.key(fresh, 'stolen');
  await scene.world.during(fresh.halo.devices.remove(key, words, { wipe: true }));
  await scene.pause(20_000);
  await scene.world.during(fresh.close());
  const again = await scene.open('stolen');
  await scene.until(() => wipeOf(again) === 'done', HOUR_MS);
  await scene.world.during(again.close());
  expect(await scene.left('stolen')).toEqual({ spaces: 0, names: [LOCK_NOTE], chunks: 0 });
});

describe('nobody but the words', () => {
  test('has it wiped: not a device, not most of them, and not whoever signs as if he had the words', async () => {
    const scene = new Theft(81);
    const { laptop, phone } = await scene.begin();
    const key = scene.key(laptop, 'phone');
    const wrong = `${'abandon '.repeat(23)}art`;
    const { devices } = laptop.halo;
    await expect(
      scene.world.during(devices.remove(key, wrong, { wipe: true })),
    ).rejects.toMatchObject({ code: 'CLIENT_WRONG_WORDS' });
    await scene.world.during(devices.suspend(key));
    await scene.until(() => phone.halo.devices.lock.get() !== undefined);
    await scene.pause(3 * HOUR_MS);
    expect(wipeOf(phone)).toBe('no');
    await scene.world.during(phone.halo.devices.restore(scene.words));
    await scene.until(() => scene.titles(phone).includes('Pack'));
  });

  test('and they take it back, as long as nothing is deleted', async () => {
    const scene = new Theft(82, {}, { keepsMailboxes: true });
    const { laptop, phone } = await scene.begin();
    await scene.offlineWork(phone, 'unsent');
    const key = scene.key(laptop, 'phone');
    await scene.world.during(laptop.halo.devices.remove(key, scene.words, { wipe: true }));
    await scene.pause(20_000);
    const bare = await scene.openBare();
    await scene.until(() => bare.halo.devices.lock.get() !== undefined);
    scene.kube.stop();
    await scene.pause(3 * HOUR_MS);
    expect(wipeOf(bare)).toBe('ordered');
    scene.kube.start();
    await scene.pause(60_000);
    await scene.world.during(bare.halo.devices.restore(scene.words));
    await scene.pause(HOUR_MS);
    expect(bare.halo.devices.lock.get()).toBeUndefined();
    await scene.world.during(bare.close());
    const whole = await scene.open('phone');
    await scene.until(() => scene.titles(whole).includes('unsent'));
    await scene.until(() => scene.titles(laptop).includes('unsent'));
  });
});

test('whatever write the power fails at, what was begun goes on, and nothing is left', async () => {
  const FAULTS: readonly DiskFault[] = ['crash-before', 'crash-torn', 'crash-after'];
  const scene = new Theft(91);
  const { laptop, phone } = await scene.begin();
  await scene.offlineWork(phone, 'unsent');
  const key = scene.key(laptop, 'phone');
  await scene.world.during(laptop.halo.devices.remove(key, scene.words, { wipe: true }));
  await scene.pause(20_000);
  const { disk } = scene.machine('phone');
  const [kept, keys] = [disk.backup(), scene.copyOfKeys()];
  let crashes = 0;
  for (let write = 1; ; write++) {
    disk.restore(kept);
    scene.putKeys(keys);
    const { life } = disk;
    disk.failAt(write, FAULTS[write % FAULTS.length] as DiskFault);
    const died = await scene.openBare().catch(() => undefined);
    await scene.world.runUntil(() => disk.life !== life || wiped(died), HOUR_MS);
    await scene.pause(2_000);
    const hasCrashed = disk.life !== life;
    const last = hasCrashed ? await scene.openBare() : died;
    await scene.until(() => wiped(last), HOUR_MS);
    expect(last?.halo.devices.lock.get()?.lostSpaces).toBe(0);
    const before = disk.life;
    await scene.world.during(last?.close() ?? Promise.resolve());
    // What is written as it closes can fail, too.
    if (disk.life !== before) await scene.world.during((await scene.openBare()).close());
    expect(await scene.left('phone')).toEqual({ spaces: 0, names: [LOCK_NOTE], chunks: 0 });
    if (!hasCrashed && disk.life === before) break;
    crashes++;
  }
  expect(crashes).toBeGreaterThan(6);
  expect(await scene.setAside(laptop)).toEqual([{ changed: 1 }]);
});

function wiped(client: AtollClient | undefined): boolean {
  return client !== undefined && wipeOf(client) === 'done';
}
