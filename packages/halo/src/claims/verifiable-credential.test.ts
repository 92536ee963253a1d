// Attestations as W3C Verifiable Credentials, verified by libraries that know nothing of Atoll; and credentials of others.
import {
  SignJWT,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
} from 'jose';
import { getResolver } from 'key-did-resolver';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { didKeyOf } from '@atoll/crypto';
import { SAID_MS, platform, said } from '../testing/claims.ts';
import { person } from '../testing/people.ts';
import { withFields } from './attestation.ts';
import { checkCredential, credentialOf } from './verifiable-credential.ts';

const NOW = SAID_MS + 1_000;

/** The issuer's key by its name, as somebody else's program finds it. */
async function keyOf(did: string): Promise<Awaited<ReturnType<typeof importJWK>>> {
  const parsed = { did, didUrl: did, method: 'key', id: did.slice('did:key:'.length) };
  const { didDocument } = await getResolver().key(did, parsed as never, {} as never, {});
  const [method] = didDocument?.verificationMethod ?? [];
  expect(method?.id).toBe(`${did}#${parsed.id}`);
  const x = bytesOfBase58(method?.publicKeyBase58 ?? '').toString('base64url');
  return importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA');
}

function bytesOfBase58(text: string): Buffer {
  let value = 0n;
  for (const digit of text) {
    const place = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'.indexOf(digit);
    value = value * 58n + BigInt(place);
  }
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

test('a credential in the clear is verified by a JOSE library, with a key from a did:key resolver', async () => {
  const mira = await person('Mira');
  const text = credentialOf(await said({ expiresMs: SAID_MS + 60_000 }), 'vc+jwt');
  const { alg, kid = '', typ } = decodeProtectedHeader(text);
  expect({ alg, typ }).toEqual({ alg: 'EdDSA', typ: 'vc+jwt' });
  const { payload } = await jwtVerify(text, await keyOf(kid.split('#')[0] ?? ''), {
    typ: 'vc+jwt',
    currentDate: new Date(NOW),
  });
  expect(payload).toEqual({
    '@context': [
      'https://www.w3.org/ns/credentials/v2',
      'https://www.w3.org/ns/credentials/undefined-terms/v2',
    ],
    type: ['VerifiableCredential', 'AtollAttestation'],
    issuer: kid.split('#')[0],
    validFrom: new Date(SAID_MS).toISOString(),
    validUntil: new Date(SAID_MS + 60_000).toISOString(),
    attestationKind: 'org.example.Membership',
    credentialSubject: {
      id: `urn:atoll:identity:${mira.identity}`,
      club: 'Rowing club',
      since: 2019,
      board: true,
    },
  });
});

test('a credential with hidden fields is a JWT whose hashes are those of the shown ones', async () => {
  const text = credentialOf(withFields(await said(), ['since']), 'vc+sd-jwt');
  const [jwt = '', disclosure = '', ...rest] = text.split('~');
  expect(rest).toEqual(['']);
  const { kid = '' } = decodeProtectedHeader(jwt);
  const { payload } = await jwtVerify(jwt, await keyOf(kid.split('#')[0] ?? ''));
  const { _sd } = payload.credentialSubject as { readonly _sd: readonly string[] };
  expect(_sd).toHaveLength(3);
  expect(_sd).toContain(createHash('sha256').update(disclosure).digest('base64url'));
  const [, name, value] = JSON.parse(Buffer.from(disclosure, 'base64url').toString()) as unknown[];
  expect([name, value]).toEqual(['since', 2019]);
});

test('both are read back, and say what is shown', async () => {
  const whole = await said();
  const clear = await checkCredential(platform, credentialOf(whole, 'vc+jwt'), NOW);
  expect(clear.ok && clear.credential.fields).toHaveLength(3);
  const part = credentialOf(withFields(whole, ['club']), 'vc+sd-jwt');
  const hidden = await checkCredential(platform, part, NOW);
  expect(hidden.ok && hidden.credential.fields).toEqual([{ name: 'club', value: 'Rowing club' }]);
  expect(() => credentialOf(withFields(whole, ['club']), 'vc+jwt')).toThrow(
    expect.objectContaining({ code: 'HALO_CLAIM_LIMIT' }),
  );
});

/** A credential that another program has made. */
async function foreign(
  change: { readonly claims?: object; readonly header?: object; readonly sign?: 'other' } = {},
): Promise<string> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '' } = await exportJWK(pair.publicKey);
  const did = didKeyOf(Buffer.from(x, 'base64url'));
  const signer = change.sign === undefined ? pair : await generateKeyPair('EdDSA');
  return new SignJWT({
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential', 'Diploma'],
    issuer: { id: did, name: 'A school' },
    validFrom: '2020-01-01T00:00:00Z',
    credentialSubject: { id: 'did:example:holder', degree: 'Botany' },
    ...change.claims,
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'vc+jwt', ...change.header })
    .sign(signer.privateKey);
}

test('a credential of somebody else is taken in', async () => {
  const result = await checkCredential(platform, await foreign(), NOW);
  expect(result).toMatchObject({
    ok: true,
    credential: {
      subject: 'did:example:holder',
      types: ['VerifiableCredential', 'Diploma'],
      fields: [{ name: 'degree', value: 'Botany' }],
    },
  });
});

test.each([
  ['signature-wrong', { sign: 'other' }],
  ['expired', { claims: { validUntil: '2020-02-01T00:00:00Z' } }],
  ['not-yet', { claims: { validFrom: '2999-02-01T00:00:00Z' } }],
  ['malformed', { claims: { validUntil: 'tomorrow' } }],
  ['malformed', { claims: { '@context': ['https://example.org'] } }],
  ['malformed', { claims: { type: ['Diploma'] } }],
  ['malformed', { header: { typ: 'JWT' } }],
  ['issuer-unsupported', { claims: { issuer: 'https://school.example' } }],
  [
    'issuer-unsupported',
    { header: { kid: 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp' } },
  ],
] as const)('a credential is refused: %s %j', async (why, change) => {
  expect(await checkCredential(platform, await foreign(change), NOW)).toMatchObject({
    ok: false,
    why,
  });
});

test('a shown field that was not signed, or shown twice, is refused', async () => {
  const whole = await said();
  const other = await said({ fields: { club: 'Chess club' } });
  const [jwt = ''] = credentialOf(whole, 'vc+sd-jwt').split('~');
  const field = whole.shown[0]?.text ?? '';
  for (const shown of [[other.shown[0]?.text ?? ''], [field, field]]) {
    const text = `${[jwt, ...shown].join('~')}~`;
    expect(await checkCredential(platform, text, NOW)).toEqual({
      ok: false,
      why: 'field-not-signed',
    });
  }
});
