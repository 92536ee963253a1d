/** People beyond a space: kept, verified, spoken of; and what becomes of it when devices come and words are taken back. */
import { loadClaims } from '@atoll/halo';
import { expect, test } from 'vitest';
import type { AtollClient } from './client.ts';
import type { Space } from './api.ts';
import { ClientScene } from './testing/client-scene.ts';

// A world's clock does not wait for a part of the program to be loaded.
await Promise.all([loadClaims(), import('./attestation-desk.ts')]);

interface Meeting {
  readonly scene: ClientScene;
  readonly ada: AtollClient;
  readonly jun: AtollClient;
  readonly here: Space;
  readonly there: Space;
}

/** Ada and Jun in one space, both up to date. */
async function meeting(seed: number): Promise<Meeting> {
  const scene = new ClientScene(seed);
  const ada = await scene.person('ada');
  const jun = await scene.person('jun');
  const here = await scene.space(ada, 'Trip');
  const there = await scene.join(here, jun);
  const bothKnow = (): boolean =>
    [here, there].every((space) =>
      ['ada', 'jun'].every((name) =>
        space.members.get().some(({ displayName }) => displayName === name),
      ),
    );
  await scene.world.runUntil(bothKnow, 20_000);
  await scene.world.runUntil(() => here.status.get().unsentBlocks === 0, 20_000);
  return { scene, ada, jun, here, there };
}

function me(client: AtollClient): string {
  return client.halo.identity.get()?.id ?? '';
}

/** A further device of somebody. */
async function furtherDevice(
  scene: ClientScene,
  of: AtollClient,
  name: string,
): Promise<AtollClient> {
  const device = await scene.open(name);
  await scene.joinDevice(of, device);
  return device;
}

test('two people compare their numbers and know each other from then on, on all their devices', async () => {
  const { ada, jun, scene } = await meeting(61);
  const atAda = await scene.world.during(ada.halo.contacts.safetyNumber(me(jun)));
  const atJun = await scene.world.during(jun.halo.contacts.safetyNumber(me(ada)));
  expect(atAda.groups).toEqual(atJun.groups);
  expect(atAda.scan).toBe(atJun.scan);
  expect(ada.halo.contacts.list.get()).toEqual([]);
  const contact = await scene.world.during(ada.halo.contacts.confirm(atAda));
  expect(contact).toMatchObject({ displayName: 'jun', standing: { at: 'verified' } });
  expect(contact.from.name).toBe('Trip');
  expect(await scene.world.during(jun.halo.contacts.scan(me(ada), atAda.scan))).toBe('verified');
  const phone = await furtherDevice(scene, ada, 'phone');
  const onPhone = (): boolean => phone.halo.contacts.list.get()[0]?.standing.at === 'verified';
  expect(await scene.world.runUntil(onPhone, 30_000)).toBe(true);
});

test('a device that comes later makes a verified person changed until the numbers are compared again', async () => {
  const { ada, jun, scene, there } = await meeting(62);
  const number = await scene.world.during(ada.halo.contacts.safetyNumber(me(jun)));
  await scene.world.during(ada.halo.contacts.confirm(number));
  const phone = await furtherDevice(scene, jun, 'phone');
  const mayWrite = (): boolean => phone.spaces.get(there.id)?.myRole.get() === 'writer';
  await scene.world.runUntil(mayWrite, 20_000);
  phone.spaces.get(there.id)?.rename('Trip to the sea');
  const standing = (): unknown => ada.halo.contacts.list.get()[0]?.standing;
  const isChanged = (): boolean => ada.halo.contacts.list.get()[0]?.standing.at === 'changed';
  expect(await scene.world.runUntil(isChanged, 30_000), JSON.stringify(standing())).toBe(true);
  expect(standing()).toMatchObject({ at: 'changed', devices: 1 });
  await expect(scene.world.during(ada.halo.contacts.confirm(number))).rejects.toMatchObject({
    code: 'CLIENT_SAFETY_CHANGED',
  });
  const again = await scene.world.during(ada.halo.contacts.safetyNumber(me(jun)));
  expect(again.groups).not.toEqual(number.groups);
  await scene.world.during(ada.halo.contacts.confirm(again));
  expect(standing()).toMatchObject({ at: 'verified' });
});

