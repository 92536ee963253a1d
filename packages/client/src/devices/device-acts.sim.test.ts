/**
 * Power that fails at every write, of the disk and of the keys, while devices are stopped, agreed with, removed,
 * brought back and recovered: opened again, what was said is carried out or can be said again, in every space.
 */
import type { DeviceKey, IdentityId } from '@atoll/kernel';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { handleOf } from '../catch-up-town.fixture.ts';
import { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });
type Standing = 'active' | 'suspended' | 'out';

const HOUR_MS = 60 * 60_000;
/** What is done about an act besides the act itself is over by then. */
const REST_MS = 12_000;

/** Ada with a laptop, a phone and a tablet, and Jun, with whom she shares one of two spaces. */
class Household extends ClientScene {
  words = '';
  trip = '';
  reef = '';
  ada = '' as IdentityId;
  readonly clients = new Map<string, AtollClient>();
  /** Whose program is told of no server: it knows those that came with the identity. */
  untold = '';

  constructor(seed: number) {
    super(seed, {}, { keepsMailboxes: true });
  }

  async begin(): Promise<void> {
    const laptop = await this.opens('laptop');
    const made = await this.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words.join(' ');
    this.ada = made.identity.id as IdentityId;
    this.trip = (await this.space(laptop, 'Trip')).id;
    this.reef = (await this.space(laptop, 'Reef')).id;
    await this.device('phone');
    const jun = await this.person('jun');
    this.clients.set('jun', jun);
    await this.join(found(laptop, this.trip), jun, { role: 'writer' });
    await this.writes('laptop', 'Pack');
    await this.until(() => this.has('phone', 'Pack') && this.has('jun', 'Pack'), 'all have it');
  }

  /** The program on a machine, started. */
  async opens(name: string): Promise<AtollClient> {
    const options = { kubes: [], deviceName: name };
    const opening = (): Promise<AtollClient> =>
      this.world.during(AtollClient.open(this.machine(name).boot(), options));
    const client = await (this.untold === name ? opening() : this.open(name));
    this.clients.set(name, client);
    return client;
  }

  at(name: string): AtollClient {
    const client = this.clients.get(name);
    if (client === undefined) throw new RangeError(name);
    return client;
  }

  async device(name: string): Promise<void> {
    const guest = await this.opens(name);
    await this.joinDevice(this.at('laptop'), guest);
    await this.until(() => guest.spaces.get(this.reef)?.myRole.get() === 'owner', `${name} is in`);
  }

  async writes(name: string, title: string): Promise<void> {
    const space = found(this.at(name), this.trip);
    await this.world.during(space.open());
    space.db.add(Task, { title });
    await this.world.during(space.flush());
  }

  has(name: string, title: string): boolean {
    const space = this.at(name).spaces.get(this.trip);
    if (space?.isOpen !== true) return false;
    return space.db.query(Task).where({ title }).count() === 1;
  }

  async until(isSo: () => boolean, what: string, ms = 120_000): Promise<void> {
    expect(await this.world.runUntil(isSo, ms), what).toBe(true);
  }

  /** Key of a device, from whatever lists it. */
  key(of: string): string {
    for (const client of this.clients.values()) {
      const device = client.halo.devices.get().find(({ name }) => name === of);
      if (device !== undefined) return device.key;
    }
    throw new RangeError(`no device ${of}`);
  }

  /** How a device stands in every space that a client has: the private one as its list says. */
  standings(name: string, of: string): readonly (Standing | undefined)[] {
    const client = this.at(name);
    const key = this.key(of);
    const spaces = client.spaces.list.get().map((space) => {
      if (!space.isOpen) return undefined;
      const { identities } = handleOf(space).echo.authority;
      return identities.devices(this.ada)?.standingOf(key as DeviceKey);
    });
    if (name === 'jun') return spaces;
    const own = client.halo.devices.get().find((device) => device.key === key)?.standing;
    return [...spaces, own === 'removed' ? 'out' : own];
  }

