/** A role that ends by itself with the next agreed state: giving it, and asking for that state. */
import type { Member, PersonRights, Role, Space } from '@atoll/client';
import { useLive, usePersonRights } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { ROLES } from '../copy/general.ts';
import { FOR_A_WHILE } from '../copy/members.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { MenuChoice } from '../ui/menu-choice.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { isLess, rolesToGive } from './role-menu.tsx';
import { ShowsAllNote } from './shows-all.tsx';
import { useRightsAct } from './use-rights-act.ts';

/** The dialog. */
export function ForAWhile(props: {
  readonly space: Space;
  readonly member: Member;
  /** Of whoever looks. */
  readonly mine: Role;
  readonly onClose: () => void;
}): ReactElement {
  const { member, mine, onClose, space } = props;
  const { displayName: name, id } = member;
  const rights = usePersonRights(space, id);
  const roles = rolesToGive(mine);
  const [role, setRole] = useState<Role>(roles.includes('admin') ? 'admin' : 'writer');
  const { busy, problem, run } = useRightsAct(true);
  const submit = (): void =>
    void run(async () => {
      const untilEpoch = space.epochs.status.get().number + 1;
      await space.rights.setRole({ member: id }, role, { untilEpoch });
      return FOR_A_WHILE.done(name, ROLES[role].name.toLowerCase());
    }).then((isDone) => (isDone ? onClose() : undefined));
  const then = rights === undefined ? undefined : roleBesides(rights, role);
  return (
    <FormDialog
      title={FOR_A_WHILE.title(name)}
      testId="for-a-while"
      submit={FOR_A_WHILE.submit}
      busy={busy}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="line">
        <span className="strong">{FOR_A_WHILE.role}</span>
        <MenuChoice
          label={FOR_A_WHILE.role}
          chosen={ROLES[role].name}
          entries={roles.map((each) => ({
            label: ROLES[each].name,
            detail: ROLES[each].can,
            chosen: each === role,
            onSelect: () => setRole(each),
          }))}
        />
      </div>
      <dl className="consequences">
        <dt>{FOR_A_WHILE.untilThen}</dt>
        <dd>{ROLES[role].can}</dd>
        <dt>{FOR_A_WHILE.then}</dt>
        <dd>
          {then === undefined
            ? FOR_A_WHILE.out(name)
            : FOR_A_WHILE.again(name, ROLES[then].name.toLowerCase())}
        </dd>
        <dt>{FOR_A_WHILE.when}</dt>
        <dd>{FOR_A_WHILE.whenMeans}</dd>
      </dl>
      <ShowsAllNote {...{ space, member, role }} />
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

/** What stays beside a role that is given for a while: what is below it, and what teams give. */
function roleBesides({ reasons }: PersonRights, role: Role): Role | undefined {
  return reasons
    .filter(({ untilEpoch }) => untilEpoch === undefined)
    .filter((one) => one.through.length > 0 || isLess(one.role, role))
    .map((one) => one.role)
    .sort((a, b) => (isLess(a, b) ? 1 : -1))[0];
}

/** In the panel of somebody whose role ends: what that means, and asking for the state with which it does. */
export function EndsByItself(props: {
  readonly space: Space;
  readonly member: Member;
}): ReactElement | null {
  const { member, space } = props;
  const mine = useLive(space.myRole);
  const { busy, problem, run } = useRightsAct(true);
  if (member.untilEpoch === undefined || (mine !== 'owner' && mine !== 'admin')) return null;
  const agree = (): void =>
    void run(async () => {
      const before = space.epochs.status.get().number;
      await space.epochs.propose();
      return space.epochs.status.get().number > before ? FOR_A_WHILE.agreed : FOR_A_WHILE.asked;
    });
  return (
    <section data-testid="ends-by-itself">
      <h2>{FOR_A_WHILE.ends}</h2>
      <p className="small ink-2">{FOR_A_WHILE.endsMeans}</p>
      <Button aria-busy={busy} onClick={agree}>
        {FOR_A_WHILE.agree}
      </Button>
      {problem === undefined ? null : <NoteLine kind="warn" what={problem} live />}
    </section>
  );
}
