/** The role of a person or a team: a menu for who may change it, a word for everybody else. */
import type { Role } from '@atoll/client';
import type { ReactElement } from 'react';
import { ROLES } from '../copy/general.ts';
import { FOR_A_WHILE, TEAMS } from '../copy/members.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';

const ALL: readonly Role[] = ['owner', 'admin', 'writer', 'commenter', 'reader'];

/** Roles that somebody of a role may give: owners any, admins those below. */
export function rolesToGive(mine: Role): readonly Role[] {
  if (mine === 'owner') return ALL;
  return mine === 'admin' ? ['writer', 'commenter', 'reader'] : [];
}

/** True for a role that may do less than another. */
export function isLess(role: Role, than: Role): boolean {
  return ALL.indexOf(role) > ALL.indexOf(than);
}

/** The menu, or the word. */
export function RoleMenu(props: {
  readonly role: Role | undefined;
  readonly label: string;
  /** Of whoever looks. */
  readonly mine: Role;
  readonly busy: boolean;
  readonly onRole: (role: Role) => void;
  /** Teams may be without. */
  readonly onNone?: () => void;
  /** People may have one that ends. */
  readonly onForAWhile?: () => void;
}): ReactElement {
  const { busy, label, mine, onForAWhile, onNone, onRole, role } = props;
  const name = role === undefined ? TEAMS.noRole : ROLES[role].name;
  const roles = rolesToGive(mine);
  if (roles.length === 0 || (role !== undefined && !roles.includes(role))) {
    return (
      <span className="role-word" title={role === undefined ? '' : ROLES[role].can}>
        {name}
      </span>
    );
  }
  const none: readonly MenuEntry[] =
    onNone === undefined
      ? []
      : [
          {
            label: TEAMS.noRole,
            detail: TEAMS.noRoleMeans,
            chosen: role === undefined,
            onSelect: onNone,
          },
        ];
  const ending: readonly MenuEntry[] =
    onForAWhile === undefined
      ? []
      : [{ label: FOR_A_WHILE.entry, detail: FOR_A_WHILE.entryMeans, onSelect: onForAWhile }];
  return (
    <Menu
      trigger={
        <Button kind="quiet" aria-label={label} aria-busy={busy} data-testid="role">
          {name}
          <Icon name="down" />
        </Button>
      }
      entries={[
        ...roles.map((each) => ({
          label: ROLES[each].name,
          detail: ROLES[each].can,
          chosen: each === role,
          onSelect: () => onRole(each),
        })),
        ...none,
        ...ending,
      ]}
    />
  );
}