  /** All of these say the same of a device, in all of their spaces. */
  agree(names: readonly string[], of: string, standing: Standing): boolean {
    return names.every((name) => {
      const all = this.standings(name, of);
      return all.length > (name === 'jun' ? 0 : 2) && all.every((one) => one === standing);
    });
  }

  votes(name: string, of: string): boolean {
    const list = this.at(name).halo.devices.get();
    return list.some((device) => device.name === of && device.votes);
  }

  lockOf(name: string): { readonly standing: string; readonly wipe: string } | undefined {
    return this.at(name).halo.devices.lock.get();
  }
}

/** Something that somebody does about a device. */
interface Act {
  readonly name: string;
  /** Whose power fails. */
  readonly dark: string;
  /** Before it. */
  prepare(house: Household): Promise<void>;
  /** What is done. Rejects where power fails. */
  does(house: Household): Promise<unknown>;
  /** True if who did it has kept that it is done: it must not be asked for again. */
  isSaid(house: Household): boolean;
  /** What has to be everywhere in the end. */
  ends(house: Household): Promise<void>;
}

/** Whoever is not stopped writes, and the others see it. */
async function goesOn(house: Household, writer: string, readers: readonly string[]): Promise<void> {
  await house.writes(writer, `by the ${writer}`);
  for (const name of readers) {
    await house.until(
      () => house.has(name, `by the ${writer}`),
      `${name} sees what ${writer} writes`,
    );
  }
}

const saysOfPhone = (house: Household, kind: string): boolean =>
  house
    .at('laptop')
    .halo.devices.get()
    .some(({ name, notes }) => name === 'phone' && notes.some(({ says }) => says === kind));

const SUSPENDS: Act = {
  name: 'stopping a phone',
  dark: 'laptop',
  prepare: () => Promise.resolve(),
  does: (house) => house.at('laptop').halo.devices.suspend(house.key('phone')),
  isSaid: (house) => saysOfPhone(house, 'suspended'),
  async ends(house) {
    await house.until(() => house.agree(['laptop', 'jun'], 'phone', 'suspended'), 'it is stopped');
    await house.until(() => house.lockOf('phone') !== undefined, 'it is locked');
    await goesOn(house, 'laptop', ['jun']);
    await goesOn(house, 'jun', ['laptop']);
    expect(house.lockOf('laptop')).toBeUndefined();
  },
};

const IS_STOPPED: Act = {
  ...SUSPENDS,
  name: 'a phone that is stopped',
  dark: 'phone',
  isSaid: () => true,
  async ends(house) {
    await SUSPENDS.ends(house);
    await house.world.during(house.at('phone').halo.devices.restore(house.words));
    await house.until(() => house.agree(['laptop', 'jun', 'phone'], 'phone', 'active'), 'back');
    await house.until(() => house.has('phone', 'by the jun'), 'it reads again');
  },
};

const REMOVES: Act = {
  name: 'removing and wiping a phone',
  dark: 'laptop',
  prepare: () => Promise.resolve(),
  does: (house) =>
    house.at('laptop').halo.devices.remove(house.key('phone'), house.words, { wipe: true }),
  isSaid: (house) => saysOfPhone(house, 'goes-and-wipes'),
  async ends(house) {
    await house.until(() => house.agree(['laptop', 'jun'], 'phone', 'out'), 'it is removed');
    await house.until(() => house.lockOf('phone')?.wipe === 'done', 'it is wiped', HOUR_MS);
    await goesOn(house, 'laptop', ['jun']);
  },
};

const RESTORES: Act = {
  name: 'bringing a phone back',
  dark: 'phone',
  async prepare(house) {
    await house.world.during(house.at('laptop').halo.devices.suspend(house.key('phone')));
    await house.until(() => house.lockOf('phone') !== undefined, 'it is locked');
    await house.pause(REST_MS);
  },
  does: (house) => house.at('phone').halo.devices.restore(house.words),
  isSaid: (house) => house.lockOf('phone') === undefined,
  async ends(house) {
    const all = ['laptop', 'jun', 'phone'];
    await house.until(() => house.agree(all, 'phone', 'active'), 'it is back');
    await goesOn(house, 'phone', ['jun', 'laptop']);
    expect(house.lockOf('phone')).toBeUndefined();
  },
};

