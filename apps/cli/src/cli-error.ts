/** Refusals of the command line itself, before or besides those of the client. */
import { AtollError } from '@atoll/kernel';

/** Every way the command line can refuse. */
export type CliErrorCode =
  | 'CLI_USAGE' // The command line is not understood. The usage is shown beside it.
  | 'CLI_SPACE_UNKNOWN' // No space of this profile has that id or name. `atoll space list` shows them.
  | 'CLI_SPACE_AMBIGUOUS' // Several spaces fit. Give more of the id.
  | 'CLI_SPACE_UNOPENED' // Some spaces cannot be opened on this device; the message says which and why. The others were saved; fetch these from another device or member.
  | 'CLI_MEMBER_UNKNOWN' // Nobody in the space, or no group of it, is called so. `atoll member list SPACE` shows the members, `atoll group list SPACE` the groups.
  | 'CLI_MEMBER_AMBIGUOUS' // Several members or groups fit. Give the beginning of the id.
  | 'CLI_ZONE_UNKNOWN' // No zone of the space is called so. `atoll zone list SPACE` shows them.
  | 'CLI_ZONE_AMBIGUOUS' // Several zones fit. Give the beginning of the id.
  | 'CLI_DEVICE_UNKNOWN' // None of your devices is called so. `atoll device list` shows them.
  | 'CLI_DEVICE_AMBIGUOUS' // Several devices fit. Give the beginning of the key.
  | 'CLI_DEVICE_STOPPED' // This device was suspended or removed. `atoll device restore --words-file FILE` brings it back, or go on with another one.
  | 'CLI_ATTESTATION_UNKNOWN' // No attestation here, or more than one, begins so. `atoll attest list` shows them.
  | 'CLI_NOT_THE_SAME' // The numbers differ: somebody may stand between you, or one side lacks news of a device. Sync both and compare again; trust nothing until they are the same.
  | 'CLI_DOES_NOT_HOLD' // An attestation or credential does not hold; the message says why. Ask its issuer for another one.
  | 'CLI_OBJECT_UNKNOWN' // The space has no such object. `atoll query` shows the ids.
  | 'CLI_ENTRY' // No work that does not count has that name. `atoll take-up SPACE` lists it.
  | 'CLI_POINT' // What was given is no moment, hash or version. `atoll version SPACE` lists the versions.
  | 'CLI_TYPE_UNKNOWN' // No object of that type has been seen in the space. The types seen are listed.
  | 'CLI_FIELD' // A field or its value does not fit the type; the message says which and why. Correct it.
  | 'CLI_FILE' // A file cannot be read, or is not what it should be; the message says where. Correct it.
  | 'CLI_READER' // You may read this space but not write it. Ask an admin for another role.
  | 'CLI_COMING_BACK' // The words have brought this device back, and the space has not heard of it yet. `atoll sync` waits until it has; try again after that.
  | 'CLI_SHOWS_HISTORY' // Somebody who was let in without what was before would be shown all of it, for good. Say `--with-history` if that is meant.
  | 'CLI_WRONG_DIGITS' // The six digits are wrong or used up. Ask for the new ones and join again.
  | 'CLI_INVITATION' // The invitation did not end in joining; the message says why. Ask for a new one.
  | 'CLI_LOCKED' // The keys of this profile are under a passphrase. Unlock it with `atoll unlock`, or name a file in ATOLL_PASSPHRASE_FILE.
  | 'CLI_NO_KEYRING' // The system has no keyring that keeps keys. Name a file with the passphrase in ATOLL_PASSPHRASE_FILE instead.
  | 'CLI_OTHER_WORDS' // These are 24 good words, but those of another identity. Look at the sheet again.
  | 'CLI_NO_PASSKEYS' // A terminal has no passkeys. Add one in a browser; here the 24 words and the passphrase do the same.
  | 'CLI_TIMEOUT' // It took longer than --timeout allows. What was done so far is kept.
  | 'CLI_SETTINGS' // The settings in the profile folder cannot be read. Remove `cli.json` there.
  | 'CLI_CANCELLED'; // Interrupted by the user. Nothing: what was flushed is kept.

/** Error of the command line. */
export class CliError extends AtollError<CliErrorCode> {
  override readonly name = 'CliError';
}
