/** What has to be said about a space above its content: reading only, coming back, receiving, a full device, a branch, an old copy. */
import type { OwnRemoval, Space, SpaceStatus } from '@atoll/client';
import { useClient, useLive, useMembers, useStatus } from '@atoll/react';
import { useEffect, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { useAct } from '../app/use-act.ts';
import { CONNECTION } from '../copy/connection.ts';
import { moment } from '../copy/general.ts';
import { LEAVE, LEFT } from '../copy/leave.ts';
import { REMOVED } from '../copy/members.ts';
import { FRAME } from '../copy/workspace.ts';
import { usePartsOf } from '../people/given-parts.tsx';
import { FollowedNotice } from './followed-notice.tsx';
import { OnlyCopy, useOnlyHere } from './only-copy.tsx';
import { ApartNotice, useApartNews } from './apart-notice.tsx';
import { BranchNotice, useIsBranch } from '../time/time-notices.tsx';
import { UncountedNotice } from '../time/uncounted.tsx';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { WordsNotice } from './words-notice.tsx';

/** Changes that are not on disk after this long are worth a word. */
const STUCK_MS = 8_000;

/** The notices of a space, if there are any. */
export function SpaceNotices({ space }: { readonly space: Space }): ReactElement {
  const status = useStatus(space);
  const name = useLive(space.name);
  const stuck = useLasting(!status.durable, STUCK_MS);
  const { receiving } = status;
  const alone = useOnlyHere(space, status);
  const removed = useLive(space.rights.removed);
  const isBranch = useIsBranch(space);
  const apart = useApartNews(space);
  const leaving = useLive(space.leaving);
  return (
    <div className="notices">
      <WordsNotice />
      {isBranch ? <BranchNotice space={space} /> : null}
      {leaving ? <Leaving space={space} /> : null}
      {space.isFollowed && receiving === undefined ? <FollowedNotice space={space} /> : null}
      {removed === undefined ? null : <Removed removal={removed} />}
      {apart === undefined ? null : <ApartNotice news={apart} />}
      <UncountedNotice space={space} />
      {stuck ? <NoteLine kind="danger" what={FRAME.full} means={FRAME.fullMeans} live /> : null}
      {alone ? <OnlyCopy key={space.id} space={space} /> : null}
      {removed === undefined && !space.isFollowed ? <MayDo space={space} status={status} /> : null}
      {receiving === undefined ? null : (
        <div className="pile" data-testid="receiving">
          <p className="small">
            <b>{name}</b> <span className="numbers">{CONNECTION.progress(receiving)}.</span>{' '}
            <span className="ink-2">{CONNECTION.progressMeans}</span>
          </p>
          <div
            className="progress"
            role="progressbar"
            aria-label={CONNECTION.receiving(name)}
            aria-valuemin={0}
            aria-valuemax={receiving.expected}
            aria-valuenow={receiving.received}
          >
            <span
              style={{
                width: `${String((100 * receiving.received) / Math.max(1, receiving.expected))}%`,
              }}
            />
          </div>
        </div>
      )}
    </div>
  );
}

/** This identity is not in the space any more: why, what that means, and what can be taken along. */
function Removed({ removal }: { readonly removal: OwnRemoval }): ReactElement {
  const { lay } = useNavigation();
  const means = removal.reason === 'used-up' ? REMOVED.usedUpMeans : REMOVED.means;
  return (
    <div data-testid="removed">
      <NoteLine kind="warn" icon="leave" what={removalWords(removal)} means={means} live>
        <Button onClick={() => lay('save-space')}>{REMOVED.save}</Button>
        <Button onClick={() => lay('leave-space')}>{REMOVED.leave}</Button>
      </NoteLine>
    </div>
  );
}

function removalWords({ atMs, by, reason }: OwnRemoval): string {
  if (by === undefined || atMs === undefined) return REMOVED.ended;
  const removed = by.displayName === '' ? REMOVED.unknown : REMOVED.what(by.displayName);
  const what = reason === 'used-up' ? REMOVED.usedUp(by.displayName) : removed;
  return `${what} (${moment(atMs, Date.now())}).`;
}

/** Another device has left the space. */
function Leaving({ space }: { readonly space: Space }): ReactElement {
  const { lay } = useNavigation();
  const { spaces } = useClient();
  const keep = useAct(() => LEFT.failed);
  const bringBack = async (): Promise<string> => {
    await spaces.bringBack(space.id);
    return LEFT.back(space.name.get());
  };
  return (
    <NoteLine kind="warn" what={keep.problem ?? LEAVE.leaving} means={LEAVE.leavingMeans} live>
      <Button disabled={keep.busy} onClick={() => void keep.run(bringBack)}>
        {LEAVE.keep}
      </Button>
      <Button onClick={() => lay('leave-space')}>{LEAVE.leave}</Button>
    </NoteLine>
  );
}

function useLasting(holds: boolean, ms: number): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!holds) {
      setLasted(false);
      return undefined;
    }
    const timer = setTimeout(() => setLasted(true), ms);
    return () => clearTimeout(timer);
  }, [holds, ms]);
  return lasted && holds;
}

/** What one may do here, where that is less than writing. */
function MayDo(props: {
  readonly space: Space;
  readonly status: SpaceStatus;
}): ReactElement | null {
  const { space, status } = props;
  const role = useLive(space.myRole);
  if (status.comingBack === true) {
    return <NoteLine kind="info" what={FRAME.comingBack} means={FRAME.comingBackMeans} live />;
  }
  // Before everything is here, it is not known yet.
  if (status.receiving !== undefined) return null;
  if (role === 'reader') return <ReadsOnly space={space} />;
  if (role !== 'commenter') return null;
  return <NoteLine kind="plain" what={FRAME.commenterTitle} means={FRAME.commenterMeans} />;
}

/** Said to who reads, and may change at most single things. */
function ReadsOnly({ space }: { readonly space: Space }): ReactElement {
  const me = useMembers(space).find((member) => member.me)?.id;
  const hasParts = usePartsOf(space, me).length > 0;
  const means = hasParts ? FRAME.readerParts : FRAME.readerMeans;
  return <NoteLine kind="plain" what={FRAME.readerTitle} means={means} />;
}
