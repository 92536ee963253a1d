/**
 * How everybody knows the reader of a public link. Its genesis carries a nonce that no honest identity has: an
 * identity is named by its genesis, so whether somebody is such a reader never changes and asks nobody.
 */
import { equalBytes, utf8 } from '@atoll/kernel';
import type { Bytes, IdentityGenesis } from './statements.ts';

/** The nonce of all readers of links; 16 bytes. Of random nonces, none is ever this. */
export const LINK_NONCE: Bytes = utf8('atoll-link-reads');

/** True for an identity that reads for whoever has a link, and says nothing: see docs/decisions/0162. */
export function isLinkGenesis({ nonce }: Pick<IdentityGenesis, 'nonce'>): boolean {
  return equalBytes(nonce, LINK_NONCE);
}
