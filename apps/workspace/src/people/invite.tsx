/** Inviting: the dialog opens ready; closing it leaves the invitation open. */
import type { HostInvitation, Space } from '@atoll/client';
import { useClient, useInvitation, useLive, useMembers } from '@atoll/react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { DONE } from '../copy/general.ts';
import { INVITE } from '../copy/invitations.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { InviteChoices } from './invite-choices.tsx';
import { InviteState } from './invite-state.tsx';
import { hintOf, optionsOf, USUAL_TERMS, type InviteTerms } from './invite-terms.ts';
import { LinkAndDigits } from './link-and-digits.tsx';
import { rolesToGive } from './role-menu.tsx';

/** The dialog that invites to a space. `invitation` shows one that is open already. */
export function Invite(props: {
  readonly space: Space;
  readonly invitation?: HostInvitation;
  readonly onClose: () => void;
}): ReactElement {
  const { space } = props;
  const name = useLive(space.name);
  const myRole = useLive(space.myRole);
  const members = useMembers(space);
  const contacts = useLive(useClient().halo.contacts.list);
  const outside = contacts.filter(({ id }) => !members.some((member) => member.id === id));
  const [terms, setTerms] = useState(USUAL_TERMS);
  const may = myRole === 'admin' || myRole === 'owner';
  const make = useMade(
    may ? () => space.invite(optionsOf(terms)) : undefined,
    props.invitation ?? openInvitation(space),
  );
  const change = (next: InviteTerms): void => {
    setTerms(next);
    make.again(() => space.invite(optionsOf(next)));
  };
  if (!may) {
    const admins = members.filter((m) => !m.me && (m.role === 'admin' || m.role === 'owner'));
    const names = new Intl.ListFormat(undefined, { type: 'disjunction' });
    return (
      <Dialog title={INVITE.title(name)} onClose={props.onClose} testId="invite-dialog">
        <NoteLine means={INVITE.noRight(names.format(admins.map((admin) => admin.displayName)))} />
      </Dialog>
    );
  }
  return (
    <Dialog
      wide
      title={INVITE.title(name)}
      onClose={props.onClose}
      testId="invite-dialog"
      footer={
        make.invitation === undefined ? undefined : (
          <Footer
            invitation={make.invitation}
            choices={
              // What is open already is what it is.
              props.invitation === undefined ? (
                <InviteChoices
                  terms={terms}
                  roles={rolesToGive(myRole)}
                  contacts={outside}
                  onChange={change}
                />
              ) : undefined
            }
            onAgain={() => change(terms)}
            onClose={props.onClose}
          />
        )
      }
    >
      {make.problem === undefined ? null : (
        <NoteLine kind="danger" what={INVITE.failed} code={make.problem} />
      )}
      {make.invitation === undefined ? null : (
        <Body key={make.invitation.code} invitation={make.invitation} />
      )}
    </Dialog>
  );
}

/** The dialog that adds a device of one's own. */
export function AddDevice(props: { readonly onClose: () => void }): ReactElement {
  const client = useClient();
  const make = useMade(() => client.halo.inviteDevice(), undefined);
  return (
    <Dialog
      wide
      title={INVITE.deviceTitle}
      describe={INVITE.deviceMeans}
      onClose={() => {
        make.invitation?.cancel();
        props.onClose();
      }}
      testId="invite-dialog"
      footer={
        make.invitation === undefined ? undefined : (
          <Footer
            invitation={make.invitation}
            onAgain={() => make.again(() => client.halo.inviteDevice())}
            onClose={props.onClose}
          />
        )
      }
    >
      {make.problem === undefined ? null : (
        <NoteLine kind="danger" what={INVITE.failed} code={make.problem} />
      )}
      {make.invitation === undefined ? null : (
        <Body key={make.invitation.code} invitation={make.invitation} />
      )}
    </Dialog>
  );
}

function Body({ invitation }: { readonly invitation: HostInvitation }): ReactElement {
  const state = useInvitation(invitation);
  const contacts = useLive(useClient().halo.contacts.list);
  const forName = contacts.find(({ id }) => id === invitation.for)?.displayName;
  const hasDigits = state.at === 'waiting' || state.at === 'opened' || state.at === 'checking';
  return (
    <>
      {hasDigits || state.at === 'wrong-digits' ? (
        <LinkAndDigits
          kind={invitation.kind}
          url={invitation.url}
          digits={hasDigits && state.digits !== '' ? state.digits : undefined}
          hint={hintOf(invitation, forName)}
          forMs={state.expiresAtMs - Date.now()}
        />
      ) : null}
      <InviteState invitation={invitation} state={state} />
    </>
  );
}

function Footer(props: {
  readonly invitation: HostInvitation;
  readonly choices?: ReactElement | undefined;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const { invitation } = props;
  const state = useInvitation(invitation);
  if (state.at === 'joined') {
    return (
      <>
        <span className="grow" />
        {invitation.kind === 'space' ? (
          <Button onClick={props.onAgain}>{INVITE.another}</Button>
        ) : null}
        <Button kind="primary" onClick={props.onClose}>
          {DONE}
        </Button>
      </>
    );
  }
  if (state.at === 'ended' || state.at === 'failed' || state.at === 'closed') {
    return (
      <>
        <span className="grow" />
        <Button kind="primary" onClick={props.onAgain}>
          {INVITE.makeNew}
        </Button>
      </>
    );
  }
  return (
    <>
      {props.choices}
      <span className="grow" />
      <Button kind="danger" onClick={() => invitation.cancel()}>
        {INVITE.cancel}
      </Button>
    </>
  );
}

/** An invitation that waits already, so that opening the dialog again makes no second one. */
function openInvitation(space: Space): HostInvitation | undefined {
  return space.invitations
    .get()
    .filter(({ delegated, kind, role, uses, way, withoutHistory }) => {
      const isUsual = way === 'digits' && uses === 1 && !delegated && !withoutHistory;
      return kind === 'space' && role === 'writer' && isUsual;
    })
    .findLast((invitation) => {
      const { at } = invitation.state.get();
      return at === 'waiting' || at === 'opened' || at === 'checking';
    });
}

interface Made {
  readonly invitation: HostInvitation | undefined;
  readonly problem: string | undefined;
  /** Makes another; one that nobody answered yet is cancelled. */
  readonly again: (make: () => Promise<HostInvitation>) => void;
}

function useMade(
  make: (() => Promise<HostInvitation>) | undefined,
  existing: HostInvitation | undefined,
): Made {
  const [invitation, setInvitation] = useState(existing);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const started = useRef(existing !== undefined);
  const run = (how: () => Promise<HostInvitation>): void => {
    setProblem(undefined);
    how().then(setInvitation, (failure: unknown) => setProblem(codeOf(failure) ?? ''));
  };
  useEffect(() => {
    if (started.current || make === undefined) return;
    started.current = true;
    run(make);
  });
  return {
    invitation,
    problem,
    again: (how) => {
      if (invitation?.state.get().at === 'waiting') invitation.cancel();
      setInvitation(undefined);
      run(how);
    },
  };
}
