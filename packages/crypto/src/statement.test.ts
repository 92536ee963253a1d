/** Statements: their bytes, and that a signature is worth nothing elsewhere. */
import { concatBytes, toHex, utf8 } from '@atoll/kernel';
import { SimRng, simEd25519, simSigner } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { signStatement, statementBytes, verifyStatement, type Statement } from './statement.ts';

const signer = simSigner(new SimRng(61).bytes(32));
const audience = new Uint8Array(32).fill(1);
const statement: Statement = { purpose: 'feed-tip', audience, body: utf8('body') };
const publicKey = signer.publicKey;

test('the signed bytes are magic, version, purpose, audience and body, each with its length', () => {
  const expected = concatBytes(
    utf8('\u000fatoll/statement'),
    Uint8Array.of(1),
    utf8('\u0008feed-tip'),
    Uint8Array.of(0),
    audience,
    utf8('\u0004body'),
  );
  expect(toHex(statementBytes(statement))).toBe(toHex(expected));
});

test('an audience by name is never the same bytes as one by id', () => {
  const name = { ...statement, audience: '\u0001'.repeat(32) };
  expect(statementBytes(name)).not.toEqual(statementBytes(statement));
});

test('an audience id of another length is refused', () => {
  const attempt = (): unknown => statementBytes({ ...statement, audience: new Uint8Array(31) });
  expect(attempt).toThrow(expect.objectContaining({ code: 'CRYPTO_SIZE' }));
});

describe('a signature', () => {
  test('verifies for what was signed', async () => {
    const signature = await signStatement(signer, statement);
    expect(await verifyStatement(simEd25519, statement, { publicKey, signature })).toBe(true);
  });

  test.each<[string, Partial<Statement>]>([
    ['purpose', { purpose: 'feed-admission' }],
    ['audience', { audience: new Uint8Array(32).fill(2) }],
    ['body', { body: utf8('bodY') }],
  ])('does not verify for another %s', async (_what, other) => {
    const signature = await signStatement(signer, statement);
    const proof = { publicKey, signature };
    expect(await verifyStatement(simEd25519, { ...statement, ...other }, proof)).toBe(false);
  });

  test('does not verify under another key', async () => {
    const signature = await signStatement(signer, statement);
    const other = simSigner(new SimRng(62).bytes(32)).publicKey;
    const proof = { publicKey: other, signature };
    expect(await verifyStatement(simEd25519, statement, proof)).toBe(false);
  });

  test('a platform that answers anything but true is not believed', async () => {
    const signature = await signStatement(signer, statement);
    const sloppy = { verify: () => Promise.resolve(1 as unknown as boolean) };
    expect(await verifyStatement(sloppy, statement, { publicKey, signature })).toBe(false);
  });

  test('what is not canonical never reaches the platform', async () => {
    const signature = await signStatement(signer, statement);
    const never = { verify: () => Promise.reject(new Error('the platform was asked')) };
    const zeroKey = { publicKey: new Uint8Array(32), signature };
    expect(await verifyStatement(never, statement, zeroKey)).toBe(false);
    const highS = Uint8Array.from(signature).fill(0xff, 32);
    expect(await verifyStatement(never, statement, { publicKey, signature: highS })).toBe(false);
    const short = { publicKey, signature: signature.subarray(1) };
    expect(await verifyStatement(never, statement, short)).toBe(false);
  });
});
