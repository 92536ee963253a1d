/**
 * Other words in place of those that somebody has seen. What has to be written lies in the private space before the
 * one step that decides it, the entry in the log with the place of the new capsules; all that follows, every device
 * does from what it finds there. So a crash leaves either the old words or the new ones, and never none.
 */
import type { Database } from '@atoll/echo';
import {
  changeRecovery,
  loadRecovering,
  logStatements,
  wordsOf,
  type LogStatement,
} from '@atoll/halo';
import { concatBytes, equalBytes } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import { heardLog } from '../devices/heard-log.ts';
import type { Engine } from '../engine.ts';
import type { OwnIdentity } from '../own-identity.ts';
import { noteLocator } from './locators.ts';

/** What it needs of the rest. */
export interface ChangeWordsParts {
  readonly engine: Engine;
  /** Of the private space. */
  readonly database: Database;
  /** Adds to the log and changes what is stored of the identity, in one step; then tells every space. */
  readonly say: (statement: LogStatement, and: Partial<OwnIdentity>) => Promise<void>;
}

/** See `Recovery.changeWords`. */
export async function changeWords(
  { database, engine, say }: ChangeWordsParts,
  typed: { readonly words: string; readonly newWords: string },
): Promise<void> {
  const { recoveryKeys } = await loadRecovering();
  using old = await recoveryKeys(typed.words);
  using next = await recoveryKeys(typed.newWords);
  const { haloSpace } = engine.requireIdentity();
  const log = heardLog(engine);
  if (!equalBytes(old.signer.publicKey, wordsOf(log).signingKey)) {
    throw new ClientError('CLIENT_WRONG_WORDS', 'these are not the words of now');
  }
  const before = logStatements(log).flatMap((one): readonly Uint8Array[] => {
    if (one.kind === 'identity-genesis') return [one.recoverySigningKey];
    return one.kind === 'recovery-change' ? [one.signingKey] : [];
  });
  if (before.some((key) => equalBytes(key, next.signer.publicKey))) {
    throw new ClientError('CLIENT_SAME_WORDS', 'these words were used before');
  }
  await noteLocator(engine, database, old);
  await noteLocator(engine, database, next);
  await engine.opened(haloSpace)?.flush();
  const heard = heardLog(engine);
  const statement = await changeRecovery({
    log: heard,
    atMs: Math.floor(engine.platform.clock.nowMs()),
    oldSigner: old.signer,
    newSigner: next.signer,
    deviceSigner: engine.deviceSigner,
    agreementKey: concatBytes(next.agreer.publicKey),
  });
  // Nobody is to write down new words that would not count.
  const said = wordsOf({ ...heard, said: [...(heard.said ?? []), statement] });
  if (!equalBytes(said.signingKey, next.signer.publicKey)) {
    throw new ClientError('CLIENT_DEVICE_STOPPED', 'the word of this device does not count');
  }
  await say(statement, { locatorSecret: concatBytes(next.locatorSecret) });
}
