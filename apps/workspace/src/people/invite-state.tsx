/** The line that says where an invitation stands. */
import type { HostInvitation, HostInvitationState } from '@atoll/client';
import type { ReactElement } from 'react';
import { INVITE, type Line } from '../copy/invitations.ts';
import { Button } from '../ui/button.tsx';
import type { IconName } from '../ui/icon.tsx';
import { NoteLine, type NoteKind } from '../ui/note-line.tsx';

interface Look {
  readonly kind: NoteKind;
  readonly icon?: IconName;
  readonly turning?: boolean;
  readonly line: Line;
  readonly code?: string;
}

/** The state of an invitation, spoken as it changes. */
export function InviteState(props: {
  readonly invitation: HostInvitation;
  readonly state: HostInvitationState;
}): ReactElement {
  const { invitation, state } = props;
  const { kind, icon, turning, line, code } = lookOf(invitation, state);
  return (
    <div data-testid="invite-state" data-state={state.at}>
      <NoteLine
        kind={kind}
        {...(icon === undefined ? {} : { icon })}
        turning={turning ?? false}
        what={line[0]}
        means={line[1]}
        code={code}
        live
      >
        {state.at === 'wrong-digits' ? (
          <Button onClick={() => invitation.newDigits()}>{INVITE.newDigits}</Button>
        ) : null}
      </NoteLine>
    </div>
  );
}

function lookOf(invitation: HostInvitation, state: HostInvitationState): Look {
  switch (state.at) {
    case 'waiting':
      return state.connected
        ? { kind: 'plain', icon: 'link', line: INVITE.waiting }
        : { kind: 'warn', line: INVITE.offline };
    case 'opened':
      return { kind: 'info', icon: 'busy', turning: true, line: INVITE.opened };
    case 'checking':
      return { kind: 'info', icon: 'busy', turning: true, line: INVITE.checking };
    case 'wrong-digits':
      return state.why === 'wrong'
        ? { kind: 'danger', line: INVITE.wrong }
        : { kind: 'warn', line: INVITE[state.why] };
    case 'closed':
      return { kind: 'danger', line: INVITE.closed };
    case 'joined':
      return {
        kind: 'ok',
        line:
          invitation.kind === 'device'
            ? INVITE.deviceJoined
            : INVITE.joined(state.who.displayName, invitation.role),
      };
    case 'ended':
      return {
        kind: 'warn',
        icon: 'clock',
        line: state.why === 'cancelled' ? INVITE.cancelled : INVITE.expired(state.atMs, Date.now()),
      };
    case 'failed':
      return { kind: 'danger', line: [INVITE.failed, ''], code: state.code };
  }
}
