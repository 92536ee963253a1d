/** What a stolen device writes of the place of capsules, beside what the words have said. */
import { loadFounding, loadRecovering } from '@atoll/halo';
import { SimRng, simAgreer, simEd25519, simSigner } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { two } from '../../../echo/src/testing/log-world.ts';
import type { Engine } from '../engine.ts';
import { WordsRecord } from '../halo-records.ts';
import { noteLocator } from './locators.ts';

test('what the words have not signed is taken for nothing, and stands in the way of nothing', async () => {
  const [{ db }] = two();
  const { createIdentity } = await loadFounding();
  const { signLocator } = await loadRecovering();
  const made = await createIdentity({
    rng: new SimRng(1),
    deviceSigner: simSigner(new Uint8Array(32).fill(1)),
    deviceAgreementKey: simAgreer(new Uint8Array(32).fill(2)).publicKey,
  });
  const engine = {
    requireIdentity: () => ({ log: made.log }),
    platform: { ed25519: simEd25519 },
  } as unknown as Engine;
  const thief = simSigner(new Uint8Array(32).fill(3));
  const signer = simSigner(new Uint8Array(32).fill(4));
  const elsewhere = new Uint8Array(32).fill(5);
  const { signature } = await signLocator(thief, made.identity, elsewhere);
  const signingKey = signer.publicKey.slice();
  db.add(WordsRecord, { signingKey, locatorSecret: elsewhere, signature });
  const locatorSecret = new Uint8Array(32).fill(6);
  const words = { signer, locatorSecret } as unknown as Parameters<typeof noteLocator>[2];
  const places = (): readonly (number | undefined)[] =>
    db
      .query(WordsRecord)
      .run()
      .map((record) => record.locatorSecret[0])
      .sort();
  await noteLocator(engine, db, words);
  expect(places()).toEqual([5, 6]);
  // What they have said is there, and not said twice.
  await noteLocator(engine, db, words);
  expect(places()).toEqual([5, 6]);
});
