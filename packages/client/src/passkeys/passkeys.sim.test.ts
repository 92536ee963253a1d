/**
 * Passkeys as a way back: from a clean machine that has the passkey and the name of a server, and from nothing less.
 * The authenticator is simulated; e2e has a browser's.
 */
import { defineType, s } from '@atoll/schema';
import { SimAuthenticator } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });

/** Ada, whose machines have the same passkeys, and a space with a task. */
class Story extends ClientScene {
  readonly authenticator = new SimAuthenticator(7);
  words: readonly string[] = [];
  trip = '';

  async begin(): Promise<AtollClient> {
    const ada = await this.at('laptop');
    const made = await this.world.during(ada.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words;
    const trip = await this.space(ada, 'Trip');
    this.trip = trip.id;
    trip.db.add(Task, { title: 'Pack' });
    await this.world.during(trip.flush());
    return ada;
  }

  at(name: string): Promise<AtollClient> {
    this.machine(name).authenticator = this.authenticator;
    return this.open(name);
  }

  add(client: AtollClient, name = 'Phone'): Promise<{ readonly key: string }> {
    return this.world.during(client.halo.passkeys.add({ name }));
  }

  async until(isDone: () => boolean): Promise<void> {
    expect(await this.world.runUntil(isDone, 120_000)).toBe(true);
  }

  /** Everything of this client is at the server. */
  async settled(client: AtollClient): Promise<void> {
    const { passkeys, recovery } = client.halo;
    await this.until(
      () =>
        client.network.status.get().settled &&
        recovery.copies.get().length > 0 &&
        recovery.copies.get().every(({ at }) => at === 'kept') &&
        passkeys.get().every(({ way }) => way === 'kept'),
    );
  }

  comeBack(client: AtollClient): ReturnType<AtollClient['halo']['recovery']['recoverByPasskey']> {
    return this.world.during(client.halo.recovery.recoverByPasskey());
  }

  hasTask(client: AtollClient): boolean {
    return client.spaces.get(this.trip)?.db.query(Task).first()?.title === 'Pack';
  }
}

describe('coming back by passkey', () => {
  test('a clean machine has everything while no other is there, and writes on', async () => {
    const story = new Story(1);
    const laptop = await story.begin();
    const { key } = await story.add(laptop);
    expect(story.authenticator.names).toEqual(['Phone']);
    await story.settled(laptop);
    const id = laptop.halo.identity.get()?.id;
    await story.world.during(laptop.close());

    const tablet = await story.at('tablet');
    const outcome = await story.comeBack(tablet);
    expect(outcome.identity.id).toBe(id);
    expect(outcome.asked).toEqual([{ kube: story.kube.url, answer: 'found' }]);
    await story.until(() => story.hasTask(tablet));
    const trip = found(tablet, story.trip);
    expect(trip.myRole.get()).toBe('owner');
    trip.db.add(Task, { title: 'From the tablet' });
    await story.world.during(trip.flush());
    await story.until(() => tablet.halo.devices.get().length === 3);
    expect(tablet.halo.passkeys.get()).toMatchObject([{ key, name: 'Phone' }]);
    await story.settled(tablet);
    // The old device turns up again, knows the new one, and takes its work.
    const again = await story.at('laptop');
    await story.until(() => found(again, story.trip).db.query(Task).count() === 2);
    // Its name comes by the private space, when that has been heard.
    const names = (): readonly string[] => again.halo.devices.get().map(({ name }) => name);
    await story.until(() => names().includes('tablet'));
    expect(names()).toEqual(expect.arrayContaining(['laptop', 'Phone', 'tablet']));
    const own = again.halo.devices.get().find(({ name }) => name === 'tablet');
    // A passkey is no more than a device: what it lets in has no say yet.
    expect(own).toMatchObject({ standing: 'active', votes: false, admittedBy: 'Phone' });
  });

  test('other devices are online, and the server has nothing of the private space', async () => {
    const story = new Story(2);
    const laptop = await story.begin();
    await story.add(laptop);
    await story.settled(laptop);
    // The server keeps no mailboxes' logs in this world, so everything comes from the laptop.
    const tablet = await story.at('tablet');
    await story.comeBack(tablet);
    await story.until(() => story.hasTask(tablet));
    await story.until(() => tablet.halo.recovery.recovered.get()?.complete === true);
  });

  test('a passkey that was removed brings nothing back, here or from an older copy', async () => {
    const story = new Story(3);
    const laptop = await story.begin();
    const { key } = await story.add(laptop);
    await story.settled(laptop);
    await story.world.during(laptop.halo.passkeys.remove(key));
    expect(laptop.halo.passkeys.get()).toEqual([]);
    const device = laptop.halo.devices.get().find((one) => one.key === key);
    expect(device?.standing).toBe('suspended');
    await story.world.run(20_000);
    await story.settled(laptop);
    const tablet = await story.at('tablet');
    await expect(story.comeBack(tablet)).rejects.toMatchObject({
      code: 'CLIENT_NOTHING_TO_RECOVER',
    });
    expect(tablet.halo.identity.get()).toBeUndefined();
    // The passkey is free again: it can be added anew, with another device.
    const added = await story.add(laptop, 'Phone again');
    expect(added.key).not.toBe(key);
    await story.settled(laptop);
    await story.comeBack(tablet);
    await story.until(() => story.hasTask(tablet));
  });

  test('what every device keeps of a passkey opens nothing without it', async () => {
    const story = new Story(4);
    const laptop = await story.begin();
    await story.add(laptop);
    await story.settled(laptop);
    const stranger = await story.open('stranger');
    await expect(story.comeBack(stranger)).rejects.toMatchObject({ code: 'CLIENT_NO_PASSKEYS' });
    story.machine('stranger').authenticator = new SimAuthenticator(8);
    await story.world.during(stranger.close());
    const other = await story.open('stranger');
    await expect(story.comeBack(other)).rejects.toMatchObject({ code: 'CLIENT_PASSKEY_CANCELLED' });
  });
});

describe('an authenticator that gives nothing', () => {
  test.each([
    ['unsupported', 'CLIENT_NO_PASSKEYS'],
    ['cancelled', 'CLIENT_PASSKEY_CANCELLED'],
    ['no-prf', 'CLIENT_PASSKEY_NO_SECRET'],
    ['wrong-credential', 'CLIENT_PASSKEY_OTHER'],
    ['known', 'CLIENT_PASSKEY_KNOWN'],
  ] as const)('%s is said as %s, and changes nothing', async (refuses, code) => {
    const story = new Story(5);
    const laptop = await story.begin();
    story.authenticator.refuses = refuses;
    await expect(story.add(laptop)).rejects.toMatchObject({ code });
    expect(laptop.halo.passkeys.get()).toEqual([]);
    expect(laptop.halo.devices.get()).toHaveLength(1);
    expect(await laptop.halo.passkeys.isSupported()).toBe(refuses !== 'unsupported');
  });
});
