/** Where others are in one field of an object, for editors. */
import type { Space } from '@atoll/client';
import { usePresence } from '@atoll/react';
import { useMemo } from 'react';

/** Another one's place, as both editors take it. */
export interface OthersCursor {
  readonly id: string;
  readonly name: string;
  readonly hue: number;
  readonly selection: readonly [anchor: string, head: string];
}

/** The cursors of others; the same array as long as nobody moves. */
export function useRemoteCursors(
  space: Space,
  object: string,
  field: string,
): readonly OthersCursor[] {
  const entries = usePresence(space);
  return useMemo(
    () =>
      entries.flatMap(({ state, member, device, displayName, hue }): OthersCursor[] => {
        const { cursor } = state;
        if (state.object !== object || state.field !== field) return [];
        if (cursor === undefined || cursor === null) return [];
        return [{ id: `${member} ${device}`, name: displayName, hue, selection: cursor }];
      }),
    [entries, object, field],
  );
}
