/** Identities and rights of one space, each told what it needs of the other. */
import type { SpaceId } from '@atoll/kernel';
import type { AccessBlocks } from './access/credentials-in-force.ts';
import { CredentialBook } from './credential-book.ts';
import type { FeedAuthors } from './feed-authors.ts';
import { IdentityBook } from './identity-book.ts';

/** What a block says of rights counts only if its device was not stopped before it. */
export function booksOf(
  space: SpaceId,
  order: AccessBlocks,
  authors: FeedAuthors,
): { readonly identities: IdentityBook; readonly credentials: CredentialBook } {
  const isInPast = (earlier: number, later: number): boolean => order.isInPast(earlier, later);
  const identities = new IdentityBook({
    isInPast,
    authorOf: (block) => authors.of(block),
    headsOf: (of) => authors.headsOf(of),
    prevOf: (block) => authors.prevOf(block),
    settledBy: (block, at) => {
      const { epochs } = credentials;
      const known = at === undefined ? epochs.adopted : epochs.sealedTo(at);
      const isUnder = (anchor: number): boolean => block === anchor || isInPast(block, anchor);
      const above = known.filter(({ anchor }) => isUnder(anchor));
      return above.sort((a, b) => a.number - b.number)[0]?.anchor;
    },
  });
  const credentials = new CredentialBook(space, {
    isInPast,
    blockOf: (hash) => order.blockOf(hash),
    authors: {
      isMute: (block, at) => identities.isMute(block, at),
      isAllKnown: (block) => identities.isAllKnown(block),
      version: () => identities.version,
      troubled: () => identities.troubled,
    },
  });
  return { identities, credentials };
}
