/** Figures of an open space, for people and scripts. */
import type { Space } from './space.ts';
import type { SpaceFigures } from './space-ports.ts';

/** See {@link SpaceFigures}. */
export function figuresOf(space: Space): SpaceFigures {
  return {
    objects: space.database.count(),
    blocks: space.index.branches.blockCount,
    root: space.stateRoot(),
    members: space.authority.members().length,
  };
}
