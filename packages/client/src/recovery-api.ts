/** Recovery as applications see it: the copies from which an identity comes back, the words, and the way back. */
import type { Identity } from './api.ts';
import type { Live } from './live.ts';

/** What a server keeps for the recovery of this identity, as far as this device has put it there. */
export interface RecoveryCopy {
  /** Address of the server. */
  readonly kube: string;
  /**
   * `kept`: what is there says what this device knows. `waiting`: it is about to be renewed, or the server cannot
   * be reached. `refused`: the server keeps nothing of the kind, or has no room.
   */
  readonly at: 'kept' | 'waiting' | 'refused';
  /** When it was put there last, by this device's clock. */
  readonly keptAtMs?: number;
  /** The server had lost, or taken back to an earlier state, what it was given. It was given it again. */
  readonly wasLost: boolean;
}

/** How this device came back. */
export interface RecoveredState {
  /** The newest of the copies was written then. What happened later is known once other devices or spaces tell it. */
  readonly asOfMs: number;
  /** Everything of the private space that the copies named is here. */
  readonly complete: boolean;
}

/** The 24 words were changed. */
export interface WordsChange {
  /** When, by the clock of the device on which it was done. */
  readonly atMs: number;
  /** Name of that device. */
  readonly byName: string;
  /** It was done on this one. */
  readonly byThisDevice: boolean;
  /** The old words were changed twice, into different ones: only one of the two new sheets counts. */
  readonly isContested: boolean;
  /**
   * Names of the other devices that have not taken it up yet, as far as is known here: what such a one has put under
   * the old words may lie there still. Empty for one that nobody has named.
   */
  readonly awaited: readonly string[];
}

/** What became of asking one server. */
export type RecoveryAnswer = 'found' | 'nothing' | 'no-answer' | 'refused';

/** What a recovery has found. */
export interface RecoveryOutcome {
  readonly identity: Identity;
  readonly asOfMs: number;
  /** Servers that were asked, with what came of it. */
  readonly asked: readonly { readonly kube: string; readonly answer: RecoveryAnswer }[];
}

/** Recovery of the identity of this profile. */
export interface Recovery {
  /** One for each server that the profile uses, in the order in which they were named. */
  readonly copies: Live<readonly RecoveryCopy[]>;
  /** `undefined` on a device that was not recovered. */
  readonly recovered: Live<RecoveredState | undefined>;
  /** The last change of the 24 words; `undefined` as long as the first ones count. */
  readonly wordsChanged: Live<WordsChange | undefined>;
  /**
   * On a fresh profile: makes this a device of the identity of these 24 words. Asks the servers named, or else
   * those that the client uses, and those that they lead to. Nobody else has to be online; spaces come as their
   * servers and members have them. The keys of the words are overwritten before it resolves.
   * @throws CryptoError `CRYPTO_WORDS_COUNT`, `CRYPTO_WORDS_UNKNOWN`, `CRYPTO_WORDS_CHECKSUM`; ClientError
   * `CLIENT_HAS_IDENTITY`, `CLIENT_NO_SERVER`, `CLIENT_UNREACHABLE` (nobody answers), `CLIENT_NOTHING_TO_RECOVER`
   * (says who was asked).
   */
  recover(options: {
    readonly words: string;
    readonly kubes?: readonly string[];
    readonly deviceName?: string;
  }): Promise<RecoveryOutcome>;
  /**
   * The same by a passkey that was added before: the user is asked for it. What lets this device in is the passkey's
   * device, not the words: it has no vote until one of the others has agreed.
   * @throws ClientError as {@link Recovery.recover}, `CLIENT_NO_PASSKEYS`, `CLIENT_PASSKEY_CANCELLED`,
   * `CLIENT_PASSKEY_NO_SECRET`, `CLIENT_PASSKEY_REMOVED`.
   */
  recoverByPasskey(options?: {
    readonly kubes?: readonly string[];
    readonly deviceName?: string;
  }): Promise<RecoveryOutcome>;
  /**
   * The drill: true when these are the words of this identity. Changes nothing and asks nobody.
   * @throws CryptoError as {@link Recovery.recover}; ClientError `CLIENT_NO_IDENTITY`.
   */
  checkWords(words: string): Promise<boolean>;
  /**
   * 24 fresh words, for {@link Recovery.changeWords}. They are kept nowhere, and worth nothing until then: show them,
   * and have them written down first.
   */
  makeWords(): Promise<readonly string[]>;
  /**
   * Puts new words in place of the old ones, for somebody may have seen those: needs both, and this device. From then
   * on the old ones decide nothing; keys are changed in every space, as those that were there could be had with the
   * old words. Copies under them are taken away, but for those of a device that is away: who comes back by such a one
   * is stopped wherever the change is known ({@link DeviceLock.byOldWords}). Resolves when it is decided and all spaces of this device were
   * told; what is interrupted goes on at the next start, also on other devices. Until the servers have the new copies
   * ({@link Recovery.copies}) the new words lead to nothing: keep both sheets until then.
   * @throws ClientError `CLIENT_WRONG_WORDS`, `CLIENT_SAME_WORDS`, `CLIENT_DEVICE_STOPPED`, `CLIENT_NO_IDENTITY`;
   * CryptoError as {@link Recovery.recover}.
   */
  changeWords(options: { readonly words: string; readonly newWords: string }): Promise<void>;
}
