/** The file that was dropped last, on its way to the dialog that opens it. */

let dropped: File | undefined;
const listeners = new Set<() => void>();

/** Keeps it for {@link takeDropped}, in place of one that nobody took. */
export function keepDropped(file: File): void {
  dropped = file;
  for (const tell of [...listeners]) tell();
}

/** The file, once. Never while drawing: React may throw a drawing away, and the file with it. */
export function takeDropped(): File | undefined {
  const file = dropped;
  dropped = undefined;
  return file;
}

/** Tells of files that are dropped from now on, until the function it gives is called. */
export function onDropped(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
