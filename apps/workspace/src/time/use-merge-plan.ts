/** What a merge would do, looked up again after changes on either side. */
import type { MergeOutcome, Space } from '@atoll/client';
import { useClient } from '@atoll/react';
import { useEffect, useState } from 'react';
import { codeOf } from '../app/failure.ts';

/** What is known of it. */
export type MergePlan =
  | { readonly at: 'loading' }
  | { readonly at: 'ready'; readonly outcome: MergeOutcome }
  | { readonly at: 'failed'; readonly code: string | undefined };

/** Time after the last change before it is looked up again. */
const SETTLE_MS = 400;

/** See {@link MergePlan}. */
export function useMergePlan(branch: Space, origin: Space): MergePlan {
  const { spaces } = useClient();
  const [plan, setPlan] = useState<MergePlan>({ at: 'loading' });
  useEffect(() => {
    let isOver = false;
    let timer: number | undefined;
    const look = (): void => {
      spaces.merge(branch, { dryRun: true }).then(
        (outcome) => (isOver ? undefined : setPlan({ at: 'ready', outcome })),
        (failure: unknown) =>
          isOver ? undefined : setPlan({ at: 'failed', code: codeOf(failure) }),
      );
    };
    const later = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(look, SETTLE_MS);
    };
    const stops = [branch, origin].map((space) => space.db.onChange(later));
    look();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [spaces, branch, origin]);
  return plan;
}
