/** What a space remembers of attestations: which were taken back, and which are not shown any more. */
import type { IdentityId, SpaceId } from '@atoll/kernel';
import type { AttestationId } from './claims/attestation.ts';
import type { PublicationId } from './claims/publication.ts';
import type { IdentityBook } from './identity-book.ts';
import type {
  AttestationRevocation,
  AttestationWithdrawal,
  ClaimStatement,
} from './statements-claims.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** Revocations and withdrawals of one space. They only grow: nothing brings back what was taken back. */
export class ClaimBook {
  readonly #space: SpaceId;
  readonly #identities: IdentityBook;
  /** `issuer/attestation`: a revocation by somebody else says nothing. */
  readonly #revoked = new Map<string, AttestationRevocation>();
  /** `publisher/publication`. */
  readonly #withdrawn = new Set<string>();

  constructor(space: SpaceId, identities: IdentityBook) {
    this.#space = space;
    this.#identities = identities;
  }

  /** Adds a statement of a block, whose signatures have been looked at. */
  add(
    statement: ClaimStatement,
    { author, block }: { readonly block: number; readonly author: IdentityId | undefined },
  ): Verdict {
    if (statement.kind === 'attestation-revocation') return this.#addRevocation(statement, block);
    return author === undefined
      ? voidFor('author-unknown')
      : this.#addWithdrawal(statement, author);
  }

  /** The revocation of an attestation by its issuer, to be shown elsewhere. */
  revocationOf(issuer: IdentityId, attestation: AttestationId): AttestationRevocation | undefined {
    return this.#revoked.get(`${issuer}/${attestation}`);
  }

  /** Whether a publication is not shown any more. */
  isWithdrawn(publisher: IdentityId, publication: PublicationId): boolean {
    return this.#withdrawn.has(`${publisher}/${publication}`);
  }

  /** A revocation proves itself where its issuer's device is known; whoever presents it. */
  #addRevocation(statement: AttestationRevocation, block: number): Verdict {
    const { attestation, device, issuer } = statement;
    if (this.#identities.entryOf(issuer, device, block) === undefined) {
      return voidFor('device-not-in-past');
    }
    this.#revoked.set(`${issuer}/${attestation}`, statement);
    return COUNTS;
  }

  /** A withdrawal is its author's, by the block that it is in. */
  #addWithdrawal({ publication, space }: AttestationWithdrawal, author: IdentityId): Verdict {
    if (space !== this.#space) return voidFor('other-space');
    this.#withdrawn.add(`${author}/${publication}`);
    return COUNTS;
  }
}
