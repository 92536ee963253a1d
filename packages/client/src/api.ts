/**
 * What applications hold in their hands: the client, its identity, spaces, invitations. Every changing
 * thing is a {@link Live}. Interfaces only, so that a screen or a hook can be tried without an engine.
 */
import type { AnyTypeDefinition, InstanceOf } from '@atoll/schema';
import type { Attestations, PresentOptions } from './attestations-api.ts';
import type { Blobs } from './blobs/api.ts';
import type { Contacts } from './contacts-api.ts';
import type { Door } from './contributions-api.ts';
import type { AnyObject, Database, Model, Query, QueryAcross, QueryForm } from './database.ts';
import type { BranchOptions, MergeChoice, MergeOutcome, SpaceHistory } from './history-api.ts';
import type {
  InvitationTraits,
  InvitationWay,
  InviteOptions,
  IssuedInvitations,
  JoinRequests,
  PendingJoin,
} from './invitations-api.ts';
import type { Devices } from './devices-api.ts';
import type { Live } from './live.ts';
import type { PersonLook, ProfileChange } from './profile-api.ts';
import type { Passkeys } from './passkeys-api.ts';
import type { Recovery } from './recovery-api.ts';
import type { SpaceRights } from './members-api.ts';
import type { Publication } from './public-api.ts';
import type { Zones } from './zones-api.ts';

/** What a member may do in a space; each includes those before it. */
export type Role = 'reader' | 'commenter' | 'writer' | 'admin' | 'owner';

/** Number of a person's colour: chosen, or else from the identity id. The same for everyone. */
export type Hue = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** How data travels to another device now. */
export type Path = 'direct' | 'relay' | 'tabs';

/** Everything of one profile: one identity on one device. */
export interface Client extends AsyncDisposable {
  readonly halo: Halo;
  readonly spaces: Spaces;
  readonly network: Network;
  /** Undo across all spaces; each space also has its own. */
  readonly undo: Undo;
  /** Code of custom data models. */
  readonly models: Models;
  /** True where the keys of this profile are under a passphrase. */
  readonly isProtected: boolean;
  /**
   * Puts the keys under another passphrase, or under none. Other windows and programs of the profile are locked by
   * it. Locking is closing the client: its keys go from memory with it. @throws ClientError `CLIENT_NO_PASSPHRASE`
   * where the platform has none; StoreError.
   */
  protect(passphrase: string | undefined): Promise<void>;
  /** Flushes, closes connections and the store. */
  close(): Promise<void>;
}

/** Code of custom data models, for all spaces. */
export interface Models {
  /** Makes it known to the spaces that are open and those that will be. @throws EchoError `ECHO_MODEL`. */
  register<State, Op, View>(model: Model<State, Op, View>): void;
}

/** The person or agent who uses this profile. */
export interface Identity extends PersonLook {
  readonly id: string;
  readonly displayName: string;
  readonly deviceKey: string;
}

/** Identity and devices. */
export interface Halo {
  /** The way back from 24 words, and what is kept for it. */
  readonly recovery: Recovery;
  /** Second ways to open this device, and back. */
  readonly passkeys: Passkeys;
  /** `undefined` until created or joined. */
  readonly identity: Live<Identity | undefined>;
  readonly devices: Devices;
  /** Creates the identity of a fresh profile. The 24 words are given out this once. */
  createIdentity(options: {
    readonly displayName: string;
    readonly deviceName?: string;
  }): Promise<{ readonly identity: Identity; readonly words: readonly string[] }>;
  /**
   * Changes how this identity is shown, on all its devices and in all its spaces. Durable when resolved.
   * @throws ClientError `CLIENT_PROFILE_LIMIT`, `CLIENT_PICTURE`.
   */
  updateProfile(change: ProfileChange): Promise<void>;
  /** People one keeps beyond a space. */
  readonly contacts: Contacts;
  /** What people say about each other. */
  readonly attestations: Attestations;
  /**
   * Signs in at a web service: the text that answers its challenge, good for this service, once, and a few
   * minutes. @throws HaloError `HALO_ORIGIN`, `HALO_CLAIM_LIMIT`; ClientError `CLIENT_NAMES_YOU`,
   * `CLIENT_UNKNOWN_ATTESTATION`.
   */
  present(options: PresentOptions): Promise<string>;
  /** Open invitations for devices of one's own. */
  readonly invitations: Live<readonly HostInvitation[]>;
  /** An invitation for a device of one's own: single use, 10 minutes. Durable when resolved. */
  inviteDevice(): Promise<HostInvitation>;
  /** On a fresh profile: makes this a device of the inviter's identity. */
  joinDevice(code: string): GuestInvitation;
}

