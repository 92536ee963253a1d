/** Records of passkeys: what is in them, who reads it, and what a server sees. */
import { ready } from '@atoll/crypto';
import { idFromBytes } from '@atoll/kernel';
import { SimRng, simAgreer } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { CAPSULE_HEADER_BYTES } from './capsule-codec.ts';
import {
  newPasskeyDevice,
  openPasskeyRecord,
  passkeyKeys,
  sealPasskeyRecord,
  unwrapPasskeyDevice,
} from './passkey-record.ts';

beforeAll(() => ready());

const fill = (value: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(value);
const ADA = idFromBytes('identity', fill(9));
const by = { output: fill(1), credential: new Uint8Array(16).fill(2) };

test('a record gives the device and the way to the capsules back to the same passkey', async () => {
  const rng = new SimRng(1);
  const { device, wrapped } = newPasskeyDevice(rng, ADA, by);
  const keys = passkeyKeys(by.output, by.credential);
  const record = await sealPasskeyRecord({ rng }, keys.agreer.publicKey, {
    wrapped,
    locatorSecret: fill(3),
  });
  const content = await openPasskeyRecord(record, keys.agreer);
  expect(content).toEqual({ wrapped, locatorSecret: fill(3) });
  const again = unwrapPasskeyDevice(wrapped, by);
  expect(again?.identity).toBe(ADA);
  expect(again?.device).toBe(device.device);
  expect(again?.agreer.publicKey).toEqual(device.agreer.publicKey);
  // As long as the least capsule, whatever it says.
  expect(record.length).toBe(CAPSULE_HEADER_BYTES + 4096 + 16);
});

test('another passkey, another id of it, and a changed byte give nothing', async () => {
  const rng = new SimRng(2);
  const { wrapped } = newPasskeyDevice(rng, ADA, by);
  expect(unwrapPasskeyDevice(wrapped, { ...by, output: fill(4) })).toBeUndefined();
  expect(unwrapPasskeyDevice(wrapped, { ...by, credential: fill(4) })).toBeUndefined();
  expect(unwrapPasskeyDevice(wrapped.subarray(1), by)).toBeUndefined();
  for (let at = 0; at < wrapped.length; at += 7) {
    const changed = wrapped.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(unwrapPasskeyDevice(changed, by)).toBeUndefined();
  }
  const keys = passkeyKeys(by.output, by.credential);
  const record = await sealPasskeyRecord({ rng }, keys.agreer.publicKey, {
    wrapped,
    locatorSecret: fill(3),
  });
  expect(await openPasskeyRecord(record, simAgreer(fill(5)))).toBeUndefined();
  const changed = record.slice();
  changed[record.length - 1] = (changed[record.length - 1] ?? 0) ^ 1;
  expect(await openPasskeyRecord(changed, keys.agreer)).toBeUndefined();
  expect(await openPasskeyRecord(rng.bytes(record.length), keys.agreer)).toBeUndefined();
});

test('two devices of one passkey have nothing in common', () => {
  const rng = new SimRng(3);
  const [one, two] = [newPasskeyDevice(rng, ADA, by), newPasskeyDevice(rng, ADA, by)];
  expect(one.device.device).not.toBe(two.device.device);
  expect(one.wrapped.subarray(0, 32)).not.toEqual(two.wrapped.subarray(0, 32));
});
