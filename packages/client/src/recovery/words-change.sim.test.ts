/** A sheet of words that somebody has seen: new words, with devices that are away, power that fails, and a thief. */
import { loadRecovering } from '@atoll/halo';
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

/** What a mailbox without room answers. */
const FULL = 1;

const Task = defineType('org.example.Task', { title: s.string() });

/** Ada with a laptop and a phone, and Jun, who shares a space with her. */
class Household extends ClientScene {
  words = '';
  trip = '';

  /** The laptop, with an identity and a space. */
  async first(): Promise<AtollClient> {
    const laptop = await this.open('laptop');
    const made = await this.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words.join(' ');
    this.trip = (await this.space(laptop, 'Trip')).id;
    return laptop;
  }

  async begin(): Promise<{ laptop: AtollClient; phone: AtollClient; jun: AtollClient }> {
    const laptop = await this.first();
    const phone = await this.open('phone');
    await this.joinDevice(laptop, phone);
    await this.until(() => phone.spaces.get(this.trip)?.myRole.get() === 'owner');
    const jun = await this.person('jun');
    await this.join(found(laptop, this.trip), jun, { role: 'writer' });
    await this.add(laptop, 'Pack');
    await this.until(() => this.has(phone, 'Pack') && this.has(jun, 'Pack'));
    await this.settled(laptop, phone);
    return { laptop, phone, jun };
  }

  /** New words, in place of those of now; both. */
  async change(client: AtollClient): Promise<{ readonly old: string; readonly now: string }> {
    const { recovery } = client.halo;
    const old = this.words;
    const now = (await this.world.during(recovery.makeWords())).join(' ');
    await this.world.during(recovery.changeWords({ words: old, newWords: now }));
    expect(recovery.copies.get().filter(({ at }) => at === 'kept')).toEqual([]);
    this.words = now;
    return { old, now };
  }

  async settled(...clients: readonly AtollClient[]): Promise<void> {
    await this.until(() =>
      clients.every(({ halo, network }) => {
        const copies = halo.recovery.copies.get();
        const isKept = copies.length > 0 && copies.every(({ at }) => at === 'kept');
        return network.status.get().settled && isKept;
      }),
    );
  }

  async until(isDone: () => boolean, ms = 120_000): Promise<void> {
    expect(await this.world.runUntil(isDone, ms)).toBe(true);
  }

  async add(client: AtollClient, title: string): Promise<void> {
    const space = found(client, this.trip);
    await this.world.during(space.open());
    space.db.add(Task, { title });
    await this.world.during(space.flush());
  }

  has(client: AtollClient, title: string): boolean {
    const space = client.spaces.list.get().find(({ id }) => id === this.trip);
    if (space?.isOpen !== true) return false;
    return space.db
      .query(Task)
      .run()
      .some((task) => task.title === title);
  }

  /** Devices that have not taken up other words, as one device knows it. */
  awaited(client: AtollClient): readonly string[] {
    return client.halo.recovery.wordsChanged.get()?.awaited ?? ['nothing was changed'];
  }

  recovers(client: AtollClient, words: string): Promise<string> {
    return this.tries(client.halo.recovery.recover({ words }));
  }

  isRight(client: AtollClient, words: string): Promise<boolean> {
    return this.world.during(client.halo.recovery.checkWords(words));
  }
}

