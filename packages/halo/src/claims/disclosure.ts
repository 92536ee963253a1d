/**
 * Fields of an attestation that can be shown one by one: salted hashes, as in SD-JWT (RFC 9901, section 4.2).
 * What is signed are the hashes; a field is shown by its disclosure, a text with salt, name and value.
 */
import { sha256 } from '@atoll/crypto';
import { compareBytes, fromUtf8, utf8, type Rng } from '@atoll/kernel';
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { HaloError } from '../halo-error.ts';
import type { Bytes } from '../statements.ts';

/** A value as JSON has it. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A field that can be shown. */
export interface Disclosure {
  readonly name: string;
  readonly value: Json;
  /** Base64url of the JSON `[salt, name, value]`: the bytes that were hashed are those of this text. */
  readonly text: string;
}

/** Fields of an attestation; a statement about somebody is short. */
export const FIELDS_MAX = 32;
/** Bytes of a field's name in UTF-8. */
export const FIELD_NAME_BYTES_MAX = 64;
/** Characters of a disclosure: a value of 3 KB. Nesting within is bounded by it. */
export const DISCLOSURE_CHARACTERS_MAX = 4_096;
/** 128 bits, as the RFC recommends: nobody finds a hidden value by trying values. */
const SALT_BYTES = 16;
const SALT_CHARACTERS = 22;
/** Names that mean something else beside the fields. */
const RESERVED: ReadonlySet<string> = new Set(['id', '_sd', '_sd_alg', '...', '@context']);

/** Makes a field that can be shown. @throws HaloError `HALO_CLAIM_LIMIT`. */
export function makeDisclosure(rng: Rng, name: string, value: Json): Disclosure {
  const salt = toBase64Url(rng.bytes(SALT_BYTES));
  const text = toBase64Url(utf8(JSON.stringify([salt, name, value])));
  const read = readDisclosure(text);
  if (read === undefined) {
    const shown = JSON.stringify(name.slice(0, FIELD_NAME_BYTES_MAX));
    throw new HaloError('HALO_CLAIM_LIMIT', `${shown} is no field that can be said of somebody`);
  }
  return read;
}

/** A field from its text; `undefined` for what is none. */
export function readDisclosure(text: string): Disclosure | undefined {
  if (text.length > DISCLOSURE_CHARACTERS_MAX) return undefined;
  const json = parsedJson(text);
  if (!Array.isArray(json) || json.length !== 3) return undefined;
  const [salt, name, value = null] = json as readonly Json[];
  if (typeof salt !== 'string' || salt.length < SALT_CHARACTERS) return undefined;
  if (typeof name !== 'string' || !isFieldName(name)) return undefined;
  return { name, value, text };
}

/** Whether a field may have this name. */
function isFieldName(name: string): boolean {
  const size = utf8(name).length;
  return size > 0 && size <= FIELD_NAME_BYTES_MAX && name.isWellFormed() && !RESERVED.has(name);
}

/** What is signed of a field: SHA-256 of its text. */
export function digestOf(disclosure: Disclosure): Bytes {
  return sha256(utf8(disclosure.text));
}

/** What is signed of fields, in an order that says nothing of theirs. */
export function digestsOf(disclosures: readonly Disclosure[]): readonly Bytes[] {
  return disclosures.map(digestOf).sort(compareBytes);
}

/** JSON inside base64url; `undefined` for anything else. */
export function parsedJson(text: string): Json | undefined {
  const bytes = fromBase64Url(text);
  const json = bytes === undefined ? undefined : fromUtf8(bytes);
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json) as Json;
  } catch {
    return undefined;
  }
}

/** A record of JSON; `undefined` for everything else. */
export function recordOf(json: Json | undefined): { readonly [name: string]: Json } | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return json as { readonly [name: string]: Json };
}
