/** Atoll for a browser: the client on IndexedDB, WebCrypto and WebRTC. @packageDocumentation */
import { AtollClient, type Client, type ClientOptions } from '@atoll/client';
import { openWebPlatform, passkeysOf } from '@atoll/platform-web';

/** Which profile of this origin, and what its client is opened with. */
export interface CreateClientOptions extends ClientOptions {
  /** Name of the profile; each is a person of its own. */
  readonly profile?: string;
  /** Opens the keys of the profile, where they are under one. */
  readonly passphrase?: string;
}

const PROFILE_NAME = 'default';

/** Opens a profile. @throws ClientError, StoreError. */
export async function createClient(options: CreateClientOptions = {}): Promise<Client> {
  const { profile = PROFILE_NAME, passphrase, ...rest } = options;
  const unlock = passphrase === undefined ? {} : { passphrase };
  return AtollClient.open(await openWebPlatform({ name: profile, ...unlock }), rest);
}

// What both entries share is named there, once.
// eslint-disable-next-line no-restricted-syntax -- a list of names in each would have to be the same.
export * from './names.ts';
