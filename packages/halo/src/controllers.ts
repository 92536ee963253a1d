/** Who holds control over a whole space, the senior ones first: they answer for it one after the other. */
import type { IdentityId } from '@atoll/kernel';
import { compareRank, type Rank } from './rank.ts';
import type { SpaceAuthority } from './space-authority.ts';
import type { Reader } from './statements.ts';

/** Identities with control over the whole space, in the order of their right's seniority. */
export function controllersOf(authority: SpaceAuthority): readonly IdentityId[] {
  const { credentials } = authority;
  const ranked: { readonly identity: IdentityId; readonly rank: Rank }[] = [];
  for (const { identity } of authority.members()) {
    const right = credentials.people.rightFor(identity, 'control')?.credential;
    if (right !== undefined) ranked.push({ identity, rank: credentials.rankOf(right.id) ?? [] });
  }
  // Members of one team hold one right: their names settle who of them is first.
  return ranked
    .sort((a, b) => compareRank(a.rank, b.rank) || (a.identity < b.identity ? -1 : 1))
    .map(({ identity }) => identity);
}

/** The same with the keys to which something for them is sealed; those without one are left out. */
export function controlReaders(authority: SpaceAuthority): readonly Reader[] {
  return controllersOf(authority).flatMap((identity) => {
    const published = authority.keys.readingKey(identity);
    return published === undefined ? [] : [{ identity, key: published.key }];
  });
}
