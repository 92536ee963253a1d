/** The right that the level of a role comes to: what is granted for a role, and what an invitation lets in to. */
import { COMMENT_TYPE, ownObjectsPath, pathKey, type AccessPath } from './access-path.ts';
import { suffices, type Level, type RoleLevel } from './access-level.ts';

/** Where a commenter may write: comments that he makes. */
const COMMENTS: AccessPath = ownObjectsPath(COMMENT_TYPE);
/** The same as one text. */
export const COMMENTS_PATH: string = pathKey(COMMENTS);

/** Level and path of the grant for it. */
export function rightOfRoleLevel(level: RoleLevel): {
  readonly level: Level;
  readonly path: AccessPath;
} {
  return level === 'comment' ? { level: 'write', path: COMMENTS } : { level, path: [] };
}

/** The level of a role that a grant at a path is the right of; `undefined` for one over a part of the space. */
export function roleLevelOfRight(level: Level, path: string): RoleLevel | undefined {
  if (path === '') return level;
  return path === COMMENTS_PATH && suffices(level, 'write') ? 'comment' : undefined;
}
