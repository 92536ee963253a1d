/** Attestations and revocations as one piece of text, to be sent or kept by hand. */
import { fromBase64Url, toBase64Url } from '@atoll/halo';

const PREFIX = { attestation: 'atoll:attestation:', revocation: 'atoll:revocation:' } as const;
/** Characters that are read: the largest attestation. */
const CHARACTERS_MAX: number = 640 * 1024;

/** Text of bytes. */
export function toText(kind: keyof typeof PREFIX, bytes: Uint8Array): string {
  return PREFIX[kind] + toBase64Url(bytes);
}

/** Bytes of a text; `undefined` for one of another kind. */
export function fromText(
  kind: keyof typeof PREFIX,
  text: string,
): Uint8Array<ArrayBuffer> | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX[kind]) || trimmed.length > CHARACTERS_MAX) return undefined;
  return fromBase64Url(trimmed.slice(PREFIX[kind].length)) ?? new Uint8Array();
}
