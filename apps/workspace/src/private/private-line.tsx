/** A lock, and who reads, on a private object. */
import type { Space, Zone } from '@atoll/client';
import { useMembers, useZoneOf } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { PRIVATE } from '../copy/private.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { zoneWords } from './private-words.ts';
import { ReadersDialog } from './readers-dialog.tsx';

/** Below the title of a private object; nothing for what all members read. */
export function PrivateLine(props: {
  readonly space: Space;
  readonly object: string;
}): ReactElement | null {
  const { object, space } = props;
  const zone = useZoneOf(space, object);
  return zone === undefined ? null : <Line space={space} zone={zone} />;
}

function Line({ space, zone }: { readonly space: Space; readonly zone: Zone }): ReactElement {
  const members = useMembers(space);
  const [open, setOpen] = useState(false);
  return (
    <div className="private-line" data-testid="private-line">
      <Icon name={zone.isOpen ? 'edit' : 'lock'} />
      <span className="grow">{zoneWords(zone, members)}</span>
      <Button kind="quiet" onClick={() => setOpen(true)}>
        {zone.myRole === 'owner' ? PRIVATE.change : PRIVATE.look}
      </Button>
      {open ? <ReadersDialog space={space} zone={zone.id} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}