describe('words that somebody has seen', () => {
  test('are changed: the new ones bring everything back, the old ones nothing, and every device says so', async () => {
    const home = new Household(1);
    const { laptop, phone, jun } = await home.begin();
    expect(laptop.halo.recovery.wordsChanged.get()).toBeUndefined();
    const { now, old } = await home.change(laptop);
    expect(laptop.halo.recovery.wordsChanged.get()).toMatchObject({ byThisDevice: true });
    await home.until(() => phone.halo.recovery.wordsChanged.get() !== undefined);
    expect(phone.halo.recovery.wordsChanged.get()).toMatchObject({
      byName: 'laptop',
      byThisDevice: false,
      isContested: false,
    });
    for (const device of [laptop, phone]) {
      expect(await home.isRight(device, now)).toBe(true);
      expect(await home.isRight(device, old)).toBe(false);
    }
    await home.settled(laptop, phone);
    await home.until(() => [laptop, phone].every((each) => home.awaited(each).length === 0));
    await home.add(jun, 'by Jun');
    await home.until(() => home.has(laptop, 'by Jun') && home.has(phone, 'by Jun'));
    await home.world.during(laptop.close());
    await home.world.during(phone.close());

    const thief = await home.open('thief');
    expect(await home.recovers(thief, old)).toBe('CLIENT_NOTHING_TO_RECOVER');
    const back = await home.open('back');
    expect(await home.recovers(back, now)).toBe('done');
    await home.until(() => home.has(back, 'by Jun'));
    await home.add(back, 'I am back');
    await home.until(() => home.has(jun, 'I am back'));
    expect(await home.isRight(back, now)).toBe(true);
  });

  test('that are not those of now, or no others, are refused, and nothing has changed', async () => {
    const home = new Household(2);
    const { laptop } = await home.begin();
    const { recovery } = laptop.halo;
    const fresh = (await home.world.during(recovery.makeWords())).join(' ');
    const change = (words: string, newWords: string): Promise<string> =>
      home.tries(recovery.changeWords({ words, newWords }));
    expect(await change(fresh, home.words)).toBe('CLIENT_WRONG_WORDS');
    expect(await change(home.words, home.words)).toBe('CLIENT_SAME_WORDS');
    expect(await change(home.words, 'one two')).toBe('CRYPTO_WORDS_COUNT');
    expect(await home.isRight(laptop, home.words)).toBe(true);
    expect(recovery.wordsChanged.get()).toBeUndefined();
    const { old } = await home.change(laptop);
    expect(await change(home.words, old)).toBe('CLIENT_SAME_WORDS');
    // Words may be changed again, and again the last ones count.
    await home.change(laptop);
    await home.settled(laptop);
    expect(await home.isRight(laptop, home.words)).toBe(true);
    expect(await home.recovers(await home.open('back'), home.words)).toBe('done');
  });

  test('decide nothing any more: neither on a device that knows of the change, nor elsewhere', async () => {
    const home = new Household(3, {}, { keepsMailboxes: true });
    const { laptop, phone } = await home.begin();
    await home.world.during(phone.close());
    const { now, old } = await home.change(laptop);
    const key = laptop.halo.devices.get().find(({ name }) => name === 'phone')?.key ?? '';
    expect(await home.tries(laptop.halo.devices.remove(key, old))).toBe('CLIENT_WRONG_WORDS');
    const again = await home.open('phone');
    await home.until(() => again.halo.recovery.wordsChanged.get() !== undefined);
    expect(await home.tries(laptop.halo.devices.remove(key, now))).toBe('done');
    await home.until(() => again.halo.devices.lock.get()?.standing === 'removed');
    expect(await home.tries(again.halo.recovery.changeWords({ words: now, newWords: old }))).toBe(
      'CLIENT_DEVICE_STOPPED',
    );
  });
});

test('what a server gave for the old words opens nothing that is written after the change', async () => {
  const home = new Household(4);
  const given: Uint8Array[] = [];
  home.kube.lies = (stand) => ({
    answer: (question, from) => stand.answer(question, from),
    kept: () => stand.kept?.() ?? Promise.resolve(undefined),
    keep: async (token, bytes) => {
      given.push(bytes.slice());
      return stand.keep?.(token, bytes);
    },
  });
  const { laptop } = await home.begin();
  const before = given.length;
  const { now, old } = await home.change(laptop);
  await home.settled(laptop);
  const { openCapsule, recoveryKeys } = await loadRecovering();
  const opened = async (words: string, records: readonly Uint8Array[]) => {
    using keys = await recoveryKeys(words);
    const all = await Promise.all(records.map((record) => openCapsule(record, keys.agreer)));
    return all.flatMap((one) => (one === undefined ? [] : [one.capsule]));
  };
  const leaked = await opened(old, given);
  expect(leaked.length).toBeGreaterThan(0);
  expect(await opened(old, given.slice(before))).toEqual([]);
  const renewed = (await opened(now, given)).at(-1);
  const known = new Set(leaked.flatMap(({ haloRing }) => haloRing.all()).map(nameOf));
  const fresh = renewed?.haloRing.all().filter((one) => !known.has(nameOf(one))) ?? [];
  expect(fresh.length).toBeGreaterThan(0);
});

function nameOf({ generation }: { readonly generation: string }): string {
  return generation;
}

