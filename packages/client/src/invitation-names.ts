/** Stands before what says which invitations a profile has. */
export const INVITATIONS = 'invitations/';
/** Stands before what was ended by a program that did not answer it. */
export const ENDED = 'invitation-ended/';

/** Names of the secrets of one: its record, and who has asked by it. */
export function secretsOf(id: string): readonly string[] {
  return [`requests/${id}`, `invitation/${id}`];
}
