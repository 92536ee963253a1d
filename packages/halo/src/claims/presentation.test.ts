// Signing in: for one service, one challenge and a few minutes; as nobody else knows one, unless one wants to be known.
import { simSigner } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { SAID_MS, SERVICE, SERVICE_NONCE, platform, presented, said } from '../testing/claims.ts';
import { person } from '../testing/people.ts';
import { withFields } from './attestation.ts';
import { pairwiseSeed } from './claim-keys.ts';
import { isOrigin } from './origin.ts';
import {
  checkPresentation,
  type PresentationContext,
  type PresentationResult,
} from './presentation-check.ts';
import { formatPresentation, makePresentation, parsePresentation } from './presentation.ts';

const CONTEXT = { audience: SERVICE, nonce: SERVICE_NONCE, nowMs: SAID_MS + 1_000 };

async function looked(
  presentation: Awaited<ReturnType<typeof presented>>,
  change: Partial<PresentationContext> = {},
): Promise<PresentationResult> {
  // Through the text, as a service gets it.
  const sent = parsePresentation(formatPresentation(presentation));
  expect(sent).toEqual(presentation);
  return checkPresentation(platform, sent, { ...CONTEXT, ...change });
}

async function why(...given: Parameters<typeof looked>): Promise<unknown> {
  const result = await looked(...given);
  return result.ok ? undefined : result.why;
}

test('a pairwise presentation names nobody but a key of this service', async () => {
  const mira = await person('Mira');
  const made = await presented();
  const result = await looked(made);
  expect(result).toMatchObject({ ok: true, who: { identity: undefined, log: undefined } });
  expect(result.ok && result.who.subject).toMatch(/^did:key:z6Mk/);
  const bytes = Buffer.from(formatPresentation(made), 'base64url');
  expect(bytes.includes(Buffer.from(mira.identity, 'hex'))).toBe(false);
  expect(bytes.includes(Buffer.from(mira.deviceSigner.publicKey))).toBe(false);
});

test('the key is the same at every sign-in, and another one at another service', async () => {
  const { haloSecret } = await person('Mira');
  const key = (origin: string): Uint8Array => simSigner(pairwiseSeed(haloSecret, origin)).publicKey;
  expect(key(SERVICE)).toEqual(key(SERVICE));
  expect(key(SERVICE)).not.toEqual(key('https://shop.example'));
});

test('an identity presents itself, with an attestation of which it shows one field', async () => {
  const attestation = withFields(await said(), ['club']);
  const mira = await person('Mira');
  const result = await looked(await presented({ as: 'identity', attestations: [attestation] }));
  expect(result).toMatchObject({ ok: true, who: { identity: mira.identity } });
  expect(result.ok && result.who.attestations[0]?.shown.map(({ name }) => name)).toEqual(['club']);
});

describe('a presentation is refused', () => {
  test('by another service, to another challenge, and on another connection', async () => {
    const made = await presented();
    expect(await why(made, { audience: 'https://evil.example' })).toBe('wrong-audience');
    expect(await why(made, { nonce: new Uint8Array(32) })).toBe('wrong-nonce');
    expect(await why(made, { channel: new Uint8Array(32) })).toBe('wrong-channel');
  });

  test('when its time is over, has not begun, or is longer than it may be', async () => {
    expect(await why(await presented(), { nowMs: SAID_MS + 60_000 })).toBe('expired');
    expect(await why(await presented(), { nowMs: SAID_MS - 600_000 })).toBe('not-yet');
    await expect(presented({ lastsMs: 300_001 })).rejects.toMatchObject({
      code: 'HALO_CLAIM_LIMIT',
    });
    // Somebody else's program may sign what ours does not.
    const { body } = await presented();
    const { haloSecret } = await person('Mira');
    const signer = simSigner(pairwiseSeed(haloSecret, SERVICE));
    const long = { ...body, expiresMs: body.issuedMs + 300_000 };
    const signed = await makePresentation(signer, long);
    expect(await why({ ...signed, body: { ...long, expiresMs: SAID_MS + 999_999 } })).toBe(
      'expired',
    );
  });

  test('when anything that was signed was changed', async () => {
    const made = await presented();
    const other = new Uint8Array(32).fill(1);
    const subject = { as: 'pairwise', key: simSigner(other).publicKey.slice() } as const;
    expect(await why({ ...made, body: { ...made.body, subject } })).toBe('signature-wrong');
    expect(await why({ ...made, body: { ...made.body, channel: other } })).toBe('signature-wrong');
  });

  test('of an identity by a device that is not of it', async () => {
    const { body, signature } = await presented({ as: 'identity' });
    const kai = await person('Kai');
    const device = kai.log.genesis.device;
    const mira = await person('Mira');
    const subject = { as: 'identity', identity: mira.identity, device, log: mira.log } as const;
    expect(await why({ body: { ...body, subject }, signature })).toBe('device-unknown');
  });

  test('with an attestation about somebody else, or one that does not hold', async () => {
    const other = await said({ about: await person('Kai') });
    const foreign = await looked(await presented({ as: 'identity', attestations: [other] }));
    expect(foreign).toMatchObject({ why: 'attestation-wrong', attestation: 'other-subject' });
    const old = await said({ expiresMs: SAID_MS + 10 });
    const expired = await looked(await presented({ as: 'identity', attestations: [old] }));
    expect(expired).toMatchObject({ why: 'attestation-wrong', attestation: 'expired' });
  });
});

test('attestations are never in a presentation that names nobody', async () => {
  const attestation = await said();
  await expect(presented({ attestations: [attestation] })).rejects.toMatchObject({
    code: 'HALO_CLAIM_LIMIT',
  });
});

test.each([
  ['https://example.org', true],
  ['https://example.org:8443', true],
  ['http://localhost:3000', true],
  ['http://127.0.0.1', true],
  ['http://[::1]:80', false],
  ['http://[::1]:8080', true],
  ['http://example.org', false],
  ['https://example.org/', false],
  ['https://example.org:443', false],
  ['https://EXAMPLE.org', false],
  ['https://user@example.org', false],
  ['https://example.org:0443', false],
  ['https://example.org:99999', false],
  ['https://exa mple.org', false],
  ['https://-a.org', false],
  ['ftp://example.org', false],
  ['https://', false],
  ['null', false],
  ['', false],
])('%s is an origin: %s', (text, is) => {
  expect(isOrigin(text)).toBe(is);
});
