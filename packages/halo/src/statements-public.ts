/**
 * What a space says of strangers who write: its door, and what moderators decide of items and of people. The bytes are
 * in codec-public.ts and spec/public-links.md.
 */
import type { IdentityId, ObjectId } from '@atoll/kernel';
import type { Bytes } from './statements.ts';

/** Kinds of things that strangers may make in one space. */
export const DOOR_TYPES_MAX = 8;
/** Bytes of the name of one. */
export const DOOR_TYPE_BYTES_MAX = 128;
/** Moderators to whom the key of a door is sealed: more do not answer a door better. */
export const DOOR_COPIES_MAX = 64;
/** Bytes of the door's secret as it is sealed to one of them; an overhead below 100. */
export const DOOR_COPY_BYTES_MAX = 256;
/** Bytes of a server's address. */
export const DOOR_KUBE_BYTES_MAX = 512;
/** Takings of one hour that a door may allow: each is a block in everybody's log. */
export const DOOR_RATE_MAX = 1000;
/** Bytes of one contribution's fields that a door may allow: a page of text in any script. */
export const CONTRIBUTION_FIELDS_BYTES_MAX: number = 8 * 1024;

/** The secret of a door, sealed to the reading key of somebody who controls the space. */
export interface DoorCopy {
  readonly identity: IdentityId;
  readonly sealed: Bytes;
}

/** What strangers may send, and where to. Control over the whole space; the latest counts. */
export interface Door {
  readonly kind: 'door';
  /** 16 random bytes: contributions name the door that they were made for. Kept while it only changes its terms. */
  readonly nonce: Bytes;
  readonly isOpen: boolean;
  /** Contributions are taken up without waiting for a moderator. */
  readonly takesItself: boolean;
  /** Names of types, ascending by their bytes. */
  readonly types: readonly string[];
  /** So many of one author are taken up in an hour. */
  readonly perAuthor: number;
  /** So many of all. */
  readonly perHour: number;
  /** Longest fields, 1 to {@link CONTRIBUTION_FIELDS_BYTES_MAX}. */
  readonly bytesMax: number;
  /** X25519 key to which contributions are sealed. */
  readonly key: Bytes;
  /** 32 random bytes, from which the mailboxes follow in which they wait. */
  readonly lobby: Bytes;
  /** Address of the server of these. */
  readonly kube: string;
  /** Ascending by identity. */
  readonly copies: readonly DoorCopy[];
}

/** What may be said of an item, and of an author, in the order of the numbers on the wire. */
export const ITEM_SAYS = ['hide', 'show'] as const;
/** See {@link ITEM_SAYS}. `ban-all` hides everything of theirs, `allow` takes a ban back. */
export const AUTHOR_SAYS = ['ban', 'ban-all', 'allow'] as const;

/** Said of one object: it is not shown, or it is. Control over the whole space; the latest of one object counts. */
export interface ItemModeration {
  readonly kind: 'moderation';
  readonly says: (typeof ITEM_SAYS)[number];
  readonly object: ObjectId;
}

/** Said of a stranger; the latest of one identity counts. */
export interface AuthorModeration {
  readonly kind: 'moderation';
  readonly says: (typeof AUTHOR_SAYS)[number];
  readonly identity: IdentityId;
}

/** Either of them. */
export type Moderation = ItemModeration | AuthorModeration;

/** All of this file. */
export type PublicStatement = Door | Moderation;
