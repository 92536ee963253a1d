/**
 * What people say about themselves and their teams, of which the latest is shown: names, colours, pictures. What somebody
 * said without the right to do so is passed over, and whether he had it may change with what becomes known.
 */
import type { BlockHash, CredentialId, IdentityId } from '@atoll/kernel';
import type { Level } from './access-level.ts';
import { groupPath, type CredentialBook } from './credential-book.ts';
import type { GroupName } from './group-codec.ts';
import type { IdentityBook } from './identity-book.ts';
import type { ProfileDetails } from './profile-details.ts';
import type { GroupId, Profile } from './statements.ts';

/** How somebody is shown. */
export type ShownProfile = Omit<Profile, 'kind'>;

/** What somebody shows of himself. */
export type ShownDetails = Omit<ProfileDetails, 'kind'>;

/** Where something was said, and by which right. */
export interface SaidAt {
  readonly author: IdentityId;
  /** Number of the block. */
  readonly block: number;
  readonly lamport: number;
  readonly hash: BlockHash;
  /** The right of the section. */
  readonly credential: CredentialId;
}

/** Something that was said. */
export interface Said<T> extends SaidAt {
  readonly value: T;
}

/** Names and colours in one space. */
export class LatestSaid {
  readonly #credentials: CredentialBook;
  readonly #identities: IdentityBook;
  readonly #profiles = new Map<IdentityId, Said<ShownProfile>[]>();
  readonly #details = new Map<IdentityId, Said<ShownDetails>[]>();
  readonly #groups = new Map<GroupId, Said<string>[]>();

  constructor(credentials: CredentialBook, identities: IdentityBook) {
    this.#credentials = credentials;
    this.#identities = identities;
  }

  /** Somebody says how he wants to be shown. */
  addProfile({ colour, name }: Profile, at: SaidAt): void {
    addSaid(this.#profiles, at.author, { ...at, value: { name, colour } });
  }

  /** Somebody says what he shows of himself. */
  addDetails({ picture, text }: ProfileDetails, at: SaidAt): void {
    addSaid(this.#details, at.author, { ...at, value: { picture, text } });
  }

  /** Somebody names a group. */
  addGroupName({ group, name }: GroupName, at: SaidAt): void {
    addSaid(this.#groups, group, { ...at, value: name });
  }

  /** How somebody is shown; `undefined` for who has not said. */
  profileOf(identity: IdentityId): ShownProfile | undefined {
    return this.#profiles.get(identity)?.find((said) => this.#counts(said, 'read'))?.value;
  }

  /** What somebody shows of himself; `undefined` for who has not said. */
  detailsOf(identity: IdentityId): ShownDetails | undefined {
    return this.#details.get(identity)?.find((said) => this.#counts(said, 'read'))?.value;
  }

  /** How a group is called; empty for one that is no more, `undefined` for one that was never named. */
  groupName(group: GroupId): string | undefined {
    const path = groupPath(group);
    return this.#groups.get(group)?.find((said) => this.#counts(said, 'control', path))?.value;
  }

  /** Groups that have a name, or members or rights, ascending; without those that are no more. */
  groups(): readonly GroupId[] {
    const all = new Set([...this.#groups.keys(), ...this.#credentials.people.groups()]);
    return [...all].filter((group) => this.groupName(group) !== '').sort();
  }

  #counts({ author, block, credential }: SaidAt, level: Level, path?: string): boolean {
    if (this.#identities.isMute(block)) return false;
    const verdict = this.#credentials.judge({ credential, identity: author, level, block });
    if (!verdict.counts || path === undefined) return verdict.counts;
    return path.startsWith(this.#credentials.get(credential)?.path ?? path);
  }
}

/** Keeps what was said of something, the latest first; of two in one block the later one. */
export function addSaid<K, T>(said: Map<K, Said<T>[]>, of: K, one: Said<T>): void {
  const known = said.get(of);
  if (known === undefined) {
    said.set(of, [one]);
    return;
  }
  const at = known.findIndex((other) => !isLater(other, one));
  known.splice(at < 0 ? known.length : at, 0, one);
}

/** Order of what was said: by (lamport, hash). */
export function isLater(a: SaidAt, b: SaidAt): boolean {
  return a.lamport === b.lamport ? a.hash > b.hash : a.lamport > b.lamport;
}
