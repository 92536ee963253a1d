/** Deleted objects that are on the list of an epoch, or gone. */
import type { RefState } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { Fold } from '../fold.ts';
import { winner } from '../shown.ts';
import type { Listed } from './stage.ts';

/** False for the row of a deleted object that is collected, or may be at any time. */
export function mayReturn(fold: Fold, row: number, listed: Listed | undefined): boolean {
  if (fold.isCollected(row)) return false;
  const deleted = fold.deletedOf(row);
  if (listed === undefined || winner(deleted) !== true) return true;
  return !deleted.every(({ block }) => listed.objects(block));
}

/** What is thrown at who asks for such an object back. */
export function collectedObject(): EchoError {
  return new EchoError('ECHO_COLLECTED', 'the object was deleted too long ago');
}

/** Where a ref leads whose object is not here, or does not count. `isSealed`: something here cannot be read. */
export function absent(
  fold: Fold,
  row: number,
  isSealed: boolean,
): { readonly target: undefined; readonly state: RefState } {
  if (row < 0 && isSealed) return { target: undefined, state: 'unreadable' };
  return { target: undefined, state: fold.hasForgotten(row) ? 'collected' : 'missing' };
}
