/** The door to recovery. */

import type * as Loaded from './recovering.ts';

/** See {@link loadRecovering}. */
export type Recovering = typeof Loaded;

/** Loads what recovers an identity and keeps its capsules: nothing that opening a space needs. */
export function loadRecovering(): Promise<Recovering> {
  return import('./recovering.ts');
}
