/** What applications hold of invitations that are more than one guest with six digits. Interfaces only. */
import type { Role } from './api.ts';
import type { Live } from './live.ts';

/**
 * What a guest has to do: type six digits, only open the link, be the one for whom it is, or ask and wait until a
 * member agrees.
 */
export type InvitationWay = 'digits' | 'link' | 'known' | 'ask';

/** What an invitation is to be like; by default for one writer with six digits, within 24 hours. */
export interface InviteOptions {
  readonly role?: Role;
  readonly expiresInMs?: number;
  /** `digits` where it is left out, `known` where {@link InviteOptions.for} is given. */
  readonly way?: InvitationWay;
  /**
   * How many it lets in, 1 to 1,000; 1 where it is left out. Of more than one, each guest has digits of its own, which
   * are shown when it is there. Has no meaning where people ask.
   */
  readonly uses?: number;
  /** Every member who controls the space can answer it, also when this device is away. */
  readonly delegated?: boolean;
  /** Identity for whom it is. */
  readonly for?: string;
  /**
   * Whoever joins reads what is written from then on: the keys are changed before, and those of earlier content are
   * not given. Who is a member, and who was, they see all the same. Not for admins and owners: these read all of it, and
   * whoever becomes one later does from then on.
   */
  readonly withoutHistory?: boolean;
}

/** Somebody who asks to be let in, and waits for a member who controls the space. */
export interface JoinRequest {
  /** Identity of who asks. */
  readonly id: string;
  readonly displayName: string;
  /** What the one who asks has said: at most 140 characters, by a stranger. */
  readonly text: string;
  readonly askedAtMs: number;
  /** What the invitation gives; another one can be given instead. */
  readonly role: Role;
  /** Will read what is written from then on, but as an admin or owner; see {@link InviteOptions.withoutHistory}. */
  readonly withoutHistory: boolean;
}

/** Those who ask to be let in: what this profile has heard of them. */
export interface JoinRequests {
  /** The oldest first. */
  readonly list: Live<readonly JoinRequest[]>;
  /** Reads what other programs of this profile have heard. */
  refresh(): Promise<void>;
  /**
   * Lets somebody in. The guest hears of it when it is there again. Durable when resolved.
   * @throws ClientError `CLIENT_NOT_ALLOWED`, `CLIENT_NO_REQUEST`.
   */
  approve(id: string, options?: { readonly role?: Role }): Promise<void>;
  /** Says no. Durable when resolved. @throws ClientError `CLIENT_NO_REQUEST`. */
  refuse(id: string): Promise<void>;
}

/** A space into which this identity has asked to be let, and which has not answered. */
export interface PendingJoin {
  /** Names it among others. */
  readonly id: string;
  readonly spaceName: string;
  /** Who has made the invitation. */
  readonly from: string;
  readonly askedAtMs: number;
  /** `waiting`, or how it ended if that was not by joining. */
  readonly state: Live<'waiting' | 'turned-away' | 'ended'>;
  /** Asks no more. Durable when resolved. */
  forget(): Promise<void>;
}

/** What there is beside {@link HostInvitation} that all kinds have. */
export interface InvitationTraits {
  readonly way: InvitationWay;
  /** Guests that it lets in. */
  readonly uses: number;
  readonly delegated: boolean;
  /** Who joins by it reads what is written from then on; see {@link InviteOptions.withoutHistory}. */
  readonly withoutHistory: boolean;
  /** Identity for whom it is. */
  readonly for?: string;
  /** Resolves when what it shows is durable. */
  settled(): Promise<void>;
}

/** An invitation that is kept on this device, and that somebody may still use. */
export interface IssuedInvitation {
  /** Names it among those of the space. */
  readonly id: string;
  readonly way: InvitationWay;
  readonly role: Role;
  readonly uses: number;
  /** Every member who controls the space can answer it. */
  readonly delegated: boolean;
  /** Who joins by it reads what is written from then on. */
  readonly withoutHistory: boolean;
  readonly expiresAtMs: number;
  /** Identity for whom it is. */
  readonly for?: string;
}

/** The open invitations of a space that this device knows, whichever program of this profile answers them. */
export interface IssuedInvitations {
  /** As they are now, the one that ends first at the beginning. @throws StoreError. */
  issued(): Promise<readonly IssuedInvitation[]>;
  /**
   * Ends one: nobody can use it any more. Another program of this profile that answers it does so within seconds.
   * Durable when resolved. @throws ClientError `CLIENT_UNKNOWN_INVITATION`; StoreError.
   */
  revoke(id: string): Promise<void>;
}
