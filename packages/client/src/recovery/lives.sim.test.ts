/**
 * Lives of an identity at random: devices come and go, stop each other and come back, words change, and at some moment
 * all devices are lost. Who comes back with the words has what every one of them had, and what he writes reaches others.
 */
import { defineType, s } from '@atoll/schema';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import { ClientScene, found } from '../testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string() });
const STEPS = 25;
const DEVICES_MAX = 5;
/** LIVES=50 plays more of them, from LIVES_FROM on. */
const FROM = Number(process.env['LIVES_FROM'] ?? 0);
const MORE = Array.from({ length: Number(process.env['LIVES'] ?? 0) }, (_, at) => at + FROM);
const SEEDS = MORE.length > 0 ? MORE : [3, 4, 5, 6, 7, 9];

/** Ada's devices, named d0, d1 and so on, and Jun, who shares a space with her. */
class Life extends ClientScene {
  words = '';
  trip = '';
  readonly rng: SimRng;
  readonly running = new Map<string, AtollClient>();
  readonly closed = new Set<string>();
  /** Who has written what. */
  readonly written = new Map<string, string>();
  /** What a server had from whoever wrote it. */
  readonly safe = new Set<string>();
  /** What went wrong is told with these. */
  readonly steps: string[] = [];
  #devices = 1;

  constructor(seed: number) {
    super(seed, {}, { keepsMailboxes: true });
    this.rng = new SimRng(seed * 7 + 1);
  }

  /** Devices of Ada that act, as far as they know. */
  get acting(): readonly (readonly [string, AtollClient])[] {
    return [...this.running].filter(
      ([name, { halo }]) => name !== 'jun' && halo.devices.lock.get() === undefined,
    );
  }

  has(client: AtollClient, title: string): boolean {
    const space = client.spaces.list.get().find(({ id }) => id === this.trip);
    if (space?.isOpen !== true) return false;
    const tasks = space.db.query(Task).run();
    return tasks.some((task) => task.title === title);
  }

  isSettled({ halo, network, spaces }: AtollClient): boolean {
    const copies = halo.recovery.copies.get();
    const isKept = copies.length > 0 && copies.every(({ at }) => at === 'kept');
    const all = spaces.list.get();
    const isGiven = all.every(({ status }) => status.get().mailbox === 'has-everything');
    return isKept && isGiven && network.status.get().settled;
  }

  async begin(): Promise<void> {
    const laptop = await this.starts('d0');
    const made = await this.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
    this.words = made.words.join(' ');
    this.trip = (await this.space(laptop, 'Trip')).id;
    await this.writes('d0');
    expect(await this.world.runUntil(() => this.isSettled(laptop), 60_000)).toBe(true);
    const jun = await this.person('jun');
    this.running.set('jun', jun);
    await this.join(found(laptop, this.trip), jun, { role: 'writer' });
    await this.letsIn();
  }

  async starts(name: string): Promise<AtollClient> {
    const client = await this.open(name);
    this.closed.delete(name);
    this.running.set(name, client);
    return client;
  }

  async writes(name: string): Promise<string> {
    const title = `t${String(this.written.size)} by ${name}`;
    const space = this.running.get(name)?.spaces.get(this.trip);
    if (space === undefined) return title;
    const writing = async (): Promise<void> => {
      await space.open();
      space.db.add(Task, { title });
      await space.flush();
    };
    const outcome = await this.tries(writing());
    this.steps.push(`${name} writes ${title}: ${outcome}`);
    if (outcome === 'done') this.written.set(title, name);
    return title;
  }

