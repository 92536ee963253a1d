/** What it takes to invite and to join, beside the types: a part of its own, see `load-invitations.ts`. */
export { admitGuest } from './admit-guest.ts';
export { GuestInvitation } from './guest-invitation.ts';
export { HostInvitation } from './host-invitation.ts';
export { controlReaders, controllersOf } from './controllers.ts';
export { HaloError } from './halo-error.ts';
export { copyFor } from './invitation-book.ts';
export { decodeInvitationRecord, encodeInvitationRecord } from './invitation-record.ts';
export {
  newInvitation,
  openInvitation,
  sealInvitation,
  stateInvitation,
} from './new-invitation.ts';
export { readRequest, writeRequest } from './request-codec.ts';
export { readingKeyOf } from './reading-key.ts';
export { formatInvitationCode, parseInvitationCode } from './invitation-code.ts';
