/** How people show themselves: on all their devices and in all their spaces, and whatever is lost on the way. */
import { errorCode } from '@atoll/kernel';
import { expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import type { Member, Space } from './api.ts';
import { ClientScene } from './testing/client-scene.ts';

/** A PNG of one grey point, and one of another size. */
const GREY: Uint8Array = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  ),
  (letter) => letter.charCodeAt(0),
);

async function until(scene: ClientScene, isSo: () => boolean, what: string): Promise<void> {
  expect(await scene.world.runUntil(isSo, 120_000), what).toBe(true);
}

/** A further device of somebody. */
async function device(scene: ClientScene, of: AtollClient, name: string): Promise<AtollClient> {
  const added = await scene.open(name);
  await scene.joinDevice(of, added);
  return added;
}

/** How somebody is shown in a space. */
function shown(space: Space | undefined, client: AtollClient): Member | undefined {
  const id = client.halo.identity.get()?.id;
  return space?.members.get().find((member) => member.id === id);
}

function isShownAs(space: () => Space | undefined, client: AtollClient, name: string) {
  return (): boolean => shown(space(), client)?.displayName === name;
}

test('what one shows is the same on all devices and in all spaces, also in later ones', async () => {
  const scene = new ClientScene(701);
  const { world } = scene;
  const [ada, jun] = [await scene.person('ada'), await scene.person('jun')];
  const phone = await device(scene, ada, 'phone');
  const trip = await scene.space(ada, 'Trip');
  const juns = await scene.join(trip, jun);
  await until(scene, () => phone.spaces.get(trip.id) !== undefined, 'the phone has the space');
  const change = {
    displayName: 'Ada L.',
    hue: 4,
    about: 'Rows on Tuesdays',
    picture: GREY,
  } as const;
  await world.during(ada.halo.updateProfile(change));
  expect(ada.halo.identity.get()).toMatchObject({
    displayName: 'Ada L.',
    hue: 4,
    about: 'Rows on Tuesdays',
    picture: { type: 'image/png', width: 1, height: 1 },
  });
  await until(
    scene,
    isShownAs(() => juns, ada, 'Ada L.'),
    'Jun sees it',
  );
  const seen = shown(juns, ada);
  expect(seen).toMatchObject({ hue: 4, about: 'Rows on Tuesdays', picture: { type: 'image/png' } });
  expect([...(seen?.picture?.bytes ?? [])]).toEqual([...GREY]);
  const onPhone = (): boolean => phone.halo.identity.get()?.about === 'Rows on Tuesdays';
  await until(scene, onPhone, 'the phone has it');
  expect(JSON.stringify(phone.halo.identity.get()?.picture)).toBe(JSON.stringify(seen?.picture));
  // The phone changes one thing; the rest stays, and a space that is made there has all of it.
  await world.during(phone.halo.updateProfile({ picture: null }));
  const later = await scene.space(phone, 'Later');
  await until(scene, () => ada.halo.identity.get()?.picture === undefined, 'the laptop has it');
  expect(ada.halo.identity.get()).toMatchObject({ displayName: 'Ada L.', hue: 4 });
  const withJun = await scene.join(later, jun);
  await until(scene, () => shown(withJun, ada)?.about === 'Rows on Tuesdays', 'told there too');
  await until(scene, () => shown(juns, ada)?.picture === undefined, 'and taken away here');
  // One that is joined later hears of it as well.
  const choir = await scene.space(jun, 'Choir');
  const adas = await scene.join(choir, ada);
  await until(scene, () => shown(choir, ada)?.about === 'Rows on Tuesdays', 'told where one joins');
  await until(scene, () => shown(adas, ada)?.hue === 4, 'and shown to herself');
  expect(shown(adas, ada)).toMatchObject({ displayName: 'Ada L.', hue: 4 });
});

