/** Changes that undo does not know: what was said to others is taken back only by saying so. */
import type { Database } from './database.ts';

const now = new WeakSet<Database>();

/** True while what is changed is not for undo to know. */
export function isUnrecorded(db: Database): boolean {
  return now.has(db);
}

/** Makes changes in a block of their own, of which no undo is told. */
export function unrecorded(db: Database, change: () => void): void {
  // What was written before is a gesture of its own, and stays one.
  db.commit();
  now.add(db);
  try {
    change();
    db.commit();
  } finally {
    now.delete(db);
  }
}
