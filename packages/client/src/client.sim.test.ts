/** The client as a whole in a simulated world: people, devices, a KUBE, nothing else. */
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { liveUntil } from './live.ts';
import { ClientScene, found } from './testing/client-scene.ts';

const Task = defineType('org.example.Task', { title: s.string(), notes: s.text() });

function firstTask(space: Space): InstanceOf<typeof Task> | undefined {
  return space.db.query(Task).first();
}

test('two people who never shared anything come together with a code and six digits', async () => {
  const scene = new ClientScene(1);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.space(ada, 'Trip');
  const task = trip.db.add(Task, { title: 'Pack' });
  const theirs = await scene.join(trip, jun);
  expect(await scene.world.runUntil(() => firstTask(theirs)?.title === 'Pack', 10_000)).toBe(true);
  expect(theirs.name.get()).toBe('Trip');
  const other = firstTask(theirs);
  other?.notes.insert(0, 'boots');
  expect(await scene.world.runUntil(() => task.notes.toString() === 'boots', 10_000)).toBe(true);
  expect((await scene.world.during(trip.info())).root).toBe(
    (await scene.world.during(theirs.info())).root,
  );
  expect(
    trip.members
      .get()
      .map(({ displayName }) => displayName)
      .sort(),
  ).toEqual(['ada', 'jun']);
});

test('a second device of the same person sees the same spaces and writes in them', async () => {
  const scene = new ClientScene(2);
  const laptop = await scene.person('laptop');
  const trip = await scene.space(laptop, 'Trip');
  trip.db.add(Task, { title: 'Pack' });
  const phone = await scene.open('phone');
  await scene.joinDevice(laptop, phone);
  const hasTask = (): boolean => {
    const theirs = phone.spaces.get(trip.id);
    return theirs !== undefined && firstTask(theirs)?.title === 'Pack';
  };
  expect(await scene.world.runUntil(hasTask, 20_000)).toBe(true);
  const theirs = phone.spaces.get(trip.id);
  expect(phone.halo.identity.get()?.id).toBe(laptop.halo.identity.get()?.id);
  expect(theirs?.myRole.get()).toBe('owner');
  theirs?.db.add(Task, { title: 'From the phone' });
  const both = (): boolean => trip.db.query(Task).count() === 2;
  expect(await scene.world.runUntil(both, 20_000)).toBe(true);
  expect(laptop.halo.devices.get()).toHaveLength(2);
  expect(trip.members.get()).toHaveLength(1);
});

test('what is written while the other is away comes out of the blind mailbox', async () => {
  const scene = new ClientScene(3);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.space(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  await scene.world.runUntil(() => theirs.myRole.get() === 'writer', 10_000);
  await scene.world.during(jun.close());
  trip.db.add(Task, { title: 'Written alone' });
  // Before it is a block nobody can lack it.
  await scene.world.during(trip.flush());
  const stored = (): boolean => trip.status.get().mailbox === 'has-everything';
  await scene.world.runUntil(() => trip.status.get().unsentBlocks === 0 && stored(), 30_000);
  await scene.world.during(ada.close());
  const again = await scene.open('jun');
  const space = found(again, trip.id);
  const arrived = (): boolean => firstTask(space)?.title === 'Written alone';
  expect(await scene.world.runUntil(arrived, 30_000)).toBe(true);
});

test('wrong digits let nobody in, and new ones do', { timeout: 20_000 }, async () => {
  const scene = new ClientScene(4);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.space(ada, 'Trip');
  const invitation = await scene.world.during(trip.invite({ role: 'reader' }));
  const state = invitation.state.get();
  if (state.at !== 'waiting') throw new RangeError(state.at);
  const joining = jun.spaces.join(invitation.url);
  await scene.world.during(liveUntil(joining.state, ({ at }) => at === 'digits'));
  const wrong = String((Number(state.digits) + 1) % 1_000_000).padStart(6, '0');
  joining.submit(wrong);
  await scene.world.during(liveUntil(invitation.state, ({ at }) => at === 'wrong-digits'));
  await scene.world.during(
    liveUntil(joining.state, (now) => now.at === 'digits' && now.problem === 'wrong'),
  );
  invitation.newDigits();
  const next = invitation.state.get();
  if (next.at !== 'opened' && next.at !== 'waiting') throw new RangeError(next.at);
  expect(next.digits).not.toBe(state.digits);
  await scene.world.run(scene.world.nowMs + 1_000);
  joining.submit(next.digits);
  await scene.world.during(liveUntil(joining.state, ({ at }) => at === 'confirm'));
  joining.accept();
  await scene.world.during(joining.done);
  const theirs = jun.spaces.get(trip.id);
  const arrived = (): boolean => theirs?.members.get().length === 2;
  expect(await scene.world.runUntil(arrived, 10_000)).toBe(true);
  expect(theirs?.myRole.get()).toBe('reader');
  expect(() => theirs?.db.add(Task, { title: 'no' })).toThrow(
    expect.objectContaining({ code: 'SPACE_READ_ONLY' }),
  );
});

test('nothing readable crosses the network or lies on the server', async () => {
  const scene = new ClientScene(5);
  const seen: Uint8Array[] = [];
  scene.network.addTap((_from, _to, message) => void seen.push(message.slice()));
  const ada = await scene.person('ada-marker');
  const jun = await scene.person('jun-marker');
  const trip = await scene.world.during(ada.spaces.create({ name: 'trip-marker' }));
  const theirs = await scene.join(trip, jun);
  trip.db.add(Task, { title: 'title-marker' }).notes.insert(0, 'notes-marker');
  await scene.world.runUntil(() => firstTask(theirs)?.notes.toString() === 'notes-marker', 20_000);
  const text = Buffer.concat(seen).toString('latin1');
  expect(text.length).toBeGreaterThan(10_000);
  expect(text).not.toContain('marker');
  for (const id of [
    trip.id,
    ada.halo.identity.get()?.id ?? '',
    jun.halo.identity.get()?.deviceKey,
  ]) {
    expect(text).not.toContain(Buffer.from(id ?? '', 'hex').toString('latin1'));
    expect(text).not.toContain(id);
  }
});

test('whoever works offline is reached by nobody, and is again afterwards', async () => {
  const scene = new ClientScene(6);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const trip = await scene.space(ada, 'Trip');
  const theirs = await scene.join(trip, jun);
  await scene.world.runUntil(() => theirs.myRole.get() === 'writer', 10_000);
  const invitation = await scene.world.during(trip.invite());
  ada.network.setOnline(false);
  await scene.world.run(scene.world.nowMs + 5_000);
  let crossed = 0;
  scene.network.addTap((from, to) => {
    if (from === 'ada' || to === 'ada') crossed++;
  });
  const guest = jun.spaces.join(invitation.code);
  theirs.db.add(Task, { title: 'While Ada is away' });
  trip.db.add(Task, { title: 'Without a network' });
  await scene.world.run(scene.world.nowMs + 60_000);
  guest.cancel();
  expect(crossed).toBe(0);
  expect(trip.status.get().connection).toBe('offline');
  expect(invitation.state.get().at).toBe('waiting');
  ada.network.setOnline(true);
  const both = (): boolean => [trip, theirs].every((space) => space.db.query(Task).count() === 2);
  expect(await scene.world.runUntil(both, 60_000)).toBe(true);
});