test('codes of others, and codes that are none, verify nobody', async () => {
  const { ada, jun, scene, here } = await meeting(63);
  const kai = await scene.person('kai');
  const theirs = await scene.join(here, kai);
  await scene.world.runUntil(() => theirs.members.get().length === 3, 20_000);
  const ofKai = await scene.world.during(kai.halo.contacts.safetyNumber(me(jun)));
  const { contacts } = ada.halo;
  expect(await scene.world.during(contacts.scan(me(jun), ofKai.scan))).toBe('other-people');
  expect(await scene.world.during(contacts.scan(me(jun), 'https://x.example'))).toBe('not-a-code');
  expect(contacts.list.get()).toEqual([]);
  await expect(contacts.add('00'.repeat(32))).rejects.toMatchObject({
    code: 'CLIENT_UNKNOWN_PERSON',
  });
  await expect(contacts.add(me(ada))).rejects.toMatchObject({ code: 'CLIENT_UNKNOWN_PERSON' });
});

test('a contact has the name that one gives, and is forgotten', async () => {
  const { ada, jun, scene } = await meeting(64);
  const { contacts } = ada.halo;
  await scene.world.during(contacts.add(me(jun)));
  const named = await scene.world.during(contacts.add(me(jun), { name: 'Junipero' }));
  expect(named).toMatchObject({ displayName: 'Junipero', givenName: 'Junipero' });
  expect(contacts.list.get()).toHaveLength(1);
  await scene.world.during(contacts.remove(me(jun)));
  expect(contacts.list.get()).toEqual([]);
});

test('an attestation is made, shown in part, taken up by whom it is about, withdrawn and revoked', async () => {
  const { ada, here, jun, scene, there } = await meeting(65);
  const { world } = scene;
  const made = await world.during(
    ada.halo.attestations.make({
      about: me(jun),
      kind: 'org.example.Membership',
      fields: { club: 'Rowing club', since: 2019 },
    }),
  );
  expect(made).toMatchObject({ role: 'made', state: 'holds', subjectName: 'jun', hidden: 0 });
  await world.during(ada.halo.attestations.publish(made.id, { space: here.id, fields: ['club'] }));
  await world.run(world.nowMs + 5_000);
  const shown = await world.during(jun.halo.attestations.shownIn(there.id));
  expect(shown).toMatchObject([
    { id: made.id, state: 'holds', hidden: 1, issuerName: 'ada', publisher: me(ada) },
  ]);
  expect(shown[0]?.fields).toEqual([{ name: 'club', value: 'Rowing club' }]);
  await world.during(ada.halo.attestations.withdraw(made.id, { space: here.id }));
  await world.run(world.nowMs + 5_000);
  expect(await world.during(jun.halo.attestations.shownIn(there.id))).toEqual([]);
  // By hand, and then shown by the one whom it is about.
  const text = await world.during(ada.halo.attestations.export(made.id));
  expect(await world.during(jun.halo.attestations.import(text))).toMatchObject({
    attestation: { id: made.id, state: 'holds' },
  });
  await world.during(jun.halo.attestations.publish(made.id, { space: there.id }));
  await world.run(world.nowMs + 5_000);
  expect(await world.during(ada.halo.attestations.shownIn(here.id))).toMatchObject([
    { id: made.id, publisher: me(jun), state: 'holds' },
  ]);
  await world.during(ada.halo.attestations.revoke(made.id));
  const isRevoked = (): boolean => jun.halo.attestations.list.get()[0]?.state === 'revoked';
  expect(await world.runUntil(isRevoked, 20_000)).toBe(true);
  expect(await world.during(jun.halo.attestations.shownIn(there.id))).toMatchObject([
    { state: 'revoked' },
  ]);
});

test('undo takes back what one has written, and neither what one shows of somebody nor its withdrawal', async () => {
  const { ada, here, jun, scene } = await meeting(69);
  const { world } = scene;
  const made = await world.during(
    ada.halo.attestations.make({ about: me(jun), kind: 'org.example.Note', fields: { of: 'x' } }),
  );
  here.rename('Before');
  await world.during(ada.halo.attestations.publish(made.id, { space: here.id }));
  here.rename('After');
  const shown = (): Promise<readonly unknown[]> =>
    world.during(ada.halo.attestations.shownIn(here.id));
  for (const name of ['Before', 'Trip']) {
    expect(here.undo.undo()).toMatchObject({ done: 1 });
    await world.run(world.nowMs + 1_000);
    expect(here.name.get()).toBe(name);
    expect(await shown()).toHaveLength(1);
  }
  here.undo.redo();
  await world.during(ada.halo.attestations.withdraw(made.id, { space: here.id }));
  here.undo.undo();
  await world.run(world.nowMs + 1_000);
  expect(here.name.get()).toBe('Trip');
  expect(await shown()).toEqual([]);
});

