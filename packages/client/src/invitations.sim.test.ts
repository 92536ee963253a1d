/** Invitations of all kinds between whole clients: over restarts, by whom else, and for who asks. */
import { expect, test } from 'vitest';
import { AtollClient } from './client.ts';
import type { GuestInvitation, HostInvitation, Space } from './api.ts';
import { liveUntil } from './live.ts';
import { ClientScene } from './testing/client-scene.ts';

const MINUTE_MS = 60_000;

/** Lets time pass until something is so. */
async function until(
  scene: ClientScene,
  isSo: () => boolean,
  what: string,
  ms = 120_000,
): Promise<void> {
  expect(await scene.world.runUntil(isSo, ms), what).toBe(true);
}

function at(guest: GuestInvitation | HostInvitation, name: string): () => boolean {
  return () => guest.state.get().at === name;
}

async function pass(scene: ClientScene, ms: number): Promise<void> {
  await scene.world.run(scene.world.nowMs + ms);
}

function digitsOf(invitation: HostInvitation): string {
  const state = invitation.state.get();
  return 'digits' in state ? state.digits : '';
}

function spaceOf(client: AtollClient, id: string): Space {
  const space = client.spaces.get(id);
  if (space === undefined) throw new RangeError('the space is not there');
  return space;
}

function roleIn(client: AtollClient, id: string): string | undefined {
  return client.spaces
    .get(id)
    ?.members.get()
    .find(({ me }) => me)?.role;
}

/** Ada with a space, and somebody else who controls it too. */
async function withAdmin(
  seed: number,
  kube: { readonly keepsMailboxes?: boolean } = {},
): Promise<{
  readonly scene: ClientScene;
  readonly ada: AtollClient;
  readonly mira: AtollClient;
  readonly trip: Space;
}> {
  const scene = new ClientScene(seed, {}, kube);
  const ada = await scene.person('ada');
  const mira = await scene.person('mira');
  const trip = await scene.space(ada, 'Azores in May');
  const invitation = await scene.world.during(trip.invite({ role: 'admin' }));
  await joinBy(scene, mira, invitation);
  await until(scene, () => roleIn(mira, trip.id) === 'admin', 'Mira controls the space');
  return { scene, ada, mira, trip };
}

async function joinBy(
  scene: ClientScene,
  guest: AtollClient,
  invitation: HostInvitation,
): Promise<void> {
  const joining = guest.spaces.join(invitation.url);
  await until(scene, at(joining, 'digits'), 'the guest is asked for digits');
  joining.submit(digitsOf(invitation));
  await until(scene, at(joining, 'confirm'), 'the digits match');
  joining.accept();
  await scene.world.during(joining.done);
}

test('an invitation outlives the program: it is listed again, answered, and can be taken back', async () => {
  const scene = new ClientScene(1);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const eve = await scene.person('eve');
  const trip = await scene.space(ada, 'Azores in May');
  const first = await scene.world.during(trip.invite());
  const second = await scene.world.during(trip.invite({ role: 'reader' }));
  const digits = digitsOf(first);
  await scene.world.during(ada.close());
  const joining = jun.spaces.join(first.url);
  await until(scene, at(joining, 'host-away'), 'nobody answers meanwhile');
  const again = await scene.open('ada');
  const open = spaceOf(again, trip.id).invitations;
  await until(scene, () => open.get().length === 2, 'both are listed again');
  expect(
    open
      .get()
      .map(({ code }) => code)
      .sort(),
  ).toEqual([first.code, second.code].sort());
  await until(scene, at(joining, 'digits'), 'it is answered');
  joining.submit(digits);
  await until(scene, at(joining, 'confirm'), 'by the digits that were told before');
  joining.accept();
  await scene.world.during(joining.done);
  expect(open.get()).toHaveLength(1);
  const [left] = open.get();
  left?.cancel();
  await scene.world.during(Promise.resolve(left?.settled()));
  await scene.world.during(again.close());
  const third = await scene.open('ada');
  const late = eve.spaces.join(second.url);
  await until(scene, at(late, 'ended'), 'what was taken back stays so over a restart');
  expect(late.state.get()).toMatchObject({ why: 'cancelled' });
  expect(spaceOf(third, trip.id).invitations.get()).toEqual([]);
});