/** The spaces of the identity, without its private one. */
export interface Spaces {
  readonly list: Live<readonly Space[]>;
  create(options: { readonly name: string }): Promise<Space>;
  get(id: string): Space | undefined;
  /**
   * A new space with a copy of a state, or of some objects, which knows where it grew from. It has members
   * and keys of its own; whoever may write the origin can merge it.
   */
  branch(origin: Space, options: BranchOptions): Promise<Space>;
  /**
   * Merges a branch into the space that it grew from, as one step of undo there; with `dryRun` only says
   * what it would do. What both sides changed is a conflict that `choice` decides; nothing is written while
   * one is open (`HISTORY_CONFLICTS`).
   */
  merge(
    branch: Space,
    options?: { readonly choice?: MergeChoice; readonly dryRun?: boolean },
  ): Promise<MergeOutcome>;
  /** Answers an invitation, given as code, as whole URL, or as a text with one in it. */
  join(code: string): GuestInvitation;
  /**
   * Follows a public space by its link, a code or an address: it is listed from then on, on all devices, until it is
   * left, and may be read. No member learns who follows. A space that is here already is given as it is.
   * @throws ClientError `CLIENT_LINK_ENDED`, `CLIENT_UNREACHABLE`, `CLIENT_NO_SERVER`; HaloError `HALO_NOT_A_LINK`.
   */
  follow(link: string): Promise<Space>;
  /** Spaces that were left, on whichever device, the newest first. Their names and keys stay in the private space. */
  readonly left: Live<readonly LeftSpace[]>;
  /**
   * Comes back to a space that was left, on all devices: without an invitation, for nobody was told, and whoever was
   * not removed meanwhile is a member still. What is in it comes from the others, or from a server that keeps it; what
   * nobody has any more stays away. Durable when resolved. @throws ClientError `CLIENT_UNKNOWN_SPACE`.
   */
  bringBack(id: string): Promise<Space>;
  /** Spaces into which this identity has asked to be let. */
  readonly pending: Live<readonly PendingJoin[]>;
  /**
   * Asks the same of every space, or of those that `within` names: `query(Task, (tasks) => tasks.where(…))`.
   * Follows spaces that come and go.
   */
  query<D extends AnyTypeDefinition>(
    type: D,
    ask?: (query: Query<InstanceOf<D>>) => Query<InstanceOf<D>>,
    options?: { readonly within?: readonly string[] },
  ): QueryAcross<InstanceOf<D>>;
  /** The same for a query as plain data. */
  queryForm(
    form: QueryForm,
    options?: { readonly within?: readonly string[] },
  ): QueryAcross<AnyObject>;
  /**
   * Brings a space back from {@link Space.export}'s bytes, or what of it is missing here. Everything in it
   * is verified as if a peer had sent it. @throws ClientError `CLIENT_ARCHIVE_DAMAGED`,
   * `CLIENT_ARCHIVE_LOCKED`, `CLIENT_ARCHIVE_PASSPHRASE`.
   */
  import(
    archive: AsyncIterable<Uint8Array>,
    options?: { readonly passphrase?: string },
  ): Promise<ImportedSpace>;
}

/** A space that was left. */
export interface LeftSpace {
  readonly id: string;
  /** As it was called then. */
  readonly name: string;
  /** When it was left, as the device that has left it says. */
  readonly leftAtMs: number;
}

/** What came out of an archive. */
export interface ImportedSpace {
  readonly space: string;
  /** Blocks that were not here before. */
  readonly blocks: number;
  /** Log and state are the archive's exactly; false where more is here than it holds. */
  readonly same: boolean;
  /** Files that the archive holds and that are whole on this device now. */
  readonly files: number;
}

