/** What everybody knows of datagrams. */

/** Datagrams above this do not leave; they are for cursors and the like. */
export const DATAGRAM_BYTES_MAX = 1024;