test('an invitation for a device outlives the program, for its ten minutes', async () => {
  const scene = new ClientScene(2);
  const ada = await scene.person('ada');
  const invitation = await scene.world.during(ada.halo.inviteDevice());
  const digits = digitsOf(invitation);
  await scene.world.during(ada.close());
  const again = await scene.open('ada');
  await until(scene, () => again.halo.invitations.get().length === 1, 'it is listed');
  const phone = await scene.open('phone');
  const joining = phone.halo.joinDevice(invitation.code);
  await until(scene, at(joining, 'digits'), 'it is answered');
  joining.submit(digits);
  await until(scene, at(joining, 'confirm'), 'the digits match');
  joining.accept();
  await scene.world.during(joining.done);
  expect(phone.halo.identity.get()?.id).toBe(again.halo.identity.get()?.id);
  const second = await scene.world.during(again.halo.inviteDevice());
  await scene.world.during(again.close());
  await pass(scene, 11 * MINUTE_MS);
  const later = await scene.open('ada');
  await pass(scene, MINUTE_MS);
  expect(later.halo.invitations.get()).toEqual([]);
  const late = (await scene.open('tablet')).halo.joinDevice(second.code);
  await pass(scene, 2 * MINUTE_MS);
  expect(late.state.get().at).toBe('host-away');
});

test('another admin answers an invitation whose maker has gone', async () => {
  const { ada, mira, scene, trip } = await withAdmin(3);
  const jun = await scene.person('jun');
  const invitation = await scene.world.during(trip.invite({ delegated: true }));
  const digits = digitsOf(invitation);
  const theirs = spaceOf(mira, trip.id).invitations;
  await until(scene, () => theirs.get().length === 1, 'Mira has it too');
  expect(theirs.get()[0]).toMatchObject({ delegated: true, code: invitation.code, role: 'writer' });
  await scene.world.during(ada.close());
  const joining = jun.spaces.join(invitation.url);
  await until(scene, at(joining, 'digits'), 'Mira answers');
  joining.submit(digits);
  await until(scene, at(joining, 'confirm'), 'the digits are the same');
  expect(joining.state.get()).toMatchObject({ from: 'mira', space: 'Azores in May' });
  joining.accept();
  await scene.world.during(joining.done);
  await until(scene, () => roleIn(jun, trip.id) === 'writer', 'Jun is in');
  // Ada comes back: it is used up, and nobody else gets in.
  const again = await scene.open('ada');
  const eve = await scene.person('eve');
  await until(scene, () => spaceOf(again, trip.id).members.get().length === 3, 'Ada hears of it');
  const late = eve.spaces.join(invitation.url);
  await until(scene, () => ['digits', 'ended'].includes(late.state.get().at), 'Eve is answered');
  late.submit(digits);
  await pass(scene, MINUTE_MS);
  if (late.state.get().at === 'confirm') late.accept();
  await until(scene, at(late, 'ended'), 'and is told that it is used');
  expect(late.state.get()).toMatchObject({ why: 'used' });
  expect(spaceOf(again, trip.id).members.get()).toHaveLength(3);
});

test('an admin who came later answers too; one who loses control ends it for all', async () => {
  const { ada, mira, scene, trip } = await withAdmin(4);
  const leo = await scene.person('leo');
  const invitation = await scene.world.during(trip.invite({ delegated: true, way: 'ask' }));
  await joinBy(scene, leo, await scene.world.during(trip.invite({ role: 'admin' })));
  await until(scene, () => roleIn(leo, trip.id) === 'admin', 'Leo controls the space');
  const theirs = spaceOf(leo, trip.id).invitations;
  await until(scene, () => theirs.get().length === 1, 'somebody has sealed it to Leo');
  const { echo } = trip as Space & { readonly echo: { remove(identity: string): Promise<void> } };
  await scene.world.during(echo.remove(leo.halo.identity.get()?.id ?? ''));
  await until(scene, () => invitation.state.get().at === 'ended', 'Ada answers it no more');
  const miras = spaceOf(mira, trip.id).invitations;
  await until(scene, () => miras.get().length === 0, 'nor does Mira');
  expect(ada.spaces.get(trip.id)?.invitations.get()).toEqual([]);
});

