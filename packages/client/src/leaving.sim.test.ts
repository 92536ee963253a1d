/** Leaving spaces: what goes, what stays, and that nothing is lost without a word. Whole clients in a world. */
import { errorCode } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import type { Space } from './api.ts';
import type { AtollClient } from './client.ts';
import { INVITATIONS, secretsOf } from './invitation-names.ts';
import { GIVEN_UP_MS } from './leaving.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });
const Photo = defineType('org.example.Photo', { file: s.blob().optional() });

function titles(space: Space | undefined): string[] | undefined {
  return space?.db
    .query(Task)
    .orderBy('title')
    .run()
    .map(({ title }) => title);
}

class Town extends ClientScene {
  override async pause(ms = 5_000): Promise<void> {
    await super.pause(ms);
  }

  /** Ada and Jun in one space; Ada has written one task. */
  async shared(): Promise<{ ada: AtollClient; jun: AtollClient; trip: Space; theirs: Space }> {
    const ada = await this.person('ada');
    const jun = await this.person('jun');
    const trip = await this.space(ada, 'Trip');
    const theirs = await this.join(trip, jun);
    trip.db.add(Task, { title: 'Pack' });
    await this.pause();
    expect(titles(theirs)).toEqual(['Pack']);
    return { ada, jun, trip, theirs };
  }

  /** A second device of that person. */
  async device(client: AtollClient, name: string): Promise<AtollClient> {
    const other = await this.open(name);
    await this.joinDevice(client, other);
    await this.pause();
    return other;
  }

  /** So long these have no connection. */
  async away(clients: readonly AtollClient[], ms: number): Promise<void> {
    for (const client of clients) client.network.setOnline(false);
    await this.pause(ms);
    for (const client of clients) client.network.setOnline(true);
    await this.pause(20_000);
  }

  leave(space: Space, discard = false): Promise<void> {
    return this.world.during(space.leave({ discard }));
  }

  /** Whatever the disk of a machine holds of a space, but the note that it was left. */
  traces(machine: string, id: string): readonly string[] {
    const { disk } = this.machine(machine);
    return [
      ...disk.image.names('').filter((name) => name.includes(id.slice(0, 32))),
      ...disk.image.spaces().filter((space) => space === id),
    ].filter((name) => name !== `left/${id}`);
  }
}

/** Invitations that a machine knows of. */
function invitationsOn(town: Town, machine: string): readonly string[] {
  const names = town.machine(machine).disk.image.names(INVITATIONS);
  return names.map((name) => name.slice(name.lastIndexOf('/') + 1));
}

