/** Levels of access and the roles that people see. Each level includes those before it. */

/** What a credential allows: read, write, grant and revoke (control), everything (own). */
export type Level = 'read' | 'write' | 'control' | 'own';

/** The word a person sees for a level held over the whole space. */
export type Role = 'reader' | 'writer' | 'admin' | 'owner';

/** Levels in ascending order; the position plus one is the byte on the wire. */
export const LEVELS: readonly Level[] = ['read', 'write', 'control', 'own'];

const LEVEL_OF_ROLE: Readonly<Record<Role, Level>> = {
  reader: 'read',
  writer: 'write',
  admin: 'control',
  owner: 'own',
};

const ROLE_OF_LEVEL: Readonly<Record<Level, Role>> = {
  read: 'reader',
  write: 'writer',
  control: 'admin',
  own: 'owner',
};

/** Level that a role grants. */
export function levelOfRole(role: Role): Level {
  return LEVEL_OF_ROLE[role];
}

/** Role that a level over the whole space is shown as. */
export function roleOfLevel(level: Level): Role {
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

/** True when `held` allows all that `needed` does. */
export function suffices(held: Level, needed: Level): boolean {
  return levelNumber(held) >= levelNumber(needed);
}
