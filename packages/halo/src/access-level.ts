/**
 * Levels of access, and the roles that people see. Each includes those before it. A role is a level over the whole
 * space, or the right to comment there, which is one to write below the space.
 */

/** What a credential allows: read, write, grant and revoke (control), everything (own). */
export type Level = 'read' | 'write' | 'control' | 'own';

/** What a role gives, and an invitation offers: a level over the whole space, or to read it and comment. */
export type RoleLevel = Level | 'comment';

/** The word a person sees for it. */
export type Role = 'reader' | 'commenter' | 'writer' | 'admin' | 'owner';

/** Levels in ascending order; the position plus one is the byte on the wire. */
export const LEVELS: readonly Level[] = ['read', 'write', 'control', 'own'];

/** Levels of roles in ascending order. */
export const ROLE_LEVELS: readonly RoleLevel[] = ['read', 'comment', 'write', 'control', 'own'];

/** Byte on the wire of the one that is no level. */
const COMMENT_NUMBER = 5;

const LEVEL_OF_ROLE: Readonly<Record<Role, RoleLevel>> = {
  reader: 'read',
  commenter: 'comment',
  writer: 'write',
  admin: 'control',
  owner: 'own',
};

const ROLE_OF_LEVEL: Readonly<Record<RoleLevel, Role>> = {
  read: 'reader',
  comment: 'commenter',
  write: 'writer',
  control: 'admin',
  own: 'owner',
};

/** What a role gives. */
export function levelOfRole(role: Role): RoleLevel {
  return LEVEL_OF_ROLE[role];
}

/** Role that a level is shown as. */
export function roleOfLevel(level: RoleLevel): Role {
  return ROLE_OF_LEVEL[level];
}

/** 1 for read to 4 for own: for comparison and for the wire. */
export function levelNumber(level: Level): number {
  return LEVELS.indexOf(level) + 1;
}

/** Level of a number of the wire, `undefined` for any other. */
export function levelOfNumber(number: number): Level | undefined {
  return LEVELS[number - 1];
}

/** As {@link levelNumber}; 5 for commenting. For the wire alone: it says nothing of what is more. */
export function roleLevelNumber(level: RoleLevel): number {
  return level === 'comment' ? COMMENT_NUMBER : levelNumber(level);
}

/** Level of a role of a number of the wire, `undefined` for any other. */
export function roleLevelOfNumber(number: number): RoleLevel | undefined {
  return number === COMMENT_NUMBER ? 'comment' : levelOfNumber(number);
}

/** True when `held` allows all that `needed` does. */
export function suffices(held: RoleLevel, needed: RoleLevel): boolean {
  return ROLE_LEVELS.indexOf(held) >= ROLE_LEVELS.indexOf(needed);
}