/**
 * Whether the objects of a space are at hand. A closed space receives and gives what others have or need:
 * it is opened for that when there is anything.
 */
export type SpaceState = 'closed' | 'opening' | 'open';

/** Why a space could not be opened. */
export interface SpaceProblem {
  /** Of the failure, mostly a StoreError or an EchoError. */
  readonly code: string;
  readonly message: string;
}

/**
 * A space with its objects, members and connection. Spaces that nobody uses are closed when there are many:
 * name, members, status and undo say then what was last known, and {@link Space.db} refuses. What takes a
 * promise opens the space by itself.
 */
export interface Space {
  readonly id: string;
  readonly state: Live<SpaceState>;
  /**
   * Set if the space could not be opened when that was last tried: it stays closed, listed as it was last known, and
   * nothing of it is changed or deleted. {@link Space.open} tries again.
   */
  readonly problem: Live<SpaceProblem | undefined>;
  /** Resolves when the space is open. Without {@link Space.hold} it may be closed when it is not used. */
  open(): Promise<void>;
  /** Opens the space and keeps it open. Returns the way to let it go. */
  hold(): () => void;
  readonly name: Live<string>;
  rename(name: string): void;
  /**
   * The objects. Another one each time the space was opened: ask for it when it is used.
   * @throws ClientError `CLIENT_SPACE_CLOSED` while the space is not open; it is being opened then.
   */
  readonly db: Database;
  readonly myRole: Live<Role>;
  readonly members: Live<readonly Member[]>;
  /** Roles, teams, removals: who may do what, and why. */
  readonly rights: SpaceRights;
  /** Whether everybody reads who has a link. */
  readonly publication: Publication;
  /** What people send who only follow the space, and what moderators decide. */
  readonly door: Door;
  /** True for a space that is only followed by its public link: it is read here, and nobody there knows by whom. */
  readonly isFollowed: boolean;
  /** Private parts, which only some members read. */
  readonly zones: Zones;
  readonly presence: Presence;
  readonly status: Live<SpaceStatus>;
  /** Open invitations that this program answers: those made on this device, and those that others have shared. */
  readonly invitations: Live<readonly HostInvitation[]>;
  /** Those who ask to be let in, and all open invitations that this device knows. */
  readonly requests: JoinRequests & IssuedInvitations;
  readonly undo: Undo;
  /** Files, which objects name in fields of the kind `s.blob()`. */
  readonly blobs: Blobs;
  /** What was, what differs from it, and the way back. */
  readonly history: SpaceHistory;
  readonly epochs: Epochs;
  /**
   * Makes an invitation; by default for one writer with six digits, within 24 hours. It outlives the program.
   * Durable when resolved. @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_INVITATION_TERMS`.
   */
  invite(options?: InviteOptions): Promise<HostInvitation>;
  /** Resolves when everything shown is durable on this device. */
  flush(): Promise<void>;
  /**
   * The space as one file: all signed blocks and the files that are here, sealed as they are. With a
   * passphrase the keys are in it, and whoever has both can read it; without, only members can use it.
   */
  export(options?: ExportOptions): AsyncIterable<Uint8Array>;
  info(): Promise<SpaceInfo>;
  /**
   * Leaves the space: everything of it goes from this device, and from the other devices of this identity
   * when they hear of it. Others keep what they have. A program that stops meanwhile goes on with it at the
   * next start; after a rejection the space is as it was. `discard`: also where something may be lost.
   * @throws ClientError `CLIENT_UNSENT_WORK` where it is not known that others have everything,
   * `CLIENT_ONLY_MEMBER` where there are no others; StoreError.
   */
  leave(options?: { readonly discard?: boolean }): Promise<void>;
  /**
   * True where another device of this identity has left the space, while what was written here has not
   * reached anybody else. It goes as soon as it has, or with {@link Space.leave}.
   */
  readonly leaving: Live<boolean>;
}

/** What an archive of a space is to hold. */
export interface ExportOptions {
  /** Puts the keys in it, sealed under this. */
  readonly passphrase?: string;
  /** `false` leaves files out: objects, and the names of their files, are in it all the same. */
  readonly files?: boolean;
  /** Told at the end how many files are in it, and how many could not be since they are not here. */
  readonly onFiles?: (count: { readonly files: number; readonly missing: number }) => void;
}

