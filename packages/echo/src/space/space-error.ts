/** Refusals of a space. */
import { AtollError } from '@atoll/kernel';

/** Ways in which work on a space can fail. */
export type SpaceErrorCode =
  | 'SPACE_READ_ONLY' // Your role does not allow changes here. Ask an admin for another role.
  | 'SPACE_NO_RIGHT' // Your rights reach only parts of this space, and not this one. Ask somebody who has control over it for a right.
  | 'SPACE_REMOVED' // You were removed from this space. What you had written stays; ask an admin to let you in again.
  | 'SPACE_DEVICE_STOPPED' // This device was suspended or removed by another one. Use the 24 words to bring it back, or work on another device.
  | 'SPACE_INVITATION_USED_UP' // The invitation had let in as many as it may before you. Ask an admin for another one.
  | 'SPACE_NOT_READY' // Your right to write has not arrived yet. Wait until the space has been received.
  | 'SPACE_CLOSED' // The space was closed. Open it again.
  | 'SPACE_FEED_TAKEN' // Another process wrote under the same name. Close the other one and open the space again.
  | 'SPACE_KEY_MISSING' // A key of this space is not on this device. Connect to a member to get it.
  | 'SPACE_TRANSACTION_TOO_LARGE' // One change is above the size of a block. Split it into several.
  | 'SPACE_WORK_APART' // The others have agreed on a state without what an old copy of this profile wrote. It is kept here: copy it elsewhere or export it, then leave it.
  | 'SPACE_SLOTS_MAX'; // Too many windows or programs write with this profile at once. Close one.

/** Error of a space. */
export class SpaceError extends AtollError<SpaceErrorCode> {
  override readonly name = 'SpaceError';
}
