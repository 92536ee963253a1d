/** Who can use an invitation, as what they join, and how long: changing a choice makes a new invitation. */
import type { Contact, Role } from '@atoll/client';
import type { ReactElement } from 'react';
import { ROLES } from '../copy/general.ts';
import { INVITE } from '../copy/invitations.ts';
import { MenuChoice } from '../ui/menu-choice.tsx';
import type { MenuEntry } from '../ui/menu.tsx';
import { Person } from '../ui/person.tsx';
import { fixedRole, isForSeveral, type InviteTerms } from './invite-terms.ts';

/** More contacts are reached by their link to this one. */
const CONTACTS_MAX = 8;

/** The menus. */
export function InviteChoices(props: {
  readonly terms: InviteTerms;
  /** Those that may be given. */
  readonly roles: readonly Role[];
  /** Those who are not in the space. */
  readonly contacts: readonly Contact[];
  readonly onChange: (terms: InviteTerms) => void;
}): ReactElement {
  const { onChange, roles, terms } = props;
  const role = fixedRole(terms) ?? terms.role;
  return (
    <>
      <MenuChoice
        label={INVITE.kind}
        chosen={
          terms.for === undefined ? terms.kind.label : INVITE.knownKind(terms.for.displayName)
        }
        entries={kindEntries(props)}
      />
      {isForSeveral(terms) ? (
        <MenuChoice
          label={INVITE.usesLabel}
          chosen={INVITE.usesOf(terms.uses)}
          entries={INVITE.usesChoices.map((uses) => ({
            label: INVITE.usesOf(uses),
            chosen: uses === terms.uses,
            onSelect: () => onChange({ ...terms, uses }),
          }))}
        />
      ) : null}
      <span className="small ink-2">{INVITE.role}</span>
      {fixedRole(terms) === undefined ? (
        <MenuChoice
          label={INVITE.role}
          chosen={ROLES[role].name}
          entries={roles.map((each) => ({
            label: ROLES[each].name,
            detail: ROLES[each].can,
            chosen: each === role,
            onSelect: () => onChange({ ...terms, role: each }),
          }))}
        />
      ) : (
        <span className="small">{ROLES[role].name}</span>
      )}
      <MenuChoice
        label={INVITE.length}
        chosen={terms.length.label}
        entries={INVITE.lengths.map((each) => ({
          label: each.label,
          chosen: each === terms.length,
          onSelect: () => onChange({ ...terms, length: each }),
        }))}
      />
    </>
  );
}

function kindEntries(props: Parameters<typeof InviteChoices>[0]): readonly MenuEntry[] {
  const { contacts, onChange, terms } = props;
  const { for: chosen, ...anybody } = terms;
  return [
    ...INVITE.kinds.map((kind) => ({
      label: kind.label,
      detail: kind.detail,
      chosen: chosen === undefined && kind === terms.kind,
      onSelect: () => onChange({ ...anybody, kind }),
    })),
    ...contacts.slice(0, CONTACTS_MAX).map((contact) => ({
      label: INVITE.knownKind(contact.displayName),
      detail: INVITE.knownDetail,
      look: <Person person={contact} size="tiny" />,
      chosen: chosen?.id === contact.id,
      onSelect: () => onChange({ ...terms, for: contact }),
    })),
  ];
}
