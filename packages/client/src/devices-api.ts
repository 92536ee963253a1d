/** Devices of one's own as applications see them: how each stands, and what can be done about one that is lost. */
import type { Live } from './live.ts';

/** `suspended`: stopped by another device, until the words have spoken. `removed`: by most devices, or the words. */
export type DeviceStanding = 'active' | 'suspended' | 'removed';

/** Something that was said about a device. */
export interface DeviceNote {
  readonly says: 'suspended' | 'stays' | 'goes' | 'goes-and-wipes';
  /** The device that says so; absent where the words do. */
  readonly by?: string;
  /** Its name, as far as it has one. */
  readonly byName?: string;
  /** When, by the clock of whoever said it. */
  readonly atMs: number;
}

/** A device of one's own. */
export interface Device {
  readonly key: string;
  /** Empty for one that nobody has written down: whoever let it in may not have wanted it to be seen. */
  readonly name: string;
  readonly thisDevice: boolean;
  readonly state: 'here' | 'away';
  /** Absent for one that nobody has written down. */
  readonly admittedAtMs?: number;
  readonly standing: DeviceStanding;
  /** False until a second device has agreed: then it has no say in who is removed. Always, for a passkey. */
  readonly votes: boolean;
  /** It has no vote, and the word of this device would count: {@link Devices.agree}. */
  readonly mayAgree: boolean;
  /** Only a passkey has it. */
  readonly isPasskey: boolean;
  /** The words have brought it back: only they stop it, by {@link Devices.remove}. */
  readonly onlyByWords: boolean;
  /** Name of the device that let it in; absent for the first one, and for those that the words let in. */
  readonly admittedBy?: string;
  /** Time of the last thing that it has written which is here. */
  readonly lastWroteMs?: number;
  /** What was said about it, the oldest first. */
  readonly notes: readonly DeviceNote[];
}

/** Why this device does nothing any more. */
export interface DeviceLock {
  readonly standing: 'suspended' | 'removed';
  /** The device that has stopped it, and its name; absent for the 24 words. */
  readonly by?: string;
  readonly byName?: string;
  readonly atMs: number;
  /**
   * `ordered`: the words want what is on it to be deleted, and it is handing over what it has not sent. `done`: it
   * was; the profile has nothing but this note, and a new client on it may begin anew.
   */
  readonly wipe: 'no' | 'ordered' | 'done';
  /** Once it was wiped: spaces of which no server took what had not been sent. */
  readonly lostSpaces?: number;
  /**
   * It came back with words that had been changed before, at `atMs`: who has the words of now can let it stay.
   */
  readonly byOldWords?: boolean;
  /** Devices that could act are all stopped: only the words help. */
  readonly allStopped: boolean;
}

/** The devices of the identity. */
export interface Devices extends Live<readonly Device[]> {
  /** Set while this device is stopped: its spaces are closed, and its keys are not in memory. */
  readonly lock: Live<DeviceLock | undefined>;
  /** @throws ClientError `CLIENT_UNKNOWN_DEVICE`. */
  rename(key: string, name: string): Promise<void>;
  /**
   * Stops another device at once, in every space, until the words or most of the devices have spoken. Resolves when
   * every space that this device has was told; what is interrupted goes on at the next start, also on other devices.
   * A device that is stopped itself may say it, too: by way of the servers alone, and it is back without the words if
   * by all that it hears there most devices have stopped those which stopped it.
   * @throws ClientError `CLIENT_UNKNOWN_DEVICE`, `CLIENT_THIS_DEVICE`; `CLIENT_ONLY_WORDS` for one that the words have
   * brought back ({@link Device.onlyByWords}).
   */
  suspend(key: string): Promise<void>;
  /**
   * Agrees that another device, which one device has let in, is one's own: from then on it has a vote, as soon as the
   * one that let it in has. The device that let it in, and one that has no vote, cannot agree.
   * @throws ClientError `CLIENT_UNKNOWN_DEVICE`, `CLIENT_AGREED_ALREADY`, `CLIENT_AGREE_ELSEWHERE`,
   * `CLIENT_DEVICE_STOPPED`.
   */
  agree(key: string): Promise<void>;
  /**
   * Removes a device for good by the 24 words. With `wipe` the decision also says that what it has is to be deleted:
   * it does so when it hears of it, after handing over what it has not sent. A thief who keeps it from hearing, or
   * has copied it, keeps what he has.
   * @throws ClientError `CLIENT_UNKNOWN_DEVICE`, `CLIENT_THIS_DEVICE`, `CLIENT_WRONG_WORDS`; CryptoError
   * `CRYPTO_WORDS_COUNT`, `CRYPTO_WORDS_UNKNOWN`, `CRYPTO_WORDS_CHECKSUM`.
   */
  remove(key: string, words: string, options?: { readonly wipe?: boolean }): Promise<void>;
  /**
   * Brings a device back by the 24 words, with what it has written meanwhile. On the device itself, when it is
   * locked, leave out the key. From then on only the words can stop it. @throws as {@link Devices.remove}.
   */
  restore(words: string, key?: string): Promise<void>;
  /**
   * Resolves once what the spaces say of this device has taken effect: where it was stopped, it is locked, the servers
   * were asked whether it is to be wiped, and what they say is done, as far as that goes now. For programs that end
   * soon; what stays open does all of that by itself.
   */
  heed(): Promise<void>;
}
