/** Everything on this device that may name files of a space: undo, the log, snapshots, work on its way. */
import { visitPlainBytes, type PlainVisit, type PlainVisitor, type Space } from '@atoll/echo';
import type { PlatformBase } from '@atoll/kernel';

/** How it is gone through. */
export interface VisitHow {
  readonly see: PlainVisitor;
  /** Only what the log has behind this position, and undo. */
  readonly after?: number;
  /** Lets others run in between. */
  readonly turn?: () => Promise<void>;
}

/** Shows all of it. @throws StoreError. */
export async function visitNames(
  from: {
    readonly platform: PlatformBase;
    readonly echo: Space;
    /** Secret of the identity, under which snapshots of the space are sealed. */
    readonly secret: Uint8Array;
    /** What may name blobs besides the space itself: undo, in memory and as it is stored. */
    readonly alsoNamedIn: () => Promise<readonly Uint8Array[]>;
  },
  { see, ...how }: VisitHow,
): Promise<PlainVisit> {
  const { alsoNamedIn, echo, platform, secret } = from;
  // Undo before the log: what moves from there to there is seen in one of them.
  for (const bytes of await alsoNamedIn()) see(bytes);
  return visitPlainBytes(platform, { keys: echo.keys, secret, ...how }, see);
}
