/** Said above the content where it is not the present of an ordinary space: a branch, or the past. */
import type { Space } from '@atoll/client';
import { useDatabase, useLive, useSpaces } from '@atoll/react';
import type { ReactElement } from 'react';
import { PlaceLink, useNavigation } from '../app/navigation.tsx';
import { moment } from '../copy/general.ts';
import { BRANCHES, PAST, VERSIONS } from '../copy/time.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useOriginOf } from './branches.ts';
import { pointWords } from './point.ts';

/** Over the past: which moment it is, what differs, and the way back to now. */
export function PastNotice(props: { readonly space: Space; readonly was: string }): ReactElement {
  const { space, was } = props;
  const { leavePast } = useNavigation();
  const when = useDatabase(space, () => pointWords(space, was, Date.now()), [was]);
  return (
    <div className="notices" data-testid="past-notice">
      <NoteLine kind="info" icon="clock" what={PAST.title(when)} means={PAST.means}>
        <PlaceLink
          className="button plain"
          to={{ at: 'space', space: space.id, view: { on: 'versions', since: was } }}
        >
          {VERSIONS.since}
        </PlaceLink>
        <Button kind="primary" onClick={leavePast}>
          {PAST.leave}
        </Button>
      </NoteLine>
    </div>
  );
}

/** True if a space is a branch. */
export function useIsBranch(space: Space): boolean {
  return useDatabase(space, () => space.history.branchOrigin() !== undefined);
}

/** In a branch: of what, and the way to the merge. */
export function BranchNotice({ space }: { readonly space: Space }): ReactElement {
  useSpaces();
  const origin = useOriginOf(space);
  if (origin !== undefined) return <OfOrigin space={space} origin={origin} />;
  return (
    <div data-testid="branch-notice">
      <NoteLine kind="info" icon="branch" what={BRANCHES.orphan} means={BRANCHES.orphanMeans} />
    </div>
  );
}

function OfOrigin(props: { readonly space: Space; readonly origin: Space }): ReactElement {
  const { space, origin } = props;
  const { place } = useNavigation();
  const name = useLive(origin.name);
  const isOpen = useLive(origin.state) === 'open';
  const isMerging = place.at === 'space' && place.view.on === 'merge';
  return (
    <div data-testid="branch-notice">
      {isOpen ? <Merged space={space} origin={origin} /> : null}
      <NoteLine
        kind="info"
        icon="branch"
        what={BRANCHES.inBranch(name)}
        means={BRANCHES.inBranchMeans}
      >
        {isMerging ? null : (
          <PlaceLink
            className="button plain"
            to={{ at: 'space', space: space.id, view: { on: 'merge' } }}
          >
            {BRANCHES.compare}
          </PlaceLink>
        )}
      </NoteLine>
    </div>
  );
}

function Merged(props: { readonly space: Space; readonly origin: Space }): ReactElement | null {
  const { space, origin } = props;
  const name = useLive(origin.name);
  const mergedMs = useDatabase(origin, () => origin.history.mergedMs(space.id), [space]);
  if (mergedMs === undefined) return null;
  return (
    <NoteLine
      kind="ok"
      what={BRANCHES.merged(name, moment(mergedMs, Date.now()))}
      means={BRANCHES.mergedMeans}
    />
  );
}
