/** Keys of a private space whose owner stops devices and lets them back: under which others are published. */
import { recoverySecrets, softwareSigner, wordsToSeed } from '@atoll/crypto';
import { splitBlock } from '@atoll/feed';
import { KeyRing, decideDevice, suspendDevice, withEntries } from '@atoll/halo';
import { idFromBytes, type DeviceKey } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { SpaceKeys } from './space-keys.ts';
import { Space, type SpaceWriter } from './space.ts';
import { Person, exchange } from './testing/space-fixture.ts';

function keyOf({ deviceSigner }: Person): DeviceKey {
  return idFromBytes('device', deviceSigner.publicKey);
}

/** Blocks that open with these keys, whatever is in them. */
async function openedBy(ring: KeyRing, { id, replica }: Space): Promise<number> {
  const keys = new SpaceKeys(id, ring);
  let opened = 0;
  for await (const { blocks } of replica.missingFor([])) {
    for (const bytes of blocks) {
      const split = splitBlock(bytes);
      if (split.ok && keys.openHeader(split.value).ok) opened++;
    }
  }
  return opened;
}

test('new keys are published under those that a device has which is back, not under what was made without it', async () => {
  const ada = await Person.make('Ada', 801);
  const phone = await ada.device(802);
  const tablet = await ada.device(803, phone.log);
  const secrets: Uint8Array[] = [];
  const writerOf = async (person: Person, slot = 0): Promise<SpaceWriter> => ({
    ...person.writer({ slot }),
    deviceAgreer: await person.ports.keystore.agreer('device'),
    identityLog: tablet.log,
    laterSecrets: () => secrets,
  });
  // A window that does nothing by itself about what others lack.
  const one = await Space.found(ada.ports, await writerOf(ada, 1));
  const first = KeyRing.import(one.keys.ring.export());
  const two = await Space.open(phone.ports, {
    ...{ space: one.id, ring: KeyRing.import(first.export()) },
    writer: { ...(await writerOf(phone)), laterSecrets: () => [] },
  });
  await exchange(one, two);
  const say = async (log: typeof tablet.log, device: DeviceKey, atMs: number) =>
    withEntries(log, [await suspendDevice({ log, atMs, device, deviceSigner: ada.deviceSigner })]);
  const suspended = await say(tablet.log, keyOf(phone), 1);
  secrets.push(new SimRng(1).bytes(32));
  await one.devices.show(suspended);
  const [, made] = one.keys.ring.memberships();
  if (made === undefined) throw new RangeError('no keys were made');
  expect(one.devices.hasMissed(made.generation)).toBe(false);
  const { signingSeed } = recoverySecrets(await wordsToSeed(ada.words));
  const recoverySigner = softwareSigner(signingSeed);
  const back = { log: suspended, atMs: 2, device: keyOf(phone), fate: 'stays' } as const;
  const log = withEntries(suspended, [await decideDevice({ ...back, recoverySigner })]);
  await one.devices.show(log);
  expect(one.devices.hasMissed(made.generation)).toBe(true);

  const before = await openedBy(first, one);
  secrets.push(new SimRng(2).bytes(32));
  await one.devices.show(await say(log, keyOf(tablet), 3));
  expect(one.keys.ring.memberships()).toHaveLength(3);
  expect(await openedBy(first, one)).toBe(before + 1);
});
