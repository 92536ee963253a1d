/** Invitations that several devices of one's own answer, after one of them was stopped or the words were changed. */
import { expect, test } from 'vitest';
import type { HostInvitation } from './api.ts';
import type { AtollClient } from './client.ts';
import { ClientScene, found } from './testing/client-scene.ts';

/** Both give the identity another secret than its first, from which its reading keys follow. */
const happenings: readonly (readonly [
  string,
  (of: AtollClient, words: string) => Promise<unknown>,
])[] = [
  [
    'a device was stopped',
    (ada) => {
      const lost = ada.halo.devices.get().find(({ name }) => name === 'tablet');
      return ada.halo.devices.suspend(lost?.key ?? '');
    },
  ],
  [
    'the words were changed',
    async ({ halo: { recovery } }, words) => {
      const newWords = (await recovery.makeWords()).join(' ');
      await recovery.changeWords({ words, newWords });
    },
  ],
];

test.each(happenings)('another device answers what one has shared after %s', async (_, happens) => {
  const scene = new ClientScene(31, {}, { keepsMailboxes: true });
  const { world } = scene;
  const until = async (isSo: () => boolean, what: string): Promise<void> => {
    expect(await world.runUntil(isSo, 120_000), what).toBe(true);
  };
  const ada = await scene.open('ada');
  const made = await world.during(ada.halo.createIdentity({ displayName: 'ada' }));
  const trip = await scene.space(ada, 'Azores in May');
  const [phone, tablet] = [await scene.open('phone'), await scene.open('tablet')];
  for (const device of [phone, tablet]) {
    await scene.joinDevice(ada, device);
    await until(() => device.spaces.get(trip.id)?.myRole.get() === 'owner', 'it has the space');
  }
  await scene.pause(20_000);
  const early = await world.during(trip.invite({ delegated: true }));
  const theirs = found(phone, trip.id).invitations;
  await until(() => theirs.get().length === 1, 'the phone answers it');
  await world.during(happens(ada, made.words.join(' ')));
  await scene.pause(60_000);
  const late = await world.during(trip.invite({ delegated: true }));
  await until(() => theirs.get().length === 2, 'the phone answers the later one as well');
  await world.during(ada.close());
  const letIn = async ({ code }: HostInvitation, name: string): Promise<void> => {
    const guest = await scene.person(name);
    const state = theirs
      .get()
      .find((one) => one.code === code)
      ?.state.get();
    await scene.accept(guest.spaces.join(code), state?.at === 'waiting' ? state.digits : '');
    await until(() => guest.spaces.get(trip.id)?.myRole.get() === 'writer', `${name} is in`);
  };
  // Nor does a stopped device come between, which knew the early one.
  await letIn(late, 'jun');
  await letIn(early, 'kim');
});
