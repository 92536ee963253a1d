/** Said where nobody but this browser has what is in a space, and the browser may clear it. */
import type { SpaceStatus } from '@atoll/client';
import { useState, type ReactElement } from 'react';
import { FRAME } from '../copy/workspace.ts';
import { SETTINGS } from '../copy/workspace.ts';
import { useKept } from '../settings/use-kept.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** True if no server and no device that is reached has everything. */
export function isOnlyCopy({ mailbox, peers }: SpaceStatus): boolean {
  return mailbox !== 'has-everything' && !peers.some((peer) => peer.upToDate);
}

/** The line; nothing where the browser keeps it, or does not say. */
export function OnlyCopy(): ReactElement | null {
  const [kept, ask] = useKept();
  const [answer, setAnswer] = useState<'none' | 'refused' | 'later'>('none');
  if (kept.isKept !== false || answer === 'later') return null;
  return (
    <NoteLine
      kind="warn"
      what={FRAME.onlyCopy}
      means={answer === 'refused' ? FRAME.onlyCopyRefused : FRAME.onlyCopyMeans}
      live
    >
      {answer === 'refused' ? null : (
        <Button onClick={() => void ask().then((is) => setAnswer(is ? 'none' : 'refused'))}>
          {SETTINGS.keep}
        </Button>
      )}
      <Button kind="quiet" onClick={() => setAnswer('later')}>
        {FRAME.later}
      </Button>
    </NoteLine>
  );
}
