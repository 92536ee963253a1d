/** What the main pane shows until a view is there. Like every page it has a heading, for whoever comes to it meanwhile. */
import type { ReactElement } from 'react';
import { FRAME } from '../copy/workspace.ts';
import { Skeleton } from '../ui/skeleton.tsx';

/** See above. */
export function Opening(): ReactElement {
  return (
    <>
      <h1 className="for-readers">{FRAME.home}</h1>
      <Skeleton says={FRAME.opening} />
    </>
  );
}