test('a device that was away hears late, takes its own copy from under the old words, and leaves it under the new ones', async () => {
  const home = new Household(5, {}, { keepsMailboxes: true });
  const { laptop, phone, jun } = await home.begin();
  await home.world.during(phone.close());
  await home.world.during(jun.close());
  const { now, old } = await home.change(laptop);
  await home.settled(laptop);
  await home.add(laptop, 'later');
  await home.settled(laptop);
  expect(home.awaited(laptop)).toEqual(['phone']);
  const changedAtMs = laptop.halo.recovery.wordsChanged.get()?.atMs;
  await home.world.during(laptop.close());
  // Its copy still lies there: what comes back with it has nothing that is written since.
  const stale = await home.open('stale');
  expect(await home.recovers(stale, old)).toBe('done');
  await home.until(() => stale.halo.devices.lock.get() !== undefined);
  const lock = stale.halo.devices.lock.get();
  expect(lock).toMatchObject({ standing: 'suspended', byOldWords: true });
  expect(lock).not.toHaveProperty('byName');
  expect(lock?.atMs).toBe(changedAtMs);
  await home.pause(60_000);
  expect(home.has(stale, 'later')).toBe(false);
  // In the right hands it stays: by the words of now.
  expect(await home.tries(stale.halo.devices.restore(old))).toBe('CLIENT_WRONG_WORDS');
  expect(await home.tries(stale.halo.devices.restore(now))).toBe('done');
  const again = await home.open('laptop');
  await home.until(() => home.has(stale, 'later'));
  const names = stale.halo.devices.get().map(({ name }) => name);
  expect(names.sort()).toEqual(['laptop', 'phone', 'stale']);
  await home.until(() => home.awaited(again).join() === 'phone');
  await home.settled(stale, again);
  await home.world.during(stale.close());
  await home.world.during(again.close());

  const late = await home.open('phone');
  await home.until(() => late.halo.recovery.wordsChanged.get() !== undefined);
  await home.until(() => home.has(late, 'later'));
  await home.settled(late);
  expect(await home.recovers(await home.open('thief'), old)).toBe('CLIENT_NOTHING_TO_RECOVER');
  await home.world.during(late.close());
  const back = await home.open('back');
  expect(await home.recovers(back, now)).toBe('done');
  await home.until(() => home.has(back, 'later'));
  // Each has said so in the private space, for those who look there.
  await home.until(() => home.awaited(back).length === 0);
  await home.add(back, 'from the one that came back');
  // Jun has not heard of anything until now.
  const junAgain = await home.open('jun');
  await home.until(() => home.has(junAgain, 'from the one that came back'));
  expect(found(junAgain, home.trip).members.get()).toHaveLength(2);
});

test.each([31, 32, 33, 34, 35, 36, 37, 38])(
  'old words lead to what a device has left that is away, wherever it was with that, and to nothing more (%i)',
  async (seed) => {
    const rng = new SimRng(seed);
    const home = new Household(seed, {}, { keepsMailboxes: true });
    const laptop = await home.first();
    await home.settled(laptop);
    const phone = await home.open('phone');
    await home.joinDevice(laptop, phone);
    await home.pause(rng.int(8_000));
    const hasLeft = phone.halo.recovery.copies.get().some(({ at }) => at === 'kept');
    await home.world.during(phone.close());
    if (rng.chance(0.5)) await home.add(laptop, 'before');
    const { old } = await home.change(laptop);
    await home.settled(laptop);
    await home.add(laptop, 'later');
    await home.pause(rng.int(8_000));
    // The laptop may be there, or not.
    if (rng.chance(0.5)) await home.world.during(laptop.close());
    const stale = await home.open('stale');
    const outcome = await home.recovers(stale, old);
    if (hasLeft) expect(outcome).toBe('done');
    if (outcome !== 'done') {
      expect(outcome).toBe('CLIENT_NOTHING_TO_RECOVER');
      return;
    }
    await home.until(() => stale.halo.devices.lock.get()?.byOldWords === true, 15_000);
    await home.pause(60_000);
    expect(home.has(stale, 'later')).toBe(false);
  },
);

test('where a server has no room for the new copy, the old words lead to something until it has', async () => {
  const home = new Household(8, {}, { keepsMailboxes: true });
  const { laptop, phone } = await home.begin();
  let isFull = true;
  home.kube.lies = (stand) => ({
    answer: (question, from) => stand.answer(question, from),
    kept: () => stand.kept?.() ?? Promise.resolve(undefined),
    keep: (token, bytes) =>
      isFull && bytes.length > 0
        ? Promise.resolve(Uint8Array.of(FULL))
        : (stand.keep?.(token, bytes) ?? Promise.resolve(undefined)),
  });
  const { now, old } = await home.change(laptop);
  await home.pause(60_000);
  expect(laptop.halo.recovery.copies.get()).toMatchObject([{ at: 'refused' }]);
  await home.world.during(phone.close());
  const early = await home.open('early');
  expect(await home.recovers(early, now)).toBe('CLIENT_NOTHING_TO_RECOVER');
  expect(await home.recovers(early, old)).toBe('done');
  await home.world.during(early.close());
  isFull = false;
  await home.world.during(laptop.close());
  const again = await home.open('laptop');
  await home.settled(again);
  expect(await home.recovers(await home.open('back'), now)).toBe('done');
});

