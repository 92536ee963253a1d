/** Removes somebody, after saying what that does, whom he let in, and what stays all the same. */
import type { Member, RemovalPlan, Space } from '@atoll/client';
import { useLive, useRemovalPlan } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { ROLES } from '../copy/general.ts';
import { MEMBERS, REMOVE } from '../copy/members.ts';
import { ChoiceLine } from '../ui/choice-line.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useRightsAct } from './use-rights-act.ts';

type LetIn = 'keep' | 'remove';

/** The dialog. */
export function RemoveMember(props: {
  readonly space: Space;
  readonly member: Member;
  readonly onClose: () => void;
  /** He is no member any more. */
  readonly onGone: () => void;
}): ReactElement {
  const { member, onClose, onGone, space } = props;
  const { displayName: name, id } = member;
  const plan = useRemovalPlan(space, id);
  const mine = useLive(space.myRole);
  const [letIn, setLetIn] = useState<LetIn>('keep');
  const [purge, setPurge] = useState(false);
  const { busy, problem, run } = useRightsAct(true);
  const isPossible = plan?.isPossible === true;
  const submit = (): void => {
    void run(async () => {
      const { role, stays } = await space.rights.remove(id, { letIn, purge });
      const from = stays.map(({ displayName }) => displayName).join(', ');
      if (role === undefined) return REMOVE.done(name);
      return MEMBERS.stays(name, ROLES[role].name.toLowerCase(), from);
    }).then((isDone) => {
      if (!isDone) return;
      onClose();
      onGone();
    });
  };
  return (
    <FormDialog
      title={REMOVE.title(name)}
      testId="remove-member"
      submit={isPossible ? REMOVE.submit : undefined}
      danger
      busy={busy}
      onSubmit={submit}
      onClose={onClose}
    >
      {plan === undefined ? null : (
        <>
          <Stays name={name} plan={plan} />
          {isPossible ? <Consequences name={name} plan={plan} /> : null}
          {isPossible && plan.letIn.length > 0 ? (
            <LetInChoice name={name} plan={plan} value={letIn} onChange={setLetIn} />
          ) : null}
          {isPossible && mine === 'owner' ? (
            <ChoiceLine
              label={REMOVE.purge}
              means={REMOVE.purgeMeans}
              value={purge}
              onChange={setPurge}
            />
          ) : null}
        </>
      )}
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

function Stays(props: { readonly name: string; readonly plan: RemovalPlan }): ReactElement | null {
  const { name, plan } = props;
  const { isPossible, stays } = plan;
  if (stays === undefined) return null;
  const from = stays.from.map(({ displayName }) => displayName).join(', ');
  const role = ROLES[stays.role].name.toLowerCase();
  const what = isPossible ? REMOVE.staysTitle(name, role) : REMOVE.impossible(name);
  return <NoteLine kind="warn" what={what} means={REMOVE.staysMeans(from)} />;
}

function Consequences(props: { readonly name: string; readonly plan: RemovalPlan }): ReactElement {
  const { name, plan } = props;
  return (
    <dl className="consequences">
      <dt>{REMOVE.once}</dt>
      <dd>
        {REMOVE.onceMeans(name)}{' '}
        {plan.teams.length === 0 ? null : REMOVE.teams(plan.teams.join(', '))}
      </dd>
      <dt>{REMOVE.next}</dt>
      <dd>{REMOVE.nextMeans(name)}</dd>
      <dt>{REMOVE.nobody}</dt>
      <dd>{REMOVE.nobodyMeans(name)}</dd>
    </dl>
  );
}

function LetInChoice(props: {
  readonly name: string;
  readonly plan: RemovalPlan;
  readonly value: LetIn;
  readonly onChange: (value: LetIn) => void;
}): ReactElement {
  const { name, onChange, plan, value } = props;
  const names = plan.letIn.map(({ displayName }) => displayName).join(', ');
  return (
    <div className="pile" style={{ gap: 'var(--s2)' }} data-testid="let-in">
      <p>
        <b>{REMOVE.letIn(name)}</b> {names}
      </p>
      <Segmented<LetIn>
        label={REMOVE.letIn(name)}
        value={value}
        parts={[
          { value: 'keep', label: REMOVE.keep },
          { value: 'remove', label: REMOVE.drop },
        ]}
        onChange={onChange}
      />
      <p className="small ink-2">{value === 'keep' ? REMOVE.keepMeans : REMOVE.dropMeans}</p>
    </div>
  );
}
