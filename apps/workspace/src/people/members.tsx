/** Who is in a space, what they may do, who is here now; invitations that are open. */
import type { HostInvitation, Member, Space } from '@atoll/client';
import { useInvitation, useLive, useMembers } from '@atoll/react';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { PATHS } from '../copy/connection.ts';
import { moment, ROLES } from '../copy/general.ts';
import { FRAME, PEOPLE } from '../copy/workspace.ts';
import { Bar } from '../shell/bar.tsx';
import { useCommand } from '../shell/commands.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Person } from '../ui/person.tsx';
import { Ring } from '../ui/ring.tsx';
import { Invite } from './invite.tsx';

/** The page of members. */
export function Members(props: {
  readonly space: Space;
  readonly notices: ReactNode;
}): ReactElement {
  const { space } = props;
  const members = useMembers(space);
  const invitations = useLive(space.invitations);
  const { lay } = useNavigation();
  const [shown, setShown] = useState<HostInvitation | undefined>(undefined);
  useCommand('new', () => lay('invite'));
  useEffect(() => space.presence.set({ view: 'members' }), [space]);
  return (
    <>
      <Bar title={FRAME.members} space={space} />
      {props.notices}
      <div className="scroll">
        <div role="table" aria-label={FRAME.members}>
          <div className="member members-head" role="row">
            <span role="columnheader">{PEOPLE.person}</span>
            <span role="columnheader">{PEOPLE.role}</span>
            <span role="columnheader">{PEOPLE.path}</span>
          </div>
          {members.map((member) => (
            <Row key={member.id} member={member} />
          ))}
        </div>
        {invitations.length === 0 ? null : (
          <section className="waiting">
            <h2>{PEOPLE.waiting}</h2>
            <ul className="rows">
              {invitations.map((invitation) => (
                <OpenInvitation
                  key={invitation.code}
                  invitation={invitation}
                  onOpen={() => setShown(invitation)}
                />
              ))}
            </ul>
          </section>
        )}
      </div>
      {shown === undefined ? null : (
        <Invite space={space} invitation={shown} onClose={() => setShown(undefined)} />
      )}
    </>
  );
}

function Row({ member }: { readonly member: Member }): ReactElement {
  const { me, here, lastHeardMs, path, role } = member;
  const seen =
    lastHeardMs === undefined ? PEOPLE.notSeen : PEOPLE.lastHere(moment(lastHeardMs, Date.now()));
  return (
    <div className="member" role="row" data-testid="member" data-here={here}>
      <div className="line" role="cell" style={{ gap: 'var(--s3)' }}>
        <Person person={member} size="large" />
        <div className="grow">
          <div className="strong cut">
            {member.displayName} {me ? <span className="you">{PEOPLE.you}</span> : null}
          </div>
          <div className="meta">{me || here ? PEOPLE.hereNow : seen}</div>
        </div>
      </div>
      <span role="cell" title={ROLES[role].can}>
        {ROLES[role].name}
      </span>
      <span role="cell" className="line meta">
        {me || path === undefined || !here ? null : (
          <>
            <Ring how={path} />
            {PATHS[path]}
          </>
        )}
      </span>
    </div>
  );
}

function OpenInvitation(props: {
  readonly invitation: HostInvitation;
  readonly onOpen: () => void;
}): ReactElement {
  const { invitation } = props;
  const state = useInvitation(invitation);
  const name =
    invitation.kind === 'device'
      ? PEOPLE.deviceInvitation
      : PEOPLE.invitation(ROLES[invitation.role].name.toLowerCase());
  return (
    <li>
      <span className="device-icon">
        <Icon name="link" />
      </span>
      <div className="grow">
        <div>{name}</div>
        {'expiresAtMs' in state ? (
          <div className="meta">{PEOPLE.worksUntil(moment(state.expiresAtMs, Date.now()))}</div>
        ) : null}
      </div>
      <Button onClick={props.onOpen}>{PEOPLE.open}</Button>
      <Button kind="danger" onClick={() => invitation.cancel()}>
        {PEOPLE.cancel}
      </Button>
    </li>
  );
}
