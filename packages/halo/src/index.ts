/** Identity, devices, access, keys and invitations. Knows nothing of objects, transports or screens. @packageDocumentation */
export {
  LEVELS,
  levelNumber as levelNumberOf,
  levelOfRole,
  roleOfLevel,
  suffices,
  type Level,
  type Role,
  type RoleLevel,
} from './access-level.ts';
export { rightOfRoleLevel, roleLevelOfRight } from './role-level.ts';
export {
  COMMENT_TYPE,
  GROUPS_PATH,
  OWN_OBJECTS,
  PATH_ID_BYTES,
  TYPES_PATH,
  ZONES_PATH,
  elementPathId,
  mapKeyId,
  ownObjectsPath,
  pathIds,
  pathKey,
  typePath,
  type AccessPath,
} from './access-path.ts';
export { isBelow as isPathBelow, isInZones } from './access/path-keys.ts';
export { zoneCredentialOf, zoneIdOf, zoneKey, zonePath, type Zone } from './statements-zones.ts';
export { createOpenZone, createZone, type NewOpenZone, type NewZone } from './create-zone.ts';
export { type ZoneReaders } from './zone-readers.ts';
export {
  STATEMENT_TAGS,
  RETIRED_MAX,
  VOTERS_MAX,
  type DeviceAdmission,
  type EpochAcknowledgement,
  type EpochId,
  type EpochPromise,
  type EpochProposal,
  type EpochReset,
  type EpochRetirement,
  type EpochTerms,
  type Exercised,
  type FeedAdmission,
  type Grant,
  type GrantPremise,
  type GrantSubject,
  type GroupId,
  type IdentityEntry,
  type IdentityGenesis,
  type KeyCopy,
  type KeysOf,
  type PreviousGeneration,
  type Profile,
  type Reader,
  type ReadingKey,
  type Revocation,
  type RevocationRemark,
  type Rotation,
  type SpaceGenesis,
  type Statement,
  type StatementKind,
  type UnknownStatement,
  type Voter,
} from './statements.ts';
export {
  INVITATION_USES_MAX,
  type Invitation,
  type InvitationCopy,
  type InvitationEnd,
  type InvitationId,
  type InvitationStatement,
  type InvitationWay,
} from './statements-invitations.ts';
export { type InvitationBook, type StandingInvitation } from './invitation-book.ts';
export { readTerms } from './epoch-decoders.ts';
export { writeTerms } from './statement-body.ts';
export { decodeStatements, encodeStatements, readStatements } from './statement-codec.ts';
export { readKeptStatements, writeKeptStatements } from './kept-statements.ts';
export { credentialIdOf } from './codec-grants.ts';
export {
  NO_EPOCH,
  epochIdOf,
  identityEntryOf,
  identityIdOf,
  invitationIdOf,
  rootCredential,
  rotationId,
  spaceIdOf,
} from './statement-ids.ts';
export { verifyStatements, type CheckedStatement } from './statement-signing.ts';
export {
  admissionBody,
  admitDevice,
  isLogStatement,
  lastEntry,
  logStatements,
  signAdmission,
  type AdmissionBody,
  type DevicePublic,
  withEntries,
  type IdentityLog,
  type LogStatement,
} from './identity.ts';
export { lastFate, wordsOf } from './recovery/words-of.ts';
export {
  mayStopDevices,
  type DeviceCountersignature,
  type DeviceFate,
  type DeviceRevocation,
  type DeviceStatement,
  type DeviceSuspension,
  type RecoveryChange,
} from './statements-devices.ts';
export {
  agreeWithDevice,
  changeRecovery,
  decideDevice,
  suspendDevice,
} from './device-statements.ts';
export { type Standing as DeviceStanding } from './devices/device-standings.ts';
export type { RecoveryKeys } from './recovery/recovery-key.ts';
export { type DeviceView } from './devices/device-view.ts';
export { createIdentity, type NewIdentity } from './create-identity.ts';
export { admitGuest, type Guest } from './admit-guest.ts';

