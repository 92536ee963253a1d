/** The two ways to a state of the past: looking at it, and making it the present again. */
import type { Space } from '@atoll/client';
import type { ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { PlaceLink } from '../app/navigation.tsx';
import { UNDO } from '../copy/general.ts';
import { PAST, VERSIONS } from '../copy/time.ts';
import { useToast } from '../ui/toast.tsx';
import { failureWords } from './failure-words.ts';
import { parsePoint } from './point.ts';
import { undoLabelled } from './undo-labelled.ts';

/** The way into the past, to the tasks as they were. */
export function SeeLink(props: {
  readonly space: Space;
  readonly point: string;
  readonly label: string;
}): ReactElement {
  const { space, point } = props;
  return (
    <PlaceLink
      className="button plain"
      aria-label={props.label}
      to={{ at: 'space', space: space.id, view: { on: 'tasks', as: 'list' }, was: point }}
    >
      {VERSIONS.see}
    </PlaceLink>
  );
}

/** Makes the space what it was, and says what that did. */
export function useBringBack(space: Space): (point: string, name: string) => Promise<void> {
  const toast = useToast();
  return async (point, name) => {
    const label = VERSIONS.bringBackLabel(name);
    try {
      const { changed, forgotten } = await space.history.restoreSpace(parsePoint(point), { label });
      toast({
        text: VERSIONS.broughtBack(changed.length, forgotten.length),
        ...(changed.length === 0
          ? {}
          : { action: { label: UNDO, run: () => undoLabelled(space, label) } }),
      });
    } catch (failure) {
      toast({ text: failureWords(codeOf(failure), PAST.failed) });
    }
  };
}
