/** Who is in a space, what they may do and who let them in; teams; who was removed; invitations that are open. */
import type { HostInvitation, Member, Role, Space } from '@atoll/client';
import { useClient, useInvitation, useLive, useMembers } from '@atoll/react';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { PATHS } from '../copy/connection.ts';
import { moment, ROLES } from '../copy/general.ts';
import { INVITE } from '../copy/invitations.ts';
import { MEMBERS } from '../copy/members.ts';
import { FRAME, PEOPLE } from '../copy/workspace.ts';
import { PrivateParts } from '../private/private-parts.tsx';
import { Bar } from '../shell/bar.tsx';
import { useCommand } from '../shell/commands.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Person } from '../ui/person.tsx';
import { Ring } from '../ui/ring.tsx';
import { ForAWhile } from './for-a-while.tsx';
import { GivenParts } from './given-parts.tsx';
import { kindOf } from './invite-terms.ts';
import { Invite } from './invite.tsx';
import { PublicSpace } from './public-space.tsx';
import { Removals } from './removals.tsx';
import { untilText } from './right-words.ts';
import { RoleMenu } from './role-menu.tsx';
import { ShowsAllDialog, showsMore } from './shows-all.tsx';
import { Teams } from './teams.tsx';
import { useRightsAct } from './use-rights-act.ts';
import { Requests } from './requests.tsx';

/** The page of members. */
export function Members(props: {
  readonly space: Space;
  readonly notices: ReactNode;
}): ReactElement {
  const { space } = props;
  const members = useMembers(space);
  const mine = useLive(space.myRole);
  const removed = useLive(space.rights.removed);
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
            <Row key={member.id} {...{ space, member, members, mine }} />
          ))}
        </div>
        {removed === undefined ? <Teams space={space} mine={mine} /> : null}
        {removed === undefined ? <GivenParts space={space} /> : null}
        {removed === undefined ? <PrivateParts space={space} /> : null}
        {removed === undefined ? <PublicSpace space={space} mine={mine} /> : null}
        <Removals space={space} />
        <Requests space={space} />
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

function Row(props: {
  readonly space: Space;
  readonly member: Member;
  readonly members: readonly Member[];
  readonly mine: Role;
}): ReactElement {
  const { member, members, mine, space } = props;
  const { displayName, here, id, me, path } = member;
  const { open, place } = useNavigation();
  const isOpen = place.at === 'space' && place.open === id;
  return (
    <div
      className={isOpen ? 'member on' : 'member'}
      role="row"
      data-testid="member"
      data-here={here}
    >
      <div className="line" role="cell" style={{ gap: 'var(--s3)' }}>
        <Person person={member} size="large" />
        <div className="grow">
          <div className="member-who">
            <button
              type="button"
              className="member-name strong cut"
              aria-label={MEMBERS.open(displayName)}
              onClick={() => open(isOpen ? undefined : id)}
            >
              {displayName}
            </button>
            {me ? <span className="you">{PEOPLE.you}</span> : null}
          </div>
          <div className="meta cut">{metaOf(member, members)}</div>
        </div>
      </div>
      <span role="cell">
        <MemberRole space={space} member={member} mine={mine} />
        {member.untilEpoch === undefined ? null : (
          <span className="meta detail" data-testid="role-until">
            {untilText(space, member.untilEpoch)}
          </span>
        )}
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

/** "Here now · let in by Ada". */
function metaOf({ here, lastHeardMs, letInBy, me }: Member, members: readonly Member[]): string {
  const seen =
    lastHeardMs === undefined ? PEOPLE.notSeen : PEOPLE.lastHere(moment(lastHeardMs, Date.now()));
  const by = members.find((other) => other.id === letInBy)?.displayName;
  const when = me || here ? PEOPLE.hereNow : seen;
  return by === undefined ? when : `${when} · ${MEMBERS.letInBy(by)}`;
}

/** The role of somebody, to be changed by who may. */
export function MemberRole(props: {
  readonly space: Space;
  readonly member: Member;
  readonly mine: Role;
}): ReactElement {
  const { member, mine, space } = props;
  const { displayName: name, id, me, role, untilEpoch } = member;
  const { busy, run } = useRightsAct();
  const [isForAWhile, setForAWhile] = useState(false);
  const [asked, setAsked] = useState<Role | undefined>(undefined);
  const change = (next: Role, isMeant = false): void => {
    setAsked(undefined);
    if (next === role && untilEpoch === undefined) return;
    void run(async () => {
      if (!isMeant && showsMore(await space.rights.whatCan(id), next)) {
        setAsked(next);
        return undefined;
      }
      const { role: now, stays } = await space.rights.setRole({ member: id }, next);
      const word = ROLES[now ?? next].name.toLowerCase();
      if (stays.length === 0) return MEMBERS.changed(name, word);
      return MEMBERS.stays(name, word, stays.map(({ displayName }) => displayName).join(', '));
    });
  };
  const label = MEMBERS.roleOf(name, ROLES[role].name);
  return (
    <>
      <RoleMenu
        {...{ role, label, mine, busy }}
        onRole={(next) => change(next)}
        {...(me ? {} : { onForAWhile: () => setForAWhile(true) })}
      />
      {isForAWhile ? (
        <ForAWhile {...{ space, member, mine }} onClose={() => setForAWhile(false)} />
      ) : null}
      {asked === undefined ? null : (
        <ShowsAllDialog
          {...{ name, role: asked }}
          onYes={() => change(asked, true)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

function worksUntil({ uses, way }: HostInvitation, untilMs: number): string {
  const when = moment(untilMs, Date.now());
  return uses > 1 || way === 'ask' ? PEOPLE.worksTill(when) : PEOPLE.worksUntil(when);
}

function OpenInvitation(props: {
  readonly invitation: HostInvitation;
  readonly onOpen: () => void;
}): ReactElement {
  const { invitation } = props;
  const state = useInvitation(invitation);
  const contacts = useLive(useClient().halo.contacts.list);
  const forName = contacts.find(({ id }) => id === invitation.for)?.displayName;
  return (
    <li data-testid="open-invitation">
      <span className="device-icon">
        <Icon name="link" />
      </span>
      <div className="grow">
        <div>{PEOPLE.invitation(ROLES[invitation.role].name.toLowerCase())}</div>
        <div className="meta">
          {[
            kindOf(invitation, forName),
            ...(invitation.withoutHistory ? [INVITE.withoutHistory] : []),
            ...('expiresAtMs' in state ? [worksUntil(invitation, state.expiresAtMs)] : []),
            ...('admitted' in state && state.admitted > 0 ? [PEOPLE.joined(state.admitted)] : []),
          ].join(' · ')}
        </div>
      </div>
      <Button onClick={props.onOpen}>{PEOPLE.open}</Button>
      <Button kind="danger" onClick={() => invitation.cancel()}>
        {PEOPLE.cancel}
      </Button>
    </li>
  );
}
