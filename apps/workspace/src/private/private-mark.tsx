/** What lists show of private things: a lock on one's own, and a line that there are others. */
import type { Space } from '@atoll/client';
import { useMembers, useZones } from '@atoll/react';
import type { ReactElement } from 'react';
import { PARTS } from '../copy/private.ts';
import { Icon } from '../ui/icon.tsx';
import { readerNames, type Privacy } from './private-words.ts';

/** In a row of a list. */
export function PrivateMark({
  privacy,
}: {
  readonly privacy: Privacy | undefined;
}): ReactElement | null {
  if (privacy === undefined) return null;
  const { isOpen, words } = privacy;
  return (
    <span className="private-mark" role="img" aria-label={words} title={words}>
      <Icon name={isOpen ? 'edit' : 'lock'} />
    </span>
  );
}

/** At the end of a list: what lies here and cannot be read. */
export function UnreadLine({ space }: { readonly space: Space }): ReactElement | null {
  const members = useMembers(space);
  const closed = useZones(space).filter(
    ({ myRole, sealed }) => myRole === undefined && sealed.sections > 0,
  );
  if (closed.length === 0) return null;
  const count = closed.reduce((sum, { sealed }) => sum + sealed.sections, 0);
  const readers = [...new Set(closed.flatMap((zone) => zone.readers))];
  return (
    <p className="private-line unread" data-testid="unread">
      <Icon name="lock" />
      <span>
        {PARTS.unread(count)}. {PARTS.unreadBy(readerNames({ readers }, members))}
      </span>
    </p>
  );
}
