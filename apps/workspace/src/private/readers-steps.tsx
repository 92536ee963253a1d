/** Two steps about one person: letting in, and putting out after saying what that does and what it does not. */
import type { RightsSubject, Space, Zone, ZoneMember } from '@atoll/client';
import { useMembers } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { READERS } from '../copy/private.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { usePrivateAct } from './use-private-act.ts';

/** Somebody, or a team. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly kind: 'member' | 'team';
}

interface StepProps {
  readonly space: Space;
  readonly zone: Zone;
  readonly onDone: () => void;
}

type Reach = 'all' | 'from';

/** With or without what was written before. */
export function LetIn(props: StepProps & { readonly who: Subject }): ReactElement {
  const { onDone, space, who, zone } = props;
  const [reach, setReach] = useState<Reach>('all');
  const { busy, problem, run } = usePrivateAct();
  const submit = (): void =>
    void run(async () => {
      await space.zones.grant(zone.id, subjectOf(who), { withHistory: reach === 'all' });
      return zone.isOpen ? READERS.addedOpen(who.name) : READERS.added(who.name);
    }).then((isDone) => (isDone ? onDone() : undefined));
  return (
    <FormDialog
      title={READERS.addTitle(who.name)}
      testId="let-in"
      submit={READERS.let}
      busy={busy}
      onSubmit={submit}
      onClose={onDone}
    >
      {zone.isOpen ? (
        <p className="small ink-2">{READERS.openMeans(who.name)}</p>
      ) : (
        <div className="pile" style={{ gap: 'var(--s2)' }}>
          <p className="strong">{READERS.history(who.name)}</p>
          <Segmented<Reach>
            label={READERS.history(who.name)}
            value={reach}
            parts={[
              { value: 'all', label: READERS.all },
              { value: 'from', label: READERS.from },
            ]}
            onChange={setReach}
          />
          <p className="small ink-2">{reach === 'all' ? READERS.allMeans : READERS.fromMeans}</p>
        </div>
      )}
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

/** What changes, and what nobody can take back. */
export function PutOut(props: StepProps & { readonly who: ZoneMember }): ReactElement {
  const { onDone, space, who, zone } = props;
  const { displayName: name, id, kind } = who;
  const me = useMembers(space).find((each) => each.me)?.id === id;
  const isLast =
    who.role === 'owner' && zone.members.filter(({ role }) => role === 'owner').length === 1;
  // Nobody takes the last one who decides from what he owns himself.
  const refused = isLast && zone.myRole === 'owner';
  const openNext = me ? READERS.leaveOpen : READERS.nextOpen(name);
  const { busy, problem, run } = usePrivateAct();
  const submit = (): void =>
    void run(async () => {
      await space.zones.revoke(zone.id, subjectOf({ id, kind }));
      if (zone.isOpen) return me ? READERS.leftOpen : READERS.removedOpen(name);
      return me ? READERS.left : READERS.removed(name);
    }).then((isDone) => (isDone ? onDone() : undefined));
  return (
    <FormDialog
      title={me ? READERS.leaveTitle : READERS.removeTitle(name)}
      testId="put-out"
      submit={refused ? undefined : me ? READERS.leaveSubmit : READERS.removeSubmit}
      danger
      busy={busy}
      onSubmit={submit}
      onClose={onDone}
    >
      <dl className="consequences">
        <dt>{READERS.next}</dt>
        <dd>{zone.isOpen ? openNext : me ? READERS.leaveMeans : READERS.nextMeans(name)}</dd>
        <dt>{READERS.stays}</dt>
        <dd>
          {zone.isOpen ? READERS.staysOpen : me ? READERS.leaveStays : READERS.staysMeans(name)}
        </dd>
      </dl>
      {isLast ? <NoteLine kind="warn" what={me ? READERS.last : READERS.lastOf(name)} /> : null}
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

function subjectOf({ id, kind }: Pick<Subject, 'id' | 'kind'>): RightsSubject {
  return kind === 'team' ? { team: id } : { member: id };
}
