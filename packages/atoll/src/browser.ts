/** Atoll for a browser: the client on IndexedDB, WebCrypto and WebRTC. @packageDocumentation */
import { AtollClient, type Client, type ClientOptions } from '@atoll/client';
import { openWebPlatform } from '@atoll/platform-web';

/** Which profile of this origin, and what its client is opened with. */
export interface CreateClientOptions extends ClientOptions {
  /** Name of the profile; each is a person of its own. */
  readonly profile?: string;
}

const PROFILE_NAME = 'default';

/** Opens a profile. @throws ClientError, StoreError. */
export async function createClient(options: CreateClientOptions = {}): Promise<Client> {
  const { profile = PROFILE_NAME, ...rest } = options;
  return AtollClient.open(await openWebPlatform({ name: profile }), rest);
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
