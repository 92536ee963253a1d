/**
 * What control sections say. One type for each kind of statement; the bytes are in statement-codec.ts and
 * spec/credentials.md. A statement proves only who signed it: whether it counts is the fold's decision.
 */
import type {
  BlockHash,
  Brand,
  CredentialId,
  DeviceKey,
  FeedKey,
  IdentityId,
  KeyId,
  SpaceId,
  ZoneId,
} from '@atoll/kernel';
import type { Level } from './access-level.ts';
import type { ProfileDetails } from './profile-details.ts';
import type { ClaimStatement } from './statements-claims.ts';
import type { InvitationId, InvitationStatement } from './statements-invitations.ts';
import type { GroupName } from './group-codec.ts';
import type { DeviceStatement } from './statements-devices.ts';
import type { PublicStatement } from './statements-public.ts';
import type { KeyNeed } from './statements-keys.ts';
import type { Zone } from './statements-zones.ts';

/** Bytes with a buffer of their own. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Name of an entry of an identity's log: the identity id for its genesis, else the hash of its body. */
export type IdentityEntry = Brand<string, 'IdentityEntry'>;

/** Begins a space; the hash of its body is the space id. Counts only in a block of the root identity. */
export interface SpaceGenesis {
  readonly kind: 'space-genesis';
  /** Holds `own` over the whole space, by the credential that follows from the space id. */
  readonly root: IdentityId;
  /** 16 random bytes. */
  readonly nonce: Bytes;
}

/** Begins an identity; the hash of its body is the identity id. Certifies itself. */
export interface IdentityGenesis {
  readonly kind: 'identity-genesis';
  /** Ed25519 and X25519 public keys that follow from the 24 words. */
  readonly recoverySigningKey: Bytes;
  readonly recoveryAgreementKey: Bytes;
  /** First device: Ed25519 key, and the X25519 key of its sessions. */
  readonly device: DeviceKey;
  readonly deviceAgreementKey: Bytes;
  /** 16 random bytes. */
  readonly nonce: Bytes;
  readonly recoverySignature: Bytes;
  readonly deviceSignature: Bytes;
}

/** Makes a further device act for an identity. Certifies itself together with the log before it. */
export interface DeviceAdmission {
  readonly kind: 'device-admission';
  readonly identity: IdentityId;
  /** Entry of the identity log that this one follows. */
  readonly previous: IdentityEntry;
  readonly device: DeviceKey;
  readonly deviceAgreementKey: Bytes;
  /** Ed25519 key that admits: another device's, or the recovery key. */
  readonly admittedBy: Bytes;
  /** Only a passkey has this device: it never votes, and whom it lets in it does not vouch for. */
  readonly isPasskey?: true;
  readonly admittingSignature: Bytes;
  readonly deviceSignature: Bytes;
}

/** Binds a feed key to a device. Counts only in the first block of that feed. */
export interface FeedAdmission {
  readonly kind: 'feed-admission';
  readonly space: SpaceId;
  readonly feed: FeedKey;
  /** 16 bytes; with space and feed key they hash to the `prev` of the feed's first block. */
  readonly incarnation: Bytes;
  /** 0 to 31. */
  readonly slot: number;
  readonly identity: IdentityId;
  readonly device: DeviceKey;
  readonly deviceSignature: Bytes;
  readonly feedSignature: Bytes;
}

/** Name of a team: 16 random bytes in hex. */
export type GroupId = Brand<string, 'GroupId'>;

/** To whom a grant gives its right. */
export type GrantSubject =
  | { readonly to: 'identity'; readonly identity: IdentityId }
  | { readonly to: 'group'; readonly group: GroupId }
  | { readonly to: 'anyone' };

/** What somebody must have for a grant to be in force. */
export interface GrantPremise {
  readonly subject: GrantSubject;
  readonly path: readonly Bytes[];
  readonly level: Level;
}

/** The right that a statement exercises. */
export interface Exercised {
  /** Must hold what the statement needs. */
  readonly parent: CredentialId;
  /** Memberships through which the author holds it, from the group that does downwards; mostly none. */
  readonly through: readonly CredentialId[];
}

/** Gives a right. Counts only in a block of the device that signed it. */
export interface Grant extends Exercised {
  readonly kind: 'grant';
  readonly space: SpaceId;
  readonly subject: GrantSubject;
  /** Ids from the space downwards; empty for the whole space. Members of a group are granted at its path. */
  readonly path: readonly Bytes[];
  readonly level: Level;
  readonly premise: GrantPremise | undefined;
  /** Number of the epoch with which it ends; 0 for never. */
  readonly until: number;
  /** The invitation by which somebody is let in: it counts for so many as that says, the senior ones. */
  readonly invitation?: InvitationId | undefined;
  /** Whom it lets in is not given the keys of what was written before. */
  readonly withoutHistory?: true | undefined;
  /** Gives the root of the space to somebody else, for good, once an epoch has settled it. */
  readonly isHandover?: true | undefined;
  /** 16 random bytes: the same right given twice is two credentials. */
  readonly nonce: Bytes;
  readonly issuer: IdentityId;
  readonly device: DeviceKey;
  readonly signature: Bytes;
}

