/** The own identity's log as any space knows it: what is said next must build upon all of it. */
import { logStatements, withEntries, type IdentityLog } from '@atoll/halo';
import type { Engine } from '../engine.ts';
import { idOf } from '../own-identity.ts';

/**
 * What is stored of the log, with what the open spaces say. A decision of the words that did not know of the one before
 * would count as often as that: of two that are equal, the harsher one does. @throws ClientError `CLIENT_NO_IDENTITY`.
 */
export function heardLog(engine: Engine): IdentityLog {
  const identity = engine.requireIdentity();
  const id = idOf(identity);
  let { log } = identity;
  for (const { opened } of engine.places) {
    const known = opened?.space.authority.identities.logOf(id);
    if (known !== undefined) log = withEntries(log, logStatements(known));
  }
  return log;
}

/** Resolves when all that has come to open spaces is folded; before that it says nothing. Never rejects. */
export async function allFolded(engine: Engine): Promise<void> {
  const opened = [...engine.places].flatMap((place) => place.opened ?? []);
  await Promise.allSettled(opened.map(({ space }) => space.settled()));
}
