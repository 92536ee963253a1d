/**
 * Everything that was said of rights in a space and fits its form, in the order in which it came: to tell it to another
 * tree, and to find who was given anything, and by which statement, once somebody asks. A space of ten thousand grants
 * is opened many times without anybody asking for most of them.
 */
import type { CredentialId, IdentityId } from '@atoll/kernel';
import type { AccessTree } from './access/access-tree.ts';
import type { GrantInput } from './access/act-inputs.ts';
import type { Grant } from './statements.ts';
import type { Verdict } from './verdict.ts';

/** Something that was told to a tree, and its block. */
interface ToldOnce {
  readonly block: number;
  tell(tree: AccessTree): Verdict;
}

/** A grant that was told, and the statement that says it; a zone's founding is none. */
export interface ToldGrant extends GrantInput {
  readonly grant: Grant | undefined;
}

/** Most of it are grants: a function for each would be as large as the grant. */
export type Told = ToldOnce | ToldGrant;

/** Tells it to a tree. */
export function tellTo(tree: AccessTree, told: Told): Verdict {
  return 'tell' in told ? told.tell(tree) : tree.addGrant(told);
}

/** The block that says it. */
export function blockOf(told: Told): number {
  return 'tell' in told ? told.block : told.place.block;
}

/** See above. */
export class ToldRights {
  /** In the order in which it came. */
  readonly all: Told[] = [];
  readonly #grants = new Map<CredentialId, Grant>();
  readonly #identities = new Set<IdentityId>();
  /** How many of all are in the two above. */
  #read = 0;

  /** The statement that gives something: what was said first where it was said in several places. */
  grantOf(id: CredentialId): Grant | undefined {
    this.#readAll();
    return this.#grants.get(id);
  }

  /** Everybody to whom anything was given by name, whether that counts or not. */
  identities(): ReadonlySet<IdentityId> {
    this.#readAll();
    return this.#identities;
  }

  /** Somebody who has the root from the start, whom no grant names. */
  noteHolder(root: IdentityId): void {
    this.#identities.add(root);
  }

  #readAll(): void {
    for (; this.#read < this.all.length; this.#read++) {
      const told = this.all[this.#read] as Told;
      if ('tell' in told || told.grant === undefined) continue;
      const { credential, grant } = told;
      if (!this.#grants.has(credential)) this.#grants.set(credential, grant);
      if (grant.subject.to === 'identity') this.#identities.add(grant.subject.identity);
    }
  }
}
