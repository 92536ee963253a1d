/** Who was removed by whom, with the way back, and what waits for another owner to agree. */
import type { Removal, Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { moment } from '../copy/general.ts';
import { REMOVALS } from '../copy/members.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useRightsAct } from './use-rights-act.ts';

/** The section, if anybody was removed. */
export function Removals({ space }: { readonly space: Space }): ReactElement | null {
  const removals = useLive(space.rights.removals);
  if (removals.length === 0) return null;
  return (
    <section className="waiting" aria-label={REMOVALS.title} data-testid="removals">
      <h2>{REMOVALS.title}</h2>
      <ul className="rows">
        {removals.map((removal) => (
          <Row key={removal.id} space={space} removal={removal} />
        ))}
      </ul>
    </section>
  );
}

function Row(props: { readonly space: Space; readonly removal: Removal }): ReactElement {
  const { removal, space } = props;
  const { atMs, by, id, kind, mayAgree, mayRestore, purge, who } = removal;
  const { busy, run } = useRightsAct();
  const names = who.map(({ displayName }) => displayName).join(', ');
  const when = moment(atMs, Date.now());
  return (
    <li data-testid="removal">
      <span className="device-icon">
        <Icon name="leave" />
      </span>
      <div className="grow">
        <div className="strong">{names}</div>
        <div className="meta">
          {kind === 'left' ? REMOVALS.left(when) : REMOVALS.by(by.displayName, when)}
          {purge === undefined ? null : ` · ${REMOVALS[purge]}`}
        </div>
      </div>
      {mayAgree ? (
        <Button
          aria-busy={busy}
          onClick={() =>
            void run(async () => {
              await space.rights.agree(id);
              return REMOVALS.agreedDone;
            })
          }
        >
          {REMOVALS.agree}
        </Button>
      ) : null}
      {mayRestore ? (
        <Button
          aria-busy={busy}
          onClick={() =>
            void run(async () => {
              await space.rights.restore(id);
              return REMOVALS.restored(names);
            })
          }
        >
          {REMOVALS.restore}
        </Button>
      ) : null}
    </li>
  );
}
