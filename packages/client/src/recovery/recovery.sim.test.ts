/** An identity comes back from its words: alone, with others, from servers that lie, and not from any others. */
import { defineType, s } from '@atoll/schema';
import { SimKube } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { LOOK_AFTER_MS, RENEW_AFTER_MS } from './capsule-keeper.ts';

const Task = defineType('org.example.Task', { title: s.string() });

/** Ada with one device, a space with a task, and everything at the server. */
class Story extends ClientScene {
  words = '';
  space_ = '';

  async begin(): Promise<AtollClient> {
    const ada = await this.open('laptop');
    const made = await this.world.during(ada.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words.join(' ');
    const trip = await this.space(ada, 'Trip');
    this.space_ = trip.id;
    trip.db.add(Task, { title: 'Pack' });
    await this.world.during(trip.flush());
    await this.settled(ada);
    return ada;
  }

  /** Everything of this client is at the server. */
  async settled(client: AtollClient): Promise<void> {
    const isDone = (): boolean =>
      client.network.status.get().settled &&
      client.halo.recovery.copies.get().length > 0 &&
      client.halo.recovery.copies.get().every(({ at }) => at === 'kept');
    expect(await this.world.runUntil(isDone, 60_000)).toBe(true);
  }

  recover(client: AtollClient, words = this.words): ReturnType<Recover> {
    return this.world.during(client.halo.recovery.recover({ words }));
  }

  hasTask(client: AtollClient): boolean {
    const space = client.spaces.get(this.space_);
    return space !== undefined && space.db.query(Task).first()?.title === 'Pack';
  }
}

type Recover = AtollClient['halo']['recovery']['recover'];

describe('from the words alone', () => {
  test('a clean device has everything while no other device is there, and writes on', async () => {
    const story = new Story(1);
    const laptop = await story.begin();
    const id = laptop.halo.identity.get()?.id;
    await story.world.during(laptop.close());
    const phone = await story.open('phone');
    const outcome = await story.recover(phone);
    expect(outcome.identity.id).toBe(id);
    expect(outcome.identity.displayName).toBe('Ada');
    expect(outcome.asked).toEqual([{ kube: story.kube.url, answer: 'found' }]);
    expect(await story.world.runUntil(() => story.hasTask(phone), 60_000)).toBe(true);
    const complete = (): boolean => phone.halo.recovery.recovered.get()?.complete === true;
    expect(await story.world.runUntil(complete, 20_000)).toBe(true);
    const both = (): boolean => phone.halo.devices.get().length === 2;
    expect(await story.world.runUntil(both, 20_000)).toBe(true);
    const trip = found(phone, story.space_);
    expect(trip.myRole.get()).toBe('owner');
    trip.db.add(Task, { title: 'From the phone' });
    await story.world.during(trip.flush());
    await story.settled(phone);
    // The old device turns up again and accepts the new one.
    const again = await story.open('laptop');
    const seen = (): boolean => found(again, story.space_).db.query(Task).count() === 2;
    expect(await story.world.runUntil(seen, 60_000)).toBe(true);
    expect(again.halo.devices.get()).toHaveLength(2);
    expect(found(again, story.space_).members.get()).toHaveLength(1);
  });

  test('a device that was recovered stays recovered over a restart', async () => {
    const story = new Story(2);
    await story.world.during((await story.begin()).close());
    const phone = await story.open('phone');
    await story.recover(phone);
    await story.world.during(phone.close());
    const again = await story.open('phone');
    expect(again.halo.identity.get()?.displayName).toBe('Ada');
    expect(await story.world.runUntil(() => story.hasTask(again), 60_000)).toBe(true);
    await expect(story.recover(again)).rejects.toMatchObject({ code: 'CLIENT_HAS_IDENTITY' });
  });

  test(
    'what comes later is missing only until another device tells it',
    { timeout: 20_000 },
    async () => {
      const story = new Story(3, {}, { keepsMailboxes: true });
      const laptop = await story.begin();
      const phone = await story.open('phone');
      await story.recover(phone);
      expect(await story.world.runUntil(() => story.hasTask(phone), 60_000)).toBe(true);
      found(laptop, story.space_).db.add(Task, { title: 'Later' });
      const later = (): boolean => found(phone, story.space_).db.query(Task).count() === 2;
      expect(await story.world.runUntil(later, 60_000)).toBe(true);
    },
  );

  test(
    'somebody who shares a space accepts the device that came back',
    { timeout: 20_000 },
    async () => {
      const story = new Story(4);
      const ada = await story.begin();
      const jun = await story.person('jun');
      const theirs = await story.join(found(ada, story.space_), jun);
      await story.world.runUntil(() => theirs.myRole.get() === 'writer', 10_000);
      await story.settled(ada);
      await story.world.during(ada.close());
      const phone = await story.open('phone');
      await story.recover(phone);
      expect(await story.world.runUntil(() => story.hasTask(phone), 60_000)).toBe(true);
      found(phone, story.space_).db.add(Task, { title: 'I am back' });
      const seen = (): boolean => theirs.db.query(Task).count() === 2;
      expect(await story.world.runUntil(seen, 60_000)).toBe(true);
      expect(theirs.members.get()).toHaveLength(2);
    },
  );
});

describe('what cannot be recovered says why', () => {
  test('words that are none, words of nobody, no server, no answer, no network', async () => {
    const story = new Story(5);
    await story.world.during((await story.begin()).close());
    const phone = await story.open('phone');
    const words = story.words.split(' ');
    await expect(story.recover(phone, words.slice(1).join(' '))).rejects.toMatchObject({
      code: 'CRYPTO_WORDS_COUNT',
    });
    const turned = [...words.slice(1), words[0]].join(' ');
    await expect(story.recover(phone, turned)).rejects.toMatchObject({
      code: expect.stringMatching('CRYPTO_WORDS_CHECKSUM|CLIENT_NOTHING_TO_RECOVER'),
    });
    const nobody = `${'abandon '.repeat(23)}art`;
    await expect(story.recover(phone, nobody)).rejects.toMatchObject({
      code: 'CLIENT_NOTHING_TO_RECOVER',
      message: expect.stringContaining(story.kube.url),
    });
    const { recovery } = phone.halo;
    const ask = (kubes: readonly string[]): Promise<unknown> =>
      story.world.during(recovery.recover({ words: story.words, kubes }));
    await expect(ask([])).rejects.toMatchObject({ code: 'CLIENT_NO_SERVER' });
    await expect(ask(['http://nowhere.test'])).rejects.toMatchObject({
      code: 'CLIENT_UNREACHABLE',
      message: expect.stringContaining('nowhere.test'),
    });
    phone.network.setOnline(false);
    await expect(story.recover(phone)).rejects.toMatchObject({ code: 'CLIENT_UNREACHABLE' });
    expect(phone.halo.identity.get()).toBeUndefined();
  });

  test('the drill tells the right words from others, and changes nothing', async () => {
    const story = new Story(6);
    const ada = await story.begin();
    const { recovery } = ada.halo;
    const upper = story.words.toUpperCase().replaceAll(' ', '  ');
    expect(await story.world.during(recovery.checkWords(upper))).toBe(true);
    expect(await story.world.during(recovery.checkWords(`${'abandon '.repeat(23)}art`))).toBe(
      false,
    );
    await expect(story.world.during(recovery.checkWords('one two'))).rejects.toMatchObject({
      code: 'CRYPTO_WORDS_COUNT',
    });
    expect(ada.halo.devices.get()).toHaveLength(1);
  });
});

describe('servers', () => {
  test(
    'that are named in a capsule of another one are asked, too',
    { timeout: 20_000 },
    async () => {
      const story = new Story(7);
      const { network, world } = story;
      const second = new SimKube({ world, network, name: 'second.test' });
      const ada = await story.begin();
      ada.network.addKube(second.url);
      await story.settled(ada);
      await world.during(ada.close());
      // Only the second one is known to whoever recovers, and the data are at both.
      const phone = await story.open('phone');
      const asked = await world.during(
        phone.halo.recovery.recover({ words: story.words, kubes: [second.url] }),
      );
      expect(asked.asked.map(({ kube }) => kube).sort()).toEqual(
        [story.kube.url, second.url].sort(),
      );
      expect(await world.runUntil(() => story.hasTask(phone), 60_000)).toBe(true);
    },
  );

  test(
    'that give old capsules, garbage, too much or nothing take nothing away from an honest one',
    {
      timeout: 30_000,
    },
    async () => {
      const story = new Story(8);
      const { network, world } = story;
      const honest = new SimKube({ world, network, name: 'honest.test' });
      const ada = await story.begin();
      const old: { bytes: Uint8Array | undefined } = { bytes: undefined };
      story.kube.lies = (stand) => ({
        ...stand,
        answer: (question, from) => stand.answer(question, from),
        kept: async () => {
          old.bytes ??= await stand.kept?.();
          return old.bytes;
        },
      });
      ada.network.addKube(honest.url);
      await world.during(ada.halo.updateProfile({ displayName: 'Ada L.' }));
      await story.settled(ada);
      await world.during(ada.close());
      const lies: readonly (() => Uint8Array | undefined)[] = [
        () => old.bytes,
        () => undefined,
        () => Uint8Array.of(15, 255, 255, 255, 255, 1),
        () => new Uint8Array(900_000),
        () => Uint8Array.of(1, 3, 1, 2, 3),
      ];
      for (const [at, lie] of lies.entries()) {
        story.kube.lies = (stand) => ({
          answer: (question, from) => stand.answer(question, from),
          kept: () => Promise.resolve(lie()),
        });
        const phone = await story.open(`phone-${at}`);
        const outcome = await world.during(
          phone.halo.recovery.recover({ words: story.words, kubes: [story.kube.url, honest.url] }),
        );
        expect(outcome.identity.displayName).toBe('Ada L.');
        expect(await world.runUntil(() => story.hasTask(phone), 60_000)).toBe(true);
        await world.during(phone.close());
      }
    },
  );

  test('that lost a capsule, or went back to an earlier one, are noticed and given it again', async () => {
    const story = new Story(9);
    const ada = await story.begin();
    const { copies } = ada.halo.recovery;
    expect(copies.get()).toMatchObject([{ at: 'kept', wasLost: false }]);
    let lost = true;
    story.kube.lies = (stand) => ({
      answer: (question, from) => stand.answer(question, from),
      kept: () =>
        (lost ? Promise.resolve(Uint8Array.of(0)) : stand.kept?.()) ?? Promise.resolve(undefined),
      keep: async (token, bytes) => {
        lost = false;
        return stand.keep?.(token, bytes);
      },
    });
    const before = copies.get()[0]?.keptAtMs ?? 0;
    await story.world.during(ada.close());
    story.machine('laptop').skewMs = LOOK_AFTER_MS + 600_000;
    const { recovery } = (await story.open('laptop')).halo;
    const noticed = (): boolean => recovery.copies.get()[0]?.wasLost === true;
    expect(await story.world.runUntil(noticed, 60_000)).toBe(true);
    expect(recovery.copies.get()[0]?.at).toBe('kept');
    expect(recovery.copies.get()[0]?.keptAtMs).toBeGreaterThan(before);
    expect(lost).toBe(false);
  });

  test(
    'see a new capsule when something changed or a month has gone, and none for edits',
    {
      timeout: 30_000,
    },
    async () => {
      const story = new Story(10);
      const given: number[] = [];
      story.kube.lies = (stand) => ({
        answer: (question, from) => stand.answer(question, from),
        kept: () => stand.kept?.() ?? Promise.resolve(undefined),
        keep: async (token, bytes) => {
          given.push(story.world.nowMs);
          return stand.keep?.(token, bytes);
        },
      });
      const ada = await story.begin();
      expect(given).toHaveLength(1);
      const trip = found(ada, story.space_);
      for (let at = 0; at < 20; at++) {
        trip.db.add(Task, { title: String(at) });
        await story.world.run(story.world.nowMs + 5_000);
      }
      expect(given).toHaveLength(1);
      await story.world.during(ada.halo.updateProfile({ displayName: 'Ada L.' }));
      await story.world.run(story.world.nowMs + 10_000);
      expect(given).toHaveLength(2);
      await story.world.during(ada.close());
      story.machine('laptop').skewMs = RENEW_AFTER_MS - 600_000;
      const young = await story.open('laptop');
      await story.world.run(story.world.nowMs + 10_000);
      expect(given).toHaveLength(2);
      await story.world.during(young.close());
      story.machine('laptop').skewMs = RENEW_AFTER_MS + 600_000;
      await story.open('laptop');
      await story.world.run(story.world.nowMs + 10_000);
      expect(given).toHaveLength(3);
    },
  );

  test('that keep nothing are told from those that cannot be reached', async () => {
    const story = new Story(11, {}, { keepsMailboxes: false });
    const ada = await story.person('laptop');
    const refused = (): boolean => ada.halo.recovery.copies.get()[0]?.at === 'refused';
    expect(await story.world.runUntil(refused, 30_000)).toBe(true);
  });

  test('learn neither name, identity nor keys, and cannot link the capsule to the space', async () => {
    const story = new Story(12);
    const seen: Uint8Array[] = [];
    story.network.addTap((_from, _to, message) => void seen.push(message.slice()));
    const ada = await story.begin();
    const identity = ada.halo.identity.get();
    const text = Buffer.concat(seen).toString('latin1');
    for (const secret of [identity?.id ?? '', identity?.deviceKey ?? '', story.space_]) {
      expect(text).not.toContain(Buffer.from(secret, 'hex').toString('latin1'));
      expect(text).not.toContain(secret);
    }
    for (const { clients, mailboxes } of story.kube.shown.values()) {
      expect(mailboxes.size).toBeLessThanOrEqual(1);
      expect(clients.size).toBeLessThanOrEqual(1);
    }
  });
});
