/** Said before somebody is made an admin or owner who was let in with nothing from before: that he is shown all of it. */
import type { Member, PersonRights, Role, Space } from '@atoll/client';
import { usePersonRights } from '@atoll/react';
import type { ReactElement } from 'react';
import { ROLES } from '../copy/general.ts';
import { SHOWS_ALL } from '../copy/members.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** True if a role would show somebody what he does not read now. */
export function showsMore(rights: PersonRights | undefined, role: Role): boolean {
  return rights?.withHistory === false && (role === 'admin' || role === 'owner');
}

/** A line in a dialog that gives a role; nothing where it shows nobody more. */
export function ShowsAllNote(props: {
  readonly space: Space;
  readonly member: Member;
  readonly role: Role;
}): ReactElement | null {
  const { member, role, space } = props;
  if (!showsMore(usePersonRights(space, member.id), role)) return null;
  const { displayName: name } = member;
  const what = SHOWS_ALL.what(name);
  return <NoteLine kind="warn" what={what} means={SHOWS_ALL.means(name, ROLES[role].name)} live />;
}

/** Asks whether that is meant. */
export function ShowsAllDialog(props: {
  readonly name: string;
  readonly role: Role;
  readonly onYes: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const { name, onClose, onYes } = props;
  const role = ROLES[props.role].name;
  return (
    <FormDialog
      title={SHOWS_ALL.title(name)}
      testId="shows-all"
      submit={SHOWS_ALL.submit(name, role)}
      onSubmit={onYes}
      onClose={onClose}
    >
      <dl className="consequences">
        <dt>{SHOWS_ALL.now}</dt>
        <dd>{SHOWS_ALL.nowMeans(name)}</dd>
        <dt>{SHOWS_ALL.then(role)}</dt>
        <dd>{SHOWS_ALL.thenMeans(name)}</dd>
        <dt>{SHOWS_ALL.nobody}</dt>
        <dd>{SHOWS_ALL.nobodyMeans(name)}</dd>
      </dl>
    </FormDialog>
  );
}