test('one who ends a shared invitation ends it for all who answer it', async () => {
  const { mira, scene, trip } = await withAdmin(5);
  const invitation = await scene.world.during(trip.invite({ delegated: true }));
  const theirs = spaceOf(mira, trip.id).invitations;
  await until(scene, () => theirs.get().length === 1, 'Mira has it too');
  theirs.get()[0]?.cancel();
  await until(scene, () => invitation.state.get().at === 'ended', 'Ada hears of it');
});

test('who asks comes in when somebody has agreed, though both were away in between', async () => {
  const { ada, scene, trip } = await withAdmin(6);
  const jun = await scene.person('jun');
  const invitation = await scene.world.during(trip.invite({ way: 'ask', role: 'writer' }));
  const asking = jun.spaces.join(invitation.url);
  await until(scene, at(asking, 'confirm'), 'Jun sees what it is');
  expect(asking.state.get()).toMatchObject({ way: 'ask', space: 'Azores in May' });
  asking.accept('Jun from the choir');
  await until(scene, at(asking, 'asked'), 'Jun has asked');
  await until(scene, () => trip.requests.list.get().length === 1, 'Ada hears of it');
  expect(trip.requests.list.get()).toMatchObject([
    { displayName: 'jun', text: 'Jun from the choir', role: 'writer' },
  ]);
  await scene.world.during(jun.close());
  await scene.world.during(ada.close());
  const again = await scene.open('ada');
  const { requests } = spaceOf(again, trip.id);
  await until(scene, () => requests.list.get().length === 1, 'the request outlives the program');
  const [request] = requests.list.get();
  await scene.world.during(requests.approve(request?.id ?? '', { role: 'reader' }));
  expect(requests.list.get()).toEqual([]);
  const back = await scene.open('jun');
  expect(back.spaces.get(trip.id)).toBeUndefined();
  await until(scene, () => roleIn(back, trip.id) === 'reader', 'Jun is in, as what was agreed to');
  expect(back.spaces.pending.get()).toEqual([]);
});

test('who is refused is told so, once, and does not get in by asking again', async () => {
  const { scene, trip } = await withAdmin(7);
  const jun = await scene.person('jun');
  const invitation = await scene.world.during(trip.invite({ way: 'ask' }));
  const asking = jun.spaces.join(invitation.url);
  await until(scene, at(asking, 'confirm'), 'Jun sees what it is');
  asking.accept();
  await until(scene, () => trip.requests.list.get().length === 1, 'Ada hears of it');
  expect(jun.spaces.pending.get()).toMatchObject([{ spaceName: 'Azores in May', from: 'ada' }]);
  await scene.world.during(trip.requests.refuse(jun.halo.identity.get()?.id ?? ''));
  await until(scene, at(asking, 'ended'), 'Jun is told');
  expect(asking.state.get()).toMatchObject({ why: 'turned-away' });
  expect(jun.spaces.pending.get()[0]?.state.get()).toBe('turned-away');
  const again = jun.spaces.join(invitation.url);
  await until(scene, at(again, 'confirm'), 'Jun asks again');
  again.accept('please');
  await until(scene, at(again, 'ended'), 'and hears the same');
  expect(trip.requests.list.get()).toEqual([]);
  await expect(trip.requests.approve('00'.repeat(32))).rejects.toMatchObject({
    code: 'CLIENT_NO_REQUEST',
  });
});

