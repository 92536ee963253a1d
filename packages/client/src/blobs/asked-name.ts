/** Where windows ask each other, for who only looks whether anybody asks. */

/** Begins the names of values by which a window asks the others which files they need. */
export const ASKED = 'blob-asked/';
