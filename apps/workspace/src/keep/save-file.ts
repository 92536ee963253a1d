/** Hands a file to the browser to save, or says why there is none. */
import { SAVE } from '../copy/keep.ts';

/** The browser has begun to read it by then. */
const SAVE_BEGUN_MS = 60_000;

/** Saves bytes under a name where the browser saves files. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), SAVE_BEGUN_MS);
}

/** Why a file could not be made, in a sentence; `code` is that of the failure. */
export function saveFailureWords(code: string | undefined): string {
  return code === 'CLIENT_ARCHIVE_PRUNED' ? SAVE.pruned : SAVE.failed;
}