test('one for somebody known needs no digits, and is nothing for anybody else', async () => {
  const { scene, trip } = await withAdmin(8);
  const jun = await scene.person('jun');
  const eve = await scene.person('eve');
  const invitation = await scene.world.during(
    trip.invite({ for: jun.halo.identity.get()?.id ?? '' }),
  );
  const wrong = eve.spaces.join(invitation.url);
  await until(scene, at(wrong, 'ended'), 'Eve is told no');
  expect(wrong.state.get()).toMatchObject({ why: 'not-for-you' });
  await until(scene, at(invitation, 'waiting'), 'nothing is used up');
  expect(invitation.state.get()).toMatchObject({ admitted: 0 });
  const joining = jun.spaces.join(invitation.url);
  await until(scene, at(joining, 'confirm'), 'Jun is recognised');
  joining.accept();
  await scene.world.during(joining.done);
  await until(scene, () => roleIn(jun, trip.id) === 'writer', 'Jun is in');
});

test('a link for two lets in two readers, also over a restart between them', async () => {
  const { ada, scene, trip } = await withAdmin(9);
  const [jun, eve, leo] = [
    await scene.person('jun'),
    await scene.person('eve'),
    await scene.person('leo'),
  ];
  const options = { way: 'link', role: 'reader', uses: 2 } as const;
  const invitation = await scene.world.during(trip.invite(options));
  for (const guest of [jun, eve]) {
    const joining = guest.spaces.join(invitation.url);
    await until(scene, at(joining, 'confirm'), 'the guest sees what it is');
    joining.accept();
    await scene.world.during(joining.done);
    await scene.world.during(guest === jun ? ada.close() : Promise.resolve());
    if (guest === jun) await scene.open('ada');
  }
  const late = leo.spaces.join(invitation.url);
  await until(scene, at(late, 'ended'), 'the third is told');
  expect(late.state.get()).toMatchObject({ why: 'used' });
});

test.each([
  { way: 'link', role: 'writer' },
  { way: 'known' },
  { way: 'digits', for: '00'.repeat(32) },
  { uses: 0 },
  { uses: 1001 },
  { uses: 2, for: '00'.repeat(32) },
] as const)('no invitation is like %j', async (options) => {
  const { scene, trip } = await withAdmin(10);
  const made = scene.world.during(trip.invite(options));
  await expect(made).rejects.toMatchObject({ code: 'CLIENT_INVITATION_TERMS' });
});

test('an admin invites no admins', async () => {
  const { mira, scene, trip } = await withAdmin(11);
  const made = scene.world.during(spaceOf(mira, trip.id).invite({ role: 'admin' }));
  await expect(made).rejects.toMatchObject({ code: 'CLIENT_NOT_ALLOWED' });
});

