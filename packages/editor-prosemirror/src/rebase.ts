/** Moves a delta behind changes that somebody else made to the same text at the same time. */
import type { RichDelta, RichDeltaOp, TextChange } from '@atoll/client';

/** A stretch of the text now: of the text before, or new. */
interface Piece {
  readonly count: number;
  /** The unit of the text before at which it begins; absent for new text. */
  readonly from?: number;
}

/** The same change for the text that the foreign changes have made; what they deleted stays deleted. */
export function rebased(own: RichDelta, foreign: readonly TextChange[]): RichDelta {
  const pieces = piecesAfter(foreign);
  const found: RichDeltaOp[] = [];
  let base = 0;
  let at = 0;
  let used = 0;
  /** Passes new text and what was deleted, up to a unit of the text before. */
  const take = (count: number, make: (count: number) => RichDeltaOp): void => {
    const end = base + count;
    while (base < end) {
      const piece = pieces[at];
      if (piece === undefined) return;
      const { from } = piece;
      if (from === undefined) {
        found.push({ retain: piece.count });
        at++;
        continue;
      }
      if (from + used > base) base = Math.min(end, from + used);
      const some = Math.min(end - base, piece.count - used);
      if (some > 0) found.push(make(some));
      base += some;
      used += some;
      if (used === piece.count) {
        at++;
        used = 0;
      }
    }
  };
  for (const op of own) {
    if ('retain' in op) take(op.retain, (retain) => ({ ...op, retain }));
    else if ('delete' in op) take(op.delete, (count) => ({ delete: count }));
    else found.push(op);
  }
  return found;
}

function piecesAfter(foreign: readonly TextChange[]): readonly Piece[] {
  let pieces: Piece[] = [{ from: 0, count: Number.MAX_SAFE_INTEGER }];
  for (const { position, deleted, inserted } of foreign) {
    if (deleted === 0 && inserted === '') continue;
    const before = cut(pieces, 0, position);
    const after = cut(pieces, position + deleted, Number.MAX_SAFE_INTEGER);
    const fresh: Piece[] = inserted === '' ? [] : [{ count: inserted.length }];
    pieces = [...before, ...fresh, ...after];
  }
  return pieces;
}

function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const start = Math.max(0, from - at);
    const count = Math.min(piece.count, to - at) - start;
    if (count > 0) {
      found.push(piece.from === undefined ? { count } : { from: piece.from + start, count });
    }
    at += piece.count;
  }
  return found;
}
