/** What is asked of the access to a space, and what is answered. */
import type { BlockHash, CredentialId, DeviceKey, IdentityId, KeyId, ZoneId } from '@atoll/kernel';
import type { Level, Role } from './access-level.ts';
import type { ShownDetails, ShownProfile } from './latest-said.ts';
import type { StatementKind } from './statements.ts';
import type { Verdict } from './verdict.ts';

/** A section of a block that wants to exercise a right. */
export interface SectionRight {
  /** Number of the block; it must have been added. */
  readonly block: number;
  readonly credential: CredentialId;
}

/** A data section of a block. */
export interface SectionToWrite extends SectionRight {
  /** The space itself where absent. */
  readonly zone?: ZoneId;
  /** Generation of keys that it is sealed under. */
  readonly keyId?: KeyId;
}

/** How a member is shown. */
export interface Member {
  readonly identity: IdentityId;
  readonly level: Level;
  readonly role: Role;
  /** Absent until the member has written one. */
  readonly profile: ShownProfile | undefined;
  /** Absent until the member has shown any. */
  readonly details: ShownDetails | undefined;
  /** Who gave the greatest level; absent for the founder. */
  readonly grantedBy: IdentityId | undefined;
  /** Number of the epoch with which the role ends; absent for one that lasts. */
  readonly until: number | undefined;
  readonly devices: readonly DeviceKey[];
}

/** One statement and whether it counts. */
export interface Decision {
  readonly block: BlockHash;
  /** Place among all control statements of the block. */
  readonly index: number;
  readonly kind: StatementKind;
  readonly verdict: Verdict;
}
