/**
 * W3C Verifiable Credentials 2.0 in JWTs (Securing Verifiable Credentials using JOSE and COSE), with and without
 * hidden fields: attestations as they leave Atoll, and credentials of others as they come.
 */
import { keyOfDid, verifyForeign } from '@atoll/crypto';
import { utf8, type Ed25519Platform } from '@atoll/kernel';
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { HaloError } from '../halo-error.ts';
import { CLOCK_SKEW_MS } from './attestation-check.ts';
import type { Attestation } from './attestation.ts';
import { CREDENTIAL_CONTEXT, credentialText } from './credential-form.ts';
import { digestOf, parsedJson, readDisclosure, recordOf, type Json } from './disclosure.ts';
import { msOfIso } from './iso-time.ts';

/** Forms in which a credential leaves. */
export type CredentialForm = 'vc+jwt' | 'vc+sd-jwt';

/** A credential of anybody, looked at. */
export interface ForeignCredential {
  readonly form: CredentialForm;
  /** `did:key` of an Ed25519 key. */
  readonly issuer: string;
  readonly types: readonly string[];
  readonly validFromMs: number | undefined;
  readonly validUntilMs: number | undefined;
  /** Names the subject, where the issuer does. */
  readonly subject: string | undefined;
  /** What is said of the subject, as far as it is shown. */
  readonly fields: readonly { readonly name: string; readonly value: Json }[];
}

/** Why a credential is refused. */
export type CredentialFault =
  | 'malformed' // Not a credential in a form that is read here.
  | 'issuer-unsupported' // Its issuer is not named by the did:key of an Ed25519 key.
  | 'signature-wrong'
  | 'field-not-signed'
  | 'not-yet'
  | 'expired';

/** The outcome of looking at a credential. */
export type CredentialResult =
  | { readonly ok: true; readonly credential: ForeignCredential }
  | {
      readonly ok: false;
      readonly why: CredentialFault;
      /** What it would say, where it could be read. */
      readonly credential?: ForeignCredential;
    };

/** Characters of a credential that is read: an identity card with a small picture. */
export const CREDENTIAL_CHARACTERS_MAX: number = 128 * 1024;
const PARTS = 3;

/**
 * An attestation as a credential for others. `vc+jwt` shows every field, `vc+sd-jwt` those that the attestation
 * shows. @throws HaloError `HALO_CLAIM_LIMIT` for `vc+jwt` of an attestation with hidden fields.
 */
export function credentialOf(attestation: Attestation, form: CredentialForm): string {
  const { body, clearSignature, shown } = attestation;
  if (form === 'vc+sd-jwt') {
    const jwt = `${credentialText(body)}.${toBase64Url(body.credentialSignature)}`;
    return `${[jwt, ...shown.map(({ text }) => text)].join('~')}~`;
  }
  if (clearSignature === undefined) {
    throw new HaloError('HALO_CLAIM_LIMIT', 'a credential without hidden fields shows all of them');
  }
  return `${credentialText(body, shown)}.${toBase64Url(clearSignature)}`;
}

/** Reads a credential and looks whether it holds. Never throws. */
export async function checkCredential(
  platform: Ed25519Platform,
  text: string,
  nowMs: number,
): Promise<CredentialResult> {
  const read = readCredential(text.trim());
  if (typeof read === 'string') return { ok: false, why: read };
  const { credential, publicKey, signature, signed } = read;
  const proof = { publicKey, signature };
  if (!(await verifyForeign(platform, utf8(signed), proof))) {
    return { ok: false, why: 'signature-wrong', credential };
  }
  const { validFromMs, validUntilMs } = credential;
  if (validFromMs !== undefined && validFromMs > nowMs + CLOCK_SKEW_MS) {
    return { ok: false, why: 'not-yet', credential };
  }
  if (validUntilMs !== undefined && validUntilMs <= nowMs) {
    return { ok: false, why: 'expired', credential };
  }
  return { ok: true, credential };
}

interface ReadCredential {
  readonly credential: ForeignCredential;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
  readonly signed: string;
}

function readCredential(text: string): ReadCredential | CredentialFault {
  const [jwt = '', ...rest] = text.split('~');
  const parts = partsOf(jwt);
  const form = parts === undefined ? undefined : formIn(parts.header);
  if (parts === undefined || form === undefined || text.length > CREDENTIAL_CHARACTERS_MAX) {
    return 'malformed';
  }
  const { claims, header, signature, signed } = parts;
  const issuer = issuerIn(header, claims);
  if (issuer === undefined) return 'issuer-unsupported';
  const disclosed = disclosedIn(form, rest);
  const credential = credentialIn(form, issuer.did, claims);
  if (credential === undefined || disclosed === undefined) return 'malformed';
  const fields = fieldsOf(claims, disclosed);
  if (fields === undefined) return 'field-not-signed';
  const { publicKey } = issuer;
  return { credential: { ...credential, fields }, publicKey, signature, signed };
}

