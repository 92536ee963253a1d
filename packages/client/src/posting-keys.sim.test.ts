/** A member who was given the key that reads the mailbox, and not the one that writes into it: whole clients. */
import { copyKeys, createGeneration, inPart } from '@atoll/halo';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { Space } from './api.ts';
import { handleOf } from './catch-up-town.fixture.ts';
import type { ClientScene } from './testing/client-scene.ts';
import { Note, textsOf, trip } from './trip.fixture.ts';

// A world's clock does not wait for a part of the program to be loaded.
await import('./rights/rights-acts.ts');

/** Makes membership keys of which one of the members gets only what followers get. */
async function rotateInPart(scene: ClientScene, by: Space, who: Space): Promise<void> {
  const { authority, id: space, identity, keys } = handleOf(by).echo;
  const readers = authority.readers('membership');
  const previous = authority.keys.latest('membership').flatMap((id) => keys.ring.get(id) ?? []);
  const reader = readers.find((one) => one.identity === handleOf(who).echo.identity);
  const made = createGeneration({
    rng: new SimRng(78),
    space,
    of: 'membership',
    readers,
    previous,
  });
  const credential = authority.credentialFor(identity, 'read');
  if (credential === undefined || reader === undefined) throw new RangeError('no right');
  const copies = made.copies.map((copy) =>
    copy.identity === reader.identity
      ? copyKeys({ rng: new SimRng(79), space, secret: inPart(made.secret), reader })
      : copy,
  );
  await scene.world.during(
    handleOf(by).echo.publish({ statements: [made.rotation, ...copies], credential }),
  );
  keys.gain([made.secret], authority);
  by.db.add(Note, { text: 'under new keys' });
  await scene.world.during(by.flush());
}

function posting(space: Space): boolean {
  return handleOf(space).echo.keys.ring.memberships().at(-1)?.posting !== undefined;
}

test('who cannot write into the mailbox says that nothing has left, and gets the key from the next who comes', async () => {
  const { scene, ada, jun, kim, one, two, three } = await trip(41);
  await scene.pause(10_000);
  kim.network.setOnline(false);
  await rotateInPart(scene, one, three);
  await scene.pause(60_000);
  for (const { network } of [ada, jun]) network.setOnline(false);
  await scene.pause(5_000);
  kim.network.setOnline(true);
  await scene.pause(60_000);
  three.db.add(Note, { text: 'by Kim' });
  await scene.world.during(three.flush());
  await scene.pause(60_000);
  expect(three.status.get().unsentBlocks).toBeGreaterThan(0);
  expect(three.status.get()).toMatchObject({ mailbox: 'behind', mailboxReadsOnly: true });
  expect(two.status.get().mailboxReadsOnly).toBeUndefined();
  // Ada is there for a moment: what Kim lacks comes, and what he wrote lies in the mailbox for who comes later.
  ada.network.setOnline(true);
  expect(await scene.world.runUntil(() => posting(three), 60_000), 'Kim has the key').toBe(true);
  await scene.pause(20_000);
  expect(three.status.get().mailboxReadsOnly).toBeUndefined();
  ada.network.setOnline(false);
  await scene.pause(5_000);
  three.db.add(Note, { text: 'with the key' });
  await scene.world.during(three.flush());
  await scene.pause(5_000);
  expect(
    await scene.world.runUntil(() => three.status.get().mailbox === 'has-everything', 120_000),
  ).toBe(true);
  kim.network.setOnline(false);
  jun.network.setOnline(true);
  const has = (): boolean =>
    textsOf(two).includes('with the key') && textsOf(two).includes('by Kim');
  expect(await scene.world.runUntil(has, 120_000), 'Jun has it from the mailbox').toBe(true);
});
