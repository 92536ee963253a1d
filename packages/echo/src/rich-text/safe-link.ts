/** Which addresses a link may have before it is shown as one: links come from strangers. */
import { MARK_VALUE_UNITS_MAX } from './marks.ts';

const SCHEMES = new Set(['http', 'https', 'mailto', 'tel', 'sms', 'xmpp', 'matrix', 'atoll']);

/**
 * True for addresses that cannot run anything: known schemes, and those without one. Browsers pass over
 * control characters and white space inside of a scheme, so an address with any is none.
 */
export function isSafeLink(address: string): boolean {
  if (address === '' || address.length > MARK_VALUE_UNITS_MAX) return false;
  if (!address.isWellFormed()) return false;

  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff]/.test(address)) return false;
  const scheme = /^([^/?#:]*):/.exec(address)?.[1];
  return scheme === undefined || SCHEMES.has(scheme.toLowerCase());
}
