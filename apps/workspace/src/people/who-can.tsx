/** Who can see one thing and who can change it, why each of them, and rights over just this. */
import type { PlaceRights, Space, Zone } from '@atoll/client';
import { useDatabase, useLive, useMembers, useWhoCan, useZoneOf } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { GIVE, PARTS_GIVEN, WHO_CAN } from '../copy/rights.ts';
import { PrivateLine } from '../private/private-line.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Menu } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { People } from '../ui/person.tsx';
import { GivenRows } from './given-parts.tsx';
import { GiveRight, type Subject } from './give-right.tsx';
import { mayText, nameOfObject, whyText } from './right-words.ts';

interface Shown {
  readonly space: Space;
  readonly object: string;
}

/** The section of an object in its panel. */
export function WhoCan({ object, space }: Shown): ReactElement {
  const who = useWhoCan(space, { object });
  const members = useMembers(space);
  const [open, setOpen] = useState(false);
  const seers = members.filter(({ id }) => who?.some((one) => one.id === id));
  const changers = who?.filter(({ changes }) => changes) ?? [];
  return (
    <section>
      <h2>{WHO_CAN.section}</h2>
      <PrivateLine space={space} object={object} />
      <div className="line">
        <People people={seers} label={WHO_CAN.section} />
        <span className="small ink-2 grow">
          {who === undefined ? '' : WHO_CAN.summary(who.length, changers.length)}
        </span>
        <Button kind="quiet" data-testid="who-can-button" onClick={() => setOpen(true)}>
          {WHO_CAN.button}
        </Button>
      </div>
      {open ? <WhoCanDialog {...{ object, space }} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

/** The same behind a line, of what fills the page. */
export function WhoCanButton({ object, space }: Shown): ReactElement | null {
  const who = useWhoCan(space, { object });
  const [open, setOpen] = useState(false);
  const changers = who?.filter(({ changes }) => changes) ?? [];
  if (who === undefined) return null;
  return (
    <>
      <Button
        kind="quiet"
        icon="people"
        title={WHO_CAN.section}
        data-testid="who-can-button"
        onClick={() => setOpen(true)}
      >
        {WHO_CAN.summary(who.length, changers.length)}
      </Button>
      {open ? <WhoCanDialog {...{ object, space }} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function WhoCanDialog(props: Shown & { readonly onClose: () => void }): ReactElement {
  const { object, onClose, space } = props;
  const name = useLive(space.name);
  const title = useDatabase(space, () => nameOfObject(space, object), [object]);
  const who = useWhoCan(space, { object });
  const zone = useZoneOf(space, object);
  const { links } = useLive(space.publication.state);
  const me = useMembers(space).find((member) => member.me)?.id;
  const [giving, setGiving] = useState<Subject | undefined>(undefined);
  if (giving !== undefined) {
    return <GiveRight {...{ space, object }} who={giving} onDone={() => setGiving(undefined)} />;
  }
  const mayGive = who?.find(({ id }) => id === me)?.gives === true;
  const isOpen = zone?.isOpen ?? true;
  return (
    <Dialog
      title={WHO_CAN.title(title)}
      describe={leadOf(name, zone)}
      testId="who-can"
      onClose={onClose}
      footer={
        mayGive ? <Give {...{ space, object, who: who ?? [] }} onWho={setGiving} /> : undefined
      }
    >
      {links === 0 || !isOpen ? null : <NoteLine kind="warn" what={WHO_CAN.public} />}
      <ul className="rows">
        {(who ?? []).map((person) => (
          <Row key={person.id} {...{ space, person, zone }} />
        ))}
      </ul>
      <Here space={space} object={object} />
    </Dialog>
  );
}

/** Who sees it at all, in a sentence. */
function leadOf(space: string, zone: Zone | undefined): string {
  if (zone === undefined) return WHO_CAN.lead(space);
  return zone.isOpen ? WHO_CAN.leadOpen(space) : WHO_CAN.leadPrivate;
}

function Row(props: {
  readonly space: Space;
  readonly person: PlaceRights;
  readonly zone: Zone | undefined;
}): ReactElement {
  const { person, space, zone } = props;
  return (
    <li data-testid="who-can-person">
      <div className="grow">
        <div className="strong cut">{person.displayName}</div>
        {person.reasons.map((reason) => (
          <div key={reason.grant} className="meta">
            {whyText(space, reason, zone)}
          </div>
        ))}
      </div>
      <span>{mayText(person)}</span>
    </li>
  );
}

/** Rights over just this and parts of it, teams' as well. */
function Here({ object, space }: Shown): ReactElement | null {
  const parts = useLive(space.rights.parts).filter((one) => one.object === object);
  if (parts.length === 0) return null;
  return (
    <div className="pile" style={{ gap: 'var(--s2)' }} data-testid="rights-here">
      <h3 className="strong">{PARTS_GIVEN.here}</h3>
      <p className="small ink-2">{PARTS_GIVEN.hereLead}</p>
      <GivenRows space={space} parts={parts} shows="who" />
    </div>
  );
}

/** Whom to give a right: who may not do it already, and teams. */
function Give(
  props: Shown & { readonly who: readonly PlaceRights[]; readonly onWho: (who: Subject) => void },
): ReactElement | null {
  const { onWho, space, who } = props;
  const teams = useLive(space.rights.teams);
  const people = who.filter(({ gives }) => !gives);
  const subjects: readonly Subject[] = [
    ...people.map(({ displayName: name, id }) => ({ id, name, kind: 'member' as const })),
    ...teams.map(({ id, name }) => ({ id, name, kind: 'team' as const })),
  ];
  if (subjects.length === 0) return null;
  return (
    <Menu
      trigger={
        <Button icon="plus" data-testid="give-right-button">
          {GIVE.button}
        </Button>
      }
      entries={subjects.map((subject) => ({
        label: subject.name,
        icon: subject.kind === 'team' ? ('people' as const) : ('person' as const),
        ...(subject.kind === 'team' ? { detail: PARTS_GIVEN.team } : {}),
        onSelect: () => onWho(subject),
      }))}
    />
  );
}
