/** Which addresses a link may have, and how objects are named in them. */
import type { Block } from '@atoll/client';

const SCHEMES = new Set(['http', 'https', 'mailto', 'tel', 'sms', 'xmpp', 'matrix', 'atoll']);
/** What a mark can hold. */
const LINK_UNITS_MAX = 2048;

/**
 * True for addresses that cannot run anything: known schemes, and those without one. Browsers pass over
 * control characters and white space inside of a scheme, so they are not looked past either.
 */
export function isSafeLink(address: string): boolean {
  if (address === '' || address.length > LINK_UNITS_MAX || !address.isWellFormed()) return false;

  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff]/.test(address)) return false;
  const scheme = /^([^/?#:]*):/.exec(address)?.[1];
  return scheme === undefined || SCHEMES.has(scheme.toLowerCase());
}

/** The address of an embedded object. */
export function objectAddress(block: Extract<Block, { readonly kind: 'embed' }>): string {
  const { object, space } = block;
  return space === undefined ? `atoll:object/${object}` : `atoll:space/${space}/object/${object}`;
}

/** The object of an address. */
export function objectOfAddress(
  address: string,
): Extract<Block, { readonly kind: 'embed' }> | undefined {
  const match = /^atoll:(?:space\/([0-9a-f]{64})\/)?object\/([0-9a-f]{32})$/.exec(address);
  const [, space, object] = match ?? [];
  if (object === undefined) return undefined;
  return { kind: 'embed', object, ...(space === undefined ? {} : { space }) };
}
