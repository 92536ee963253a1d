/** Statements in fields of their own, to be compared or changed: a grant that was read has some of them on demand. */
import type { Statement } from '../statements.ts';

/** See above. */
export function plainStatement<S extends Statement>(statement: S): S {
  if (statement.kind !== 'grant') return statement;
  const { nonce, path, signature } = statement;
  return { ...statement, nonce, path, signature };
}
