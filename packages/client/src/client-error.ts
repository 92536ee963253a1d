/** Refusals of the client to its application. */
import { AtollError } from '@atoll/kernel';

/** Every way the client itself can refuse. */
export type ClientErrorCode =
  | 'CLIENT_NO_IDENTITY' // This profile has no identity yet. Create one or join with a device invitation first.
  | 'CLIENT_HAS_IDENTITY' // This profile belongs to somebody already. Use another profile.
  | 'CLIENT_SLOTS_MAX' // Too many windows or programs write with this profile at once. Close one.
  | 'CLIENT_NO_SERVER' // No server is configured, so nobody can be met. Name one with its address.
  | 'CLIENT_NOT_ALLOWED' // Your role here does not allow this. Ask an admin.
  | 'CLIENT_UNKNOWN_MEMBER' // Nobody of that name is in this space. Look at the list of its members.
  | 'CLIENT_UNKNOWN_ZONE' // There is no such private zone in this space. Look at the list of them.
  | 'CLIENT_ZONE_NAME' // A private zone needs a name that is not too long. Give another one.
  | 'CLIENT_UNKNOWN_TEAM' // This space has no such team. Look at the list of its teams.
  | 'CLIENT_UNKNOWN_REMOVAL' // There is no such removal, or it has been taken back already.
  | 'CLIENT_SENIOR_RIGHT' // Somebody senior has given this. Only he, or somebody who is above him, can take it away.
  | 'CLIENT_LAST_OWNER' // Nobody else owns this space, or this private zone. Make somebody else an owner first.
  | 'CLIENT_NOT_ROOT' // The space belongs to somebody else, or was handed over already. Ask whoever has it.
  | 'CLIENT_EPOCH_PAST' // The space has that epoch already. Name one that is still to come.
  | 'CLIENT_CONDITION' // The condition is not met now, or only by a right that is junior to this one. Name somebody who has it from you, or from somebody above you.
  | 'CLIENT_TEAM_CIRCLE' // A team cannot be in a team that is in it. Put it somewhere else.
  | 'CLIENT_TEAM_NAME' // A team needs a name of at most 256 bytes that no other team here has.
  | 'CLIENT_UNKNOWN_SPACE' // This profile is no member of that space. Join it with an invitation.
  | 'CLIENT_SPACE_CLOSED' // The space is closed because nobody used it, and is being opened. Wait for `space.open()`, or hold it with `space.hold()` while you use it.
  | 'CLIENT_SPACE_LEFT' // The space was left, here or on another device. Bring it back, or join it again with an invitation.
  | 'CLIENT_UNSENT_WORK' // Leaving the space could lose what others do not have. Connect until it is with them, or say that it may be lost.
  | 'CLIENT_ONLY_MEMBER' // Nobody else is in the space: leaving it removes it for good. Save it as a file first, or say that it may be lost.
  | 'CLIENT_PROFILE_MALFORMED' // What is stored of the identity cannot be read. Restore it from another device.
  | 'CLIENT_PROFILE_LIMIT' // A name has at most 256 bytes and is not empty, words about oneself have at most 560. Use fewer.
  | 'CLIENT_PICTURE' // A picture of somebody is a PNG or JPEG of at most 8 KiB and 512 points along an edge. Make it smaller.
  | 'CLIENT_INVITATION_TERMS' // No invitation can be like that. Without digits it gives reading only; for somebody known it is for one, and needs the identity.
  | 'CLIENT_UNKNOWN_INVITATION' // No such invitation is open on this device. Look at the list of those that are.
  | 'CLIENT_NO_REQUEST' // Nobody of that identity is asking to be let in. Look at those who are.
  | 'CLIENT_INVITATION' // The invitation did not end in joining; the message says why. Ask for a new one.
  | 'CLIENT_ARCHIVE_DAMAGED' // The file is no archive, or was changed or cut off. Nothing false was taken from it; use another copy.
  | 'CLIENT_ARCHIVE_LOCKED' // The archive has no keys that this profile could use. Give its passphrase, or open it as a member.
  | 'CLIENT_ARCHIVE_PASSPHRASE' // That is not the passphrase of the archive. Type it again.
  | 'CLIENT_ARCHIVE_PRUNED' // This device has dropped history, and what stands for it is not proved yet. Connect to somebody who has the space, or export it there.
  | 'CLIENT_NOTHING_TO_RECOVER' // The words are words, but none of the servers that were asked has anything for them. Name the server that is printed beside the words, or type the words again.
  | 'CLIENT_NO_PASSPHRASE' // This platform keeps its keys where no passphrase can be put before them. Use that of the device.
  | 'CLIENT_UNKNOWN_PERSON' // Nobody of that id shares a space with you, or is among your contacts. Share a space first.
  | 'CLIENT_SAFETY_CHANGED' // The safety number is another one than was shown: a device has come or gone. Compare the new one.
  | 'CLIENT_UNKNOWN_ATTESTATION' // No such attestation is kept here, or shown there. Look at the list.
  | 'CLIENT_ATTESTATION_VOID' // The attestation or credential does not hold; the message says why. Ask its issuer for another one.
  | 'CLIENT_NOT_YOUR_WORD' // Only who has made an attestation can take it back, and only who made it or whom it is about can keep and show it. Ask them.
  | 'CLIENT_NAMES_YOU' // Attestations tell who you are, and the presentation is to tell nobody. Agree to be known, or leave them out.
  | 'CLIENT_NO_VOTE' // This device has no vote about the next common state of the space. Ask an admin of the space to agree on it.
  | 'CLIENT_UNKNOWN_DEVICE' // No such device is known here. Look at the list of devices.
  | 'CLIENT_THIS_DEVICE' // This is about the device in your hands. Do it on another one, or choose another one.
  | 'CLIENT_AGREED_ALREADY' // This device has a say already: nobody has to agree with it.
  | 'CLIENT_AGREE_ELSEWHERE' // The device in your hands has let that one in, or has no vote itself: its word does not count here. Agree on another device that votes.
  | 'CLIENT_DEVICE_STOPPED' // This device was suspended or removed. Bring it back with the 24 words, or go on with another one.
  | 'CLIENT_ONLY_WORDS' // The 24 words have brought that device back, and only they stop it. Remove it with the words.
  | 'CLIENT_WRONG_WORDS' // These are 24 words, but not those of this identity. Look for the sheet that you wrote for it.
  | 'CLIENT_SAME_WORDS' // The new words are the old ones, or some that were used before. Have others made.
  | 'CLIENT_LINK_ENDED' // Nothing lies under this link any more, or it was not copied whole. Ask for the link of now.
  | 'CLIENT_NOT_KEPT' // The server does not keep what a public link leads to: it is full, or keeps nothing. Use another server.
  | 'CLIENT_DOOR_TERMS' // A door cannot have these terms; the message says why. Choose others.
  | 'CLIENT_DOOR_CLOSED' // This space takes nothing from people who only follow it. Ask a member to invite you.
  | 'CLIENT_NOT_WANTED' // The space does not take this; the message says why. Change it, or ask a member.
  | 'CLIENT_UNKNOWN_CONTRIBUTION' // Nothing of that name is waiting here. Look at what is.
  | 'CLIENT_NO_PASSKEYS' // Nothing here has passkeys that give a secret. Use the passphrase, or the 24 words.
  | 'CLIENT_PASSKEY_CANCELLED' // No passkey was given: it was cancelled, it took too long, or there is none that fits. Try again.
  | 'CLIENT_PASSKEY_NO_SECRET' // There is a passkey, but it gives no secret, so that it can open nothing. Use another kind of passkey, or the 24 words.
  | 'CLIENT_PASSKEY_OTHER' // Another passkey has answered. Choose the one that was asked for.
  | 'CLIENT_PASSKEY_KNOWN' // This passkey was added before. Use another one.
  | 'CLIENT_PASSKEY_REMOVED' // This passkey was removed from the identity. Use another one, or the 24 words.
  | 'CLIENT_UNKNOWN_PASSKEY' // No such passkey is known here. Look at the list of passkeys.
  | 'CLIENT_UNREACHABLE' // Nobody who has what is asked for is here now. Try again when somebody is.
  | 'CLIENT_CLOSED'; // The client was closed. Create another one.

/** Error of the client package. */
export class ClientError extends AtollError<ClientErrorCode> {
  override readonly name = 'ClientError';
}
