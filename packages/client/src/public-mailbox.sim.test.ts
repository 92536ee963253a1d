/** The mailbox of a public space: what followers have of its keys, before and after these were changed. */
import { loadPublishing, openKeyCopy, postingSeed, readingSecret } from '@atoll/halo';
import { softwareKeys } from '@atoll/crypto';
import { equalBytes, type KeyPlatform } from '@atoll/kernel';
import { KUBE_PEER, SignalingClient, mailboxIdOf } from '@atoll/mesh';
import { SimClock, simAgreer, simSigner } from '@atoll/testkit';
import { defineType, s } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Bench } from '../../feed/src/testing/replica-bench.ts';
import { RawMailbox } from '../../mesh/src/testing/raw-mailbox.ts';
import type { Space } from './api.ts';
import { handleOf } from './catch-up-town.fixture.ts';
import { socketUrl } from './kube-address.ts';
import { mailboxOf } from './mailbox-keys.ts';
import { ClientScene, found } from './testing/client-scene.ts';

// A world's clock does not wait for a part of the program to be loaded.
const { linkReader, parsePublicLink } = await loadPublishing();
await import('./public/publish-space.ts');
await import('./public/followed-space.ts');
await import('./rights/rights-acts.ts');

const Note = defineType('org.example.Note', { text: s.string() });
const keys: KeyPlatform = {
  ...softwareKeys,
  signer: (seed) => Promise.resolve(simSigner(seed)),
  agreer: (secret) => Promise.resolve(simAgreer(secret)),
};

async function until(scene: ClientScene, isSo: () => boolean, what: string): Promise<void> {
  expect(await scene.world.runUntil(isSo, 180_000), what).toBe(true);
}

function notes(space: Space): number {
  return space.state.get() === 'open' ? space.db.query(Note).run().length : 0;
}

/** Ada's public garden, in which Jun is a member and which Kim follows. */
async function garden(seed: number) {
  const scene = new ClientScene(seed);
  const ada = await scene.person('ada');
  const space = await scene.space(ada, 'Garden');
  space.db.add(Note, { text: 'Tomatoes' });
  const jun = await scene.person('jun');
  const juns = await scene.join(space, jun);
  const url = await scene.world.during(space.publication.publish());
  const kim = await scene.person('kim');
  const kims = await scene.world.during(kim.spaces.follow(url));
  await until(scene, () => notes(kims) === 1 && notes(juns) === 1, 'all have it');
  return { scene, ada, jun, kim, space, juns, kims, url };
}

/** Membership keys of somebody, the newest last. */
function memberships(space: Space) {
  return handleOf(space).echo.keys.ring.memberships();
}

/** The posting secrets among all that a link opens: what followers hold, and every copy that was ever sealed to it. */
async function postingOf(space: Space, url: string): Promise<readonly Uint8Array[]> {
  const { authority, id, keys: held } = handleOf(space).echo;
  const { secret } = parsePublicLink(url);
  const reader = await linkReader(keys, secret, id);
  const agreer = simAgreer(readingSecret(reader.haloSecret, id));
  const secrets = [...held.ring.memberships()];
  for (const generation of authority.keys.generations('membership')) {
    const rotation = authority.keys.rotation(generation);
    const copies = authority.keys.copiesFor(reader.identity, generation);
    expect(copies.length, 'the link has a copy').toBeGreaterThan(0);
    for (const copy of copies) {
      const opened = rotation && (await openKeyCopy(agreer, copy, rotation));
      if (opened?.kind === 'membership') secrets.push(opened);
    }
  }
  return secrets.flatMap(({ posting }) => posting ?? []);
}

/** Somebody at the server by hand, with what the ring of a space gives. */
async function byHand(scene: ClientScene, space: Space, seed: number) {
  const newest = memberships(space).at(-1);
  if (newest === undefined) throw new RangeError('no keys');
  const access = await mailboxOf({ keys }, newest);
  const clock = new SimClock(scene.world);
  const rng = scene.world.rng.fork();
  const welcome = Promise.withResolvers<undefined>();
  const client = new SignalingClient({
    ...{
      url: socketUrl(scene.kube.url),
      webSockets: scene.network.webSockets(`hand-${seed}`),
      clock,
      rng,
    },
    events: { onWelcome: () => welcome.resolve(undefined) },
  });
  await scene.world.during(welcome.promise);
  const opening = RawMailbox.open(client.dial(KUBE_PEER), { clock, rng }, access);
  return { access, mailbox: await scene.world.during(opening) };
}