test('a limit that two exceed on both sides of a partition is settled alike for all', async () => {
  const { ada, mira, scene, trip } = await withAdmin(12, { keepsMailboxes: false });
  const [jun, eve] = [await scene.person('jun'), await scene.person('eve')];
  const invitation = await scene.world.during(trip.invite({ delegated: true }));
  const digits = digitsOf(invitation);
  const theirs = spaceOf(mira, trip.id).invitations;
  await until(scene, () => theirs.get().length === 1, 'Mira has it too');
  // Mira is alone with Eve, then Ada with Jun: neither knows of the other's guest.
  ada.network.setOnline(false);
  await pass(scene, 5_000);
  const first = eve.spaces.join(invitation.url);
  await until(scene, at(first, 'digits'), 'Mira answers');
  first.submit(digits);
  await until(scene, at(first, 'confirm'), 'the digits match');
  first.accept();
  await scene.world.during(first.done);
  await until(scene, () => roleIn(eve, trip.id) === 'writer', 'Eve is in');
  mira.network.setOnline(false);
  eve.network.setOnline(false);
  ada.network.setOnline(true);
  await pass(scene, 5_000);
  expect(spaceOf(ada, trip.id).members.get()).toHaveLength(2);
  const second = jun.spaces.join(invitation.url);
  await until(scene, at(second, 'digits'), 'Ada answers');
  second.submit(digits);
  await until(scene, at(second, 'confirm'), 'the digits match here too');
  second.accept();
  await scene.world.during(second.done);
  mira.network.setOnline(true);
  eve.network.setOnline(true);
  const names = (client: AtollClient): string =>
    spaceOf(client, trip.id)
      .members.get()
      .map(({ displayName }) => displayName)
      .sort()
      .join();
  // Ada is senior to Mira: her guest stays.
  for (const client of [ada, mira, jun]) {
    await until(scene, () => names(client) === 'ada,jun,mira', 'all agree on who is in');
  }
  const lost = spaceOf(eve, trip.id);
  await until(scene, () => roleIn(eve, trip.id) === undefined, 'Eve hears that she is surplus');
  expect(() => lost.rename('Mine')).toThrow(
    expect.objectContaining({ code: 'SPACE_INVITATION_USED_UP' }),
  );
  expect(lost.rights.removed.get()).toMatchObject({
    reason: 'used-up',
    by: { displayName: 'mira' },
  });
  expect(spaceOf(jun, trip.id).rights.removed.get()).toBeUndefined();
  await scene.world.during(liveUntil(lost.state, (state) => state === 'open'));
  // Let in anew, she is told nothing of the kind any more.
  const again = await scene.world.during(trip.invite());
  const third = eve.spaces.join(again.url);
  await until(scene, at(third, 'digits'), 'Ada answers Eve');
  third.submit(digitsOf(again));
  await until(scene, at(third, 'confirm'), 'the digits of the second one match');
  third.accept();
  await scene.world.during(third.done);
  await until(scene, () => roleIn(eve, trip.id) === 'writer', 'Eve is in again');
  expect(lost.rights.removed.get()).toBeUndefined();
});

test('one program ends an invitation that another one of the profile answers, of whatever kind', async () => {
  const { ada, mira, scene, trip } = await withAdmin(31);
  const jun = await scene.person('jun');
  const own = await scene.world.during(trip.invite());
  const terms = { delegated: true, role: 'reader', withoutHistory: true } as const;
  const shared = await scene.world.during(trip.invite(terms));
  const theirs = spaceOf(mira, trip.id);
  await until(scene, () => theirs.invitations.get().length === 1, 'Mira answers the shared one');
  expect(trip.invitations.get().map(({ withoutHistory }) => withoutHistory)).toEqual([false, true]);
  expect(theirs.invitations.get()[0]).toMatchObject(terms);
  const platform = scene.machine('ada').boot();
  const second = await scene.world.during(AtollClient.open(platform, { kubes: [scene.kube.url] }));
  const { requests } = spaceOf(second, trip.id);
  const issued = await scene.world.during(requests.issued());
  expect(issued).toMatchObject([
    { way: 'digits', role: 'writer', uses: 1, delegated: false, withoutHistory: false },
    { way: 'digits', role: 'reader', uses: 1, delegated: true, withoutHistory: true },
  ]);
  for (const { id } of issued) await scene.world.during(requests.revoke(id));
  expect(await scene.world.during(requests.issued())).toEqual([]);
  await until(scene, at(own, 'ended'), 'the window that answers it hears of it');
  await until(scene, at(shared, 'ended'), 'of the shared one too');
  await until(scene, () => theirs.invitations.get().length === 0, 'and so does Mira');
  await expect(scene.world.during(requests.revoke(issued[0]?.id ?? ''))).rejects.toMatchObject({
    code: 'CLIENT_UNKNOWN_INVITATION',
  });
  // Nor does it come back with the next start.
  await scene.world.during(second.close());
  await scene.world.during(ada.close());
  const again = await scene.open('ada');
  await pass(scene, 10_000);
  expect(spaceOf(again, trip.id).invitations.get()).toEqual([]);
  const late = jun.spaces.join(own.url);
  await until(scene, () => /host-away|ended/u.test(late.state.get().at), 'nobody lets Jun in');
});
