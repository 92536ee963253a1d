import { defineType, s, type InstanceOf } from '@atoll/schema';
import { SimKube, SimMachine, SimNetwork, World } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { AtollClient } from './client.ts';
import type { Space } from './api.ts';
import { liveUntil } from './live.ts';

const Task = defineType('org.example.Task', { title: s.string(), notes: s.text() });

class Scene {
  readonly world: World;
  readonly network: SimNetwork;
  readonly kube: SimKube;
  readonly machines = new Map<string, SimMachine>();

  constructor(seed: number) {
    this.world = new World(seed);
    this.network = new SimNetwork(this.world);
    this.kube = new SimKube({ world: this.world, network: this.network, name: 'kube.test' });
  }

  async open(name: string): Promise<AtollClient> {
    const { world, network } = this;
    const machine = this.machines.get(name) ?? new SimMachine({ world, network, name });
    this.machines.set(name, machine);
    return world.during(
      AtollClient.open(machine.boot(), { kubes: [this.kube.url], deviceName: name }),
    );
  }

  async person(name: string): Promise<AtollClient> {
    const client = await this.open(name);
    await this.world.during(client.halo.createIdentity({ displayName: name }));
    return client;
  }

  /** Invites and joins with the right digits. */
  async join(host: Space, guest: AtollClient): Promise<Space> {
    const invitation = await this.world.during(host.invite());
    const state = invitation.state.get();
    if (state.at !== 'waiting') throw new RangeError(state.at);
    const joining = guest.spaces.join(invitation.code);
    await this.world.during(liveUntil(joining.state, ({ at }) => at === 'digits'));
    joining.submit(state.digits);
    await this.world.during(liveUntil(joining.state, ({ at }) => at === 'confirm'));
    joining.accept();
    const { space } = await this.world.during(joining.done);
    const joined = guest.spaces.get(space ?? '');
    if (joined === undefined) throw new RangeError('not joined');
    return joined;
  }
}

function firstTask(space: Space): InstanceOf<typeof Task> | undefined {
  return space.db.query(Task).first();
}

test('two people who never shared anything come together with a code and six digits', async () => {
  const scene = new Scene(1);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.world.during(ada.spaces.create({ name: 'Trip' }));
  const task = trip.db.add(Task, { title: 'Pack' });
  const theirs = await scene.join(trip, jun);
  expect(await scene.world.runUntil(() => firstTask(theirs)?.title === 'Pack', 10_000)).toBe(true);
  expect(theirs.name.get()).toBe('Trip');
  const other = firstTask(theirs);
  other?.notes.insert(0, 'boots');
  expect(await scene.world.runUntil(() => task.notes.toString() === 'boots', 10_000)).toBe(true);
  expect((await trip.info()).root).toBe((await theirs.info()).root);
  expect(
    trip.members
      .get()
      .map(({ displayName }) => displayName)
      .sort(),
  ).toEqual(['ada', 'jun']);
});
