/** Spaces into which one has asked to be let, below the spaces that one has. */
import type { PendingJoin } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { PENDING } from '../copy/invitations.ts';
import { moment } from '../copy/general.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** The list; nothing while one waits for nobody. */
export function PendingJoins(): ReactElement | null {
  const pending = useLive(useClient().spaces.pending);
  if (pending.length === 0) return null;
  return (
    <ul className="pending" aria-label={PENDING.heading} data-testid="pending-joins">
      {pending.map((join) => (
        <Pending key={join.id} join={join} />
      ))}
    </ul>
  );
}

function Pending({ join }: { readonly join: PendingJoin }): ReactElement {
  const { askedAtMs, from, spaceName } = join;
  const state = useLive(join.state);
  return (
    <li data-testid="pending-join" data-state={state}>
      <Icon name={state === 'waiting' ? 'clock' : 'close'} />
      <span className="grow words-of-link">
        <span className="cut">{spaceName}</span>
        <span className="meta">{PENDING.states[state](from, moment(askedAtMs, Date.now()))}</span>
      </span>
      <IconButton
        icon="close"
        label={state === 'waiting' ? PENDING.cancel(spaceName) : PENDING.clear(spaceName)}
        onClick={() => void join.forget()}
      />
    </li>
  );
}
