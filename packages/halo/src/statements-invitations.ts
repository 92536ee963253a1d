/**
 * What a space says of invitations that more than one person may answer for, or that more than one may use. The
 * bytes are in codec-invitations.ts and spec/credentials.md.
 */
import type { Brand, IdentityId, SpaceId } from '@atoll/kernel';
import type { RoleLevel } from './access-level.ts';
import type { Bytes, Exercised } from './statements.ts';

/** Name of an invitation that a space knows: the hash of its statement. */
export type InvitationId = Brand<string, 'InvitationId'>;

/** What a guest has to do for it: give six digits, nothing, be somebody known, or wait for an answer. */
export type InvitationWay = 'digits' | 'link' | 'known' | 'ask';

/** Ways in the order of their numbers on the wire. */
export const INVITATION_WAYS: readonly InvitationWay[] = ['digits', 'link', 'known', 'ask'];

/** Guests of one invitation: a conference. More are a matter of a space that everybody may read. */
export const INVITATION_USES_MAX = 1000;
/** Bytes of an invitation's private part, sealed to one reader. */
export const SEALED_INVITATION_BYTES_MAX = 2048;

/** Terms of an invitation: how many it lets in at most, and to what. Whoever admits names it by its hash. */
export interface Invitation extends Exercised {
  readonly kind: 'invitation';
  readonly space: SpaceId;
  /** Follows from the secret in the code and leads to nothing; see `invitationName`. */
  readonly name: Bytes;
  readonly way: InvitationWay;
  readonly level: RoleLevel;
  /** 1 to {@link INVITATION_USES_MAX}: the senior admissions count, the others are void. */
  readonly uses: number;
  /** By the clock of whoever answers. */
  readonly expiresAtMs: number;
}

/** The private part of an invitation, sealed to one holder of control, so that he can answer it. */
export interface InvitationCopy extends Exercised {
  readonly kind: 'invitation-copy';
  readonly space: SpaceId;
  readonly invitation: InvitationId;
  readonly identity: IdentityId;
  /** X25519 key the copy is sealed to. */
  readonly readingKey: Bytes;
  readonly sealed: Bytes;
}

/** Nobody answers this invitation any more. */
export interface InvitationEnd extends Exercised {
  readonly kind: 'invitation-end';
  readonly space: SpaceId;
  readonly invitation: InvitationId;
}

/** All of this file. */
export type InvitationStatement = Invitation | InvitationCopy | InvitationEnd;