test('a device that was away takes nothing back, and says what one that was lost could not', async () => {
  const scene = new ClientScene(702);
  const { world } = scene;
  const [ada, jun] = [await scene.person('ada'), await scene.person('jun')];
  const trip = await scene.space(ada, 'Trip');
  const juns = await scene.join(trip, jun);
  const phone = await device(scene, ada, 'phone');
  const onPhone = (): Space | undefined => phone.spaces.get(trip.id);
  await until(scene, () => onPhone()?.myRole.get() === 'owner', 'the phone is in the space');
  phone.network.setOnline(false);
  await world.during(ada.halo.updateProfile({ displayName: 'Ada L.' }));
  await until(
    scene,
    isShownAs(() => juns, ada, 'Ada L.'),
    'Jun sees it',
  );
  // The phone writes for the first time, with what it knows.
  onPhone()?.rename('Trip to the sea');
  await world.during(onPhone()?.flush() ?? Promise.resolve());
  phone.network.setOnline(true);
  await until(scene, () => juns.name.get() === 'Trip to the sea', 'the work of the phone is here');
  await world.run(world.nowMs + 60_000);
  expect(shown(juns, ada)?.displayName).toBe('Ada L.');
  expect(phone.halo.identity.get()?.displayName).toBe('Ada L.');
  // The laptop changes it where the others of the space cannot hear it, and is lost with that.
  ada.network.setOnline(false);
  await world.during(ada.halo.updateProfile({ about: 'Back in June' }));
  await world.during(ada.close());
  const again = await scene.open('ada');
  await until(scene, () => phone.halo.identity.get()?.about === 'Back in June', 'the phone heard');
  await world.during(again.close());
  await until(scene, () => shown(juns, ada)?.about === 'Back in June', 'and the space');
});

test.each(['crash-before', 'crash-torn', 'crash-after', 'full', 'fsync'] as const)(
  'a disk that fails with %s at any write of a change leaves the old or the new, the same everywhere',
  async (fault) => {
    let hasEnded = false;
    for (let at = 1; !hasEnded; at++) {
      const scene = new ClientScene(720 + at);
      const { world } = scene;
      const ada = await scene.person('ada');
      const own = await scene.space(ada, 'Own');
      await world.during(own.flush());
      await world.run(world.nowMs + 2_000);
      const { disk } = scene.machine('ada');
      const before = disk.operations;
      disk.failAt(at, fault);
      const changed = ada.halo.updateProfile({ displayName: 'Ada L.', about: 'Rows' });
      const outcome = changed.then(() => 'changed', errorCode);
      await world.run(world.nowMs + 2_000);
      hasEnded = disk.operations - before < at;
      if (!fault.startsWith('crash')) {
        expect(await world.during(outcome)).toMatch(/^(changed|STORE_FULL|STORE_IO)$/);
        disk.crash();
      }
      const next = await scene.open('ada').catch(() => scene.open('ada'));
      await world.run(world.nowMs + 60_000);
      const now = next.halo.identity.get();
      const isNew = now?.displayName === 'Ada L.';
      expect(now?.about).toBe(isNew ? 'Rows' : undefined);
      const space = next.spaces.get(own.id);
      await world.during(space?.open() ?? Promise.resolve());
      await world.run(world.nowMs + 2_000);
      const there = shown(space, next);
      expect([there?.displayName, there?.about]).toEqual([now?.displayName, now?.about]);
      if (hasEnded) expect(isNew).toBe(true);
    }
  },
);

test('a change that nobody could be shown is refused, and changes nothing', async () => {
  const scene = new ClientScene(703);
  const ada = await scene.person('ada');
  const huge = GREY.slice();
  new DataView(huge.buffer).setUint32(16, 100_000);
  const refused = [
    [{ displayName: ' ' }, 'CLIENT_PROFILE_LIMIT'],
    [{ displayName: 'x'.repeat(257) }, 'CLIENT_PROFILE_LIMIT'],
    [{ about: 'ä'.repeat(281) }, 'CLIENT_PROFILE_LIMIT'],
    [{ hue: 8 as 7 }, 'CLIENT_PROFILE_LIMIT'],
    [{ picture: huge }, 'CLIENT_PICTURE'],
    [{ picture: new Uint8Array(9_000) }, 'CLIENT_PICTURE'],
  ] as const;
  const before = ada.halo.identity.get();
  for (const [change, code] of refused) {
    await expect(scene.world.during(ada.halo.updateProfile(change))).rejects.toMatchObject({
      code,
    });
  }
  expect(ada.halo.identity.get()).toEqual(before);
});
