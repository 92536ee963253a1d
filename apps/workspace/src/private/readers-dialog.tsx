/** Who reads what is private: letting people in, with or without what was before, and putting them out. */
import type { Space, Zone, ZoneMember, ZoneRole } from '@atoll/client';
import { useLive, useMembers, useZones } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { PARTS, PRIVATE, READERS } from '../copy/private.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { LetIn, PutOut, type Subject } from './readers-steps.tsx';
import { usePrivateAct } from './use-private-act.ts';

const ROLES: readonly ZoneRole[] = ['owner', 'writer', 'reader'];

type Step =
  | { readonly at: 'list' }
  | { readonly at: 'let-in'; readonly who: Subject }
  | { readonly at: 'put-out'; readonly who: ZoneMember };

/** The dialog, with its steps. */
export function ReadersDialog(props: {
  readonly space: Space;
  readonly zone: string;
  readonly onClose: () => void;
}): ReactElement | null {
  const { onClose, space } = props;
  const zone = useZones(space).find(({ id }) => id === props.zone);
  const [step, setStep] = useState<Step>({ at: 'list' });
  const back = (): void => setStep({ at: 'list' });
  if (zone === undefined) return null;
  if (step.at === 'let-in') return <LetIn {...{ space, zone }} who={step.who} onDone={back} />;
  if (step.at === 'put-out') return <PutOut {...{ space, zone }} who={step.who} onDone={back} />;
  return (
    <Dialog
      title={titleOf(zone)}
      describe={leadOf(zone)}
      testId="readers"
      onClose={onClose}
      footer={
        zone.myRole === 'owner' ? (
          <AddReader space={space} zone={zone} onAdd={(who) => setStep({ at: 'let-in', who })} />
        ) : undefined
      }
    >
      {zone.isFrozen ? (
        <NoteLine
          kind="warn"
          what={PRIVATE.frozen}
          means={zone.myRole === undefined ? PARTS.frozen : PRIVATE.frozenMeans}
        />
      ) : null}
      <Rows space={space} zone={zone} onPutOut={(who) => setStep({ at: 'put-out', who })} />
    </Dialog>
  );
}

function titleOf({ isOpen, name }: Zone): string {
  if (name === undefined) return READERS.titleUnread;
  return isOpen ? READERS.titleOpen(name) : READERS.title(name);
}

function leadOf({ isOpen, myRole }: Zone): string {
  if (isOpen) return READERS.leadOpen;
  return myRole === undefined ? READERS.leadUnread : READERS.lead;
}

function Rows(props: {
  readonly space: Space;
  readonly zone: Zone;
  readonly onPutOut: (who: ZoneMember) => void;
}): ReactElement {
  const { onPutOut, space, zone } = props;
  const { problem, run } = usePrivateAct();
  return (
    <div className="pile" style={{ gap: 'var(--s3)' }}>
      <ul className="rows readers">
        {zone.members.map((member) => (
          <Row key={member.id} {...{ space, zone, member, run, onPutOut }} />
        ))}
      </ul>
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </div>
  );
}

function Row(props: {
  readonly space: Space;
  readonly zone: Zone;
  readonly member: ZoneMember;
  readonly run: ReturnType<typeof usePrivateAct>['run'];
  readonly onPutOut: (who: ZoneMember) => void;
}): ReactElement {
  const { member, onPutOut, run, space, zone } = props;
  const { displayName: name, id, kind, role, withHistory } = member;
  const mine = useLive(space.myRole);
  const me = useMembers(space).find((each) => each.me)?.id === id;
  const isOwner = zone.myRole === 'owner';
  // Whoever may remove people from the space may put them out of this, though not in.
  const mayPutOut = me
    ? zone.myRole !== undefined
    : isOwner || mine === 'admin' || mine === 'owner';
  const set = (next: ZoneRole): void =>
    void run(async () => {
      const subject = kind === 'team' ? { team: id } : { member: id };
      await space.zones.grant(zone.id, subject, { role: next, withHistory });
      return READERS.changed(name, READERS.roles[next].name);
    });
  const notes = [
    ...(kind === 'team' ? [READERS.team] : []),
    ...(withHistory || zone.isOpen ? [] : [READERS.later]),
  ];
  return (
    <li data-testid="reader">
      <Icon name={kind === 'team' ? 'people' : 'person'} />
      <div className="grow">
        <div className="cut strong">{name}</div>
        {notes.length === 0 ? null : <div className="meta">{notes.join(' · ')}</div>}
      </div>
      {isOwner && !me ? (
        <Menu
          align="end"
          trigger={
            <Button kind="quiet" aria-label={READERS.roleOf(name, READERS.roles[role].name)}>
              {READERS.roles[role].name}
              <Icon name="down" />
            </Button>
          }
          entries={ROLES.filter((each) => each !== 'reader' || !zone.isOpen).map((each) => ({
            label: READERS.roles[each].name,
            detail: READERS.roles[each].can,
            chosen: each === role,
            onSelect: () => (each === role ? undefined : set(each)),
          }))}
        />
      ) : (
        <span className="meta">{READERS.roles[role].name}</span>
      )}
      {!mayPutOut ? null : me ? (
        <Button kind="quiet" onClick={() => onPutOut(member)}>
          {READERS.leave}
        </Button>
      ) : (
        <IconButton icon="close" label={READERS.remove(name)} onClick={() => onPutOut(member)} />
      )}
    </li>
  );
}

function AddReader(props: {
  readonly space: Space;
  readonly zone: Zone;
  readonly onAdd: (who: Subject) => void;
}): ReactElement {
  const { onAdd, space, zone } = props;
  const members = useMembers(space);
  const teams = useLive(space.rights.teams);
  const isIn = new Set(zone.members.map(({ id }) => id));
  const entries = [
    ...members.map(({ displayName, id }) => ({ name: displayName, id, kind: 'member' as const })),
    ...teams.map(({ id, name }) => ({ name, id, kind: 'team' as const })),
  ]
    .filter(({ id }) => !isIn.has(id))
    .map((who) => ({
      label: who.name,
      icon: who.kind === 'team' ? ('people' as const) : ('person' as const),
      ...(who.kind === 'team' ? { detail: READERS.team } : {}),
      onSelect: () => onAdd(who),
    }));
  if (entries.length === 0) return <span className="meta">{READERS.everybodyIn}</span>;
  return (
    <Menu
      trigger={
        <Button icon="plus" data-testid="let-in-reader">
          {zone.isOpen ? READERS.addOpen : READERS.add}
        </Button>
      }
      entries={entries}
    />
  );
}
