/** Passkeys as applications see them: a second way to open this device, and a second way back. */
import type { Live } from './live.ts';

/** A passkey of the identity. It is one of its devices, which lives in the authenticator alone. */
export interface Passkey {
  /** Key of its device: the same as in the list of devices. */
  readonly key: string;
  readonly name: string;
  readonly addedAtMs: number;
  /** It opens the keys of this device, beside the passphrase. */
  readonly opensThisDevice: boolean;
  /** `kept`: a server has what it brings the identity back by. `waiting`: none has yet, as far as is known here. */
  readonly way: 'kept' | 'waiting';
}

/** Passkeys of the identity, without those that were removed. */
export interface Passkeys extends Live<readonly Passkey[]> {
  /** `false`: there can be none here, so that nothing needs to be offered. */
  isSupported(): Promise<boolean>;
  /**
   * Makes a passkey: a way back, and where keys are under a passphrase also a way to open this device. What it can
   * do later is what a device can, and not what the words can. Resolves when it is durable on this device.
   * @throws ClientError `CLIENT_NO_IDENTITY`, `CLIENT_DEVICE_STOPPED`, `CLIENT_NO_PASSKEYS`,
   * `CLIENT_PASSKEY_CANCELLED`, `CLIENT_PASSKEY_NO_SECRET`, `CLIENT_PASSKEY_KNOWN`, `CLIENT_PASSKEY_OTHER`.
   */
  add(options: { readonly name: string }): Promise<{ readonly key: string }>;
  /**
   * Lets a passkey that was added elsewhere, or before there was a passphrase, open this device. @throws ClientError
   * as {@link Passkeys.add}, `CLIENT_UNKNOWN_PASSKEY`; StoreError `STORE_UNPROTECTED` where there is no passphrase.
   */
  openWith(key: string): Promise<void>;
  /**
   * Takes a passkey away: its device is stopped in every space, nothing at the servers is for it any more, and no
   * device opens by it once it hears of it. @throws ClientError `CLIENT_UNKNOWN_PASSKEY`, `CLIENT_DEVICE_STOPPED`.
   */
  remove(key: string): Promise<void>;
}
