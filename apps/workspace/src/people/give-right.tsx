/** Giving somebody a right over one thing: what he may do with it, and how long. */
import type { PartRole, RightsSubject, Space } from '@atoll/client';
import { useMembers } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { GIVE } from '../copy/rights.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useRightsAct } from './use-rights-act.ts';

/** Somebody, or a team. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly kind: 'member' | 'team';
}

type Span = 'good' | 'next';

/** The dialog. */
export function GiveRight(props: {
  readonly space: Space;
  readonly object: string;
  readonly who: Subject;
  readonly onDone: () => void;
}): ReactElement {
  const { object, onDone, space, who } = props;
  const [role, setRole] = useState<PartRole>('writer');
  const [span, setSpan] = useState<Span>('good');
  const { busy, problem, run } = useRightsAct(true);
  const mine = useMembers(space).find(({ me }) => me)?.role;
  const submit = (): void =>
    void run(async () => {
      const subject: RightsSubject = who.kind === 'team' ? { team: who.id } : { member: who.id };
      const next = space.epochs.status.get().number + 1;
      const options = span === 'next' ? { untilEpoch: next } : {};
      await space.rights.give({ object }, subject, role, options);
      return GIVE.done(who.name);
    }).then((isDone) => (isDone ? onDone() : undefined));
  return (
    <FormDialog
      title={GIVE.title(who.name)}
      describe={GIVE.lead}
      testId="give-right"
      submit={GIVE.submit}
      busy={busy}
      onSubmit={submit}
      onClose={onDone}
    >
      {mine === 'owner' ? (
        <Choice<PartRole>
          label={GIVE.what}
          value={role}
          parts={[
            { value: 'writer', label: GIVE.writer },
            { value: 'admin', label: GIVE.admin },
          ]}
          means={role === 'writer' ? GIVE.writerMeans : GIVE.adminMeans}
          onChange={setRole}
        />
      ) : null}
      <Choice<Span>
        label={GIVE.howLong}
        value={span}
        parts={[
          { value: 'good', label: GIVE.good },
          { value: 'next', label: GIVE.next },
        ]}
        means={span === 'good' ? GIVE.goodMeans : GIVE.nextMeans}
        onChange={setSpan}
      />
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

function Choice<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly parts: readonly { readonly value: T; readonly label: string }[];
  readonly means: string;
  readonly onChange: (value: T) => void;
}): ReactElement {
  const { label, means, onChange, parts, value } = props;
  return (
    <div className="pile" style={{ gap: 'var(--s2)' }}>
      <p className="strong">{label}</p>
      <Segmented<T> {...{ label, value, parts, onChange }} />
      <p className="small ink-2">{means}</p>
    </div>
  );
}
