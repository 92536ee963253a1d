/**
 * The invitation code: what a host sends to a guest over any channel. It lets the two meet and authenticates
 * the host's side; it admits nobody. Kind, expiry and server are hints for display: the host's record decides.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import { concatBytes, equalBytes } from '@atoll/kernel';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { HaloError } from './halo-error.ts';
import type { Bytes } from './statements.ts';

/** Longest life of an invitation for a device: somebody is standing beside both. */
export const DEVICE_INVITATION_MS = 600_000;
/** Bytes of the secret that opens the channel, and of the host key's fingerprint. */
export const INVITATION_SECRET_BYTES = 16;
/** Longest server hint: with it the code alone stays below 100 characters. */
export const KUBE_HINT_CHARACTERS_MAX = 32;

/** What an invitation leads to. */
export type InvitationKind = 'space' | 'device';

/** Content of a code. */
export interface InvitationCode {
  readonly kind: InvitationKind;
  /** 16 random bytes. */
  readonly secret: Bytes;
  /** First 16 bytes of the hash of the invitation's host key. */
  readonly fingerprint: Bytes;
  /** When the host stops answering, by the host's clock; whole minutes since 1970, in milliseconds. */
  readonly expiresAtMs: number;
  /** Server where to meet, as the host calls it; empty where the address of the page tells it. */
  readonly kube: string;
}

const CODE_VERSION = 1;
const KINDS: readonly InvitationKind[] = ['space', 'device'];
const CHECK_BYTES = 2;
const MINUTE_MS = 60_000;
const MINUTES_MAX = 2 ** 32 - 1;
/** version, secret, fingerprint, kind, minutes, hint length, check. */
const CODE_BYTES_MAX: number = 1 + 16 + 16 + 1 + 5 + 1 + KUBE_HINT_CHARACTERS_MAX + CHECK_BYTES;
const CODE_CHARACTERS_MAX: number = Math.ceil((CODE_BYTES_MAX * 4) / 3);
/** A later version may be longer; beyond this nothing is looked at. */
const TEXT_CHARACTERS_MAX = 4096;
const FRAGMENT = 'join/';
/** A link in what somebody pasted, which may have words around it. */
const LINK = /#\/?join\/([\w-]+)/;

/** First 16 bytes of the hash of an invitation's X25519 host key. */
export function hostFingerprint(hostKey: Uint8Array): Bytes {
  return hash('invitation-host-key', hostKey).slice(0, INVITATION_SECRET_BYTES);
}

/** Text of a code, below 100 characters. @throws HaloError `HALO_NOT_A_CODE` for an impossible hint. */
export function formatInvitationCode(code: InvitationCode): string {
  const minutes = Math.ceil(code.expiresAtMs / MINUTE_MS);
  if (!isHint(code.kube) || !(minutes >= 0 && minutes <= MINUTES_MAX)) {
    throw new HaloError('HALO_NOT_A_CODE', 'the server or the expiry does not fit into a code');
  }
  const body = new Writer(CODE_BYTES_MAX)
    .u8(CODE_VERSION)
    .raw(code.secret)
    .raw(code.fingerprint)
    .u8(KINDS.indexOf(code.kind))
    .varint(minutes)
    .text(code.kube)
    .finish();
  return toBase64Url(concatBytes(body, check(body)));
}

/**
 * Address that opens a page with a code in its fragment, which browsers do not send to servers. `page` is
 * the address of the application without a fragment.
 */
export function invitationUrl(page: string, code: InvitationCode): string {
  return `${page}#${FRAGMENT}${formatInvitationCode(code)}`;
}

/**
 * A code from what a person pasted: the code itself or an address that ends in it.
 * @throws HaloError `HALO_NOT_A_CODE`, `HALO_CODE_CUT_OFF`, `HALO_CODE_NEWER`.
 */
export function parseInvitationCode(pasted: string): InvitationCode {
  const text = codeText(pasted.trim());
  const bytes = text.length <= TEXT_CHARACTERS_MAX ? fromBase64Url(text) : undefined;
  const version = bytes?.[0];
  if (bytes === undefined || version === undefined || bytes.length <= CHECK_BYTES) {
    throw damaged(text);
  }
  const body = bytes.subarray(0, bytes.length - CHECK_BYTES);
  if (!equalBytes(check(body), bytes.subarray(body.length))) throw damaged(text);
  if (version > CODE_VERSION) {
    throw new HaloError('HALO_CODE_NEWER', `an invitation code of version ${version}`);
  }
  return readCode(body, text);
}

function readCode(body: Uint8Array, text: string): InvitationCode {
  try {
    const reader = new Reader(body);
    reader.u8();
    const secret = reader.take(INVITATION_SECRET_BYTES);
    const fingerprint = reader.take(INVITATION_SECRET_BYTES);
    const kind = KINDS[reader.u8()];
    const expiresAtMs = reader.varint(MINUTES_MAX) * MINUTE_MS;
    const kube = reader.text(KUBE_HINT_CHARACTERS_MAX);
    reader.end();
    if (kind === undefined || body[0] !== CODE_VERSION || !isHint(kube)) throw damaged(text);
    return { kind, secret, fingerprint, expiresAtMs, kube };
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new HaloError('HALO_NOT_A_CODE', 'the text is no invitation code', { cause });
  }
}

/** Begins like a code of version 1 (its first byte is 1) and is none: part of one, most likely. */
function damaged(text: string): HaloError {
  const looksCut =
    text.length >= 4 &&
    text.length <= CODE_CHARACTERS_MAX &&
    /^[\w-]+$/.test(text) &&
    firstByte(text) === CODE_VERSION;
  return looksCut
    ? new HaloError('HALO_CODE_CUT_OFF', 'the invitation code is cut off or damaged')
    : new HaloError('HALO_NOT_A_CODE', 'the text is no invitation code');
}

function firstByte(text: string): number | undefined {
  return fromBase64Url(`${text.slice(0, 2)}AA`)?.[0];
}

/** What follows the fragment's mark in an address, wherever that stands; other text as it is. */
function codeText(text: string): string {
  const inLink = LINK.exec(text)?.[1];
  if (inLink !== undefined) return inLink;
  const at = text.indexOf('#');
  return at < 0 ? text : text.slice(at + 1).replace(/^\//, '');
}

function check(body: Uint8Array): Bytes {
  return hash('invitation-code', body).slice(0, CHECK_BYTES);
}

function isHint(kube: string): boolean {
  return kube.length <= KUBE_HINT_CHARACTERS_MAX && /^[\x21-\x7e]*$/.test(kube);
}
