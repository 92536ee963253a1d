/** A stolen device that writes whatever it likes into the private space, before anybody has stopped it. */
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { AtollClient } from '../client.ts';
import * as records from '../halo-records.ts';
import { ClientScene, found } from '../testing/client-scene.ts';
import { engineOn, type Engine } from '../testing/engine-on.ts';
import { Note, textsOf } from '../trip.fixture.ts';

/** Everything that is kept in the private space. */
const TYPES: readonly object[] = [
  ...[records.SpaceRecord, records.PublicLinkRecord, records.ProfileRecord, records.DeviceRecord],
  ...[records.ContactRecord, records.AttestationRecord, records.CredentialRecord],
  ...[records.SecretRecord, records.WordsRecord, records.PasskeyRecord],
];

/** Ada's laptop and phone, and Jun, who shares a space with her. */
async function household(seed: number) {
  const scene = new ClientScene(seed, {}, { keepsMailboxes: true });
  const { client: laptop, platform } = await scene.boot('laptop');
  await scene.world.during(laptop.halo.createIdentity({ displayName: 'Ada' }));
  const { db, id } = await scene.space(laptop, 'Trip');
  db.add(Note, { text: 'first' });
  const phone = await scene.open('phone');
  await scene.joinDevice(laptop, phone);
  await scene.join(found(laptop, id), await scene.person('jun'), { role: 'writer' });
  expect(await scene.world.runUntil(() => hasNote(phone, id), 120_000)).toBe(true);
  await scene.pause(30_000);
  return { scene, laptop, phone, id, engine: engineOn(platform) };
}

function hasNote(client: AtollClient, id: string): boolean {
  const space = client.spaces.get(id);
  return space?.state.get() === 'open' && textsOf(space).includes('first');
}

function privateSpaceOf(engine: Engine) {
  const space = engine.opened(engine.requireIdentity().haloSpace);
  if (space === undefined) throw new RangeError('the private space is not open');
  return space;
}

const BYTES: ReadonlySet<string> = new Set([
  ...['keys', 'left', 'link', 'secret', 'recordSeed', 'picture', 'words', 'log', 'verifiedLog'],
  ...['bytes', 'revocation', 'signingKey', 'locatorSecret', 'signature', 'agreementKey'],
  ...['credential', 'recordKey', 'mailbox', 'wrapped'],
]);

/** A value of the kind that a field has: nothing, too much, or what looks like something else. */
function anything(rng: SimRng, field: string): unknown {
  if (BYTES.has(field)) return rng.bytes(rng.pick([0, 1, 31, 32, 33, 400]));
  if (field.endsWith('Ms') || field === 'colour') {
    return rng.pick([0, -1, 1e308, Number.MAX_SAFE_INTEGER, 0.5]);
  }
  return rng.pick(['', '\u202e', 'x'.repeat(5_000), 'http://[', '00'.repeat(32), 'ff'.repeat(31)]);
}

/** Spoils each field of what is there with some chance, and adds some that never was. */
function spoil(engine: Engine, rng: SimRng): void {
  const { database } = privateSpaceOf(engine);
  for (const each of TYPES) {
    const type = each as typeof records.CredentialRecord;
    const fields = Object.keys(type.fields);
    for (const record of database.query(type).run()) {
      for (const name of fields) {
        if (rng.chance(0.4)) Object.assign(record, { [name]: anything(rng, name) });
      }
    }
    for (let more = 3; more > 0; more--) {
      const values = fields.map((name): [string, unknown] => [name, anything(rng, name)]);
      database.add(type, Object.fromEntries(values) as never);
    }
  }
}

test.each([7501, 7503, 7506, 7508, 7511])(
  'whatever it writes there takes nothing from the others, and they put it right (%i)',
  async (seed) => {
    const { scene, engine, id, laptop, phone } = await household(seed);
    spoil(engine, new SimRng(seed));
    await scene.world.during(privateSpaceOf(engine).flush());
    await scene.pause(2_000);
    laptop.network.setOnline(false);
    await scene.pause(30_000);
    expect(hasNote(phone, id) || phone.spaces.left.get().some((one) => one.id === id)).toBe(true);
    const stolen = laptop.halo.identity.get()?.deviceKey ?? '';
    await scene.world.during(phone.halo.devices.suspend(stolen));
    await scene.pause(30_000);
    expect(phone.halo.devices.lock.get()).toBeUndefined();
    await scene.world.during(phone.close());
    const again = await scene.open('phone');
    await scene.pause(60_000);
    if (!hasNote(again, id)) await scene.world.during(again.spaces.bringBack(id));
    expect(await scene.world.runUntil(() => hasNote(again, id), 120_000)).toBe(true);
    expect(again.halo.identity.get()).toBeDefined();
    expect(again.halo.devices.get().filter(({ standing }) => standing === 'active')).toHaveLength(
      1,
    );
    found(again, id).db.add(Note, { text: 'after' });
    await scene.world.during(found(again, id).flush());
  },
);
