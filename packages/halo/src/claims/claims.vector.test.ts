/** Golden bytes of attestations, presentations and credentials, which other programs rely on. */
import { readFileSync } from 'node:fs';
import { fromHex } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { SAID_MS, SERVICE, SERVICE_NONCE, platform } from '../testing/claims.ts';
import { claimVectors } from '../testing/claim-vectors.ts';
import { attestationFault, hasCredentials } from './attestation-check.ts';
import { attestationId, decodeAttestation } from './attestation.ts';
import { checkPresentation } from './presentation-check.ts';
import { parsePresentation } from './presentation.ts';
import { decodePublication, publicationId } from './publication.ts';
import { checkCredential } from './verifiable-credential.ts';

interface ClaimFile {
  readonly attestation: { readonly bytes: string; readonly id: string; readonly oneField: string };
  readonly publication: { readonly bytes: string; readonly id: string };
  readonly presentations: Readonly<Record<string, string>>;
  readonly credentials: Readonly<Record<string, string>>;
}

const file = new URL('../../../../spec/vectors/claims.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as ClaimFile;
const NOW = { nowMs: SAID_MS + 1_000 };

function hex(text: string): Uint8Array<ArrayBuffer> {
  return fromHex(text) ?? new Uint8Array();
}

test('this program still writes the golden bytes', async () => {
  expect(await claimVectors()).toEqual(golden);
});

test('the golden attestation holds, whole and with one field', async () => {
  for (const text of [golden.attestation.bytes, golden.attestation.oneField]) {
    const attestation = decodeAttestation(hex(text));
    expect(attestationId(attestation.body)).toBe(golden.attestation.id);
    expect(await attestationFault(platform, attestation, NOW)).toBeUndefined();
    expect(await hasCredentials(platform, attestation)).toBe(true);
  }
  const publication = decodePublication(hex(golden.publication.bytes));
  expect(publicationId(publication.body)).toBe(golden.publication.id);
});

test('the golden presentations and credentials hold', async () => {
  for (const text of Object.values(golden.presentations)) {
    const context = { audience: SERVICE, nonce: SERVICE_NONCE, ...NOW };
    const result = await checkPresentation(platform, parsePresentation(text), context);
    expect(result.ok).toBe(true);
  }
  for (const text of Object.values(golden.credentials)) {
    expect((await checkCredential(platform, text, NOW.nowMs)).ok).toBe(true);
  }
});
