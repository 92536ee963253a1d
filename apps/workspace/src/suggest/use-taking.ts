/** What the workspace brings so that what visitors suggest can be taken up. */
import type { DoorState, Space } from '@atoll/client';
import { useEffect } from 'react';
import { Note, Task } from '../data/workspace-types.ts';

/** Makes the types known of which suggestions are, also where the space has nothing of them yet. */
export function useTaking(space: Space): void {
  useEffect(() => {
    for (const type of [Note, Task]) space.db.register(type);
  }, [space]);
}

/** Whether there is anything to see of suggestions in a space. */
export function isSuggestedTo({ hidden, isOpen, items, mayModerate, own }: DoorState): boolean {
  if (isOpen || own.length > 0) return true;
  return mayModerate && (items.length > 0 || Object.keys(hidden).length > 0);
}