/** Agreement of a space's admins on its state, before which history may be dropped. */
export interface Epochs {
  readonly status: Live<EpochInfo>;
  /**
   * Wishes for an epoch now instead of waiting until it pays. Resolves when this device has done its part;
   * it is sealed once more than half of the voters have answered. The wish is kept until then while the space is
   * open. @throws ClientError `CLIENT_NO_VOTE` where this device has none about the next epoch.
   */
  propose(): Promise<void>;
  /**
   * Drops the history under the current epoch from this device now, instead of when it has been there long
   * enough: the snapshot of the epoch stands for it from then on. Only if somebody else has the history, or
   * keeps the same snapshot. `olderThanMs`: only if the epoch was sealed so long ago; without it, as the
   * client was told (`ClientOptions.historyMs`, 90 days). @throws StoreError.
   */
  dropHistory(options?: { readonly olderThanMs?: number }): Promise<HistoryDropped>;
  /**
   * Says that a device is lost: what was deleted is then forgotten without waiting until it has heard of it.
   * By who controls the space, or another device of the same identity. If it comes back, what it wrote
   * meanwhile is kept: where that builds on what was forgotten, it is written anew beside. Durable when
   * resolved. @throws ClientError `CLIENT_UNKNOWN_DEVICE` for a device that has not written here.
   */
  retire(device: string): Promise<void>;
  /**
   * Gives up what {@link EpochInfo.apart} counts, for the state that the others have agreed on: what cannot be
   * brought over, and what is on its way. Durable when resolved; what is written upon it later is not given
   * up. Nothing if there is no such work.
   */
  leaveWork(): Promise<void>;
}

/** What became of history that was to be dropped. */
export type HistoryDropped =
  | {
      readonly at: 'dropped';
      /** Blocks that are not on this device any more. */
      readonly blocks: number;
    }
  | {
      readonly at: 'kept';
      /**
       * No epoch was sealed yet; it was sealed too short a time ago; nobody else who is reached has the
       * history or keeps the snapshot; there are private zones, of which not everybody could give what lies in
       * them; or this is not the time (another window of the profile does it, or
       * an epoch has just been taken over).
       */
      readonly why: 'no-epoch' | 'too-new' | 'no-other-holder' | 'zones' | 'busy';
    };

/** The current epoch of a space, and the vote about the next. */
export interface EpochInfo {
  /** 0 before the first. */
  readonly number: number;
  /** Grows when the founder's recovery words had to stand in for lost voters. */
  readonly era: number;
  /** When the last vote for it was given, by that voter's clock; absent before the first. */
  readonly sealedAtMs?: number;
  /** Blocks that came since. */
  readonly blocksSince: number;
  /** Somebody has proposed the next one. */
  readonly voting: boolean;
  /** Devices that vote about the next one. */
  readonly voters: readonly EpochVoter[];
  /** Devices that have written here, the last heard of first. */
  readonly devices: readonly EpochDevice[];
  /**
   * Pieces of text and elements of lists that were written on this device upon what others had forgotten
   * meanwhile, and that it has written anew, since the space was opened.
   */
  readonly carried: number;
  /**
   * Blocks with changes that this device has made in an old copy of its profile (a restored backup), and that
   * the state which the others have agreed on meanwhile does not hold; 0 mostly.
   */
  readonly apart: number;
  /**
   * True while those are brought over by themselves: this takes as long as somebody has to be reached, or this
   * device has to be given the right to write. False with `apart` above 0: they cannot be brought over, so this
   * device goes on with what it has, and the space stays incomplete. Copy or export what is to be kept, then
   * {@link Epochs.leaveWork}.
   */
  readonly bringing: boolean;
  /** Blocks that were brought over since the client was opened. */
  readonly brought: number;
  /**
   * Such blocks of other devices, which this one had received before it took the agreed state over. They are not
   * shown, and kept until their own devices have brought them over.
   */
  readonly othersApart: number;
  /**
   * Whether copies of one device's profile have each agreed with themselves on a state while that device alone decided
   * (before there were other voters). `settled`: both are known here, everybody takes the same one, and nothing is to
   * be done but to use one of the copies from now on. `apart`: somebody who is reached stands with the other one, and
   * history was dropped under both, so that neither side can be shown what the other writes, and nothing can be merged.
   * Decide which side goes on. On the devices of the other side, save the space as a file, leave it, accept a new
   * invitation, and take from the file what is to be kept.
   */
  readonly sealedTwice: 'no' | 'settled' | 'apart';
}

