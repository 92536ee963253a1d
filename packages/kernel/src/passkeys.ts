/**
 * Passkeys: credentials of an authenticator, each of which answers a salt with 32 bytes that nobody else can know
 * (WebAuthn Level 3, section 10.1.4, extension `prf`). Keys follow from those bytes.
 */
import { utf8 } from './bytes.ts';

/** What is asked for the keys of the device in one's hands. Part of what lies on disks: never to be changed. */
export const PASSKEY_UNLOCK_SALT: Uint8Array<ArrayBuffer> = utf8('atoll/passkey/unlock');
/** What is asked for coming back. Another salt: unlocking never has what recovers in memory. */
export const PASSKEY_RECOVERY_SALT: Uint8Array<ArrayBuffer> = utf8('atoll/passkey/recovery');
/** Bytes that come of one salt. */
export const PASSKEY_OUTPUT_BYTES = 32;

/** What an authenticator has given. Secret as a whole. */
export interface PasskeyOutput {
  /** Id of the credential: 16 to 1023 bytes, not secret. */
  readonly credential: Uint8Array<ArrayBuffer>;
  /** 32 bytes for each salt that was asked, in that order. */
  readonly outputs: readonly Uint8Array<ArrayBuffer>[];
}

/**
 * Why nothing was given. `unsupported`: nothing here has passkeys. `cancelled`: by the user, by the time, or because
 * no passkey fits, which an authenticator does not tell apart. `no-prf`: there is a passkey, and it gives no secret.
 * `wrong-credential`: another passkey has answered. `known`: one of those that are known already is all there is.
 */
export type PasskeyRefusal = 'unsupported' | 'cancelled' | 'no-prf' | 'wrong-credential' | 'known';

/** What became of asking an authenticator. */
export type PasskeyAnswer =
  ({ readonly at: 'given' } & PasskeyOutput) | { readonly at: PasskeyRefusal };

/** Passkeys of one domain. The user is asked each time, and shows that it is him. */
export interface Passkeys {
  /** `false`: nothing here could ever give a secret. `true`: the authenticator decides when it is asked. */
  isSupported(): Promise<boolean>;
  /**
   * Makes a passkey that can be found without knowing its id, and asks it one or two salts: a second time, where an
   * authenticator answers only then.
   */
  create(options: {
    /** How the user's list of passkeys shows it. */
    readonly name: string;
    readonly salts: readonly Uint8Array[];
    /** Credentials of which none is to be made again. */
    readonly known?: readonly Uint8Array[];
  }): Promise<PasskeyAnswer>;
  /** Asks one or two salts of one of these credentials; of any, where none are named. */
  evaluate(options: {
    readonly salts: readonly Uint8Array[];
    readonly among?: readonly Uint8Array[];
  }): Promise<PasskeyAnswer>;
}
