/** What it takes to invite and to join, beside the types: a part of its own, see `load-invitations.ts`. */
export { admitGuest } from './admit-guest.ts';
export { GuestInvitation } from './guest-invitation.ts';
export { HostInvitation } from './host-invitation.ts';
export { readingKeyOf } from './reading-key.ts';
export { formatInvitationCode, parseInvitationCode } from './invitation-code.ts';
