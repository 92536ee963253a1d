/** The one door for applications: identity, spaces, objects, invitations, presence, undo. @packageDocumentation */
export type {
  Client,
  Device,
  GestureOptions,
  GuestInvitation,
  GuestInvitationState,
  Halo,
  HostInvitation,
  HostInvitationState,
  Hue,
  Identity,
  Member,
  Network,
  NetworkStatus,
  Path,
  PeerStatus,
  Presence,
  PresenceEntry,
  PresenceState,
  Role,
  Space,
  SpaceInfo,
  SpaceStatus,
  Spaces,
  Undo,
  UndoEntry,
  UndoOutcome,
  UndoPlace,
  UndoState,
} from './api.ts';
export type { AnyObject, Conflict, Database, ObjectHandle, Query, QueryForm } from './database.ts';
export { AtollClient, type ClientOptions } from './client.ts';
export { ClientError, type ClientErrorCode } from './client-error.ts';
export { LiveCell, liveUntil, sameData, type Live } from './live.ts';
export type { TextField } from '@atoll/schema';
