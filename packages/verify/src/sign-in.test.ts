/** What a service is told, and what it is not: replay, other audiences, time, and what visitors make up. */
import { fromHex } from '@atoll/kernel';
import { softwareSigner } from '@atoll/crypto';
import { describe, expect, test } from 'vitest';
import { loadClaims } from '@atoll/halo';
import { readFileSync } from 'node:fs';
import { Challenges } from './challenges.ts';
import { verifyAttestation, verifyCredential } from './claims.ts';
import { decodeLog, encodeLog } from './logs.ts';
import { SignInVerifier } from './sign-in.ts';

const ORIGIN = 'https://library.example';
const START_MS = 1_777_622_400_000;

interface Golden {
  readonly attestation: { readonly bytes: string; readonly oneField: string };
  readonly presentations: { readonly identity: string };
  readonly credentials: Readonly<Record<string, string>>;
}

const file = new URL('../../../spec/vectors/claims.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

/** A service, its clock, and somebody who answers its challenges. */
async function scene(): Promise<{
  readonly verifier: SignInVerifier;
  readonly pass: (ms: number) => void;
  readonly answer: (nonce: string, audience?: string) => Promise<string>;
}> {
  let nowMs = START_MS;
  const verifier = await SignInVerifier.open({ audience: ORIGIN, nowMs: () => nowMs });
  const { formatPresentation, makePresentation, pairwiseSeed } = await loadClaims();
  const answer = async (nonce: string, audience = ORIGIN): Promise<string> => {
    const signer = softwareSigner(pairwiseSeed(new Uint8Array(32).fill(7), audience));
    return formatPresentation(
      await makePresentation(signer, {
        audience,
        nonce: fromHex(nonce) ?? new Uint8Array(),
        issuedMs: nowMs,
        expiresMs: nowMs + 120_000,
        channel: undefined,
        subject: { as: 'pairwise', key: signer.publicKey.slice() },
        attestations: [],
      }),
    );
  };
  return { verifier, pass: (ms) => (nowMs += ms), answer };
}

test('a visitor is the same at every sign-in', async () => {
  const { answer, verifier } = await scene();
  const subjects: string[] = [];
  for (let at = 0; at < 2; at++) {
    const nonce = verifier.challenge();
    const result = await verifier.verify({ nonce, presentation: await answer(nonce) });
    expect(result).toMatchObject({ ok: true, identity: undefined, attestations: [] });
    if (result.ok) subjects.push(result.subject);
  }
  expect(subjects[0]).toBe(subjects[1]);
  expect(subjects[0]).toMatch(/^did:key:z6Mk/);
});

describe('a visitor is refused', () => {
  test('who sends the same twice, also when the first time failed', async () => {
    const { answer, verifier } = await scene();
    const nonce = verifier.challenge();
    const presentation = await answer(nonce);
    expect(await verifier.verify({ nonce, presentation })).toMatchObject({ ok: true });
    const again = await verifier.verify({ nonce, presentation });
    expect(again).toEqual({ ok: false, why: 'nonce-unknown' });
    const second = verifier.challenge();
    const good = await answer(second);
    expect(await verifier.verify({ nonce: second, presentation: 'x' })).toMatchObject({
      why: 'malformed',
    });
    expect(await verifier.verify({ nonce: second, presentation: good })).toMatchObject({
      why: 'nonce-unknown',
    });
  });

  test('who answers the challenge of somebody else', async () => {
    const { answer, verifier } = await scene();
    const [mine, theirs] = [verifier.challenge(), verifier.challenge()];
    const presentation = await answer(mine);
    expect(await verifier.verify({ nonce: theirs, presentation })).toEqual({
      ok: false,
      why: 'wrong-nonce',
    });
  });

  test('whose answer was made for a service in between', async () => {
    const { answer, verifier } = await scene();
    const nonce = verifier.challenge();
    const presentation = await answer(nonce, 'https://1ibrary.example');
    expect(await verifier.verify({ nonce, presentation })).toEqual({
      ok: false,
      why: 'wrong-audience',
    });
  });

  test('who comes too late', async () => {
    const { answer, pass, verifier } = await scene();
    const nonce = verifier.challenge();
    const presentation = await answer(nonce);
    pass(120_000);
    expect(await verifier.verify({ nonce, presentation })).toMatchObject({ why: 'expired' });
    const old = verifier.challenge();
    pass(300_000);
    expect(await verifier.verify({ nonce: old, presentation: await answer(old) })).toMatchObject({
      why: 'nonce-unknown',
    });
  });

  test('who sends anything else', async () => {
    const { verifier } = await scene();
    for (const presentation of [
      '',
      '{}',
      '\u0000',
      'A'.repeat(600_000),
      golden.attestation.bytes,
    ]) {
      const nonce = verifier.challenge();
      expect(await verifier.verify({ nonce, presentation })).toEqual({
        ok: false,
        why: 'malformed',
      });
    }
  });
});

test('open challenges are bounded, and the oldest go first', () => {
  const challenges = new Challenges({ openMax: 3, nowMs: () => 0 });
  const nonces = [1, 2, 3, 4].map(() => challenges.issue());
  expect(challenges.openCount).toBeLessThanOrEqual(3);
  expect(challenges.take(nonces[0] ?? '')).toBe(false);
  expect(challenges.take(nonces[3] ?? '')).toBe(true);
});

test('a service must say its own origin', async () => {
  for (const audience of [
    'library.example',
    'https://library.example/',
    'http://library.example',
  ]) {
    await expect(SignInVerifier.open({ audience })).rejects.toMatchObject({
      code: 'VERIFY_ORIGIN',
    });
  }
});

test('an attestation and a credential are looked at by themselves', async () => {
  const nowMs = START_MS + 1;
  const part = fromHex(golden.attestation.oneField) ?? new Uint8Array();
  expect(await verifyAttestation(part, { nowMs })).toMatchObject({
    ok: true,
    attestation: { kind: 'org.example.Membership', fields: [{ name: 'club' }] },
  });
  expect(await verifyAttestation(part, { nowMs, isRevoked: () => true })).toMatchObject({
    why: 'revoked',
  });
  expect(await verifyAttestation(part.subarray(1), { nowMs })).toMatchObject({ why: 'malformed' });
  for (const text of Object.values(golden.credentials)) {
    expect(await verifyCredential(text, { nowMs })).toMatchObject({ ok: true });
    expect(await verifyCredential(`${text}x`, { nowMs })).toMatchObject({ ok: false });
  }
});

test('a log that is kept is read back, and anything else is refused', async () => {
  const { parsePresentation } = await loadClaims();
  const { subject } = parsePresentation(golden.presentations.identity).body;
  if (subject.as !== 'identity') throw new TypeError('the golden presentation names nobody');
  expect(decodeLog(encodeLog(subject.log))).toEqual(subject.log);
  expect(() => decodeLog(Uint8Array.of(1, 2))).toThrow(
    expect.objectContaining({ code: 'VERIFY_LOG' }),
  );
});
