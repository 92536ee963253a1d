/**
 * Where the capsules of the identity lie: with each set of words somewhere else. The devices learn it from whoever has
 * changed the words, in the private space, signed by the words themselves.
 */
import type { Database } from '@atoll/echo';
import { loadRecovering, wordsOf, type Recovering } from '@atoll/halo';
import { concatBytes, equalBytes } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { WordsRecord } from '../halo-records.ts';
import { idOf } from '../own-identity.ts';

/** Words that were, and of which it is seen to that nothing lies under them. */
const FORMER_MAX = 4;

/** See above. */
export interface Locators {
  /** Of the words of now; absent while no device has said it, or where the words are the first. */
  readonly own: Uint8Array<ArrayBuffer> | undefined;
  /** Of the words before, the oldest first. */
  readonly former: readonly Uint8Array[];
}

/** Keys of words as they are at hand while somebody has typed them. */
type WordKeys = Awaited<ReturnType<Recovering['recoveryKeys']>>;

/** What the private space says. */
export async function locatorsIn(
  engine: Engine,
  database: Database | undefined,
): Promise<Locators> {
  const identity = engine.identity.get();
  const isChanged = identity?.log.said?.some(({ kind }) => kind === 'recovery-change') === true;
  if (database === undefined || identity === undefined || !isChanged) {
    return { own: undefined, former: [] };
  }
  const keys = wordsOf(identity.log);
  const former: Uint8Array[] = [];
  for (const { statement } of keys.changes.slice(-FORMER_MAX)) {
    const locator = await locatorOf(engine, database, statement.oldKey);
    if (locator !== undefined) former.push(locator);
  }
  const own = keys.changes.length === 0 ? undefined : keys.signingKey;
  return { own: own && (await locatorOf(engine, database, own)), former };
}

/** Says it in the private space, where nobody has done so. Not durable yet. */
export async function noteLocator(
  engine: Engine,
  database: Database,
  { locatorSecret, signer }: WordKeys,
): Promise<void> {
  const signingKey = signer.publicKey.slice();
  if ((await locatorOf(engine, database, signingKey)) !== undefined) return;
  const { signLocator } = await loadRecovering();
  const { signature } = await signLocator(signer, idOf(engine.requireIdentity()), locatorSecret);
  database.add(WordsRecord, { signingKey, locatorSecret, signature });
}

async function locatorOf(
  engine: Engine,
  database: Database,
  signingKey: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { isLocatorOf } = await loadRecovering();
  const id = idOf(engine.requireIdentity());
  for (const record of database.query(WordsRecord).run()) {
    if (!equalBytes(record.signingKey, signingKey)) continue;
    const { locatorSecret, signature } = record;
    const said = { signingKey, locatorSecret, signature };
    if (await isLocatorOf(engine.platform.ed25519, id, said)) return concatBytes(locatorSecret);
  }
  return undefined;
}
