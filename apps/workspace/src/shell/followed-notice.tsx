/** Above a space that is only read by its public link: that it is, and when it is not public any more. */
import type { Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { FOLLOW } from '../copy/public.ts';
import { NoteLine } from '../ui/note-line.tsx';

/** See above. */
export function FollowedNotice({ space }: { readonly space: Space }): ReactElement {
  const { links } = useLive(space.publication.state);
  return links === 0 ? (
    <NoteLine kind="warn" what={FOLLOW.over} means={FOLLOW.overMeans} live />
  ) : (
    <NoteLine kind="info" what={FOLLOW.followed} means={FOLLOW.followedMeans} />
  );
}
