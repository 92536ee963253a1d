/** Invitations that must not let anybody in, seen from whole clients on both sides. */
import { type AtollClient, liveUntil, type HostInvitation, type Space } from '@atoll/client';
import { ready } from '@atoll/crypto';
import { formatInvitationCode, parseInvitationCode } from '@atoll/halo';
import { beforeAll, expect, test } from 'vitest';
import { Scene, addTask, titles } from './scene.ts';

const MINUTE_MS = 60_000;

beforeAll(() => ready());

/** Ada with a space of one task, and two people with nothing. */
async function setting(seed: number): Promise<{
  readonly scene: Scene;
  readonly trip: Space;
  readonly jun: AtollClient;
  readonly eve: AtollClient;
}> {
  const scene = new Scene(seed);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const eve = await scene.person('eve');
  const trip = await scene.create(ada, 'Trip');
  addTask(trip, 'pack');
  await scene.world.during(trip.flush());
  return { scene, trip, jun, eve };
}

function digitsOf(invitation: HostInvitation): string {
  const state = invitation.state.get();
  if (!('digits' in state)) throw new RangeError(`no digits are shown: ${state.at}`);
  return state.digits;
}

function otherThan(digits: string): string {
  return String((Number(digits) + 1) % 1_000_000).padStart(6, '0');
}

/** Somebody was kept out: no member, no space, nothing changed, and the next invitation works. */
async function keptOut(
  { scene, trip, jun, eve }: Awaited<ReturnType<typeof setting>>,
  before: string,
): Promise<void> {
  expect(eve.spaces.list.get()).toEqual([]);
  expect((await scene.world.during(trip.info())).members).toBe(trip.members.get().length);
  expect(trip.members.get().map(({ displayName }) => displayName)).not.toContain('eve');
  expect((await scene.world.during(trip.info())).root).toBe(before);
  const known = jun.spaces.get(trip.id);
  const theirs = known ?? (await scene.join(trip, jun));
  await scene.oneRoot([trip, theirs]);
  expect(titles(theirs)).toEqual(['pack']);
}

test('wrong digits three times close the invitation, also for the right digits', async () => {
  const all = await setting(1);
  const { eve, scene, trip } = all;
  const { world } = scene;
  const before = (await scene.world.during(trip.info())).root;
  const invitation = await world.during(trip.invite());
  const joining = eve.spaces.join(invitation.code);
  const tried = new Set<string>();
  for (let set = 1; set <= 3; set++) {
    await scene.until(joining, 'digits');
    const digits = digitsOf(invitation);
    expect(tried.has(digits)).toBe(false);
    tried.add(digits);
    joining.submit(otherThan(digits));
    const at = set < 3 ? 'wrong-digits' : 'closed';
    await world.during(liveUntil(invitation.state, (state) => state.at === at));
    if (set < 3) {
      expect(invitation.state.get()).toMatchObject({ at, triesLeft: 3 - set });
      // The digits just tried are used up: the right ones come too late.
      joining.submit(digits);
      await scene.pass(2_000);
      expect(joining.state.get()).toMatchObject({ at: 'digits' });
      invitation.newDigits();
      await scene.pass(2_000);
    }
  }
  await expect(world.during(joining.done)).rejects.toMatchObject({ code: 'CLIENT_INVITATION' });
  expect(joining.state.get()).toMatchObject({ at: 'ended', why: 'closed' });
  expect(trip.invitations.get()).toEqual([]);
  const late = eve.spaces.join(invitation.code);
  await scene.pass(2 * MINUTE_MS);
  expect(['ended', 'host-away']).toContain(late.state.get().at);
  late.cancel();
  await keptOut(all, before);
});

test('a used invitation lets nobody else in, and says so', async () => {
  const all = await setting(2);
  const { eve, jun, scene, trip } = all;
  const { world } = scene;
  const invitation = await world.during(trip.invite());
  const digits = digitsOf(invitation);
  const joining = jun.spaces.join(invitation.code);
  await scene.until(joining, 'digits');
  joining.submit(digits);
  await scene.until(joining, 'confirm');
  joining.accept();
  await world.during(joining.done);
  const theirs = jun.spaces.get(trip.id);
  if (theirs === undefined) throw new RangeError('Jun has not joined');
  const before = await scene.oneRoot([trip, theirs]);
  const second = eve.spaces.join(invitation.code);
  second.submit(digits);
  await scene.pass(2 * MINUTE_MS);
  expect(second.state.get()).toMatchObject({ at: 'ended', why: 'used' });
  await expect(second.done).rejects.toMatchObject({ code: 'CLIENT_INVITATION' });
  // Who joined by it is told that it has the space, and does not get in twice.
  expect(trip.members.get()).toHaveLength(2);
  await keptOut(all, before);
});

