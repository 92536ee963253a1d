/** What the handle of a space is made of. */
import type { Database, SpaceDirectory } from '@atoll/echo';
import type { Engine } from './engine.ts';
import type { EngineNetwork } from './network.ts';
import type { PublicLinks } from './public/public-links.ts';
import type { SpacePlace } from './space-place.ts';
import type { SpaceRecordData } from './space-record.ts';

/** Given by whoever lists spaces. */
export interface HandleParts {
  readonly engine: Engine;
  readonly network: EngineNetwork;
  readonly place: SpacePlace;
  readonly name: string;
  /** See `Space.leave`. */
  readonly leave: (discard: boolean) => Promise<void>;
  /** Where refs into other spaces lead. */
  readonly directory: SpaceDirectory;
  /** Public links of this identity. */
  readonly links: PublicLinks;
  /** Objects of the private space, once it is open. */
  readonly halo: () => Database | undefined;
  /** What was kept of the space, for one that is not opened at once. */
  readonly record?: SpaceRecordData;
}
