/** A person beside the list of members: what he can do here, why, and removing him. */
import {
  isMarked,
  type Member,
  type PersonRights,
  type RightsReason,
  type Space,
} from '@atoll/client';
import { useLive, useMembers, usePersonRights } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { CLOSE, moment, ROLES } from '../copy/general.ts';
import { PERSON } from '../copy/members.ts';
import { PARTS_GIVEN } from '../copy/rights.ts';
import { FRAME } from '../copy/workspace.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Person } from '../ui/person.tsx';
import { EndsByItself } from './for-a-while.tsx';
import { GivenRows, usePartsOf } from './given-parts.tsx';
import { HandOver } from './hand-over.tsx';
import { KnownPerson } from './known-person.tsx';
import { RemoveMember } from './remove-member.tsx';
import { limitTexts } from './right-words.ts';

/** The panel. */
export function PersonPanel(props: { readonly space: Space; readonly id: string }): ReactElement {
  const { id, space } = props;
  const member = useMembers(space).find((each) => each.id === id);
  const { open } = useNavigation();
  const close = (): void => open(undefined);
  return (
    <aside
      className="panel"
      aria-label={member === undefined ? FRAME.panel : PERSON.title(member.displayName)}
      data-testid="person-panel"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <div className="bar">
        <span className="chip">
          <Icon name="person" />
          {member === undefined ? FRAME.members : ROLES[member.role].name}
        </span>
        <span className="grow" />
        <IconButton icon="close" label={CLOSE} onClick={close} />
      </div>
      <div className="scroll">
        {member === undefined ? (
          <section>
            <p className="ink-2">{PERSON.gone}</p>
          </section>
        ) : (
          <Content key={id} space={space} member={member} onGone={close} />
        )}
      </div>
    </aside>
  );
}

function Content(props: {
  readonly space: Space;
  readonly member: Member;
  readonly onGone: () => void;
}): ReactElement {
  const { member, onGone, space } = props;
  const { displayName: name, id, me } = member;
  const rights = usePersonRights(space, id);
  const mine = useLive(space.myRole);
  const [removing, setRemoving] = useState(false);
  const mayRemove = !me && (mine === 'owner' || (mine === 'admin' && member.role !== 'owner'));
  return (
    <>
      <section>
        <div className="line" style={{ gap: 'var(--s3)' }}>
          <Person person={member} size="large" />
          <h2 className="person-name cut">{name}</h2>
        </div>
        {isMarked(name) ? <p className="small ink-2">{PERSON.alike}</p> : null}
        {member.about === undefined ? null : <p className="about">{member.about}</p>}
      </section>
      {rights === undefined ? null : (
        <>
          <section>
            <h2>{me ? PERSON.titleMe : PERSON.title(name)}</h2>
            <Abilities rights={rights} me={me} />
          </section>
          <section>
            <h2>{PERSON.because}</h2>
            <ul className="reasons" data-testid="reasons">
              {rights.reasons.map((reason) => (
                <li key={reason.grant}>{reasonText(space, reason)}</li>
              ))}
            </ul>
          </section>
        </>
      )}
      <EndsByItself space={space} member={member} />
      <Besides space={space} member={member} />
      {me ? null : <KnownPerson person={member} space={space} />}
      <HandOver space={space} member={member} />
      {mayRemove ? (
        <section>
          <Button kind="danger" onClick={() => setRemoving(true)}>
            {PERSON.remove(name)}
          </Button>
          <p className="small ink-2">{PERSON.removeMeans(name)}</p>
        </section>
      ) : null}
      {removing ? (
        <RemoveMember
          space={space}
          member={member}
          onClose={() => setRemoving(false)}
          onGone={onGone}
        />
      ) : null}
    </>
  );
}

/** Rights over single things, his own and those of teams that he is in. */
function Besides(props: { readonly space: Space; readonly member: Member }): ReactElement | null {
  const { member, space } = props;
  const parts = usePartsOf(space, member.id);
  if (parts.length === 0) return null;
  return (
    <section data-testid="besides">
      <h2>{member.me ? PARTS_GIVEN.me : PARTS_GIVEN.person(member.displayName)}</h2>
      <GivenRows space={space} parts={parts} shows="what" />
    </section>
  );
}

function Abilities(props: { readonly rights: PersonRights; readonly me: boolean }): ReactElement {
  const { me, rights } = props;
  const rows: readonly (readonly [boolean, string])[] = [
    [rights.reads, rights.withHistory ? PERSON.reads : PERSON.readsSince(me)],
    [rights.comments, PERSON.comments],
    [rights.writes, PERSON.writes],
    [rights.controls, PERSON.controls],
    [rights.owns, PERSON.owns],
  ];
  return (
    <ul className="abilities">
      {rows.map(([may, says]) => (
        <li key={says} data-may={may} className={may ? 'may' : 'may-not'}>
          <Icon name={may ? 'check' : 'close'} />
          <span>
            <span className="for-readers">{may ? 'Can: ' : 'Cannot: '}</span>
            {says}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A grant in words. */
function reasonText(space: Space, reason: RightsReason): string {
  const { from, role, sinceMs, through } = reason;
  const when = sinceMs === undefined ? '' : moment(sinceMs, Date.now());
  const by =
    from === undefined ? PERSON.founded : PERSON.by(ROLES[role].name, from.displayName, when);
  return [
    by,
    ...(through.length === 0 ? [] : [PERSON.through(through.map(({ name }) => name).join(', '))]),
    ...limitTexts(space, reason),
  ].join(', ');
}
