/**
 * How people and teams are called in a space: by names that can be shown, and so that no two of them look the same.
 * Where they would, each has a mark behind it.
 */
import type { Space } from '@atoll/echo';
import type { GroupId } from '@atoll/halo';
import type { IdentityId } from '@atoll/kernel';
import type { Named } from './members-api.ts';
import { formOfName, isMarked, markedName, shownName } from './shown-name.ts';

/** What looking at all members found, until somebody says something else. */
interface Names {
  readonly decisions: number;
  readonly people: Forms;
  readonly teams: Forms;
}

/** Who has a name of this form. */
type Forms = ReadonlyMap<string, ReadonlySet<string>>;

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
  return unlikeIn(namesIn(authority).teams, group, authority.groupName(group) ?? '');
}

/** Of things with names each with its mark where another one of them looks the same, or where it came with one. */
export function toldApart<T extends Named>(all: readonly T[]): readonly T[] {
  const forms = formsOf(all.map(({ displayName, id }) => [id, displayName]));
  return all.map((one) => {
    const { displayName: name, id } = one;
    return isMarked(name) ? one : { ...one, displayName: unlikeIn(forms, id, name) };
  });
}

function unlike(authority: Authority, id: IdentityId, written: string): string {
  return unlikeIn(namesIn(authority).people, id, written);
}

function unlikeIn(forms: Forms, id: string, written: string): string {
  const name = shownName(written);
  if (name === '') return name;
  const alike = forms.get(formOfName(name));
  const isAlone = alike === undefined || (alike.size === 1 && alike.has(id));
  return isAlone ? name : markedName(name, id);
}

function namesIn(authority: Authority): Names {
  const { decisionCount: decisions } = authority;
  const before = known.get(authority);
  if (before?.decisions === decisions) return before;
  const names = {
    decisions,
    people: formsOf(
      authority.members().map(({ identity, profile }) => [identity, profile?.name ?? '']),
    ),
    teams: formsOf(authority.groups().map((group) => [group, authority.groupName(group) ?? ''])),
  };
  known.set(authority, names);
  return names;
}

function formsOf(all: readonly (readonly [id: string, written: string])[]): Forms {
  const byForm = new Map<string, Set<string>>();
  for (const [id, written] of all) {
    const name = shownName(written);
    if (name === '') continue;
    const form = formOfName(name);
    const alike = byForm.get(form);
    if (alike === undefined) byForm.set(form, new Set([id]));
    else alike.add(id);
  }
  return byForm;
}