  async letsIn(): Promise<void> {
    if (this.acting.length === 0 || this.#devices === DEVICES_MAX) return;
    const [by, host] = this.rng.pick(this.acting);
    const name = `d${String(this.#devices++)}`;
    await this.joinDevice(host, await this.starts(name));
    this.steps.push(`${by} lets in ${name}`);
  }

  async stops(): Promise<void> {
    if (this.running.size === 0) return;
    const [name, client] = this.rng.pick([...this.running]);
    this.running.delete(name);
    this.closed.add(name);
    await this.world.during(client.close());
    this.steps.push(`${name} closes`);
  }

  async changesWords(): Promise<void> {
    const settled = this.acting.filter(([, client]) => this.isSettled(client));
    if (settled.length === 0) return;
    const [name, { halo }] = this.rng.pick(settled);
    const { recovery } = halo;
    if (!(await this.world.during(recovery.checkWords(this.words)))) return;
    const newWords = (await this.world.during(recovery.makeWords())).join(' ');
    const outcome = await this.tries(recovery.changeWords({ words: this.words, newWords }));
    this.steps.push(`${name} changes the words: ${outcome}`);
    if (outcome !== 'done') return;
    this.words = newWords;
    const isKept = (): boolean => recovery.copies.get().every(({ at }) => at === 'kept');
    await this.world.runUntil(isKept, 120_000);
  }

  async suspends(): Promise<void> {
    if (this.acting.length === 0) return;
    const [name, { halo }] = this.rng.pick(this.acting);
    const others = halo.devices
      .get()
      .filter((one) => !one.thisDevice && one.standing === 'active' && !one.onlyByWords);
    if (others.length === 0) return;
    const { key, name: whom } = this.rng.pick(others);
    this.steps.push(`${name} stops ${whom}: ${await this.tries(halo.devices.suspend(key))}`);
  }

  async restores(): Promise<void> {
    const locked = [...this.running].filter(
      ([, { halo }]) => halo.devices.lock.get() !== undefined,
    );
    if (locked.length === 0) return;
    const [name, { halo }] = this.rng.pick(locked);
    this.steps.push(`${name} comes back: ${await this.tries(halo.devices.restore(this.words))}`);
  }

  async step(): Promise<void> {
    const { rng } = this;
    this.#mark();
    const [away] = rng.shuffle([...this.closed]);
    const steps: readonly (() => Promise<unknown>)[] = [
      ...Array.from({ length: 3 }, () => () => this.writes(rng.pick(['jun', 'd0', 'd1', 'd2']))),
      ...Array.from({ length: 2 }, () => async () => away !== undefined && this.starts(away)),
      ...Array.from({ length: 2 }, () => () => this.restores()),
      ...Array.from({ length: 2 }, () => () => this.pause(rng.int(20_000))),
      () => this.stops(),
      () => this.letsIn(),
      () => this.changesWords(),
      () => this.suspends(),
    ];
    await rng.pick(steps)();
    await this.pause(rng.int(3_000));
  }

  #mark(): void {
    for (const [name, client] of this.running) {
      if (!this.isSettled(client)) continue;
      for (const [title, by] of this.written) {
        if (by === name && this.has(client, title)) this.safe.add(title);
      }
    }
  }
}

test.each(SEEDS)('life %i', async (seed) => {
  const life = new Life(seed);
  await life.begin();
  for (let at = 0; at < STEPS; at++) await life.step();
  const { acting, safe, steps, world } = life;
  // What one of them lacks may be of a device that was stopped, or under keys that are on their way.
  const expected = [...safe].filter((title) => acting.every(([, one]) => life.has(one, title)));
  for (const [name, client] of life.running) {
    if (name !== 'jun') await world.during(client.close());
  }
  const back = await life.starts('back');
  const recovering = back.halo.recovery.recover({ words: life.words });
  expect(await life.tries(recovering), steps.join('\n')).toBe('done');
  const lacks = (client: AtollClient): readonly string[] =>
    expected.filter((title) => !life.has(client, title));
  await world.runUntil(() => lacks(back).length === 0, 60_000);
  expect(lacks(back), steps.join('\n')).toEqual([]);
  const title = await life.writes('back');
  const jun = life.running.get('jun') ?? (await life.starts('jun'));
  const hasHeard = await world.runUntil(() => life.has(jun, title), 120_000);
  expect(hasHeard, steps.join('\n')).toBe(true);
});