/**
 * Ends what a subject has at a path and below, as far as it is junior to the right exercised and its grant
 * does not know of this. What the cut names stays, and all that stands before it, and what its own block knows.
 */
export interface Revocation extends Exercised {
  readonly kind: 'revocation';
  readonly space: SpaceId;
  readonly subject: GrantSubject;
  readonly path: readonly Bytes[];
  /** Ends only what follows from this credential: whom somebody let in goes with him, as far as he was. */
  readonly under: CredentialId | undefined;
  /** Takes away also what its author had seen, once somebody no junior agrees or an epoch has it so. */
  readonly isPurge: boolean;
  /** Ends nothing in closed zones: what somebody has there is not from whoever gives him less over the space. */
  readonly keepsZones: boolean;
  /** Last blocks that stay, ascending by feed. */
  readonly cut: readonly { readonly feed: FeedKey; readonly end: BlockHash }[];
}

/** Takes a revocation back, or agrees with a purge. */
export interface RevocationRemark extends Exercised {
  readonly kind: 'revocation-remark';
  readonly space: SpaceId;
  readonly says: 'withdrawn' | 'agreed';
  /** The revocation: its block, and its place among that block's control statements. */
  readonly block: BlockHash;
  readonly index: number;
}

/** X25519 key to which keys of this space are sealed for an identity. May be presented by anyone. */
export interface ReadingKey {
  readonly kind: 'reading-key';
  readonly space: SpaceId;
  readonly identity: IdentityId;
  readonly device: DeviceKey;
  /** The greatest counter of an identity is current. */
  readonly counter: number;
  readonly key: Bytes;
  readonly signature: Bytes;
}

/** One reader of a generation: an identity and the reading key its copy is sealed to. */
export interface Reader {
  readonly identity: IdentityId;
  readonly key: Bytes;
}

/** An earlier generation, with its secrets sealed under the new one. */
export interface PreviousGeneration {
  readonly generation: KeyId;
  readonly sealed: Bytes;
}

/** What keys are for: one zone, or the membership of the whole space. */
export type KeysOf = 'membership' | ZoneId;

/**
 * Makes a generation of keys; its hash is the generation's name. The reader list must equal the readers
 * at the block's causal past and the block itself.
 */
export interface Rotation {
  readonly kind: 'rotation';
  readonly space: SpaceId;
  readonly of: KeysOf;
  /** Commitments: [membership key, public posting key, posting key], or [content key, history key]. */
  readonly commitments: readonly Bytes[];
  /** Ascending by generation, at most 8. */
  readonly previous: readonly PreviousGeneration[];
  /** Ascending by identity. */
  readonly readers: readonly Reader[];
}

/** A generation's secrets, sealed to one reading key. Proves nothing: the opener compares commitments. */
export interface KeyCopy {
  readonly kind: 'key-copy';
  readonly generation: KeyId;
  readonly identity: IdentityId;
  /** X25519 key the copy is sealed to. */
  readonly readingKey: Bytes;
  readonly sealed: Bytes;
}

/** How the author wants to be shown in this space. The latest counts. */
export interface Profile {
  readonly kind: 'profile';
  readonly name: string;
  /** 1 to 7: one of the colours of people. */
  readonly colour: number;
}

/** Name of an epoch: the hash of its terms; all zero before the first. */
export type EpochId = Brand<string, 'EpochId'>;

/** A device that votes for an identity. */
export interface Voter {
  readonly identity: IdentityId;
  readonly device: DeviceKey;
}

/**
 * What an epoch says. Equal terms are one epoch, whoever proposes them in whatever ballot. The frontier is
 * the causal past of the anchor, the anchor included: no list of tips can differ from it.
 */
export interface EpochTerms {
  readonly space: SpaceId;
  /** Grows by one with each reset by the root's recovery key. */
  readonly era: number;
  /** From 1, one more than that of the epoch before. */
  readonly number: number;
  readonly previous: EpochId;
  readonly anchor: BlockHash;
  /** State roots of the zones that the proposer could read, ascending by zone. 32 bytes each. */
  readonly roots: readonly { readonly zone: ZoneId; readonly root: Bytes }[];
  /** Who votes about the next epoch, ascending by identity, then device. */
  readonly voters: readonly Voter[];
  /** Feeds that nothing is taken from any more behind this block, ascending by feed. */
  readonly retired: readonly { readonly feed: FeedKey; readonly end: BlockHash }[];
  /** Number of the epoch that began the list of deleted units that stands now; see `collection`. */
  readonly listedIn: number;
  /** True if the units listed by the epoch before are collected with this one. */
  readonly collects: boolean;
  /** Hash of what a snapshot holds besides the rows: tips with their contexts, and control statements. */
  readonly order: Bytes;
}

/** A voter's promise to acknowledge nothing below a ballot. What it has acknowledged is in its past. */
export interface EpochPromise {
  readonly kind: 'epoch-promise';
  readonly space: SpaceId;
  readonly previous: EpochId;
  readonly ballot: number;
}

