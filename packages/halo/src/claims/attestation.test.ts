// What one says about another: whether it holds, what is shown of it, and what makes it void.
import { SimRng, simAgreer, simSigner } from '@atoll/testkit';
import { equalBytes } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import { admitDevice } from '../identity.ts';
import { SAID_MS, platform, said } from '../testing/claims.ts';
import { person } from '../testing/people.ts';
import { attestationFault, hasCredentials } from './attestation-check.ts';
import {
  attestationId,
  decodeAttestation,
  encodeAttestation,
  withFields,
  type Attestation,
} from './attestation.ts';

const NOW = { nowMs: SAID_MS + 1_000 };
const DAY_MS = 86_400_000;

async function faultOf(attestation: Attestation, context: object = {}): Promise<unknown> {
  return attestationFault(platform, attestation, { ...NOW, ...context });
}

test('an attestation holds, and is what its bytes say', async () => {
  const made = await said();
  expect(await faultOf(made)).toBeUndefined();
  expect(await hasCredentials(platform, made)).toBe(true);
  const bytes = encodeAttestation(made);
  expect(decodeAttestation(bytes)).toEqual(made);
  expect(equalBytes(encodeAttestation(decodeAttestation(bytes)), bytes)).toBe(true);
  expect(made.shown.map(({ name }) => name).sort()).toEqual(['board', 'club', 'since']);
});

describe('of an attestation with hidden fields', () => {
  test('the shown ones hold, and the name is the same', async () => {
    const whole = await said();
    const part = withFields(whole, ['club']);
    expect(await faultOf(part)).toBeUndefined();
    expect(part.shown.map(({ name, value }) => [name, value])).toEqual([['club', 'Rowing club']]);
    expect(attestationId(part.body)).toBe(attestationId(whole.body));
  });

  test('neither the bytes nor the signature in the clear tell the others', async () => {
    const whole = await said({ fields: { club: 'Rowing', secret: 'asthma-7431' } });
    const part = encodeAttestation(withFields(whole, ['club']));
    const { clearSignature, shown } = whole;
    const hidden = shown.find(({ name }) => name === 'secret');
    expect(Buffer.from(part).includes(hidden?.text ?? '')).toBe(false);
    expect(Buffer.from(part).includes(Buffer.from(clearSignature ?? []))).toBe(false);
    expect(Buffer.from(encodeAttestation(whole)).includes(hidden?.text ?? '')).toBe(true);
  });

  test('equal values of two attestations have different digests', async () => {
    const one = await said({ rng: new SimRng(1), fields: { grade: 1 } });
    const other = await said({ rng: new SimRng(2), fields: { grade: 1 } });
    expect(one.body.digests).not.toEqual(other.body.digests);
  });

  test('a field of another attestation is not one of this', async () => {
    const one = await said();
    const other = await said({ rng: new SimRng(9), fields: { club: 'Chess club' } });
    expect(await faultOf({ ...one, shown: other.shown, clearSignature: undefined })).toBe(
      'field-not-signed',
    );
  });
});

describe('an attestation does not hold', () => {
  test('about somebody else, of another kind, or by a longer time than was signed', async () => {
    const made = await said({ expiresMs: SAID_MS + DAY_MS });
    const kai = await person('Kai');
    for (const change of [
      { subject: kai.identity },
      { schema: 'org.example.Owner' },
      { expiresMs: 0 },
      { issuedMs: SAID_MS - 1 },
      { credentialKey: new Uint8Array(32).fill(9) },
    ]) {
      const changed = { ...made, body: { ...made.body, ...change } };
      expect(await faultOf(changed)).toBe('signature-wrong');
    }
  });

  test('by a device that is not of the issuer', async () => {
    const thief = simSigner(new Uint8Array(32).fill(3));
    expect(await faultOf(await said({ deviceSigner: thief }))).toBe('device-unknown');
  });

  test('with the log of somebody else', async () => {
    const made = await said();
    const { log } = await person('Kai');
    expect(await faultOf({ ...made, log })).toBe('log-wrong');
  });

  test('before it was made, after its end, or when it was taken back', async () => {
    const made = await said({ expiresMs: SAID_MS + DAY_MS });
    expect(await faultOf(made, { nowMs: SAID_MS - DAY_MS })).toBe('not-yet');
    expect(await faultOf(made, { nowMs: SAID_MS + DAY_MS - 1 })).toBeUndefined();
    expect(await faultOf(made, { nowMs: SAID_MS + DAY_MS })).toBe('expired');
    const id = attestationId(made.body);
    expect(await faultOf(made, { isRevoked: (name: string) => name === id })).toBe('revoked');
  });
});

test('a device that was admitted later speaks for the issuer by the longer log', async () => {
  const ada = await person('Ada');
  const phone = simSigner(new Uint8Array(32).fill(21));
  const admission = await admitDevice({
    log: ada.log,
    admitting: ada.deviceSigner,
    newSigner: phone,
    newAgreementKey: simAgreer(new Uint8Array(32).fill(22)).publicKey,
  });
  const log = { ...ada.log, admissions: [admission] };
  expect(await faultOf(await said({ deviceSigner: phone, log }))).toBeUndefined();
  const short = await said({ deviceSigner: phone });
  expect(await faultOf(short)).toBe('device-unknown');
  expect(await faultOf(short, { known: log })).toBeUndefined();
});

test.each([
  { fields: {} },
  { fields: { id: 'x' } },
  { fields: { _sd: [] } },
  { fields: { '': 1 } },
  { fields: { long: 'x'.repeat(5_000) } },
  { fields: { x: 1 }, schema: '' },
  { fields: { x: 1 }, expiresMs: -1 },
  { fields: Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`f${String(at)}`, at])) },
])('%j is nothing that can be said', async (change) => {
  await expect(said(change)).rejects.toMatchObject({ code: 'HALO_CLAIM_LIMIT' });
});
