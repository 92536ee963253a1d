/** Stands before what says which invitations a profile has. */
export const INVITATIONS = 'invitations/';
