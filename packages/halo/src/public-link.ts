/**
 * The link to a public space: what leads to the sealed record in which everything stands that reading takes. Who has
 * it can read the space, so it is no secret of anybody; the server that keeps the record never learns it.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { concatBytes, equalBytes, idBytes, type SpaceId } from '@atoll/kernel';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { HaloError } from './halo-error.ts';
import { KUBE_HINT_CHARACTERS_MAX } from './invitation-code.ts';
import type { Bytes } from './statements.ts';

/** Content of a link. */
export interface PublicLink {
  /** 16 random bytes. */
  readonly secret: Bytes;
  /** First 12 bytes of a hash over the space and the key that signs its record. */
  readonly fingerprint: Bytes;
  /** Server that keeps the record, as its publisher calls it; empty where the address of the page tells it. */
  readonly kube: string;
}

/** Bytes of the secret: nobody guesses it. */
export const PUBLIC_SECRET_BYTES = 16;
/** Whoever makes a record for another space must hit these. */
const FINGERPRINT_BYTES = 12;
const CHECK_BYTES = 2;
const CODE_VERSION = 1;
/** Beyond this nothing is looked at. */
const TEXT_CHARACTERS_MAX = 4096;
const FRAGMENT = 'follow/';
/** A link in what somebody pasted, which may have words around it. */
const LINK = /#\/?follow\/([\w-]+)/;

/** What a link says of the space, and of the key that signs its record. */
export function publicFingerprint(space: SpaceId, recordKey: Uint8Array): Bytes {
  return hash('public-link', idBytes(space), recordKey).slice(0, FINGERPRINT_BYTES);
}

/** Text of a link, below 100 characters. @throws HaloError `HALO_NOT_A_LINK` for an impossible server. */
export function formatPublicLink({ fingerprint, kube, secret }: PublicLink): string {
  if (!isHint(kube)) {
    throw new HaloError('HALO_NOT_A_LINK', 'the name of the server does not fit into a link');
  }
  const writer = new Writer(80).u8(CODE_VERSION).raw(secret).raw(fingerprint).text(kube);
  const body = writer.finish();
  return toBase64Url(concatBytes(body, check(body)));
}

/** Address that opens a page with a link in its fragment, which browsers do not send to servers. */
export function publicLinkUrl(page: string, link: PublicLink): string {
  return `${page}#${FRAGMENT}${formatPublicLink(link)}`;
}

/** A link from what a person pasted: its text, or an address that ends in it. @throws HaloError `HALO_NOT_A_LINK`. */
export function parsePublicLink(pasted: string): PublicLink {
  const text = pasted.trim();
  const bytes = text.length <= TEXT_CHARACTERS_MAX ? fromBase64Url(codeIn(text)) : undefined;
  if (bytes === undefined || bytes.length <= CHECK_BYTES) throw notALink();
  const body = bytes.subarray(0, bytes.length - CHECK_BYTES);
  if (!equalBytes(check(body), bytes.subarray(body.length))) throw notALink();
  try {
    const reader = new Reader(body);
    if (reader.u8() !== CODE_VERSION) {
      throw new HaloError('HALO_NOT_A_LINK', 'this link was made by a later version: update first');
    }
    const secret = reader.take(PUBLIC_SECRET_BYTES);
    const fingerprint = reader.take(FINGERPRINT_BYTES);
    const kube = reader.text(KUBE_HINT_CHARACTERS_MAX);
    reader.end();
    if (!isHint(kube)) throw notALink();
    return { secret, fingerprint, kube };
  } catch (cause) {
    if (cause instanceof CodecError) throw notALink(cause);
    throw cause;
  }
}

/** True for text that looks like an address with a link to a public space in it. */
export function hasPublicLink(text: string): boolean {
  return LINK.test(text);
}

/** What stands behind the fragment's mark, wherever that is; other text as it is. */
function codeIn(text: string): string {
  return LINK.exec(text)?.[1] ?? text;
}

function notALink(cause?: unknown): HaloError {
  const what = 'the text is no link to a public space';
  return new HaloError('HALO_NOT_A_LINK', what, cause === undefined ? {} : { cause });
}

function check(body: Uint8Array): Bytes {
  return hash('public-link-check', body).slice(0, CHECK_BYTES);
}

function isHint(kube: string): boolean {
  return kube.length <= KUBE_HINT_CHARACTERS_MAX && /^[\x21-\x7e]*$/.test(kube);
}
