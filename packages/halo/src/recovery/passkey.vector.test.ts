/** Golden bytes of passkeys: `spec/recovery.md`. They are only added to. */
import { deriveKey, ready, softwareSigner } from '@atoll/crypto';
import {
  PASSKEY_RECOVERY_SALT,
  PASSKEY_UNLOCK_SALT,
  fromHex,
  fromUtf8,
  idFromBytes,
  toHex,
} from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import {
  newPasskeyDevice,
  openPasskeyRecord,
  passkeyKeys,
  sealPasskeyRecord,
  unwrapPasskeyDevice,
} from './passkey-record.ts';

const path = new URL('../../../../spec/vectors/passkeys.json', import.meta.url);
const fill = (value: number, size = 32): Uint8Array<ArrayBuffer> =>
  new Uint8Array(size).fill(value);
const ADA = idFromBytes('identity', fill(9));
const by = { output: fill(1), credential: fill(2, 20) };

beforeAll(() => ready());

async function vectors(): Promise<Readonly<Record<string, string>>> {
  const rng = new SimRng(2026);
  using keys = passkeyKeys(by.output, by.credential);
  const { device, wrapped } = newPasskeyDevice(rng, ADA, by);
  const locatorSecret = fill(3);
  const record = await sealPasskeyRecord({ rng }, keys.agreer.publicKey, {
    wrapped,
    locatorSecret,
  });
  return {
    unlockSalt: fromUtf8(PASSKEY_UNLOCK_SALT) ?? '',
    recoverySalt: fromUtf8(PASSKEY_RECOVERY_SALT) ?? '',
    output: toHex(by.output),
    credential: toHex(by.credential),
    accessKey: toHex(softwareSigner(keys.mailboxSeed).publicKey),
    recordKey: toHex(keys.agreer.publicKey),
    wrappingKey: toHex(
      deriveKey(by.output, 'passkey/device', by.credential, wrapped.subarray(0, 32)),
    ),
    unlockSecret: toHex(deriveKey(by.output, 'web-keystore/passkey', by.credential)),
    identity: ADA,
    device: device.device,
    agreementKey: toHex(device.agreer.publicKey),
    locatorSecret: toHex(locatorSecret),
    wrapped: toHex(wrapped),
    record: toHex(record),
  };
}

test('this program still writes the golden bytes of passkeys', async () => {
  expect(await vectors()).toEqual(JSON.parse(readFileSync(path, 'utf8')));
});

test('the golden record opens with its passkey and gives its device', async () => {
  const golden = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  const bytes = (name: string): Uint8Array => fromHex(golden[name] ?? '') ?? fill(0);
  const passkey = { output: bytes('output'), credential: bytes('credential') };
  using keys = passkeyKeys(passkey.output, passkey.credential);
  const content = await openPasskeyRecord(bytes('record'), keys.agreer);
  expect(toHex(content?.locatorSecret ?? fill(0))).toBe(golden['locatorSecret']);
  const device = unwrapPasskeyDevice(content?.wrapped ?? fill(0), passkey);
  expect(device?.device).toBe(golden['device']);
  expect(device?.identity).toBe(golden['identity']);
});
