/** The door to inviting and joining. */

import type * as Loaded from './invitations.ts';

/** See {@link loadInvitations}. */
export type Invitations = typeof Loaded;

/** Loads what invites and joins: a page needs it when its user does either, which is seldom. */
export function loadInvitations(): Promise<Invitations> {
  return import('./invitations.ts');
}
