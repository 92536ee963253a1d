/** Settings of spaces that were left: which, and the way back. Nothing where there are none. */
import type { LeftSpace } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { PlaceLink } from '../app/navigation.tsx';
import { useAct, type Act } from '../app/use-act.ts';
import { dayOf } from '../copy/general.ts';
import { LEFT } from '../copy/leave.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** The section, with its heading. */
export function LeftSection(): ReactElement | null {
  const left = useLive(useClient().spaces.left);
  const act = useAct(() => LEFT.failed);
  if (left.length === 0) return null;
  return (
    <>
      <h2>{LEFT.heading}</h2>
      <p className="ink-2">{LEFT.intro}</p>
      {act.problem === undefined ? null : <NoteLine kind="danger" what={act.problem} live />}
      <div className="rows" data-testid="left-spaces">
        {left.map((space) => (
          <LeftRow key={space.id} {...{ act, space }} />
        ))}
        <PlaceLink to={{ at: 'devices' }}>
          <Icon name="laptop" />
          <div className="grow">
            <div>{LEFT.devices}</div>
            <div className="meta">{LEFT.notYou}</div>
          </div>
          <Icon name="right" />
        </PlaceLink>
      </div>
    </>
  );
}

function LeftRow({ act, space }: { readonly act: Act; readonly space: LeftSpace }): ReactElement {
  const { spaces } = useClient();
  const bringBack = async (): Promise<string> => {
    await spaces.bringBack(space.id);
    return LEFT.back(space.name);
  };
  return (
    <div data-testid="left-space">
      <Icon name="leave" />
      <div className="grow">
        <div className="cut">{space.name}</div>
        <div className="meta">{LEFT.on(dayOf(space.leftAtMs))}</div>
      </div>
      <Button
        aria-label={LEFT.bringBackName(space.name)}
        disabled={act.busy}
        onClick={() => void act.run(bringBack)}
      >
        {LEFT.bringBack}
      </Button>
    </div>
  );
}
