/** The update that makes a Yjs document show what it showed in the past. */
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector, UndoManager } from 'yjs';

/** Marks what came since, so that it alone is undone. */
const SINCE: object = Object.freeze({ since: 'then' });

/**
 * What came since is applied to a copy of the past and undone there by Yjs itself: what was deleted since comes
 * back as a copy, as with any undo of Yjs. The copy keeps what is deleted, which the present may have let go.
 */
export function updateBackTo(present: Doc, past: Doc): Uint8Array {
  const copy = new Doc({ gc: false });
  applyUpdate(copy, encodeStateAsUpdate(past));
  const undo = new UndoManager(copy, { trackedOrigins: new Set([SINCE]) });
  applyUpdate(copy, encodeStateAsUpdate(present, encodeStateVector(past)), SINCE);
  undo.undo();
  const update = encodeStateAsUpdate(copy, encodeStateVector(present));
  undo.destroy();
  copy.destroy();
  return update;
}
