/**
 * Strangers who write, as applications see it: a public space has a door to which whoever follows it hands things, which
 * members take up as objects of the space. Moderators hide things and ban people; all members see the same.
 */
import type { Value } from '@atoll/codec';
import type { Live } from './live.ts';
import type { Named } from './members-api.ts';

/** What strangers may send. */
export interface DoorTerms {
  /** Names of types, at most 8: of these they may make objects. */
  readonly types: readonly string[];
  /** True: taken up without waiting for a moderator, by the program of whichever of them is there. */
  readonly takesItself: boolean;
  /** So many of one author are taken up by themselves in an hour; the others wait. 1 to 1000; 6 where left out. */
  readonly perAuthor?: number;
  /** So many of all authors. 60 where left out. */
  readonly perHour?: number;
  /** Bytes of one's fields at most, 1 to 8192; 4096 where left out. */
  readonly bytesMax?: number;
}

/** Fields of an object that somebody wants to be made. A ref is `{ ref: id }`. */
export type ContributedFields = { readonly [field: string]: Value };

/** What waits for a moderator. */
export interface WaitingContribution {
  readonly id: string;
  readonly author: Named;
  readonly type: string;
  readonly fields: ContributedFields;
  /** The author's claim. */
  readonly writtenAtMs: number;
}

/** Why something is not shown: a moderator has hidden it, has banned its author, or it was taken up twice. */
export interface HiddenBecause {
  readonly why: 'hidden' | 'banned' | 'twice';
  /** The moderator; the one who took it up for what was taken up twice. */
  readonly by: Named;
}

/** An object that a stranger has contributed, with what he has signed. */
export interface ContributedItem {
  readonly object: string;
  /** Name of the contribution. */
  readonly id: string;
  readonly author: Named;
  readonly type: string;
  /** What the author wrote; the object may have been changed since. */
  readonly fields: ContributedFields;
  readonly writtenAtMs: number;
  readonly takenBy: Named;
  readonly hidden?: HiddenBecause;
}

/** What oneself has handed to the door of a space. */
export interface OwnContribution {
  readonly id: string;
  readonly type: string;
  readonly fields: ContributedFields;
  readonly writtenAtMs: number;
  /**
   * `sending`: it is not at the server yet; `waiting`: for somebody who takes it up; `shown`, `hidden`: it was taken up;
   * `gone`: it waits no more and is not in the space.
   */
  readonly state: 'sending' | 'waiting' | 'shown' | 'hidden' | 'gone';
  readonly object?: string;
}

/** Somebody from whom nothing is taken up. */
export interface BannedAuthor extends Named {
  /** Also what was seen before the ban is hidden. */
  readonly hidesAll: boolean;
  readonly by: Named;
}

/** What there is to know of a door. */
export interface DoorState {
  readonly isOpen: boolean;
  /** Absent where there never was a door. */
  readonly terms?: Required<DoorTerms>;
  /** This identity may open and close the door, and moderate. */
  readonly mayModerate: boolean;
  /** For moderators: what has come and is not taken up, the oldest first. Looked for every minute, and by {@link Door.look}. */
  readonly waiting: readonly WaitingContribution[];
  /**
   * For moderators: there was no room for anything more when they looked last, so others wait outside.
   * {@link Door.renew} leaves behind what nobody can read.
   */
  readonly isFull?: true;
  /**
   * For moderators: types of the door that neither the space nor this program knows. What comes of these waits until a
   * program that knows them has opened the space; absent where there are none.
   */
  readonly unknownTypes?: readonly string[];
  /** What strangers have contributed; hidden ones too. */
  readonly items: readonly ContributedItem[];
  /** All objects that are not to be shown, by id, whoever wrote them. */
  readonly hidden: Readonly<Record<string, HiddenBecause>>;
  readonly banned: readonly BannedAuthor[];
  /** What this identity has sent, the newest first. */
  readonly own: readonly OwnContribution[];
}

/** The door of a space. */
export interface Door {
  readonly state: Live<DoorState>;
  /**
   * Lets whoever follows the space send things, on these terms; again for other terms. Durable when resolved.
   * @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_NO_SERVER`, `CLIENT_DOOR_TERMS`.
   */
  open(terms: DoorTerms): Promise<void>;
  /** Takes nothing any more. What was taken up stays. @throws ClientError `CLIENT_NOT_ALLOWED`. */
  close(): Promise<void>;
  /**
   * Closes the door and opens another one with the same terms: whatever fills the mailboxes of this one is left behind,
   * also what waits there. @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_NO_SERVER`, `CLIENT_DOOR_CLOSED`.
   */
  renew(): Promise<void>;
  /**
   * Hands something to the door, signed by this identity: moderators and all who read the space will know by whom it
   * is. Kept on this device when resolved; it goes to the server as soon as that is there. Resolves with its name.
   * @throws ClientError `CLIENT_DOOR_CLOSED`, `CLIENT_NOT_WANTED`, `CLIENT_NO_IDENTITY`.
   */
  post(type: string, fields: ContributedFields): Promise<string>;
  /** Asks the server for what waits, and for what became of one's own. @throws ClientError `CLIENT_UNREACHABLE`. */
  look(): Promise<void>;
  /**
   * Makes the object of something that waits; limits do not count, since a moderator has looked at it. Resolves with
   * its id. Durable when resolved. @throws ClientError `CLIENT_UNKNOWN_CONTRIBUTION`, `CLIENT_NOT_WANTED`.
   */
  take(id: string): Promise<string>;
  /** Takes something that waits out of the lobby. @throws ClientError `CLIENT_UNKNOWN_CONTRIBUTION`. */
  decline(id: string): Promise<void>;
  /** Shows an object no more, whoever wrote it. It stays in the log. @throws ClientError `CLIENT_NOT_ALLOWED`. */
  hide(object: string): Promise<void>;
  /** Shows it again, also where its author is banned. @throws ClientError `CLIENT_NOT_ALLOWED`. */
  show(object: string): Promise<void>;
  /**
   * Takes up nothing of somebody any more, and hides what was taken up by who did not know it yet; with `hidesAll` all
   * of theirs. @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_UNKNOWN_PERSON`.
   */
  ban(identity: string, options?: { readonly hidesAll?: boolean }): Promise<void>;
  /** Takes a ban back. @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_UNKNOWN_PERSON`. */
  allow(identity: string): Promise<void>;
}