describe('leaving a space', () => {
  test('takes everything of it from the device, and nothing from the others', async () => {
    const town = new Town(1);
    const { ada, trip, theirs } = await town.shared();
    const other = await town.space(ada, 'Other');
    const ref = await town.world.during(trip.blobs.put(new Uint8Array(300_000).fill(7)));
    trip.db.add(Photo, { file: ref });
    await town.pause();
    const process = town.machine('ada').boot();
    // Two invitations that are open, one of which people ask by.
    await town.world.during(trip.invite());
    await town.world.during(trip.invite({ way: 'ask' }));
    await town.pause();
    const secrets = invitationsOn(town, 'ada').flatMap(secretsOf);
    const kept = async (): Promise<number> => {
      const all = await Promise.all(secrets.map((name) => process.keystore.getSecret(name)));
      return all.filter((secret) => secret !== undefined).length;
    };
    expect(await town.world.during(kept())).toBeGreaterThan(1);
    expect((await town.world.during(process.chunks.totals(trip.id))).chunks).toBeGreaterThan(0);
    expect(town.traces('ada', trip.id).length).toBeGreaterThan(3);
    await town.leave(trip);
    expect(ada.spaces.list.get().map(({ name }) => name.get())).toEqual(['Other']);
    expect(town.traces('ada', trip.id)).toEqual([]);
    expect(await town.world.during(kept())).toBe(0);
    expect(await town.world.during(process.chunks.totals(trip.id))).toEqual({
      chunks: 0,
      bytes: 0,
    });
    await expect(town.world.during(trip.open())).rejects.toMatchObject({
      code: 'CLIENT_SPACE_LEFT',
    });
    theirs.db.add(Task, { title: 'Stay' });
    await town.pause();
    expect(titles(theirs)).toEqual(['Pack', 'Stay']);
    expect(titles(other)).toEqual([]);
    await town.world.during(ada.close());
    const next = await town.open('ada');
    await town.pause();
    expect(next.spaces.list.get().map(({ name }) => name.get())).toEqual(['Other']);
    expect(town.traces('ada', trip.id)).toEqual([]);
    // The second start finds nothing left, and forgets that there was anything.
    await town.world.during(next.close());
    expect(town.machine('ada').disk.image.names('left/')).toEqual([]);
  });

  test('takes it from the other windows of the device', async () => {
    const town = new Town(5);
    const { trip } = await town.shared();
    const window = await town.open('ada');
    await town.pause();
    expect(titles(window.spaces.get(trip.id))).toEqual(['Pack']);
    await town.leave(trip);
    await town.pause();
    expect(window.spaces.list.get()).toEqual([]);
    await town.world.during(window.close());
    expect(town.traces('ada', trip.id)).toEqual([]);
  });

  test('that nobody else is in is refused, unless it may be lost', async () => {
    const town = new Town(2);
    const ada = await town.person('ada');
    const own = await town.space(ada, 'Own');
    own.db.add(Task, { title: 'Think' });
    await town.pause();
    await expect(town.leave(own)).rejects.toMatchObject({ code: 'CLIENT_ONLY_MEMBER' });
    expect(titles(own)).toEqual(['Think']);
    await town.leave(own, true);
    expect(ada.spaces.list.get()).toEqual([]);
    expect(town.traces('ada', own.id)).toEqual([]);
  });

  test('with work that others may not have is refused until they do', async () => {
    const town = new Town(3);
    const { ada, trip, theirs } = await town.shared();
    ada.network.setOnline(false);
    trip.db.add(Task, { title: 'Unsent' });
    await town.pause();
    await expect(town.leave(trip)).rejects.toMatchObject({ code: 'CLIENT_UNSENT_WORK' });
    expect(titles(trip)).toEqual(['Pack', 'Unsent']);
    trip.db.add(Task, { title: 'Written after' });
    ada.network.setOnline(true);
    await town.pause(60_000);
    await town.leave(trip);
    await town.pause();
    expect(titles(theirs)).toEqual(['Pack', 'Unsent', 'Written after']);
  });

  test('and joining it again brings everything back, also what is written then', async () => {
    const town = new Town(4);
    const { ada, jun, trip, theirs } = await town.shared();
    theirs.db.add(Task, { title: 'of Jun' });
    await town.pause();
    await town.leave(theirs);
    trip.db.add(Task, { title: 'Meanwhile' });
    const again = await town.join(found(ada, trip.id), jun);
    await town.pause();
    expect(titles(again)).toEqual(['Meanwhile', 'Pack', 'of Jun']);
    again.db.add(Task, { title: 'Back' });
    await town.pause();
    expect(titles(trip)).toEqual(['Back', 'Meanwhile', 'Pack', 'of Jun']);
    await town.world.during(jun.close());
    expect(titles(found(await town.open('jun'), trip.id))).toHaveLength(4);
  });
});

