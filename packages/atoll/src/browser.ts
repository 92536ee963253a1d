/** Atoll for a browser: the client on IndexedDB, WebCrypto and WebRTC. @packageDocumentation */
import { AtollClient, passkeyGiven, type Client, type ClientOptions } from '@atoll/client';
import { PASSKEY_UNLOCK_SALT } from '@atoll/kernel';
import { openWebPlatform, passkeysOf, webPasskeys, type WebUnlock } from '@atoll/platform-web';

/** Which profile of this origin, and what its client is opened with. */
export interface CreateClientOptions extends ClientOptions {
  /** Name of the profile; each is a person of its own. */
  readonly profile?: string;
  /** Opens the keys of the profile, where they are under one. */
  readonly passphrase?: string;
  /** `true`: asks the user for a passkey that opens them. Browsers want that in answer to a gesture. */
  readonly passkey?: boolean;
}

const PROFILE_NAME = 'default';

/**
 * Opens a profile. @throws ClientError, StoreError; with `passkey` also ClientError `CLIENT_NO_PASSKEYS`,
 * `CLIENT_PASSKEY_CANCELLED`, `CLIENT_PASSKEY_NO_SECRET`, `CLIENT_PASSKEY_OTHER`.
 */
export async function createClient(options: CreateClientOptions = {}): Promise<Client> {
  const { passkey = false, passphrase, profile = PROFILE_NAME, ...rest } = options;
  const unlock = passkey ? await askForPasskey(profile) : passphrase && { passphrase };
  const platform = await openWebPlatform({ name: profile, ...(unlock ? { unlock } : {}) });
  return AtollClient.open(platform, rest);
}

/** True if a passkey opens the keys of a profile that is locked. @throws StoreError. */
export async function opensByPasskey(profile: string = PROFILE_NAME): Promise<boolean> {
  return (await passkeysOf(profile)).length > 0;
}

async function askForPasskey(profile: string): Promise<WebUnlock> {
  const among = await passkeysOf(profile);
  // Without any, any passkey would be asked for, to no end: the keystore says what is missing.
  if (among.length === 0) return {};
  return {
    passkey: passkeyGiven(await webPasskeys.evaluate({ salts: [PASSKEY_UNLOCK_SALT], among })),
  };
}

// What both entries share is named there, once.
// eslint-disable-next-line no-restricted-syntax -- a list of names in each would have to be the same.
export * from './names.ts';
