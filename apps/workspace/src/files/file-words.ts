/** Where a file is and what went wrong with it, as people say it. */
import type { BlobState } from '@atoll/client';
import { FILE_FAILURES, FILE_STATES } from '../copy/files.ts';

/** What is said of a file, and how far something has got that is going on. */
export interface FileWords {
  readonly text: string;
  /** Between 0 and 1, while it is on its way. */
  readonly progress?: number;
  /** Needs somebody's attention. */
  readonly isBad?: boolean;
}

const NOTHING: FileWords = { text: '' };

/** Words for a state. `isConnected`: somebody who could have it is here. */
export function fileWords(state: BlobState, isConnected: boolean): FileWords {
  const progress = state.of === 0 ? 1 : Math.min(1, state.have / state.of);
  switch (state.at) {
    case 'unknown':
      return NOTHING;
    case 'away':
      return { text: isConnected ? FILE_STATES.away : FILE_STATES.awayAlone };
    case 'partly':
      return { text: FILE_STATES.partly(percentText(progress)), progress };
    case 'coming':
      return isConnected
        ? { text: FILE_STATES.coming(percentText(progress)), progress }
        : { text: FILE_STATES.waitingForOthers(percentText(progress)), progress };
    case 'here':
      return hereWords(state, isConnected);
  }
}

function hereWords(state: BlobState, isConnected: boolean): FileWords {
  if (state.upload === 'full') return { text: FILE_STATES.full, isBad: true };
  if (state.upload === 'waiting') {
    const progress = state.of === 0 ? 1 : Math.min(1, state.sent / state.of);
    return isConnected
      ? { text: FILE_STATES.sending(percentText(progress)), progress }
      : { text: FILE_STATES.waiting };
  }
  return state.pinned ? { text: FILE_STATES.pinned } : NOTHING;
}

/** "40 %", never more than what is there. */
export function percentText(part: number): string {
  return `${String(Math.floor(part * 100))} %`;
}

/** What to say when a file could not be added. */
export function addFailure(name: string, code: string): string {
  if (code === 'STORE_FULL') return FILE_FAILURES.noRoom(name);
  if (code === 'BLOB_NOT_READABLE') return FILE_FAILURES.notReadable(name);
  return FILE_FAILURES.notAdded(name);
}

/** What to say when a file could not be had. */
export function fetchFailure(code: string): string {
  return code === 'BLOB_DAMAGED' ? FILE_FAILURES.damaged : FILE_FAILURES.notFetched;
}