export {
  decodeTicket,
  encodeTicket,
  readIdentityLog,
  writeIdentityLog,
  type DeviceTicket,
  type SpaceTicket,
  type Ticket,
} from './ticket.ts';
export { checkIdentityLog } from './identity-log-check.ts';
export {
  admitFeed,
  grantAccess,
  publishReadingKey,
  remarkOn,
  resetEpoch,
  revokeAccess,
} from './issue.ts';
export { createSpaceGenesis, foundSpace, type FoundedSpace } from './found-space.ts';
export { joinStatements, type Author, type FeedOpening } from './join-statements.ts';
export { loadFounding, type Founding } from './load-founding.ts';
export { loadRecovering, type Recovering } from './load-recovering.ts';
export type { PasskeyDevice, PasskeyKeys } from './recovery/passkey-record.ts';
export type { RecoveryCapsule } from './recovery/capsule-codec.ts';
export type { RecoveredIdentity, RecoveryTarget } from './recovery/merge-capsules.ts';
export {
  KeyRing,
  inPart,
  isWhole,
  matchesRotation,
  wipeSecret,
  type GenerationSecret,
  type MembershipSecret,
  type RingShare,
  type ZoneSecret,
} from './key-ring.ts';
export {
  beginGeneration,
  copyKeys,
  copyKeysBy,
  createGeneration,
  type BegunGeneration,
  type CopyInput,
  type Generation,
} from './generation.ts';
export { openKeyCopy, openPrevious } from './rotation.ts';
export {
  invitationId,
  invitationRoom,
  mailboxSeed,
  postingSeed,
  readingSecret,
  roomTag,
  sessionPsk,
  sessionTagKey,
  utcDay,
} from './derive.ts';
export { loadInvitations, type Invitations } from './load-invitations.ts';
export { loadPublishing, type Publishing } from './load-publishing.ts';
export { hasPublicLink, publicLinkUrl, type PublicLink } from './public-link.ts';
export { type LinkReader } from './link-reader.ts';
export { loadContributions, type Contributions } from './load-contributions.ts';
export {
  type CheckedContribution,
  type Contribution,
  type ContributionId,
} from './contribution.ts';
export {
  ModerationBook,
  type Hidden,
  type Moderated,
  type ModeratedItem,
} from './moderation-book.ts';
export {
  CONTRIBUTION_FIELDS_BYTES_MAX,
  DOOR_RATE_MAX,
  DOOR_TYPES_MAX,
  type AuthorModeration,
  type Door,
  type DoorCopy,
  type ItemModeration,
  type Moderation,
} from './statements-public.ts';
export { loadClaims, type Claims } from './load-claims.ts';
export { fromBase64Url, toBase64Url } from './base64url.ts';
export { changesSince, checkPresentation, mergedLog, parsePresentation } from './claims.ts';
export {
  type Attestation,
  type AttestationBody,
  type AttestationId,
} from './claims/attestation.ts';
export { type AttestationFault } from './claims/attestation-check.ts';
export { type Disclosure, type Json } from './claims/disclosure.ts';
export { type PublicationId } from './claims/publication.ts';
export {
  type PresentationFault,
  type PresentationResult,
  type Presented,
} from './claims/presentation-check.ts';
export { type SafetyNumber } from './claims/safety-number.ts';
export {
  type CredentialFault,
  type CredentialForm,
  type CredentialResult,
  type ForeignCredential,
} from './claims/verifiable-credential.ts';
export { NEEDED_MAX, type KeyNeed } from './statements-keys.ts';
export { NEEDS_MAX, type OpenNeed } from './key-needs.ts';
export { readGenerations, writeGenerations } from './codec-keys.ts';
export { type AttestationRevocation, type AttestationWithdrawal } from './statements-claims.ts';
export {
  DEVICE_INVITATION_MS,
  formatInvitationCode,
  invitationUrl,
  parseInvitationCode,
  type InvitationCode,
  type InvitationKind,
} from './invitation-code.ts';
export { parseDigits } from './digits.ts';
export {
  type InvitationRecord,
  type InvitationTerms,
  type SpaceInvitationTerms,
} from './invitation-record.ts';
export { type HostInvitation } from './host-invitation.ts';
export { type HostOptions, type Standing } from './host-answers.ts';
export { type HostStatus } from './host-status.ts';
export {
  type GuestInvitation,
  type GuestOptions,
  type GuestOutcome,
  type GuestStatus,
} from './guest-invitation.ts';
export { type SpentReason } from './host-state.ts';
export { type GuestNote, type GuestOver } from './guest-machine.ts';
export { ASK_CHARACTERS_MAX, type Acceptance, type Offer } from './pairing-messages.ts';
export { type AdmissionRequest, type GuestSelf } from './pairing-proof.ts';
export { type AuthorityBlock, type ControlSection } from './authority-block.ts';
export { SpaceAuthority } from './space-authority.ts';
export { type FeedAuthor } from './feed-authors.ts';
export {
  type Decision,
  type Member,
  type SectionRight,
  type SectionToWrite,
} from './authority-answers.ts';
export { type CausalOrder } from './causal-presence.ts';
export { isUnderItsKeys } from './key-rights.ts';
export { groupPath, type RootNow } from './credential-book.ts';
export type { SealedEpoch } from './epochs-known.ts';
export {
  type Credential,
  type HeldRight,
  type IsAbout,
  type RevocationPlan,
  type RevocationShown,
} from './people-rights.ts';
export { type GroupName } from './group-codec.ts';
export {
  PICTURE_BYTES_MAX,
  PICTURE_EDGE_MAX,
  PROFILE_TEXT_BYTES_MAX,
  pictureFacts,
  type PictureFacts,
  type ProfileDetails,
} from './profile-details.ts';
export type { ShownDetails, ShownProfile } from './latest-said.ts';
export { type DeviceEntry, type SessionDevice } from './identity-book.ts';
export { type Refusal, type Verdict, type VoidCode } from './verdict.ts';
export { HaloError, type HaloErrorCode } from './halo-error.ts';
