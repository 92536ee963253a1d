/**
 * How people and teams are called in a space: by names that can be shown, and so that no two of them look the same.
 * Where they would, each has a mark behind it.
 */
import type { Space } from '@atoll/echo';
import type { GroupId } from '@atoll/halo';
import type { IdentityId } from '@atoll/kernel';
import type { Named } from './members-api.ts';
import { formOfName, markedName, shownName } from './shown-name.ts';

/** What looking at all members found, until somebody says something else. */
interface Names {
  readonly decisions: number;
  /** Who has a name of this form. */
  readonly byForm: ReadonlyMap<string, ReadonlySet<string>>;
}

type Authority = Space['authority'];

const known = new WeakMap<Authority, Names>();

/** A person and how he calls himself here; empty for one who has not said. */
export function namedIn({ authority }: Pick<Space, 'authority'>, id: IdentityId): Named {
  return { id, displayName: nameIn(authority, id) };
}

/** The name of somebody who has said it here; else empty. */
export function nameIn(authority: Authority, id: IdentityId): string {
  return unlike(authority, id, authority.profileOf(id)?.name ?? '');
}

/** A stranger, by the name that he has sent: nobody is taken for a member by it. */
export function strangerIn(authority: Authority, id: IdentityId, name: string): Named {
  return { id, displayName: unlike(authority, id, name) };
}

/** How a team is called; empty for one without a name. */
export function teamName(authority: Authority, group: GroupId): string {
  return shownName(authority.groupName(group) ?? '');
}

function unlike(authority: Authority, id: IdentityId, written: string): string {
  const name = shownName(written);
  if (name === '') return name;
  const alike = formsIn(authority).get(formOfName(name));
  const isAlone = alike === undefined || (alike.size === 1 && alike.has(id));
  return isAlone ? name : markedName(name, id);
}

function formsIn(authority: Authority): Names['byForm'] {
  const { decisionCount: decisions } = authority;
  const before = known.get(authority);
  if (before?.decisions === decisions) return before.byForm;
  const byForm = new Map<string, Set<string>>();
  for (const { identity, profile } of authority.members()) {
    const name = shownName(profile?.name ?? '');
    if (name === '') continue;
    const form = formOfName(name);
    const alike = byForm.get(form);
    if (alike === undefined) byForm.set(form, new Set([identity]));
    else alike.add(identity);
  }
  known.set(authority, { decisions, byForm });
  return byForm;
}
