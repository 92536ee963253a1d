/** What the epochs of a space need of it. */
import type { BranchIndex } from '@atoll/feed';
import type { SpaceAuthority, Statement } from '@atoll/halo';
import type {
  BlockHash,
  Clock,
  CredentialId,
  DeviceKey,
  Log,
  Rng,
  SpaceId,
  Store,
} from '@atoll/kernel';
import type { Database } from '../database.ts';
import type { SpaceIndex } from '../space/space-index.ts';
import type { EpochArchive } from './epoch-archive.ts';
import type { EpochBook } from './epoch-book.ts';
import type { EpochPolicy } from './epoch-pace.ts';

/** What epochs need of their space. */
export interface EpochParts {
  readonly index: SpaceIndex;
  readonly database: Database;
  /** Makes own blocks durable, so that they can be read. @throws StoreError. */
  readonly flush: () => Promise<void>;
  readonly space: SpaceId;
  readonly device: DeviceKey;
  /** Only one process of a device votes: the one with slot 0. */
  readonly mayVote: boolean;
  /** False for who was let in without history: what it reads is not all of the state. */
  readonly readsAll: () => boolean;
  readonly authority: SpaceAuthority;
  readonly archive: (book: EpochBook) => EpochArchive;
  /** Writes control statements as a block; with none, a block that only names what is known. Its hash. */
  readonly write: (statements: readonly Statement[], credential: CredentialId) => BlockHash;
  readonly ports: { readonly store: Store; readonly clock: Clock; readonly log: Log };
  /** Without one, epochs are only proposed when asked for, and what cannot be done at once is not tried again. */
  readonly policy?: EpochPolicy | undefined;
  readonly rng: Rng;
  /** Index of the log. */
  readonly replica: () => BranchIndex;
  /** Lets the space begin with the kept epoch when it is opened next. @throws StoreError. */
  readonly rebase: () => Promise<void>;
  /** Stretches that were written anew when epochs were adopted. */
  readonly carried: () => number;
  /** Blocks were let go: tries those again that wait for some. */
  readonly letGo: () => void;
  /** Puts the rows behind what is sealed. @throws SnapshotError; StoreError. */
  readonly adopt: () => Promise<void>;
  /** Lets that index learn the positions of what was written here. @throws StoreError. */
  readonly catchUp: () => Promise<unknown>;
}
