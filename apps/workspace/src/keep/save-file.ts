/** Hands a file to the browser to save. */

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
