/**
 * Said where this device went on from an old copy of its profile while the others agreed on a state: that what
 * was written comes over, that it has, or that it has to be saved by hand.
 */
import type { EpochInfo, Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { APART } from '../copy/apart.ts';
import { SAVE } from '../copy/keep.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** How much of what came over was answered with "Got it", by space: not said again before the next start. */
const answered = new Map<string, number>();

/** True if there is something to say. */
export function useIsApart(space: Space): boolean {
  const { apart, brought } = useLive(space.epochs.status);
  return apart > 0 || brought > 0;
}

/** The line. */
export function ApartNotice({ space }: { readonly space: Space }): ReactElement | null {
  const status = useLive(space.epochs.status);
  const { lay } = useNavigation();
  const [seen, setSeen] = useState(() => answered.get(space.id) ?? 0);
  const at = placeOf(status, seen);
  if (at === undefined) return null;
  const { apart, brought } = status;
  return (
    <div data-testid="apart-notice">
      {at === 'coming' ? (
        <NoteLine kind="info" what={APART.coming(apart)} means={APART.comingMeans} live />
      ) : null}
      {at === 'stuck' ? (
        <NoteLine kind="warn" what={APART.stuck(apart)} means={APART.stuckMeans} live>
          <Button onClick={() => lay('save-space')}>{SAVE.menu}</Button>
        </NoteLine>
      ) : null}
      {at === 'came' ? (
        <NoteLine kind="ok" what={APART.came(brought - seen)} means={APART.cameMeans} live>
          <Button
            onClick={() => {
              answered.set(space.id, brought);
              setSeen(brought);
            }}
          >
            {APART.gotIt}
          </Button>
        </NoteLine>
      ) : null}
    </div>
  );
}

function placeOf(
  { apart, bringing, brought }: EpochInfo,
  seen: number,
): 'coming' | 'stuck' | 'came' | undefined {
  if (apart > 0) return bringing ? 'coming' : 'stuck';
  return brought > seen ? 'came' : undefined;
}
