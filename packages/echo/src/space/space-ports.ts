/** What a space takes from around it: its platform, and who writes. */
import type { IdentityLog, Profile } from '@atoll/halo';
import type {
  AeadPlatform,
  Agreer,
  Clock,
  Ed25519Platform,
  IdentityId,
  KeyPlatform,
  Keystore,
  Log,
  Rng,
  Signer,
  Store,
} from '@atoll/kernel';
import type { EpochPolicy } from '../epoch/epoch-pace.ts';
import { SpaceError } from './space-error.ts';
import type { SnapshotPolicy } from './space-snapshots.ts';

/** What a space takes from its platform. */
export interface SpacePorts {
  readonly store: Store;
  readonly keystore: Keystore;
  readonly rng: Rng;
  readonly clock: Clock;
  readonly ed25519: Ed25519Platform;
  readonly aead?: AeadPlatform;
  /** Seals new keys to many; absent: ours do. */
  readonly keys?: KeyPlatform;
  readonly log: Log;
}

/** Who writes here. */
export interface SpaceWriter {
  readonly identity: IdentityId;
  readonly identityLog: IdentityLog;
  readonly deviceSigner: Signer;
  /** Secret of the identity from which its reading keys follow, 32 bytes. */
  readonly haloSecret: Uint8Array;
  /** Those that took its place when a device was stopped: what is sealed to keys that follow from them is opened. */
  readonly laterSecrets?: () => readonly Uint8Array[];
  /** That of all these which no stopped device knows, if any is known to be that; absent: the last of them. */
  readonly secretOfNow?: () => Uint8Array | undefined;
  /** Pair of this device's sessions; present where keys are sealed to devices as well, in the private space. */
  readonly deviceAgreer?: Agreer;
  readonly profile: Omit<Profile, 'kind'>;
  /** Slot of this tab or process, 0 to 31. */
  readonly slot: number;
  /**
   * True for the one window of the profile that writes snapshots and votes, which must have opened the space
   * after the one before had ended; absent: that in slot 0.
   */
  readonly isKeeper?: boolean;
  /** False after an unclean end, a restore or an import: then a new feed is begun. */
  readonly mayContinue: boolean;
  /** Makes the mark durable that this session writes; called before each append, cheap after the first. */
  readonly beforeAppend: () => Promise<void>;
  /** When snapshots are written; absent: as often as pays. */
  readonly snapshots?: SnapshotPolicy;
  /** True where a session may end without closing, as pages do: then one is also written at rest. */
  readonly snapshotsAtRest?: boolean;
  /** Reads by a public link: no feed is opened, and nothing is written. */
  readonly isSilent?: boolean;
  /** When epochs are proposed by themselves; absent: never. */
  readonly epochs?: EpochPolicy;
}

/** Figures of a space, as `atoll space info` prints them. */
export interface SpaceFigures {
  readonly objects: number;
  readonly blocks: number;
  /** State root of the root zone, 32 bytes. */
  readonly root: Uint8Array;
  readonly members: number;
}

/** Why nothing can be written in a space. */
export function notWritable({ isSilent }: SpaceWriter): SpaceError {
  return isSilent === true
    ? new SpaceError('SPACE_READ_ONLY', 'who follows a public space reads it')
    : new SpaceError('SPACE_CLOSED', 'the space is not open for writing');
}

/** The secret of now, from which reading keys follow that may be stated; `undefined` as long as none may. */
export function currentSecret(writer: SpaceWriter): Uint8Array | undefined {
  const { haloSecret, laterSecrets, secretOfNow } = writer;
  return secretOfNow === undefined ? (laterSecrets?.().at(-1) ?? haloSecret) : secretOfNow();
}

/** True for the one window of a profile that does what only one may do. */
export function isKeeper({ isKeeper: is, slot }: SpaceWriter): boolean {
  return is ?? slot === 0;
}
