/** The file that was dropped last, on its way to the dialog that opens it. */

let dropped: File | undefined;

/** Keeps it for {@link takeDropped}. */
export function keepDropped(file: File): void {
  dropped = file;
}

/** The file, once. */
export function takeDropped(): File | undefined {
  const file = dropped;
  dropped = undefined;
  return file;
}