/** A device that has written in a space. */
export interface EpochDevice {
  /** Identity, and how it is shown. */
  readonly id: string;
  readonly displayName: string;
  /** Key of the device, in hex. */
  readonly device: string;
  /** It is this one. */
  readonly here: boolean;
  /** What its clock said when it last wrote, milliseconds since 1970. */
  readonly lastMs: number;
  /** Somebody has said that it is lost, and the others agree. */
  readonly retired: boolean;
}

/** A device that votes about the next epoch. */
export interface EpochVoter {
  /** Identity, and how it is shown. */
  readonly id: string;
  readonly displayName: string;
  /** Key of the device, in hex. */
  readonly device: string;
  /** It is this one. */
  readonly here: boolean;
  /** It has acknowledged what is proposed. */
  readonly voted: boolean;
}

/** Facts about a space, for people who compare replicas. */
export interface SpaceInfo {
  readonly id: string;
  readonly name: string;
  readonly objects: number;
  readonly blocks: number;
  /** State root: the same on every replica that has the same blocks. */
  readonly root: string;
  readonly members: number;
}

/** A person in a space. */
export interface Member extends PersonLook {
  readonly id: string;
  readonly displayName: string;
  readonly role: Role;
  /** Id of who let him in; absent for the founder, and for whom that is not known of now. */
  readonly letInBy?: string;
  /** Number of the epoch with which his role ends; he may have a lower one then. */
  readonly untilEpoch?: number;
  readonly me: boolean;
  /** Answered within the last seconds. */
  readonly here: boolean;
  readonly path?: Path;
  readonly lastHeardMs?: number;
}

/** What is true about a space's data now. */
export interface SpaceStatus {
  /** Blocks that are here. */
  readonly blocks: number;
  /** How data travels now; `alone`: the server is reached and nobody else is here. */
  readonly connection: 'offline' | 'alone' | 'relay' | 'direct';
  readonly peers: readonly PeerStatus[];
  readonly directPeers: number;
  readonly relayPeers: number;
  /** Durable here, held by nobody else yet. */
  readonly unsentBlocks: number;
  /** Everything shown is on this device's disk. */
  readonly durable: boolean;
  /**
   * When somebody else was last known to have exactly what is here, milliseconds since 1970; absent while
   * that is so, and when it never was.
   */
  readonly lastInStepMs?: number;
  /** When this device last saw the space change, milliseconds since 1970; absent if it never did. */
  readonly lastChangeMs?: number;
  /** What the blind mailbox of the server has. */
  readonly mailbox: 'none' | 'behind' | 'has-everything';
  /**
   * What is wrong with a mailbox that answers, while the connection lasts: it has lost what it once had
   * (it was restored from a backup, or is not honest), and is given it again.
   */
  readonly warning?: 'MESH_MAILBOX_ROLLED_BACK';
  /**
   * The mailbox takes nothing from here: whoever has made its keys has given this member only the one that reads it. What
   * is written leaves to members who are there, and the first of them brings the key. Absent otherwise.
   */
  readonly mailboxReadsOnly?: true;
  /**
   * Others have changes that build on what is not here: it is still to come, or was dropped by everybody
   * who is reached. Absent when nothing is known to be missing.
   */
  readonly incomplete?: true;
  /**
   * What others have written does not open here, as keys were made without this device, and nobody who was here had
   * them. They come as soon as somebody who has them is here. Absent when none are missing.
   */
  readonly keysMissing?: true;
  /**
   * The 24 words have brought this device back, and the space has not heard of that yet: until then it counts as stopped
   * there, so {@link Space.myRole} is `reader`, whatever the role of its owner is. It hears first what happened without
   * it, from a server or another device, and writes again after that. Absent otherwise.
   */
  readonly comingBack?: true;
  /** Devices that are reached and exchange nothing of this space; absent when there are none. */
  readonly refusals?: readonly SpaceRefusalStatus[];
  /** Set while a space is being received: counts of blocks, and the objects that can be used already. */
  readonly receiving?: {
    readonly received: number;
    readonly expected: number;
    readonly objects: number;
  };
}

