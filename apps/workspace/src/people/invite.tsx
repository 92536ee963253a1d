/** Inviting: the dialog opens ready; closing it leaves the invitation open. */
import type { HostInvitation, InviteOptions, Role, Space } from '@atoll/client';
import { useClient, useInvitation, useLive, useMembers } from '@atoll/react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { DONE, ROLES } from '../copy/general.ts';
import { INVITE } from '../copy/invitations.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { InviteState } from './invite-state.tsx';
import { LinkAndDigits } from './link-and-digits.tsx';
import { rolesToGive } from './role-menu.tsx';

const USUAL_LENGTH = INVITE.lengths[1];

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
  const [role, setRole] = useState<Role>(props.invitation?.role ?? 'writer');
  const [length, setLength] = useState(USUAL_LENGTH);
  const [kind, setKind] = useState<Kind | undefined>(
    props.invitation === undefined ? INVITE.kinds[0] : undefined,
  );
  const may = myRole === 'admin' || myRole === 'owner';
  const make = useMade(
    may ? () => space.invite({ role, ...(length && { expiresInMs: length.ms }) }) : undefined,
    props.invitation ?? openInvitation(space),
  );
  const change = (nextRole: Role, nextLength: typeof length, nextKind = kind): void => {
    setRole(nextRole);
    setLength(nextLength);
    setKind(nextKind);
    make.again(() =>
      space.invite({
        role: nextRole,
        ...(nextLength && { expiresInMs: nextLength.ms }),
        ...(nextKind && optionsOf(nextKind)),
      }),
    );
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
            role={role}
            roles={rolesToGive(myRole)}
            length={length}
            chosen={kind}
            onKind={(next) => change(role, length, next)}
            onRole={(next) => change(next, length)}
            onLength={(next) => change(role, next)}
            onAgain={() => change(role, length)}
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
  const hasDigits = state.at === 'waiting' || state.at === 'opened' || state.at === 'checking';
  return (
    <>
      {hasDigits || state.at === 'wrong-digits' ? (
        <LinkAndDigits
          kind={invitation.kind}
          url={invitation.url}
          digits={hasDigits && state.digits !== '' ? state.digits : undefined}
          hint={hintOf(invitation)}
          forMs={state.expiresAtMs - Date.now()}
        />
      ) : null}
      <InviteState invitation={invitation} state={state} />
    </>
  );
}

/** What the link does, of an invitation that is more than for one guest with digits. */
function hintOf({ delegated, kind, uses, way }: HostInvitation): string | undefined {
  if (kind === 'device') return undefined;
  if (way === 'ask') return INVITE.askHint;
  if (uses > 1) return INVITE.severalHint(uses);
  return delegated ? INVITE.sharedHint : undefined;
}

/** Kinds of invitations as people choose them. */
type Kind = (typeof INVITE.kinds)[number];

function optionsOf({ options }: Kind): InviteOptions {
  return options;
}

type Length = (typeof INVITE.lengths)[number] | undefined;

function Footer(props: {
  readonly invitation: HostInvitation;
  readonly role?: Role;
  /** Those that may be given. */
  readonly roles?: readonly Role[];
  readonly length?: Length;
  readonly chosen?: Kind | undefined;
  readonly onKind?: (kind: Kind) => void;
  readonly onRole?: (role: Role) => void;
  readonly onLength?: (length: Length) => void;
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
      <Choices {...props} />
      <span className="grow" />
      <Button kind="danger" onClick={() => invitation.cancel()}>
        {INVITE.cancel}
      </Button>
    </>
  );
}

function Choices(props: {
  readonly role?: Role;
  /** Those that may be given. */
  readonly roles?: readonly Role[];
  readonly length?: Length;
  readonly chosen?: Kind | undefined;
  readonly onKind?: (kind: Kind) => void;
  readonly onRole?: (role: Role) => void;
  readonly onLength?: (length: Length) => void;
}): ReactElement | null {
  const { role, roles = [], length, chosen, onRole, onLength, onKind } = props;
  if (role === undefined || onRole === undefined || onLength === undefined) return null;
  return (
    <>
      {chosen === undefined || onKind === undefined ? null : (
        <Menu
          trigger={
            <Button aria-label={`${INVITE.kind}: ${chosen.label}`}>
              {chosen.label}
              <Icon name="down" />
            </Button>
          }
          entries={INVITE.kinds.map((each) => ({
            label: each.label,
            detail: each.detail,
            chosen: each === chosen,
            onSelect: () => onKind(each),
          }))}
        />
      )}
      <span className="small ink-2">{INVITE.role}</span>
      <Menu
        trigger={
          <Button aria-label={`${INVITE.role}: ${ROLES[role].name}`}>
            {ROLES[role].name}
            <Icon name="down" />
          </Button>
        }
        entries={roles.map((each) => ({
          label: ROLES[each].name,
          detail: ROLES[each].can,
          chosen: each === role,
          onSelect: () => onRole(each),
        }))}
      />
      <Menu
        trigger={
          <Button aria-label={`${INVITE.length}: ${length?.label ?? ''}`}>
            {length?.label}
            <Icon name="down" />
          </Button>
        }
        entries={INVITE.lengths.map((each) => ({
          label: each.label,
          chosen: each === length,
          onSelect: () => onLength(each),
        }))}
      />
    </>
  );
}

/** An invitation that waits already, so that opening the dialog again makes no second one. */
function openInvitation(space: Space): HostInvitation | undefined {
  return space.invitations
    .get()
    .filter(({ delegated, kind, role, uses, way }) => {
      const isUsual = way === 'digits' && uses === 1 && !delegated;
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
