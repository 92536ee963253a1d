/** The private circles of a space, among its members: one's own, and those of others. */
import type { Space, Zone } from '@atoll/client';
import { useMembers, useZones } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { PARTS } from '../copy/private.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { readerNames, writerNames } from './private-words.ts';
import { ReadersDialog } from './readers-dialog.tsx';

/** The section; nothing where there are none. */
export function PrivateParts({ space }: { readonly space: Space }): ReactElement | null {
  const zones = useZones(space);
  const [shown, setShown] = useState<string | undefined>(undefined);
  if (zones.length === 0) return null;
  return (
    <section className="waiting" aria-label={PARTS.title} data-testid="private-parts">
      <h2>{PARTS.title}</h2>
      <p className="ink-2 small">{PARTS.lead}</p>
      <ul className="rows">
        {zones.map((zone) => (
          <Row key={zone.id} space={space} zone={zone} onOpen={() => setShown(zone.id)} />
        ))}
      </ul>
      {shown === undefined ? null : (
        <ReadersDialog space={space} zone={shown} onClose={() => setShown(undefined)} />
      )}
    </section>
  );
}

function Row(props: {
  readonly space: Space;
  readonly zone: Zone;
  readonly onOpen: () => void;
}): ReactElement {
  const { onOpen, space, zone } = props;
  const members = useMembers(space);
  const { founder, myRole, sealed } = zone;
  const name = zone.name ?? PARTS.unreadName(founder.displayName);
  const isUnread = myRole === undefined && sealed.sections > 0;
  return (
    <li data-testid="private-part">
      <span className="device-icon">
        <Icon name={zone.isOpen ? 'edit' : 'lock'} />
      </span>
      <div className="grow">
        <div className="strong cut">{name}</div>
        <div className="meta">
          {zone.isOpen
            ? PARTS.openTo(writerNames(zone, members))
            : PARTS.readBy(readerNames(zone, members))}
          {zone.isFrozen ? ` · ${PARTS.frozen}` : ''}
          {isUnread ? ` · ${PARTS.unread(sealed.sections)}` : ''}
        </div>
      </div>
      <Button aria-label={PARTS.open(name)} onClick={onOpen}>
        {PARTS.button}
      </Button>
    </li>
  );
}