const AGREES: Act = {
  name: 'agreeing with a third device',
  dark: 'phone',
  async prepare(house) {
    await house.device('tablet');
    const { devices } = house.at('phone').halo;
    const knows = (): boolean => devices.get().some(({ name }) => name === 'tablet');
    await house.until(knows, 'the phone knows it');
    expect(house.votes('phone', 'tablet')).toBe(false);
  },
  does: (house) => house.at('phone').halo.devices.agree(house.key('tablet')),
  isSaid: (house) => house.votes('phone', 'tablet'),
  async ends(house) {
    const all = ['laptop', 'phone', 'tablet'];
    await house.until(() => all.every((name) => house.votes(name, 'tablet')), 'it votes');
    await goesOn(house, 'phone', ['jun', 'laptop', 'tablet']);
  },
};

const RECOVERS: Act = {
  name: 'recovering by the words',
  dark: 'tablet',
  async prepare(house) {
    const { copies } = house.at('laptop').halo.recovery;
    await house.until(() => copies.get().every(({ at }) => at === 'kept'), 'a copy lies there');
    await house.pause(REST_MS);
    for (const name of ['laptop', 'phone']) await house.world.during(house.at(name).close());
    house.untold = 'tablet';
    await house.opens('tablet');
  },
  does: (house) => {
    const { kube, words } = house;
    return house.at('tablet').halo.recovery.recover({ words, kubes: [kube.url] });
  },
  isSaid: (house) => house.at('tablet').halo.identity.get() !== undefined,
  async ends(house) {
    const isHere = (): boolean =>
      house.at('tablet').spaces.get(house.reef)?.myRole.get() === 'owner';
    await house.until(isHere, 'the spaces come');
    const lists = (): boolean =>
      house
        .at('tablet')
        .halo.devices.get()
        .some(({ name, thisDevice }) => thisDevice && name === 'tablet');
    await house.until(lists, 'it is listed');
    await goesOn(house, 'tablet', ['jun']);
    await house.opens('laptop');
    await house.until(() => house.has('laptop', 'by the tablet'), 'the laptop takes it in');
    expect(house.lockOf('tablet')).toBeUndefined();
  },
};

/** False if the act is over before its n-th write. */
async function survives(act: Act, which: 'disk' | 'keychain', write: number): Promise<boolean> {
  const house = new Household(500 + write);
  await house.begin();
  await act.prepare(house);
  const machine = house.machine(act.dark);
  const { disk } = machine;
  const { life } = disk;
  const fault = write % 3 === 0 ? 'crash-before' : 'crash-after';
  machine[which].failAt(write, fault);
  const isDark = (): boolean => disk.life !== life;
  let isDone = false;
  act.does(house).then(
    () => (isDone = true),
    () => undefined,
  );
  await house.until(() => isDone || isDark(), `${which} ${write}: done, or dark`);
  await house.world.runUntil(isDark, REST_MS);
  if (!isDark()) return false;
  await house.opens(act.dark);
  await house.pause(1_000);
  if (!act.isSaid(house)) await house.world.during(act.does(house));
  await act.ends(house).catch((failure: unknown) => {
    throw new RangeError(`${which}, write ${write}, ${fault}`, { cause: failure });
  });
  return true;
}

const ACTS = [SUSPENDS, IS_STOPPED, REMOVES, RESTORES, AGREES, RECOVERS];
/** A world for each write would take minutes: each act begins at another one, and leaves out some. */
const STEP = 8;

test.each(ACTS)(
  'power that fails at any write of the disk of $name delays it only',
  async (act) => {
    const first = 1 + (ACTS.indexOf(act) % STEP);
    let write = first;
    while (await survives(act, 'disk', write)) write += STEP;
    expect(write - first).toBeGreaterThan(STEP);
  },
);

test.each(ACTS)('so does power that fails at any write of the keys of $name', async (act) => {
  let write = 1;
  while (await survives(act, 'keychain', write)) write++;
  expect(write).toBeGreaterThan(2);
});
