/** Making the statements that carry signatures of their own: feed admissions, grants, reading keys, resets. */
import {
  idFromBytes,
  type BlockHash,
  type CredentialId,
  type IdentityId,
  type Rng,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import type { Level } from './access-level.ts';
import type { InvitationId } from './statements-invitations.ts';
import { signBody } from './statement-signing.ts';
import {
  NONCE_BYTES,
  type Bytes,
  type EpochReset,
  type EpochTerms,
  type FeedAdmission,
  type Grant,
  type GrantPremise,
  type GrantSubject,
  type ReadingKey,
  type Revocation,
  type RevocationRemark,
} from './statements.ts';

/** Binds a feed to this device; belongs into the feed's first block. */
export async function admitFeed(input: {
  readonly space: SpaceId;
  readonly identity: IdentityId;
  readonly deviceSigner: Signer;
  readonly feedSigner: Signer;
  /** The 16 bytes from which the feed's genesis `prev` was made. */
  readonly incarnation: Bytes;
  /** 0 to 31. */
  readonly slot: number;
}): Promise<FeedAdmission> {
  const { space, identity, deviceSigner, feedSigner, incarnation, slot } = input;
  const body = {
    kind: 'feed-admission',
    space,
    feed: idFromBytes('feed', feedSigner.publicKey),
    incarnation,
    slot,
    identity,
    device: idFromBytes('device', deviceSigner.publicKey),
  } as const;
  const [deviceSignature, feedSignature] = await Promise.all([
    signBody(deviceSigner, body),
    signBody(feedSigner, body),
  ]);
  return { ...body, deviceSignature, feedSignature };
}

/** Gives a right, over the whole space where no path is given. It counts only in a block of the same device. */
export async function grantAccess(input: {
  readonly rng: Rng;
  readonly space: SpaceId;
  readonly subject: GrantSubject;
  readonly level: Level;
  /** Credential that the issuer exercises, and the memberships through which it is held. */
  readonly parent: CredentialId;
  readonly through?: readonly CredentialId[];
  readonly issuer: IdentityId;
  readonly deviceSigner: Signer;
  readonly path?: readonly Bytes[];
  readonly premise?: GrantPremise | undefined;
  /** Number of the epoch with which it ends. */
  readonly until?: number | undefined;
  /** The invitation that lets somebody in, if the space knows it. */
  readonly invitation?: InvitationId | undefined;
  /** Whom it lets in is not to read what was written before. */
  readonly withoutHistory?: boolean;
  /** The root itself, once an epoch has settled it: over the whole space, with level own, by the root. */
  readonly isHandover?: boolean;
}): Promise<Grant> {
  const { rng, space, subject, level, parent, issuer, deviceSigner, invitation } = input;
  const { path = [], premise, through = [], until = 0 } = input;
  const { isHandover = false, withoutHistory = false } = input;
  const body = {
    kind: 'grant',
    space,
    subject,
    path,
    level,
    parent,
    through,
    premise,
    until,
    ...(invitation === undefined ? {} : { invitation }),
    ...(withoutHistory ? { withoutHistory } : {}),
    ...(isHandover ? { isHandover } : {}),
    nonce: rng.bytes(NONCE_BYTES),
    issuer,
    device: idFromBytes('device', deviceSigner.publicKey),
  } as const;
  return { ...body, signature: await signBody(deviceSigner, body) };
}

/** Says to which X25519 key this identity wants the space's keys sealed. */
export async function publishReadingKey(input: {
  readonly space: SpaceId;
  readonly identity: IdentityId;
  readonly deviceSigner: Signer;
  /** Greater than that of the identity's earlier reading keys in this space; 0 for the first. */
  readonly counter: number;
  /** X25519 public key. */
  readonly key: Bytes;
}): Promise<ReadingKey> {
  const { space, identity, deviceSigner, counter, key } = input;
  const device = idFromBytes('device', deviceSigner.publicKey);
  const body = { kind: 'reading-key', space, identity, device, counter, key } as const;
  return { ...body, signature: await signBody(deviceSigner, body) };
}

/** Declares an epoch without a vote. `recoverySigner` holds the key of the root identity's words. */
export async function resetEpoch(terms: EpochTerms, recoverySigner: Signer): Promise<EpochReset> {
  const recoveryKey = recoverySigner.publicKey.slice();
  const body = { kind: 'epoch-reset', terms, recoveryKey } as const;
  return { ...body, signature: await signBody(recoverySigner, body) };
}

/** Ends what somebody has at a path and below. It counts in a block of who holds control there. */
export function revokeAccess(input: {
  readonly space: SpaceId;
  readonly subject: GrantSubject;
  /** The whole space where absent. */
  readonly path?: readonly Bytes[];
  /** Credential that the author exercises, and the memberships through which it is held. */
  readonly parent: CredentialId;
  readonly through?: readonly CredentialId[];
  /** See {@link Revocation}. */
  readonly under?: CredentialId | undefined;
  readonly isPurge?: boolean;
  readonly keepsZones?: boolean;
}): Revocation {
  const { isPurge = false, keepsZones = false, path = [], through = [], under, ...rest } = input;
  return { kind: 'revocation', ...rest, path, through, under, isPurge, keepsZones, cut: [] };
}

/** Takes a revocation back, or agrees with a purge: that at a place among its block's control statements. */
export function remarkOn(input: {
  readonly space: SpaceId;
  readonly says: RevocationRemark['says'];
  readonly block: BlockHash;
  readonly index: number;
  readonly parent: CredentialId;
  readonly through?: readonly CredentialId[];
}): RevocationRemark {
  const { through = [] } = input;
  return { kind: 'revocation-remark', ...input, through };
}
