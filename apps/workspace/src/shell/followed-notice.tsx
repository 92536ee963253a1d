/** Above a space that is only read by its public link: that it is, and when it is not public any more. */
import type { Space } from '@atoll/client';
import { useDoor, useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { FOLLOW } from '../copy/public.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** See above. */
export function FollowedNotice({ space }: { readonly space: Space }): ReactElement {
  const { links } = useLive(space.publication.state);
  const { isOpen } = useDoor(space);
  const { go, place } = useNavigation();
  if (links === 0) return <NoteLine kind="warn" what={FOLLOW.over} means={FOLLOW.overMeans} live />;
  if (!isOpen) return <NoteLine kind="info" what={FOLLOW.followed} means={FOLLOW.followedMeans} />;
  const isThere = place.at === 'space' && place.view.on === 'suggestions';
  return (
    <NoteLine kind="info" what={FOLLOW.followed} means={FOLLOW.suggestMeans}>
      {isThere ? null : (
        <Button
          icon="comment"
          onClick={() => go({ at: 'space', space: space.id, view: { on: 'suggestions' } })}
        >
          {FOLLOW.suggest}
        </Button>
      )}
    </NoteLine>
  );
}
