/** A log as whoever takes and gives nothing shows it to others. */
import type { Replica } from '@atoll/feed';

/** The log as somebody has it who takes what others have, and gives nothing. */
export function takingOnly(replica: Replica): Replica {
  return {
    id: replica.id,
    incarnation: replica.incarnation,
    tips: () => replica.tips(),
    headsRoot: () => replica.headsRoot(),
    position: () => replica.position(),
    tailAfter: nothing,
    missingFor: nothing,
    receive: (run, from) => replica.receive(run, from),
    onAdvance: () => () => undefined,
  };
}

async function* nothing(): AsyncGenerator<never> {
  // Nothing is given.
}