/** A device that exchanges nothing of a space, and why. */
export interface SpaceRefusalStatus {
  /** As far as the space knows whose device it is; else empty. */
  readonly displayName: string;
  readonly why:
    /** It has not heard yet that this identity is a member. */
    | 'MESH_NOT_A_MEMBER'
    /** It knows that this device belongs to the space no more. */
    | 'MESH_REMOVED'
    /** It does not have the space any more. */
    | 'MESH_SPACE_LEFT';
}

/** One connected device of somebody. */
export interface PeerStatus {
  readonly id: string;
  readonly displayName: string;
  /** As its user calls it; known of one's own devices only. */
  readonly deviceName?: string;
  readonly path: Path;
  readonly rttMs?: number;
  readonly upToDate: boolean;
}

/** What one shows to others while it lasts; never stored. */
export interface PresenceState {
  readonly view?: string;
  /** Id of the object in view. */
  readonly object?: string;
  readonly field?: string;
  /** Anchor and head as stable text positions, from `TextField.cursor`. */
  readonly cursor?: readonly [anchor: string, head: string] | null;
  readonly custom?: unknown;
  /** What parts of the application say beside this, each under a key of its own: {@link Presence.setPart}. */
  readonly parts?: { readonly [key: string]: unknown };
}

/** Who is here, and where they look. */
export interface Presence {
  readonly others: Live<readonly PresenceEntry[]>;
  /**
   * Replaces what others see of this device, all but the parts. Of an object in a closed zone nothing is said but
   * the view: members who do not read it would learn which it is, and who is at it.
   */
  set(state: Omit<PresenceState, 'parts'>): void;
  /**
   * Says something under a key, beside what {@link set} says; `undefined` takes it away. `about` is the id of the
   * object that it is about: it is not said of one in a closed zone.
   */
  setPart(key: string, value: unknown, about?: string): void;
}

/** Another device's presence. */
export interface PresenceEntry extends PersonLook {
  readonly member: string;
  readonly displayName: string;
  readonly device: string;
  readonly state: PresenceState;
}

/** An invitation seen by the one who made it, or who answers it. */
export interface HostInvitation extends InvitationTraits {
  readonly kind: 'space' | 'device';
  readonly role: Role;
  readonly code: string;
  readonly url: string;
  readonly state: Live<HostInvitationState>;
  /** Ends it for good, for everybody who answers it. */
  cancel(): void;
  /** After a wrong try: the old digits are used up. */
  newDigits(): void;
}

/** Course of an invitation at the host. */
export type HostInvitationState =
  | {
      readonly at: 'waiting' | 'opened' | 'checking';
      /** Six digits; empty where none are asked for, or while no guest is there to whom they would belong. */
      readonly digits: string;
      readonly expiresAtMs: number;
      readonly connected: boolean;
      /** Guests that were let in by it here, and the last one. */
      readonly admitted: number;
      readonly last?: { readonly id: string; readonly displayName: string };
    }
  /** These digits are used up, and `why`; new ones can be shown. */
  | {
      readonly at: 'wrong-digits';
      readonly why: 'wrong' | 'dropped' | 'declined' | 'refused';
      readonly triesLeft: number;
      readonly expiresAtMs: number;
    }
  | { readonly at: 'closed' }
  | {
      readonly at: 'joined';
      readonly who: { readonly id: string; readonly displayName: string };
    }
  | { readonly at: 'ended'; readonly why: 'expired' | 'cancelled'; readonly atMs: number }
  | { readonly at: 'failed'; readonly code: string; readonly message: string };

/** An invitation seen by the one who answers it. */
export interface GuestInvitation {
  readonly state: Live<GuestInvitationState>;
  submit(digits: string): void;
  /** Where a member has to agree, `text` says to that one who it is: at most 140 characters. */
  accept(text?: string): void;
  decline(): void;
  cancel(): void;
  /** Rejects with a typed error. */
  readonly done: Promise<{ readonly space?: string; readonly identity?: string }>;
}

