/** What a database is told of other spaces. */
import type { ObjectId, SpaceId } from '@atoll/kernel';
import type { RefState } from '@atoll/schema';

/** How refs into other spaces find their targets. */
export interface SpaceDirectory {
  /** An object of another space, and if it is not at hand, why. */
  resolve(space: SpaceId, id: ObjectId): { readonly target: unknown; readonly state: RefState };
}
