/** People one keeps beyond a space, and how sure one is of them. */
import type { Live } from './live.ts';
import type { PersonLook } from './profile-api.ts';

/** People whom this identity has kept, shared by all its devices. */
export interface Contacts {
  readonly list: Live<readonly Contact[]>;
  /**
   * Keeps somebody who is in a space with this identity. `name`: what to call them, whatever they call
   * themselves. `space`: where they are known from, if there are several. Once more: changes the name.
   * @throws ClientError `CLIENT_UNKNOWN_PERSON`.
   */
  add(
    identity: string,
    options?: { readonly name?: string; readonly space?: string },
  ): Promise<Contact>;
  /** Forgets somebody. Spaces stay as they are. @throws ClientError `CLIENT_UNKNOWN_PERSON`. */
  remove(identity: string): Promise<void>;
  /**
   * The number that both sides see the same if nobody stands in between, and if both know of the same devices.
   * Compare it over a line on which the other's voice or face is known. @throws ClientError
   * `CLIENT_UNKNOWN_PERSON`.
   */
  safetyNumber(identity: string): Promise<SafetyNumberView>;
  /**
   * The user has compared the number and found the same: the person is kept as verified.
   * @throws ClientError `CLIENT_SAFETY_CHANGED` if it is another one now.
   */
  confirm(number: SafetyNumberView): Promise<Contact>;
  /** The user has scanned the other's code. Where it is equal, the person is kept as verified. */
  scan(identity: string, text: string): Promise<SafetyScanOutcome>;
}

/** Somebody one has kept. */
export interface Contact extends PersonLook {
  readonly id: string;
  /** The name one has given, else the one that they give themselves. */
  readonly displayName: string;
  readonly givenName?: string;
  /** The space in which they were found, and its name then. */
  readonly from: { readonly space: string; readonly name: string };
  readonly sinceMs: number;
  readonly standing: ContactStanding;
}

/** How sure one is of somebody. */
export type ContactStanding =
  | { readonly at: 'unverified' }
  | { readonly at: 'verified'; readonly atMs: number }
  /**
   * Verified once; since then `devices` have come for which neither a second device nor the recovery words vouch, or
   * the words are others. Compare again.
   */
  | {
      readonly at: 'changed';
      readonly atMs: number;
      readonly devices: number;
      readonly words: boolean;
    }
  /** Somebody else may have their recovery words: two changes of them contradict each other. Ask in person. */
  | { readonly at: 'contested'; readonly atMs: number };

/** A number to compare. */
export interface SafetyNumberView {
  readonly identity: string;
  /** Twelve groups of five digits. */
  readonly groups: readonly string[];
  /** The same as text for a QR code. */
  readonly scan: string;
}

/** What came out of scanning a code. */
export type SafetyScanOutcome =
  | 'verified'
  /** No safety number at all. */
  | 'not-a-code'
  /** Of two other people. */
  | 'other-people'
  /** One side does not know yet of a device that the other knows: wait for both to be up to date. */
  | 'my-devices-differ'
  | 'their-devices-differ';
