/** Undo of one space. */
import type { Space } from '@atoll/echo';
import type { PlatformBase } from '@atoll/kernel';
import type { Undo, UndoOutcome, UndoState } from './api.ts';
import { LiveCell, type Live } from './live.ts';

export class SpaceUndo implements Undo {
  readonly state: Live<UndoState> = new LiveCell<UndoState>({
    canUndo: false,
    canRedo: false,
    entries: [],
  });
  static open(_platform: PlatformBase, _space: Space): Promise<SpaceUndo> {
    return Promise.resolve(new SpaceUndo());
  }
  undo(): UndoOutcome {
    return { done: 0, skipped: 0, nothing: true };
  }
  redo(): UndoOutcome {
    return { done: 0, skipped: 0, nothing: true };
  }
}
