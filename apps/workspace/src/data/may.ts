/** What somebody of a role may do in a space, as far as screens offer it. */
import type { Role } from '@atoll/client';

/** Adds and changes things. */
export function mayWrite(role: Role): boolean {
  return role !== 'reader' && role !== 'commenter';
}

/** Says something about what is there. */
export function mayComment(role: Role): boolean {
  return role !== 'reader';
}