function partsOf(jwt: string):
  | {
      readonly header: JsonRecord;
      readonly claims: JsonRecord;
      readonly signature: Uint8Array;
      readonly signed: string;
    }
  | undefined {
  const parts = jwt.split('.');
  const [head = '', payload = '', tail = ''] = parts;
  const header = recordOf(parsedJson(head));
  const claims = recordOf(parsedJson(payload));
  const signature = fromBase64Url(tail);
  if (parts.length !== PARTS || header === undefined) return undefined;
  if (claims === undefined || signature === undefined) return undefined;
  return { header, claims, signature, signed: `${head}.${payload}` };
}

type JsonRecord = { readonly [name: string]: Json };

/** What is critical to a header's maker is not understood here (RFC 7515, section 4.1.11). */
function formIn(header: JsonRecord): CredentialForm | undefined {
  const { alg, crit, typ } = header;
  const isKnown = crit === undefined && (alg === 'EdDSA' || alg === 'Ed25519');
  return isKnown && (typ === 'vc+jwt' || typ === 'vc+sd-jwt') ? typ : undefined;
}

/** The key that a header names must be the issuer's: with did:key there is no other. */
function issuerIn(
  header: JsonRecord,
  claims: JsonRecord,
): { readonly did: string; readonly publicKey: Uint8Array } | undefined {
  const did = typeof claims.issuer === 'string' ? claims.issuer : recordOf(claims.issuer)?.id;
  if (typeof did !== 'string') return undefined;
  const publicKey = keyOfDid(did);
  const names: readonly Json[] = [did, `${did}#${did.slice('did:key:'.length)}`];
  const isIssuers = header.kid === undefined || names.includes(header.kid);
  return publicKey !== undefined && isIssuers ? { did, publicKey } : undefined;
}

/** Disclosures behind a JWT; the last part is a proof of the holder's key, which is not asked for here. */
function disclosedIn(form: CredentialForm, rest: readonly string[]): readonly string[] | undefined {
  if (form === 'vc+jwt') return rest.length === 0 ? [] : undefined;
  return rest.at(-1) === '' ? rest.slice(0, -1) : undefined;
}

function credentialIn(
  form: CredentialForm,
  issuer: string,
  claims: JsonRecord,
): Omit<ForeignCredential, 'fields'> | undefined {
  const contexts = listOf(claims['@context']);
  const types = listOf(claims.type).filter((type) => typeof type === 'string');
  if (contexts[0] !== CREDENTIAL_CONTEXT || !types.includes('VerifiableCredential')) {
    return undefined;
  }
  const validFromMs = momentOf(claims.validFrom);
  const validUntilMs = momentOf(claims.validUntil);
  if (validFromMs === 'wrong' || validUntilMs === 'wrong') return undefined;
  const id = recordOf(claims.credentialSubject)?.id;
  const subject = typeof id === 'string' ? id : undefined;
  return { form, issuer, types, validFromMs, validUntilMs, subject };
}

/** Fields of the subject, those in the clear first; `undefined` if one is shown that was not signed. */
function fieldsOf(
  claims: JsonRecord,
  disclosed: readonly string[],
): ForeignCredential['fields'] | undefined {
  const subject = recordOf(claims.credentialSubject) ?? {};
  const hashes = new Set(listOf(subject._sd));
  const fields = Object.entries(subject)
    .filter(([name]) => name !== 'id' && name !== '_sd')
    .map(([name, value]) => ({ name, value }));
  const names = new Set(fields.map(({ name }) => name));
  for (const text of disclosed) {
    const field = readDisclosure(text);
    if (field === undefined || names.has(field.name)) return undefined;
    // Each hash stands for one field: what was used is gone.
    if (!hashes.delete(toBase64Url(digestOf(field)))) return undefined;
    names.add(field.name);
    fields.push({ name: field.name, value: field.value });
  }
  return disclosed.length > 0 && (claims._sd_alg ?? 'sha-256') !== 'sha-256' ? undefined : fields;
}

function listOf(json: Json | undefined): readonly Json[] {
  if (json === undefined || json === null) return [];
  return Array.isArray(json) ? (json as readonly Json[]) : [json];
}

function momentOf(json: Json | undefined): number | undefined | 'wrong' {
  if (json === undefined) return undefined;
  return (typeof json === 'string' ? msOfIso(json) : undefined) ?? 'wrong';
}