test('an invitation ends by its time, and by its host’s clock alone', async () => {
  const all = await setting(3);
  const { eve, scene, trip } = all;
  const before = (await scene.world.during(trip.info())).root;
  const invitation = await scene.world.during(trip.invite({ expiresInMs: 5 * MINUTE_MS }));
  const digits = digitsOf(invitation);
  await scene.pass(5 * MINUTE_MS + 1_000);
  expect(invitation.state.get()).toMatchObject({ at: 'ended', why: 'expired' });
  const joining = eve.spaces.join(invitation.code);
  joining.submit(digits);
  await scene.pass(2 * MINUTE_MS);
  expect(joining.state.get()).toMatchObject({ at: 'ended', why: 'expired' });
  await expect(joining.done).rejects.toMatchObject({ code: 'CLIENT_INVITATION' });
  // A guest whose clock is a year behind gets no further.
  const { url } = scene.kube;
  scene.machine('old', { skewMs: -365 * 24 * 60 * MINUTE_MS });
  const old = await scene.person('old');
  const again = old.spaces.join(invitation.code);
  again.submit(digits);
  await scene.pass(2 * MINUTE_MS);
  expect(again.state.get(), url).toMatchObject({ at: 'ended', why: 'expired' });
  await keptOut(all, before);
});

test('a cancelled invitation tells whoever comes, also in the middle of joining', async () => {
  const all = await setting(4);
  const { eve, scene, trip } = all;
  const before = (await scene.world.during(trip.info())).root;
  const invitation = await scene.world.during(trip.invite());
  const digits = digitsOf(invitation);
  const joining = eve.spaces.join(invitation.code);
  await scene.until(joining, 'digits');
  joining.submit(digits);
  await scene.until(joining, 'confirm');
  invitation.cancel();
  await scene.pass(1_000);
  expect(invitation.state.get()).toMatchObject({ at: 'ended', why: 'cancelled' });
  joining.accept();
  await scene.pass(MINUTE_MS);
  expect(joining.state.get()).toMatchObject({ at: 'ended', why: 'cancelled' });
  await expect(joining.done).rejects.toMatchObject({ code: 'CLIENT_INVITATION' });
  const late = eve.spaces.join(invitation.code);
  late.submit(digits);
  await scene.pass(2 * MINUTE_MS);
  expect(late.state.get()).toMatchObject({ at: 'ended', why: 'cancelled' });
  await keptOut(all, before);
});

test('a guest without the secret meets nobody, and uses nothing up', async () => {
  const all = await setting(5);
  const { eve, jun, scene, trip } = all;
  const before = (await scene.world.during(trip.info())).root;
  const invitation = await scene.world.during(trip.invite());
  const digits = digitsOf(invitation);
  const code = parseInvitationCode(invitation.code);
  const guessed = formatInvitationCode({ ...code, secret: scene.world.rng.bytes(16) });
  const joining = eve.spaces.join(guessed);
  joining.submit(digits);
  await scene.pass(2 * MINUTE_MS);
  expect(joining.state.get()).toEqual({ at: 'host-away' });
  // Nor does one who knows the secret and takes somebody else for the host.
  const wrongHost = formatInvitationCode({ ...code, fingerprint: scene.world.rng.bytes(16) });
  const mistaken = eve.spaces.join(wrongHost);
  mistaken.submit(digits);
  await scene.pass(2 * MINUTE_MS);
  expect(['host-away', 'connecting', 'failed']).toContain(mistaken.state.get().at);
  joining.cancel();
  mistaken.cancel();
  expect(invitation.state.get()).toMatchObject({ at: 'waiting', digits });
  expect((await scene.world.during(trip.info())).root).toBe(before);
  const invited = jun.spaces.join(invitation.code);
  await scene.until(invited, 'digits');
  invited.submit(digits);
  await scene.until(invited, 'confirm');
  invited.accept();
  await scene.world.during(invited.done);
  const theirs = jun.spaces.get(trip.id);
  if (theirs === undefined) throw new RangeError('Jun has not joined');
  await scene.oneRoot([trip, theirs]);
  expect(trip.members.get()).toHaveLength(2);
});

test('a host whose server dies while a guest joins goes on with it, once', async () => {
  const all = await setting(6);
  const { jun, scene, trip } = all;
  const { world } = scene;
  const invitation = await world.during(trip.invite());
  const joining = jun.spaces.join(invitation.code);
  await scene.until(joining, 'digits');
  joining.submit(digitsOf(invitation));
  await scene.until(joining, 'confirm');
  joining.accept();
  // The acceptance is on its way, or has just arrived; the ticket has not.
  await scene.pass(15);
  scene.kube.stop();
  await scene.pass(5_000);
  scene.kube.start();
  await scene.pass(MINUTE_MS);
  const { at } = joining.state.get();
  if (at !== 'joined') {
    // The try was lost with its digits, and says so; the next set lets in.
    expect(at).toBe('digits');
    invitation.newDigits();
    await scene.pass(2_000);
    joining.submit(digitsOf(invitation));
    await scene.until(joining, 'confirm');
    joining.accept();
    await world.during(joining.done);
  }
  const theirs = jun.spaces.get(trip.id);
  if (theirs === undefined) throw new RangeError('Jun has not joined');
  await scene.oneRoot([trip, theirs]);
  expect(trip.members.get()).toHaveLength(2);
});

test('texts that are no codes are told apart, and nothing is dialled', async () => {
  const { eve, scene, trip } = await setting(7);
  const invitation = await scene.world.during(trip.invite());
  for (const text of ['', 'hello', invitation.code.slice(0, -4), `${invitation.code}x`]) {
    const joining = eve.spaces.join(text);
    await scene.pass(1_000);
    expect(joining.state.get()).toMatchObject({ at: 'malformed' });
    await expect(joining.done).rejects.toMatchObject({ code: expect.stringMatching(/^HALO_/) });
  }
});
