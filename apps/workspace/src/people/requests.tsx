/** Those who ask to be let into a space, for who controls it to decide. */
import type { JoinRequest, Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { moment, ROLES } from '../copy/general.ts';
import { INVITE } from '../copy/invitations.ts';
import { PEOPLE } from '../copy/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** The list; nothing while nobody asks. */
export function Requests({ space }: { readonly space: Space }): ReactElement | null {
  const requests = useLive(space.requests.list);
  const [failed, setFailed] = useState(false);
  if (requests.length === 0) return null;
  const answer = (said: Promise<void>): void => {
    setFailed(false);
    said.catch(() => setFailed(true));
  };
  return (
    <section className="waiting" data-testid="requests">
      <h2>{PEOPLE.asking}</h2>
      {failed ? <NoteLine kind="danger" what={PEOPLE.answerFailed} live /> : null}
      <ul className="rows">
        {requests.map((request) => (
          <Request
            key={request.id}
            request={request}
            onAgree={() => answer(space.requests.approve(request.id))}
            onRefuse={() => answer(space.requests.refuse(request.id))}
          />
        ))}
      </ul>
    </section>
  );
}

function Request(props: {
  readonly request: JoinRequest;
  readonly onAgree: () => void;
  readonly onRefuse: () => void;
}): ReactElement {
  const { askedAtMs, displayName, role, text, withoutHistory } = props.request;
  const since = PEOPLE.askingSince(moment(askedAtMs, Date.now()));
  return (
    <li data-testid="request">
      <span className="device-icon">
        <Icon name="link" />
      </span>
      <div className="grow">
        <div className="strong cut">{displayName}</div>
        {text === '' ? null : <div>{text}</div>}
        <div className="meta">
          {since} · {ROLES[role].name}
          {withoutHistory ? ` · ${INVITE.withoutHistory}` : ''}
        </div>
      </div>
      <Button kind="primary" onClick={props.onAgree}>
        {PEOPLE.agree}
      </Button>
      <Button kind="danger" onClick={props.onRefuse}>
        {PEOPLE.refuse}
      </Button>
    </li>
  );
}
