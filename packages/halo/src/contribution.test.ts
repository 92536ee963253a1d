/** What strangers hand to a door: who wrote it, for which space, and who can open it. */
import { softwareAgreer, softwareKeys } from '@atoll/crypto';
import { SimRng, simAgreer, simEd25519, simSigner } from '@atoll/testkit';
import { idFromBytes, toHex, type KeyPlatform, type SpaceId } from '@atoll/kernel';
import { expect, test } from 'vitest';
import {
  LOBBY_ROOMS,
  checkContribution,
  doorAgreer,
  doorKey,
  lobbySeed,
  openContribution,
  openDoor,
  sealContribution,
  sealDoor,
  signContribution,
  type Contribution,
} from './contribution.ts';
import { readingSecret } from './derive.ts';
import { suspendDevice } from './device-statements.ts';
import { admitDevice } from './identity.ts';
import { linkReader } from './link-reader.ts';
import type { Door } from './statements-public.ts';
import { person, type Person } from './testing/people.ts';

const filled = (byte: number, count = 32): Uint8Array<ArrayBuffer> =>
  new Uint8Array(count).fill(byte);
const space: SpaceId = idFromBytes('space', filled(9));
const keys: KeyPlatform = { ...softwareKeys, signer: (seed) => Promise.resolve(simSigner(seed)) };

function said(author: Person): Contribution {
  return {
    ...{ space, door: filled(1, 16), nonce: filled(2, 16), writtenAtMs: 1_767_312_000_000 },
    ...{ identity: author.identity, device: author.log.genesis.device, name: author.name },
    ...{ type: 'Note', fields: { title: 'Hello', rank: 1 } },
  };
}

test('a contribution says who wrote it, whoever carries it', async () => {
  const kim = await person('Kim');
  const { bytes, id } = await signContribution(kim, said(kim));
  expect(await checkContribution(simEd25519, bytes)).toEqual({ ...said(kim), id });
  for (const at of [1, 40, 60, 120, bytes.length - 1]) {
    const other = bytes.slice();
    other[at] = (other[at] ?? 0) ^ 1;
    expect((await checkContribution(simEd25519, other))?.id, `byte ${at}`).not.toBe(id);
  }
  expect(await checkContribution(simEd25519, bytes.slice(0, -1))).toBeUndefined();
  expect(await checkContribution(simEd25519, filled(7, 40_000))).toBeUndefined();
});

test('nobody writes in the name of somebody else', async () => {
  const [kim, leo] = [await person('Kim'), await person('Leo')];
  const forged = await signContribution(leo, said(kim));
  expect(await checkContribution(simEd25519, forged.bytes)).toBeUndefined();
  const claimed = await signContribution(leo, { ...said(leo), identity: kim.identity });
  expect(await checkContribution(simEd25519, claimed.bytes)).toBeUndefined();
  const mixed = await signContribution({ ...leo, log: kim.log }, said(kim));
  expect(await checkContribution(simEd25519, mixed.bytes)).toBeUndefined();
});

test('a device that its identity has stopped writes for nobody', async () => {
  const kim = await person('Kim');
  const phone = simSigner(filled(0x33));
  const newAgreementKey = simAgreer(filled(0x34)).publicKey;
  const admission = await admitDevice({
    ...{ log: kim.log, admitting: kim.deviceSigner, newSigner: phone, newAgreementKey },
  });
  const log = { ...kim.log, admissions: [admission] };
  const device = idFromBytes('device', phone.publicKey);
  const own = { ...said(kim), device };
  const { bytes } = await signContribution({ deviceSigner: phone, log }, own);
  expect(await checkContribution(simEd25519, bytes)).toMatchObject({ device });
  const stop = await suspendDevice({
    ...{ log, device, atMs: 5, deviceSigner: kim.deviceSigner },
  });
  const stopped = { ...log, said: [stop] };
  const late = await signContribution({ deviceSigner: phone, log: stopped }, own);
  expect(await checkContribution(simEd25519, late.bytes)).toBeUndefined();
});

test('what is signed with the keys of a link is nobody’s', async () => {
  const reader = await linkReader(keys, filled(7, 16), space);
  const { device } = reader.log.genesis;
  const own = { ...said(await person('Kim')), identity: reader.identity, device };
  const { bytes } = await signContribution(reader, own);
  expect(await checkContribution(simEd25519, bytes)).toBeUndefined();
});

test('only who answers a door opens what is sealed to it, and each space and door has its own', async () => {
  const rng = new SimRng(3);
  const [ada, mira] = [await person('Ada'), await person('Mira')];
  const secret = rng.bytes(32);
  const nonce = filled(1, 16);
  const agreerOf = (who: Person) => simAgreer(readingSecret(who.haloSecret, space));
  const readers = [{ identity: ada.identity, key: agreerOf(ada).publicKey }];
  const copies = sealDoor(rng, { nonce, secret, space }, readers);
  const door = { nonce, key: doorKey(secret), copies } as unknown as Door;
  const adaIn = { identity: ada.identity, space };
  expect(toHex((await openDoor(agreerOf(ada), door, adaIn)) ?? filled(0))).toBe(toHex(secret));
  expect(await openDoor(agreerOf(mira), door, { ...adaIn, identity: mira.identity })).toBe(
    undefined,
  );
  expect(await openDoor(agreerOf(mira), door, adaIn)).toBeUndefined();
  const other = { ...door, key: doorKey(filled(4)) };
  expect(await openDoor(agreerOf(ada), other, adaIn)).toBeUndefined();

  const kim = await person('Kim');
  const { bytes } = await signContribution(kim, said(kim));
  const token = rng.bytes(32);
  const record = sealContribution(rng, door, { bytes, space, token });
  const agreer = await doorAgreer(softwareKeys, secret);
  expect(await openContribution(agreer, { nonce, space }, record)).toEqual({ token, bytes });
  const elsewhere = { nonce: filled(8, 16), space };
  expect(await openContribution(agreer, elsewhere, record)).toBeUndefined();
  expect(await openContribution(softwareAgreer(filled(4)), { nonce, space }, record)).toBe(
    undefined,
  );
});

test('the mailboxes of a lobby are different ones', () => {
  const seeds = Array.from({ length: LOBBY_ROOMS }, (_, room) => toHex(lobbySeed(filled(6), room)));
  expect(new Set([...seeds, toHex(lobbySeed(filled(5), 0))]).size).toBe(LOBBY_ROOMS + 1);
});
