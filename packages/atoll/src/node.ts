/** Atoll for a Node process: the client on SQLite, an encrypted keystore and node-datachannel. @packageDocumentation */
import { AtollClient, type Client, type ClientOptions } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';

/** Where a Node profile lies, and what its client is opened with. */
export interface CreateClientOptions extends ClientOptions {
  /** Folder of the profile; made when it is not there. */
  readonly profile?: string;
}

const PROFILE_FOLDER = 'atoll-profile';

/** Opens a profile. Close the client, or use it with `await using`. @throws ClientError, StoreError. */
export async function createClient(options: CreateClientOptions = {}): Promise<Client> {
  const { profile = PROFILE_FOLDER, ...rest } = options;
  return AtollClient.open(await openNodePlatform({ dir: profile }), rest);
}

export {
  ClientError,
  liveUntil,
  type AnyObject,
  type Client,
  type ClientErrorCode,
  type Conflict,
  type Database,
  type Device,
  type GuestInvitation,
  type GuestInvitationState,
  type Halo,
  type HostInvitation,
  type HostInvitationState,
  type Hue,
  type Identity,
  type Live,
  type Member,
  type Network,
  type NetworkStatus,
  type ObjectHandle,
  type Path,
  type PeerStatus,
  type Presence,
  type PresenceEntry,
  type PresenceState,
  type Query,
  type QueryForm,
  type Role,
  type Space,
  type SpaceInfo,
  type SpaceStatus,
  type Spaces,
  type Undo,
  type UndoEntry,
  type UndoOutcome,
  type UndoState,
} from '@atoll/client';
export {
  defineRelation,
  defineType,
  s,
  type CounterField,
  type InputOf,
  type InstanceOf,
  type ListField,
  type MapField,
  type Ref,
  type SetField,
  type TextChange,
  type TextField,
  type TypeDefinition,
} from '@atoll/schema';
