/** How long history stays at least. */

/** How long history stays after its epoch was sealed: late writers and curious people. 90 days. */
export const RETENTION_MS: number = 90 * 24 * 60 * 60 * 1000;
