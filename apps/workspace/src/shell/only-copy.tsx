/** Said where nobody but this browser has what is in a space, and the browser may clear it. */
import type { Space, SpaceStatus } from '@atoll/client';
import { useEffect, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { SAVE } from '../copy/keep.ts';
import { FRAME } from '../copy/workspace.ts';
import { SETTINGS } from '../copy/workspace.ts';
import { useKept } from '../settings/use-kept.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** Time for a server or somebody else to have everything. */
const ALONE_MS = 20_000;

/** Since when a space is only here, by its id: views come and go meanwhile. */
const sinceMs = new Map<string, number>();
/** Spaces of which it was said, and answered with "Later": not said again before the next start. */
const later = new Set<string>();

/** True once nobody else has had everything of a space for a while. */
export function useOnlyHere(space: Space, status: SpaceStatus): boolean {
  const { id } = space;
  const isOnly = isOnlyCopy(status);
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!isOnly) {
      sinceMs.delete(id);
      setLasted(false);
      return undefined;
    }
    const since = sinceMs.get(id) ?? Date.now();
    sinceMs.set(id, since);
    const timer = setTimeout(() => setLasted(true), since + ALONE_MS - Date.now());
    return () => clearTimeout(timer);
  }, [id, isOnly]);
  return isOnly && lasted;
}

/** True if no server and no device that is reached has everything. */
function isOnlyCopy({ mailbox, peers }: SpaceStatus): boolean {
  return mailbox !== 'has-everything' && !peers.some((peer) => peer.upToDate);
}

/** The line; nothing where the browser keeps it, or does not say. */
export function OnlyCopy({ space }: { readonly space: Space }): ReactElement | null {
  const [kept, ask] = useKept();
  const { lay } = useNavigation();
  const [answer, setAnswer] = useState<'none' | 'refused' | 'later'>(() =>
    later.has(space.id) ? 'later' : 'none',
  );
  if (kept.isKept !== false || answer === 'later') return null;
  return (
    <NoteLine
      kind="warn"
      what={FRAME.onlyCopy}
      means={answer === 'refused' ? FRAME.onlyCopyRefused : FRAME.onlyCopyMeans}
      live
    >
      <Button onClick={() => lay('save-space')}>{SAVE.menu}</Button>
      {answer === 'refused' ? null : (
        <Button onClick={() => void ask().then((is) => setAnswer(is ? 'none' : 'refused'))}>
          {SETTINGS.keep}
        </Button>
      )}
      <Button
        kind="quiet"
        onClick={() => {
          later.add(space.id);
          setAnswer('later');
        }}
      >
        {FRAME.later}
      </Button>
    </NoteLine>
  );
}