test('what was withdrawn does not come back by a copy of its bytes, nor what others show as theirs', async () => {
  const { ada, here, jun, scene, there } = await meeting(66);
  const { world } = scene;
  const kai = await scene.person('kai');
  const third = await scene.join(here, kai);
  await world.runUntil(() => there.members.get().length === 3, 20_000);
  const made = await world.during(
    ada.halo.attestations.make({ about: me(jun), kind: 'org.example.Note', fields: { of: 'x' } }),
  );
  await world.during(ada.halo.attestations.publish(made.id, { space: here.id }));
  await world.run(world.nowMs + 5_000);
  expect(await world.during(kai.halo.attestations.shownIn(third.id))).toHaveLength(1);
  const [copy] = third.db.query('org.atoll.space.Attestation').run();
  const bytes = (copy as unknown as { readonly publication: Uint8Array }).publication.slice();
  await world.during(ada.halo.attestations.withdraw(made.id, { space: here.id }));
  const { PublicationRecord } = await import('./halo-records.ts');
  third.db.add(PublicationRecord, { publication: bytes });
  third.db.add(PublicationRecord, { publication: Uint8Array.of(1, 2, 3) });
  await world.during(third.flush());
  await world.run(world.nowMs + 5_000);
  expect(there.db.query('org.atoll.space.Attestation').run()).toHaveLength(2);
  expect(await world.during(jun.halo.attestations.shownIn(there.id))).toEqual([]);
  // Kai has the text, and can neither keep nor show it as his.
  const text = await world.during(ada.halo.attestations.export(made.id));
  await expect(world.during(kai.halo.attestations.import(text))).rejects.toMatchObject({
    code: 'CLIENT_NOT_YOUR_WORD',
  });
  await expect(kai.halo.attestations.publish(made.id, { space: third.id })).rejects.toMatchObject({
    code: 'CLIENT_UNKNOWN_ATTESTATION',
  });
  expect(await world.during(kai.halo.attestations.verify(text))).toMatchObject({
    attestation: { state: 'holds' },
  });
});

test('a revocation travels by hand where no space is shared any more, and nobody else can make one', async () => {
  const { ada, jun, scene } = await meeting(67);
  const { world } = scene;
  const made = await world.during(
    ada.halo.attestations.make({ about: me(jun), kind: 'org.example.Note', fields: { of: 'x' } }),
  );
  const text = await world.during(ada.halo.attestations.export(made.id));
  await world.during(jun.halo.attestations.import(text));
  await expect(world.during(jun.halo.attestations.revoke(made.id))).rejects.toMatchObject({
    code: 'CLIENT_NOT_YOUR_WORD',
  });
  ada.network.setOnline(false);
  const revocation = await world.during(ada.halo.attestations.revoke(made.id));
  const forged = revocation.slice(0, -8) + 'AAAAAAAA';
  await expect(world.during(jun.halo.attestations.import(forged))).rejects.toMatchObject({
    code: 'CLIENT_ATTESTATION_VOID',
  });
  expect(jun.halo.attestations.list.get()[0]?.state).toBe('holds');
  await world.during(jun.halo.attestations.import(revocation));
  expect(jun.halo.attestations.list.get()[0]?.state).toBe('revoked');
});

test('a sign-in is pairwise unless its user agrees, and never the same for two services', async () => {
  const { ada, jun, scene } = await meeting(68);
  const { world } = scene;
  const { checkPresentation, parsePresentation } = await loadClaims();
  const nonce = '5e'.repeat(32);
  const { clock, ed25519 } = scene.machine('service').boot();
  const signIn = async (options: object, audience = 'https://library.example'): Promise<object> => {
    const text = await world.during(jun.halo.present({ audience, nonce, ...options }));
    return checkPresentation(ed25519, parsePresentation(text), {
      audience,
      nonce: new Uint8Array(32).fill(0x5e),
      nowMs: Math.floor(clock.nowMs()),
    });
  };
  const [first, again, elsewhere] = [
    await signIn({}),
    await signIn({}),
    await signIn({}, 'https://shop.example'),
  ];
  expect(first).toMatchObject({ ok: true, who: { identity: undefined } });
  expect(again).toEqual(first);
  expect(elsewhere).not.toEqual(first);
  const made = await world.during(
    ada.halo.attestations.make({ about: me(jun), kind: 'org.example.Note', fields: { of: 'x' } }),
  );
  const text = await world.during(ada.halo.attestations.export(made.id));
  await world.during(jun.halo.attestations.import(text));
  const attestations = [{ id: made.id }];
  await expect(signIn({ attestations })).rejects.toMatchObject({ code: 'CLIENT_NAMES_YOU' });
  expect(await signIn({ attestations, asIdentity: true })).toMatchObject({
    ok: true,
    who: { identity: me(jun), attestations: [{}] },
  });
  await expect(jun.halo.present({ audience: 'library', nonce })).rejects.toMatchObject({
    code: 'HALO_ORIGIN',
  });
});
