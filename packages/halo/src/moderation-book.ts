/**
 * Doors of a space, and what its moderators have said of items and of people: of each the latest counts whose author
 * controls the space. A pure function of the blocks, so all who have the same ones hide and show the same.
 */
import type { BlockHash, CredentialId, IdentityId, ObjectId } from '@atoll/kernel';
import type { CredentialBook } from './credential-book.ts';
import type { IdentityBook } from './identity-book.ts';
import { addSaid, isLater, type Said, type SaidAt } from './latest-said.ts';
import type {
  AuthorModeration,
  Door,
  ItemModeration,
  PublicStatement,
} from './statements-public.ts';
import { COUNTS, voidFor, type Verdict } from './verdict.ts';

/** Where something stands that is said. */
export interface PublicPlace {
  readonly block: { readonly no: number; readonly lamport: number; readonly hash: BlockHash };
  readonly section: { readonly credential: CredentialId };
}

/** What was said last, by whom, and in which block. */
export interface Moderated<Says> {
  readonly says: Says;
  readonly by: IdentityId;
  /** Local number of the block. */
  readonly block: number;
}

/** An item as moderators see it: an object, who contributed it, and the block in which it was taken up. */
export interface ModeratedItem {
  readonly object: ObjectId;
  /** `undefined` for what a member has written. */
  readonly author: IdentityId | undefined;
  /** Local number of a block. */
  readonly block: number;
}

/** Why something is not shown, and by whom. */
export interface Hidden {
  readonly why: 'hidden' | 'banned';
  readonly by: IdentityId;
}

/** Doors and moderation of one space. */
export class ModerationBook {
  readonly #credentials: CredentialBook;
  readonly #identities: IdentityBook;
  readonly #isInPast: (earlier: number, later: number) => boolean;
  readonly #doors = new Map<'door', Said<Door>[]>();
  readonly #items = new Map<ObjectId, Said<ItemModeration['says']>[]>();
  readonly #authors = new Map<IdentityId, Said<AuthorModeration['says']>[]>();

  constructor(
    credentials: CredentialBook,
    identities: IdentityBook,
    isInPast: (earlier: number, later: number) => boolean,
  ) {
    this.#credentials = credentials;
    this.#identities = identities;
    this.#isInPast = isInPast;
  }

  /** Kept whether it counts or not: that may change with what becomes known. */
  add(statement: PublicStatement, { block, section }: PublicPlace, author?: IdentityId): Verdict {
    if (author === undefined) return voidFor('author-unknown');
    const at: SaidAt = {
      ...{ author, block: block.no, lamport: block.lamport, hash: block.hash },
      credential: section.credential,
    };
    if (statement.kind === 'door') addSaid(this.#doors, 'door', { ...at, value: statement });
    else if ('object' in statement) {
      addSaid(this.#items, statement.object, { ...at, value: statement.says });
    } else addSaid(this.#authors, statement.identity, { ...at, value: statement.says });
    return this.#judge(at);
  }

  /** The door of now, open or closed; `undefined` where there never was one. */
  door(): Door | undefined {
    return this.#latest(this.#doors.get('door'))?.value;
  }

  /** What was said last of an object. */
  ofItem(object: ObjectId): Moderated<ItemModeration['says']> | undefined {
    return told(this.#latest(this.#items.get(object)));
  }

  /** What was said last of an author. */
  ofAuthor(identity: IdentityId): Moderated<AuthorModeration['says']> | undefined {
    return told(this.#latest(this.#authors.get(identity)));
  }

  /** Authors from whom nothing is taken up, ascending. */
  banned(): readonly IdentityId[] {
    return [...this.#authors.keys()].filter((author) => this.isBanned(author)).sort();
  }

  /** Objects that somebody has hidden by name, ascending. */
  hidden(): readonly ObjectId[] {
    return [...this.#items.keys()].filter((id) => this.ofItem(id)?.says === 'hide').sort();
  }

  /** Whether nothing of this author is taken up. */
  isBanned(author: IdentityId): boolean {
    const says = this.ofAuthor(author)?.says;
    return says === 'ban' || says === 'ban-all';
  }

  /**
   * Why an item is not shown; `undefined` for one that is. A ban hides also what was taken up by somebody who did not
   * know of it, whatever it says of the items before; who shows an item afterwards has looked at it.
   */
  whyHidden({ author, block, object }: ModeratedItem): Hidden | undefined {
    const ofItem = this.#latest(this.#items.get(object));
    if (ofItem?.value === 'hide') return { why: 'hidden', by: ofItem.author };
    if (author === undefined) return undefined;
    const ofAuthor = this.#latest(this.#authors.get(author));
    if (ofAuthor === undefined || ofAuthor.value === 'allow') return undefined;
    if (ofItem !== undefined && isLater(ofItem, ofAuthor)) return undefined;
    const wasSeen = this.#isInPast(block, ofAuthor.block);
    if (ofAuthor.value === 'ban' && wasSeen) return undefined;
    return { why: 'banned', by: ofAuthor.author };
  }

  #latest<T>(said: readonly Said<T>[] | undefined): Said<T> | undefined {
    return said?.find((one) => this.#judge(one).counts);
  }

  #judge({ author: identity, block, credential }: SaidAt): Verdict {
    if (this.#identities.isMute(block)) return voidFor('device-stopped');
    const verdict = this.#credentials.judge({ credential, identity, level: 'control', block });
    if (!verdict.counts) return verdict;
    return this.#credentials.pathOf(credential) === '' ? COUNTS : voidFor('right-exceeded');
  }
}

function told<T>(said: Said<T> | undefined): Moderated<T> | undefined {
  return said && { says: said.value, by: said.author, block: said.block };
}