test.each(['opened', 'wiped'])(
  'a device that was stopped before the change is %s by the new words',
  async (how) => {
    const home = new Household(6);
    const { laptop, phone } = await home.begin();
    const key = laptop.halo.devices.get().find(({ name }) => name === 'phone')?.key ?? '';
    await home.world.during(laptop.halo.devices.suspend(key));
    await home.until(() => phone.halo.devices.lock.get() !== undefined);
    const { now } = await home.change(laptop);
    await home.settled(laptop);
    if (how === 'wiped') {
      await home.world.during(laptop.halo.devices.remove(key, now, { wipe: true }));
      await home.until(() => phone.halo.devices.lock.get()?.wipe === 'done', 60 * 60_000);
      return;
    }
    const nobody = `${'abandon '.repeat(23)}art`;
    expect(await home.tries(phone.halo.devices.restore(nobody))).toBe('CLIENT_WRONG_WORDS');
    expect(await home.tries(phone.halo.devices.restore(now))).toBe('done');
    await home.until(() => home.has(phone, 'Pack'));
    expect(await home.isRight(phone, now)).toBe(true);
  },
);

test(
  'power that fails at a write leaves the old words or the new ones, and they bring everything back',
  { timeout: 240_000 },
  async () => {
    let met = 0;
    for (let write = 1; met >= 0; write += 3) {
      const home = new Household(7);
      const { laptop, phone } = await home.begin();
      const { disk } = home.machine('laptop');
      const { life } = disk;
      const old = home.words;
      const now = (await home.world.during(laptop.halo.recovery.makeWords())).join(' ');
      disk.failAt(write, met % 2 === 1 ? 'crash-after' : 'crash-before');
      let done = false;
      laptop.halo.recovery.changeWords({ words: old, newWords: now }).then(
        () => (done = true),
        () => (done = true),
      );
      await home.until(() => done || disk.life !== life);
      if (disk.life === life) break;
      met++;
      const again = await home.open('laptop');
      const isNew = await home.isRight(again, now);
      expect(await home.isRight(again, old)).toBe(!isNew);
      if (isNew) await home.until(() => phone.halo.recovery.wordsChanged.get() !== undefined);
      await home.settled(again, phone);
      expect(await home.isRight(phone, now)).toBe(isNew);
      const back = await home.open('back');
      expect(await home.recovers(back, isNew ? old : now)).toBe('CLIENT_NOTHING_TO_RECOVER');
      expect(await home.recovers(back, isNew ? now : old)).toBe('done');
      await home.until(() => home.has(back, 'Pack'));
    }
    expect(met).toBeGreaterThan(3);
  },
);

test.each([134, 211, 213, 215, 219, 226, 227, 238])(
  'who comes back when all devices were lost at any moment finds what lies in the mailboxes of former keys (%i)',
  async (seed) => {
    const rng = new SimRng(seed);
    const home = new Household(seed, {}, { keepsMailboxes: true });
    const laptop = await home.first();
    await home.add(laptop, 'Pack');
    const phone = await home.open('phone');
    await home.joinDevice(laptop, phone);
    await home.until(() => home.has(phone, 'Pack'));
    await home.settled(phone);
    await home.world.during(phone.close());
    await home.pause(rng.int(8_000));
    const { now, old } = await home.change(laptop);
    await home.until(() => laptop.halo.recovery.copies.get().every(({ at }) => at === 'kept'));
    await home.pause(rng.int(2_000));
    // Stopping it makes new keys, and the phone that hears of it may make some, too.
    const stale = await home.open('stale');
    expect(await home.recovers(stale, old)).toBe('done');
    await home.until(() => stale.halo.devices.lock.get()?.byOldWords === true, 15_000);
    await home.pause(rng.int(2_000));
    await home.world.during(stale.close());
    await home.pause(rng.int(4_000));
    const again = await home.open('phone');
    await home.until(() => again.halo.recovery.wordsChanged.get() !== undefined);
    await home.pause(rng.int(3_000));
    await home.until(() => home.awaited(laptop).length === 0);
    // The copy at the server names keys to whose mailbox nobody may have come yet.
    await home.pause(rng.int(500));
    await home.world.during(laptop.close());
    await home.pause(rng.int(500));
    await home.world.during(again.close());
    await home.pause(rng.int(3_000));
    const back = await home.open('back');
    expect(await home.recovers(back, now)).toBe('done');
    await home.until(() => home.has(back, 'Pack'), 18_000);
  },
);