/** Course of an invitation at the guest. */
export type GuestInvitationState =
  /** Not a code, cut off, or of a newer version; `code` says which. */
  | { readonly at: 'malformed'; readonly code: string }
  | { readonly at: 'connecting' | 'host-away' | 'host-busy' }
  | { readonly at: 'digits'; readonly problem?: 'wrong' | 'old' }
  | { readonly at: 'checking' }
  | {
      readonly at: 'confirm';
      readonly from: string;
      readonly space?: string;
      readonly role?: Role;
      readonly kind: 'space' | 'device';
      /** `ask`: saying yes asks, and a member has to agree. */
      readonly way: InvitationWay;
    }
  /** We have asked; the answer may take days. Joining goes on by itself, see `Spaces.pending`. */
  | { readonly at: 'asked'; readonly space: string; readonly from: string }
  | { readonly at: 'joining' }
  | { readonly at: 'joined'; readonly space?: string }
  | {
      readonly at: 'ended';
      readonly why:
        | 'expired'
        | 'cancelled'
        | 'used'
        | 'closed'
        | 'declined'
        | 'already-member'
        | 'not-for-you'
        | 'turned-away';
      /** The space that one is a member of already. */
      readonly space?: string;
    }
  | { readonly at: 'failed'; readonly code: string; readonly message: string };

/** Servers and whether one wants to be connected. */
export interface Network {
  readonly status: Live<NetworkStatus>;
  /** `false` is "work offline". */
  setOnline(online: boolean): void;
  addKube(url: string): void;
}

/** State of the connections as a whole. */
export interface NetworkStatus {
  readonly kubes: readonly { readonly url: string; readonly connected: boolean }[];
  readonly online: boolean;
  /** Other devices that are connected; further tabs and processes of this one are not counted. */
  readonly peers: number;
  /**
   * In every space, the private one included, the servers' mailboxes (where there is none, somebody
   * else) are known to have exactly what is here, and nothing is on its way.
   */
  readonly settled: boolean;
}

/**
 * Undo of one's own changes: of a space, of all spaces, or of one place in them. It never takes back what
 * somebody else has written, and leaves alone what somebody has changed since.
 */
export interface Undo {
  readonly state: Live<UndoState>;
  undo(): UndoOutcome;
  redo(): UndoOutcome;
  /** Takes one change of the list back, whatever came after it. */
  undoEntry(id: string): UndoOutcome;
  /** What {@link Undo.undoEntry} would do now. */
  preview(id: string): UndoOutcome;
  /** Makes changes that are taken back as one, across objects and, for the client's undo, across spaces. */
  run<T>(change: () => T, options?: GestureOptions): T;
  /** The same for changes that take a while, as a drag: each call adds to the same step. */
  gesture(options?: GestureOptions): <T>(change: () => T) => T;
  /** Undo of one place alone. */
  in(place: UndoPlace): Undo;
}

/** What a gesture is called, and where it was made. */
export interface GestureOptions {
  /** As in `Undo {label}`; made from the changes where it is absent. */
  readonly label?: string;
  /** Name of a place of the application, such as a board. */
  readonly scope?: string;
}

/**
 * A place with an undo of its own: what was made under a name, or whatever changed nothing but this object,
 * or this field of it.
 */
export interface UndoPlace {
  readonly scope?: string;
  readonly object?: string;
  readonly field?: string;
}

/** What can be undone, newest first, and before it what can be redone. */
export interface UndoState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly undoLabel?: string;
  readonly redoLabel?: string;
  /** Code of why changes of an earlier time cannot be taken back any more: what was kept of them was damaged. */
  readonly notRestored?: string;
  readonly entries: readonly UndoEntry[];
}

/** One undoable change. */
export interface UndoEntry {
  readonly id: string;
  readonly label: string;
  readonly atMs: number;
  readonly undone: boolean;
}

/** How many changes were taken back, and how many were left because others changed them since. */
export interface UndoOutcome {
  readonly done: number;
  readonly skipped: number;
  /** The objects of what was left alone. */
  readonly left?: readonly string[];
  readonly nothing?: boolean;
  /** The change is in a closed space, which is being opened: what was done once it was. */
  readonly later?: Promise<UndoOutcome>;
}
