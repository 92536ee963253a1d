/** Objects of any state by their ids. */
import { fromHex } from '@atoll/kernel';
import type { Database } from '../database.ts';

/** Row of an object, or -1. */
export function rowOf(db: Database, id: string): number {
  const bytes = fromHex(id);
  return bytes?.length === 16 ? db.fold.rows.find(bytes) : -1;
}
