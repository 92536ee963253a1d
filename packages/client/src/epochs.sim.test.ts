/** Epochs through the whole client: proposed here, seen there. */
import { defineType, s } from '@atoll/schema';
import { SimKube, SimMachine, SimNetwork, World } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { AtollClient } from './client.ts';
import { liveUntil } from './live.ts';

const Task = defineType('org.example.Task', { title: s.string() });

test('an epoch that the founder wishes for is seen by everybody, with who votes next', async () => {
  const world = new World(11);
  const network = new SimNetwork(world);
  const kube = new SimKube({ world, network, name: 'kube.test' });
  const person = async (name: string): Promise<AtollClient> => {
    const machine = new SimMachine({ world, network, name });
    const client = await world.during(
      AtollClient.open(machine.boot(), { kubes: [kube.url], deviceName: name }),
    );
    await world.during(client.halo.createIdentity({ displayName: name }));
    return client;
  };
  const ada = await person('Ada');
  const jun = await person('Jun');
  const trip = await world.during(ada.spaces.create({ name: 'Trip' }));
  trip.db.add(Task, { title: 'Pack' });
  const invitation = await world.during(trip.invite({ role: 'admin' }));
  const waiting = invitation.state.get();
  if (waiting.at !== 'waiting') throw new RangeError(waiting.at);
  const joining = jun.spaces.join(invitation.code);
  await world.during(liveUntil(joining.state, ({ at }) => at === 'digits'));
  joining.submit(waiting.digits);
  await world.during(liveUntil(joining.state, ({ at }) => at === 'confirm'));
  joining.accept();
  const { space } = await world.during(joining.done);
  const joined = jun.spaces.get(space ?? '');
  if (joined === undefined) throw new RangeError('not joined');
  await world.during(liveUntil(trip.members, (members) => members.length === 2));
  await world.during(liveUntil(joined.myRole, (role) => role === 'admin'));
  const named = (members: readonly { readonly displayName: string }[]): boolean =>
    members.every(({ displayName }) => displayName !== '');
  await world.during(liveUntil(trip.members, named));
  await world.during(trip.epochs.propose());
  await world.during(liveUntil(joined.epochs.status, ({ number }) => number === 1));
  const { era, sealedAtMs, voters, voting } = joined.epochs.status.get();
  expect({ era, voting }).toEqual({ era: 0, voting: false });
  expect(sealedAtMs).toBeGreaterThan(0);
  expect(voters.map(({ displayName, here }) => [displayName, here]).sort()).toEqual([
    ['Ada', false],
    ['Jun', true],
  ]);
  await world.during(trip.epochs.propose());
  await world.during(joined.epochs.propose());
  await world.during(liveUntil(trip.epochs.status, ({ number }) => number === 2));
  await world.during(ada[Symbol.asyncDispose]());
  await world.during(jun[Symbol.asyncDispose]());
});
