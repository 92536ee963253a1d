/** What work in the background for one space needs, whatever it does. */
import type { Clock, Log } from '@atoll/kernel';
import type { Mesh } from '@atoll/mesh';
import type { SpacePlace } from './space-place.ts';

/** See above. */
export interface SpaceWork {
  readonly place: SpacePlace;
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly log: Log;
  /** One window or process of a profile works: true while it is this one. */
  readonly isKeeper: () => boolean;
  readonly signal: AbortSignal;
}
