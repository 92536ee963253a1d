/**
 * An attestation as a W3C Verifiable Credential (Data Model 2.0) in a JWT: the bytes that its issuer's
 * credential key signs. They follow from the attestation alone, so that its holder can make them again.
 */
import { didKeyOf } from '@atoll/crypto';
import { utf8, type IdentityId } from '@atoll/kernel';
import { toBase64Url } from '../base64url.ts';
import type { Bytes } from '../statements.ts';
import { isoOfMs } from './iso-time.ts';
import type { Disclosure, Json } from './disclosure.ts';

/** First context of every credential of version 2.0. */
export const CREDENTIAL_CONTEXT = 'https://www.w3.org/ns/credentials/v2';
/** Makes names that no context explains mean themselves; of the same working group. */
const UNDEFINED_TERMS = 'https://www.w3.org/ns/credentials/undefined-terms/v2';
const IDENTITY_URN = 'urn:atoll:identity:';

/** What of an attestation is in the credential. */
export interface CredentialFacts {
  readonly subject: IdentityId;
  readonly schema: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly digests: readonly Bytes[];
  readonly credentialKey: Bytes;
}

/** Signing input (RFC 7515, section 5.1): with `clear` fields `vc+jwt`, with hidden ones `vc+sd-jwt`. */
export function credentialInput(facts: CredentialFacts, clear?: readonly Disclosure[]): Bytes {
  return utf8(credentialText(facts, clear));
}

/** Header and payload of the credential's JWT, without the signature. */
export function credentialText(facts: CredentialFacts, clear?: readonly Disclosure[]): string {
  const did = didKeyOf(facts.credentialKey);
  const kid = `${did}#${did.slice('did:key:'.length)}`;
  const typ = clear === undefined ? 'vc+sd-jwt' : 'vc+jwt';
  const header = { alg: 'EdDSA', kid, typ, cty: 'vc' };
  const id = subjectUri(facts.subject);
  const fields: Json =
    clear === undefined
      ? { id, _sd: facts.digests.map((digest) => toBase64Url(digest)) }
      : Object.fromEntries([['id', id], ...clear.map(({ name, value }) => [name, value] as const)]);
  const payload = {
    '@context': [CREDENTIAL_CONTEXT, UNDEFINED_TERMS],
    type: ['VerifiableCredential', 'AtollAttestation'],
    issuer: did,
    validFrom: isoOfMs(facts.issuedMs),
    ...(facts.expiresMs === 0 ? {} : { validUntil: isoOfMs(facts.expiresMs) }),
    attestationKind: facts.schema,
    credentialSubject: fields,
    ...(clear === undefined ? { _sd_alg: 'sha-256' } : {}),
  };
  return `${partOf(header)}.${partOf(payload)}`;
}

/** How an identity is named in formats of others. */
export function subjectUri(identity: IdentityId): string {
  return IDENTITY_URN + identity;
}

function partOf(json: object): string {
  return toBase64Url(utf8(JSON.stringify(json)));
}