test('nothing that a follower has writes into a mailbox, before or after keys were changed', async () => {
  const { jun, juns, kims, scene, space, url } = await garden(11);
  expect(memberships(juns).at(-1)?.posting).toEqual(memberships(space).at(-1)?.posting);
  expect(memberships(juns).at(-1)?.posting).toHaveLength(32);
  expect(await postingOf(kims, url)).toEqual([]);
  const leo = await scene.person('leo');
  const leos = await scene.join(space, leo);
  await scene.world.during(space.rights.remove(jun.halo.identity.get()?.id ?? ''));
  space.db.add(Note, { text: 'After Jun' });
  await until(scene, () => notes(kims) === 2 && notes(leos) === 2, 'both have the new keys');
  expect(memberships(space)).toHaveLength(2);
  expect(await postingOf(kims, url)).toEqual([]);
  // The new keys bring those before them to who lacks them, without what writes.
  const [first, second] = [memberships(space)[0], memberships(space)[1]];
  expect(first?.posting).not.toEqual(second?.posting);
  expect(memberships(leos).at(-1)?.posting).toEqual(second?.posting);
  const own = simSigner(postingSeed(second?.posting ?? new Uint8Array(32)));
  expect(own.publicKey).toEqual(memberships(kims).at(-1)?.postbox);
});

test('a follower opens the same mailbox as members, reads all, and is refused what he puts there', async () => {
  const { juns, kims, scene, space } = await garden(12);
  await until(scene, () => space.status.get().mailbox === 'has-everything', 'it is there');
  const follower = await byHand(scene, kims, 1);
  const member = await byHand(scene, juns, 2);
  expect(mailboxIdOf(follower.access)).toBe(mailboxIdOf(member.access));
  expect(equalBytes(follower.access.signer.publicKey, member.access.signer.publicKey)).toBe(false);
  expect([follower.mailbox.answer, member.mailbox.answer]).toEqual(['open', 'open']);
  const feed = new Bench(5).feed();
  for (let at = 0; at < 10; at++) feed.write();
  follower.mailbox.push(await feed.run(0));
  expect(await scene.world.during(follower.mailbox.ended)).toBe('SESSION_READS_ONLY');
  expect(scene.kube.refusedWrites).toEqual(['blocks']);
  const again = await byHand(scene, kims, 3);
  const piece = again.mailbox.piece({ say: 'put', bytes: new Uint8Array(100) });
  expect(await scene.world.during(piece)).toEqual({ say: 'taken', answer: 'refused' });
  const taken = member.mailbox.piece({ say: 'put', bytes: new Uint8Array(100) });
  expect(await scene.world.during(taken)).toEqual({ say: 'taken', answer: 'stored' });
  expect(scene.kube.refusedWrites).toEqual(['blocks', 'piece']);
});

test('honest followers put nothing there, also of what members gave them directly', async () => {
  const { ada, juns, kim, kims, scene, space } = await garden(13);
  for (let at = 0; at < 5; at++) {
    space.db.add(Note, { text: `note ${at}` });
    await scene.world.during(space.flush());
  }
  await until(scene, () => notes(kims) === 6 && notes(juns) === 6, 'all have it');
  await scene.world.during(kim.close());
  const again = await scene.open('kim');
  await until(scene, () => notes(found(again, space.id)) === 6, 'after a restart too');
  await until(scene, () => space.status.get().mailbox === 'has-everything', 'the server has it');
  await scene.world.during(ada.close());
  expect(scene.kube.refusedWrites).toEqual([]);
});

test('a follower who becomes a member gets what writes, and his work is found by who was away', async () => {
  const { ada, jun, kim, scene, space } = await garden(14);
  await scene.world.during(jun.close());
  const joined = await scene.join(space, kim);
  await until(scene, () => joined.myRole.get() === 'writer', 'the role is there');
  expect(memberships(joined).at(-1)?.posting).toEqual(memberships(space).at(-1)?.posting);
  await scene.world.during(ada.close());
  joined.db.add(Note, { text: 'From Kim' });
  await scene.world.during(joined.flush());
  await until(scene, () => joined.status.get().mailbox === 'has-everything', 'the server has it');
  await scene.world.during(kim.close());
  const back = await scene.open('jun');
  await until(scene, () => notes(found(back, space.id)) === 2, 'Jun finds it');
});
