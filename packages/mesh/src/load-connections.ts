/** The door to everything that speaks with others. */
import type * as Loaded from './connections.ts';

/** See {@link loadConnections}. */
export type ConnectionParts = typeof Loaded;

let loaded: ConnectionParts | undefined;

/** What was loaded, if it was. */
export function loadedConnections(): ConnectionParts | undefined {
  return loaded;
}

/** Loads what speaks with others, once: a page shows its data before it meets anybody. */
export async function loadConnections(): Promise<ConnectionParts> {
  loaded ??= await import('./connections.ts');
  return loaded;
}