describe('another device of one’s own', () => {
  test('leaves, too, when it hears of it', async () => {
    const town = new Town(11);
    const { ada, trip } = await town.shared();
    const phone = await town.device(ada, 'phone');
    await town.pause(20_000);
    expect(titles(phone.spaces.get(trip.id))).toEqual(['Pack']);
    await town.leave(trip);
    await town.pause();
    expect(phone.spaces.list.get()).toEqual([]);
    expect(town.traces('phone', trip.id)).toEqual([]);
    expect(ada.spaces.list.get()).toEqual([]);
  });

  test('keeps a space of one’s own that was given up elsewhere for a week, and shows that it goes', async () => {
    const town = new Town(12);
    const ada = await town.person('ada');
    const own = await town.space(ada, 'Own');
    own.db.add(Task, { title: 'Think' });
    const phone = await town.device(ada, 'phone');
    await town.pause(20_000);
    await town.world.during(phone.close());
    await town.leave(own, true);
    await town.pause();
    for (const passedMs of [0, GIVEN_UP_MS / 2]) {
      await town.away([ada], passedMs);
      const back = await town.open('phone');
      await town.pause(20_000);
      expect(found(back, own.id).leaving.get()).toBe(true);
      expect(titles(found(back, own.id))).toEqual(['Think']);
      await town.world.during(back.close());
    }
    const last = await town.open('phone');
    await town.away([ada, last], GIVEN_UP_MS / 2);
    expect(last.spaces.list.get()).toEqual([]);
    expect(town.traces('phone', own.id)).toEqual([]);
  });

  test('keeps it as it was when its user says so, and for a week again when it is given up once more', async () => {
    const town = new Town(15);
    const ada = await town.person('ada');
    const own = await town.space(ada, 'Own');
    own.db.add(Task, { title: 'Think' });
    const phone = await town.device(ada, 'phone');
    await town.pause(20_000);
    await town.leave(own, true);
    await town.away([phone, ada], GIVEN_UP_MS / 2);
    const kept = found(phone, own.id);
    expect(kept.leaving.get()).toBe(true);
    await town.world.during(phone.spaces.bringBack(own.id));
    await town.pause(20_000);
    await town.away([phone, ada], GIVEN_UP_MS);
    expect(kept.leaving.get()).toBe(false);
    expect(titles(kept)).toEqual(['Think']);
    expect(titles(found(ada, own.id))).toEqual(['Think']);
    await town.leave(found(ada, own.id), true);
    await town.pause(20_000);
    expect(kept.leaving.get()).toBe(true);
    await town.away([phone, ada], GIVEN_UP_MS);
    expect(phone.spaces.list.get()).toEqual([]);
  });

  test('keeps the space until what it has written has reached somebody else', async () => {
    const town = new Town(13);
    const { ada, trip, theirs } = await town.shared();
    const phone = await town.device(ada, 'phone');
    await town.pause(20_000);
    phone.network.setOnline(false);
    const there = found(phone, trip.id);
    there.db.add(Task, { title: 'On the way' });
    await town.pause();
    await town.leave(trip);
    await town.pause();
    // The phone hears of it while Jun and the server's mailbox cannot be told anything of the space.
    await town.world.during(phone.close());
    const again = await town.open('phone');
    await town.pause(60_000);
    expect(titles(theirs)).toEqual(['On the way', 'Pack']);
    expect(again.spaces.list.get()).toEqual([]);
    expect(town.traces('phone', trip.id)).toEqual([]);
  });

  test('shows a space that it keeps, and lets it go when its user says so', async () => {
    const town = new Town(14);
    const ada = await town.person('ada');
    const own = await town.space(ada, 'Own');
    const phone = await town.device(ada, 'phone');
    await town.pause(20_000);
    phone.network.setOnline(false);
    found(phone, own.id).db.add(Task, { title: 'Only here' });
    await town.pause();
    await town.leave(own, true);
    phone.network.setOnline(true);
    await town.pause(20_000);
    const kept = found(phone, own.id);
    expect(kept.leaving.get()).toBe(true);
    expect(titles(kept)).toEqual(['Only here']);
    await town.world.during(phone.close());
    const next = await town.open('phone');
    await town.pause();
    expect(found(next, own.id).leaving.get()).toBe(true);
    expect(titles(found(next, own.id))).toEqual(['Only here']);
    await town.leave(found(next, own.id), true);
    expect(next.spaces.list.get()).toEqual([]);
  });
});

test.each(['crash-before', 'crash-torn', 'crash-after', 'full', 'fsync'] as const)(
  'a disk that fails with %s at any write of leaving leaves the space whole or gone',
  async (fault) => {
    let hasEnded = false;
    for (let at = 1; !hasEnded; at++) {
      const town = new Town(100 + at);
      const ada = await town.person('ada');
      const own = await town.space(ada, 'Own');
      own.db.add(Task, { title: 'Think' });
      await town.pause();
      const { disk } = town.machine('ada');
      const before = disk.operations;
      disk.failAt(at, fault);
      const outcome = town.leave(own, true).then(() => 'left', errorCode);
      await town.pause(2_000);
      const isCrash = fault.startsWith('crash');
      hasEnded = disk.operations - before < at;
      if (!isCrash) {
        expect(await town.world.during(outcome)).toMatch(/^(left|STORE_FULL|STORE_IO)$/);
        disk.crash();
      }
      // A fault that has not come while the space was left comes now.
      const next = await town.open('ada').catch(() => town.open('ada'));
      await town.pause();
      const [space] = next.spaces.list.get();
      if (space === undefined) expect(town.traces('ada', own.id)).toEqual([]);
      else expect(titles(space)).toEqual(['Think']);
      if (hasEnded) expect(space).toBeUndefined();
    }
  },
);
