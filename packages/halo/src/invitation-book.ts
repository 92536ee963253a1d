/**
 * Invitations that a space knows: what they offer, to whom their private part was sealed, and whether somebody
 * has ended them. Holds no secret. Who was let in by one is the credential book's to say.
 */
import { compareBytes, type IdentityId } from '@atoll/kernel';
import { suffices } from './access-level.ts';
import type { CredentialBook } from './credential-book.ts';
import { invitationIdOf } from './statement-ids.ts';
import type {
  Invitation,
  InvitationCopy,
  InvitationEnd,
  InvitationId,
  InvitationStatement,
} from './statements-invitations.ts';
import type { Exercised } from './statements.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** Copies of one invitation that are kept for one reader: more can only be repairs or rubbish. */
const COPIES_MAX = 8;

/** Where a statement stands, and who made it. */
export interface InvitationPlace {
  readonly block: number;
  readonly author: IdentityId;
}

interface Known {
  readonly invitation: Invitation;
  /** Where it was stated. */
  readonly places: InvitationPlace[];
  readonly copies: { readonly copy: InvitationCopy; readonly place: InvitationPlace }[];
  readonly ends: { readonly end: InvitationEnd; readonly place: InvitationPlace }[];
}

/** An invitation that stands: it was made by who may, and nobody has ended it. */
export interface StandingInvitation {
  readonly id: InvitationId;
  readonly invitation: Invitation;
  readonly madeBy: IdentityId;
  /**
   * False when its private part is known to somebody who holds no control any more: he could answer it, or use it.
   * Nobody may answer it then.
   */
  readonly isSafe: boolean;
  /** Copies of the private part that somebody with control has made. */
  readonly copies: readonly InvitationCopy[];
}

/** Invitations of one space. */
export class InvitationBook {
  readonly #rights: CredentialBook;
  readonly #known = new Map<InvitationId, Known>();
  /** What came before the invitation that it is about. */
  readonly #early = new Map<InvitationId, [InvitationCopy | InvitationEnd, InvitationPlace][]>();

  constructor(rights: CredentialBook) {
    this.#rights = rights;
  }

  /** Takes a statement of this space whose author is known. */
  add(statement: InvitationStatement, place: InvitationPlace): Verdict {
    if (statement.kind === 'invitation') return this.#addInvitation(statement, place);
    const known = this.#known.get(statement.invitation);
    if (known !== undefined) note(known, statement, place);
    else {
      const waiting = this.#early.get(statement.invitation) ?? [];
      this.#early.set(statement.invitation, [...waiting, [statement, place]]);
    }
    return this.#may(statement, place);
  }

  /** An invitation by its name, whether it stands or not. */
  get(id: InvitationId): Invitation | undefined {
    return this.#known.get(id)?.invitation;
  }

  /** Invitations that stand, ascending by name. When they expire is for the clock of who answers to say. */
  standing(): readonly StandingInvitation[] {
    const all: StandingInvitation[] = [];
    for (const [id, known] of this.#known) {
      const { invitation } = known;
      const maker = known.places.find((place) => this.#mayInvite(invitation, place).counts);
      const isEnded = known.ends.some(({ end, place }) => this.#may(end, place).counts);
      if (maker === undefined || isEnded) continue;
      const rightful = known.copies.filter(({ copy, place }) => this.#may(copy, place).counts);
      const copies = rightful.map(({ copy }) => copy);
      const isSafe = copies.every(({ identity }) => this.#controls(identity));
      all.push({ id, invitation, madeBy: maker.author, isSafe, copies });
    }
    return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Nobody offers by an invitation what he could not give. */
  #mayInvite(invitation: Invitation, place: InvitationPlace): Verdict {
    const right = this.#rights.get(invitation.parent);
    const may = this.#may(invitation, place);
    if (!may.counts || right === undefined) return may;
    const exceeds = right.level !== 'own' && suffices(invitation.level, right.level);
    return exceeds ? voidFor('right-exceeded') : COUNTS;
  }

  #addInvitation(invitation: Invitation, place: InvitationPlace): Verdict {
    const id = invitationIdOf(invitation);
    const known = this.#known.get(id) ?? { invitation, places: [], copies: [], ends: [] };
    known.places.push(place);
    this.#known.set(id, known);
    for (const [statement, at] of this.#early.get(id) ?? []) note(known, statement, at);
    this.#early.delete(id);
    this.#rights.addInvitation(id, invitation, place.block);
    return this.#mayInvite(invitation, place);
  }

  /** Control over the whole space, in the block of the statement. */
  #may({ parent: credential }: Exercised, place: InvitationPlace): Verdict {
    const { author: identity, block } = place;
    const isWhole = (this.#rights.get(credential)?.path ?? '') === '';
    if (!isWhole) return voidFor('right-exceeded');
    return this.#rights.judge({ credential, identity, level: 'control', block });
  }

  #controls(identity: IdentityId): boolean {
    return this.#rights.people.rightFor(identity, 'control') !== undefined;
  }
}

/** The copy that somebody can open. */
export function copyFor(
  { copies }: StandingInvitation,
  identity: IdentityId,
  readingKey: Uint8Array,
): readonly InvitationCopy[] {
  return copies.filter(
    (copy) => copy.identity === identity && compareBytes(copy.readingKey, readingKey) === 0,
  );
}

function note(
  { copies, ends }: Known,
  statement: InvitationCopy | InvitationEnd,
  place: InvitationPlace,
): void {
  if (statement.kind === 'invitation-end') ends.push({ end: statement, place });
  else {
    const own = copies.filter(({ copy }) => copy.identity === statement.identity);
    if (own.length < COPIES_MAX) copies.push({ copy: statement, place });
  }
}
