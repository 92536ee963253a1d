/** Atoll for a Node process: the client on SQLite, an encrypted keystore and node-datachannel. @packageDocumentation */
import { AtollClient, passkeyGiven, type Client, type ClientOptions } from '@atoll/client';
import { openNodePlatform } from '@atoll/platform-node';

/** Where a Node profile lies, and what its client is opened with. */
export interface CreateClientOptions extends ClientOptions {
  /** Folder of the profile; made when it is not there. */
  readonly profile?: string;
  /** Opens the keys of the profile, where they are under one. */
  readonly passphrase?: string;
  /** `true` is refused here: passkeys are for browsers. */
  readonly passkey?: boolean;
}

const PROFILE_FOLDER = 'atoll-profile';

/**
 * Opens a profile. Close the client, or use it with `await using`. @throws ClientError, `CLIENT_NO_PASSKEYS` with
 * `passkey`; StoreError.
 */
export async function createClient(options: CreateClientOptions = {}): Promise<Client> {
  const { passkey = false, passphrase, profile = PROFILE_FOLDER, ...rest } = options;
  if (passkey) passkeyGiven({ at: 'unsupported' });
  const unlock = passphrase === undefined ? {} : { passphrase };
  return AtollClient.open(await openNodePlatform({ dir: profile, ...unlock }), rest);
}

/** True if a passkey opens the keys of a profile that is locked: never here. */
export function opensByPasskey(_profile?: string): Promise<boolean> {
  return Promise.resolve(false);
}

// What both entries share is named there, once.
// eslint-disable-next-line no-restricted-syntax -- a list of names in each would have to be the same.
export * from './names.ts';
