/** The branches of a space, and those that left the list. */
import type { Space } from '@atoll/client';
import { useDatabase, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { PlaceLink, useNavigation } from '../app/navigation.tsx';
import { moment, UNDO } from '../copy/general.ts';
import { LEAVE } from '../copy/leave.ts';
import { BRANCHES } from '../copy/time.ts';
import { LeaveSpace } from '../shell/leave-space.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useToast } from '../ui/toast.tsx';
import { putAside, takeOut, useBranchesOf } from './branches.ts';

/** The section "Branches". */
export function BranchList({ space }: { readonly space: Space }): ReactElement {
  const { lay } = useNavigation();
  const { aside, open } = useBranchesOf(space);
  return (
    <section aria-label={BRANCHES.section}>
      <div className="line section-head">
        <h2 className="grow">{BRANCHES.section}</h2>
        <Button icon="branch" onClick={() => lay('branch')}>
          {BRANCHES.try}
        </Button>
      </div>
      <p className="ink-2 section-lead">{BRANCHES.lead}</p>
      {open.length === 0 ? <p className="ink-3">{BRANCHES.none}</p> : null}
      {open.length === 0 ? null : (
        <ul className="rows">
          {open.map((branch) => (
            <OpenBranch key={branch.id} origin={space} branch={branch} />
          ))}
        </ul>
      )}
      {aside.length === 0 ? null : (
        <>
          <h3 className="section-sub">{BRANCHES.put}</h3>
          <p className="small ink-2 section-lead">{BRANCHES.putLead}</p>
          <ul className="rows">
            {aside.map((branch) => (
              <AsideBranch key={branch.id} origin={space} branch={branch} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface BranchProps {
  readonly origin: Space;
  readonly branch: Space;
}

function OpenBranch({ origin, branch }: BranchProps): ReactElement {
  const name = useLive(branch.name);
  const throwAway = useThrowAway();
  return (
    <li data-testid="branch">
      <Icon name="branch" />
      <div className="grow">
        <div className="strong">{name}</div>
        <Merged origin={origin} branch={branch} />
      </div>
      <PlaceLink
        className="button plain"
        aria-label={`${BRANCHES.open}: ${name}`}
        to={{ at: 'space', space: branch.id, view: { on: 'tasks', as: 'list' } }}
      >
        {BRANCHES.open}
      </PlaceLink>
      <PlaceLink
        className="button plain"
        aria-label={`${BRANCHES.compare}: ${name}`}
        to={{ at: 'space', space: branch.id, view: { on: 'merge' } }}
      >
        {BRANCHES.compare}
      </PlaceLink>
      <Button
        kind="quiet"
        aria-label={`${BRANCHES.throwAway}: ${name}`}
        onClick={() => void throwAway(branch)}
      >
        {BRANCHES.throwAway}
      </Button>
    </li>
  );
}

function AsideBranch({ origin, branch }: BranchProps): ReactElement {
  const name = useLive(branch.name);
  const [isAsked, setIsAsked] = useState(false);
  return (
    <li data-testid="branch-aside">
      <Icon name="branch" />
      <div className="grow">
        <div>{name}</div>
        <Merged origin={origin} branch={branch} />
      </div>
      <Button
        icon="restore"
        aria-label={`${BRANCHES.takeOut}: ${name}`}
        onClick={() => void takeOut(branch)}
      >
        {BRANCHES.takeOut}
      </Button>
      <Button
        kind="danger"
        aria-label={`${LEAVE.forGood}: ${name}`}
        onClick={() => setIsAsked(true)}
      >
        {LEAVE.forGood}
      </Button>
      {isAsked ? <LeaveSpace space={branch} onClose={() => setIsAsked(false)} /> : null}
    </li>
  );
}

/** When it was merged, if it was. */
function Merged({ origin, branch }: BranchProps): ReactElement | null {
  const mergedMs = useDatabase(origin, () => origin.history.mergedMs(branch.id), [branch]);
  if (mergedMs === undefined) return null;
  return <div className="meta">{BRANCHES.mergedWhen(moment(mergedMs, Date.now()))}</div>;
}

/** Takes a branch out of the lists and offers the way back. */
export function useThrowAway(): (branch: Space) => Promise<void> {
  const toast = useToast();
  return async (branch) => {
    await putAside(branch);
    toast({
      text: BRANCHES.threwAway(branch.name.get()),
      action: { label: UNDO, run: () => void takeOut(branch) },
    });
  };
}