/** An epoch put to the vote. Above ballot 0, promises of a majority are in the block's past. */
export interface EpochProposal {
  readonly kind: 'epoch-proposal';
  readonly ballot: number;
  readonly terms: EpochTerms;
}

/** A voter's acknowledgement: it has recomputed what it can read, and found the same. */
export interface EpochAcknowledgement {
  readonly kind: 'epoch-acknowledgement';
  readonly space: SpaceId;
  readonly previous: EpochId;
  readonly ballot: number;
  readonly epoch: EpochId;
}

/** An epoch without a vote, when the voters are gone: by the recovery key of the root identity. */
export interface EpochReset {
  readonly kind: 'epoch-reset';
  readonly terms: EpochTerms;
  /** Ed25519 key that follows from the words of the root identity. */
  readonly recoveryKey: Bytes;
  readonly signature: Bytes;
}

/**
 * A device is lost: its feeds, as far as they are known here, are not waited for any more from the next
 * epoch on. By somebody who controls the space, or by another device of the same identity.
 */
export interface EpochRetirement {
  readonly kind: 'epoch-retirement';
  readonly space: SpaceId;
  readonly device: DeviceKey;
}

/** A statement of a kind that this version does not know; kept as it is, and without effect here. */
export interface UnknownStatement {
  readonly kind: 'unknown';
  readonly tag: number;
  readonly bytes: Bytes;
}

/** Everything that this version can read in a control section. */
export type Statement =
  | SpaceGenesis
  | IdentityGenesis
  | DeviceAdmission
  | FeedAdmission
  | Grant
  | Revocation
  | RevocationRemark
  | ReadingKey
  | Rotation
  | KeyCopy
  | KeyNeed
  | Profile
  | ProfileDetails
  | EpochPromise
  | EpochProposal
  | EpochAcknowledgement
  | EpochReset
  | EpochRetirement
  | InvitationStatement
  | GroupName
  | ClaimStatement
  | DeviceStatement
  | Zone
  | PublicStatement
  | UnknownStatement;

/** Name of a kind of statement. */
export type StatementKind = Statement['kind'];

/** First byte of a statement. Numbers only grow; those without a type belong to later versions. */
export const STATEMENT_TAGS = {
  'space-genesis': 1,
  'identity-genesis': 2,
  'device-admission': 3,
  'feed-admission': 4,
  grant: 5,
  'reading-key': 6,
  rotation: 7,
  'key-copy': 8,
  profile: 9,
  'device-suspension': 10,
  'device-revocation': 11,
  'recovery-change': 12,
  revocation: 13,
  'root-handover': 14,
  endorsement: 15,
  'epoch-promise': 16,
  'epoch-proposal': 17,
  'epoch-acknowledgement': 18,
  'epoch-reset': 19,
  'epoch-retirement': 20,
  'revocation-remark': 21,
  'key-need': 22,
  zone: 23,
  'open-zone': 24,
  invitation: 25,
  'invitation-copy': 26,
  'invitation-end': 27,
  door: 30,
  moderation: 31,
  'group-name': 32,
  'attestation-revocation': 28,
  'attestation-withdrawal': 29,
  'device-countersignature': 33,
  'profile-details': 34,
} as const;

/** Bytes of nonces in statements. */
export const NONCE_BYTES = 16;
/** Slots of a device in a space: tabs and processes that write at once. */
export const SLOTS_MAX = 32;
/** Statements of one section: a joiner with all its devices and key copies fits many times. */
export const STATEMENTS_MAX = 1024;
/** Bytes of one statement: a rotation for {@link READERS_MAX} readers fits. */
export const STATEMENT_BYTES_MAX: number = 512 * 1024;
/** Readers of a generation. */
export const READERS_MAX = 4096;
/** Generations that one rotation may follow: removals that happened at once. */
export const PREVIOUS_MAX = 8;
/** Bytes of a sealed generation: two keys of 32 bytes, an overhead below 100, room for a wider algorithm. */
export const SEALED_KEYS_BYTES_MAX = 4096;
/** Bytes of a display name in UTF-8. */
export const NAME_BYTES_MAX = 256;
/** Colours of people. */
export const COLOURS = 7;
/** Ids in the path of a grant; the space, an object, and fields nested in it. */
export const PATH_MAX = 16;
/** Memberships through which a right is exercised: groups within groups. */
export const THROUGH_MAX = 8;
/** Feeds that a cut names: 32 slots, and as many incarnations of each. */
export const CUT_MAX = 1024;
/** Voters of an epoch: all must answer for a majority, and each ballot waits for them. */
export const VOTERS_MAX = 256;
/** Zones whose roots an epoch names. */
export const EPOCH_ZONES_MAX = 1024;
/** Feeds that one epoch retires: devices lost since the last. */
export const RETIRED_MAX = 1024;
/** Ballots of one epoch number; one a minute would last a century. */
export const BALLOT_MAX = 0xffff_ffff;
