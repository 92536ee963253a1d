// Of what a refusal says only what is true of one's own log is taken up.
import {
  admitDevice,
  decideDevice,
  loadFounding,
  loadRecovering,
  lastFate,
  suspendDevice,
  withEntries,
  encodeStatements,
  type IdentityLog,
  type LogStatement,
} from '@atoll/halo';
import { idFromBytes, type Signer } from '@atoll/kernel';
import { SimRng, simAgreer, simEd25519, simSigner } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { encodeRefusal, newsOfRefusal } from './refused-log.ts';

const rng = new SimRng(1);
const keyOf = (signer: Signer): ReturnType<typeof idFromBytes<'device'>> =>
  idFromBytes('device', signer.publicKey);

/** An identity with two devices. */
async function household(): Promise<{
  readonly log: IdentityLog;
  readonly words: string;
  readonly laptop: Signer;
  readonly phone: Signer;
}> {
  const [laptop, phone] = [simSigner(rng.bytes(32)), simSigner(rng.bytes(32))];
  const { createIdentity } = await loadFounding();
  const deviceAgreementKey = simAgreer(rng.bytes(32)).publicKey;
  const { log, words } = await createIdentity({ rng, deviceSigner: laptop, deviceAgreementKey });
  const newAgreementKey = simAgreer(rng.bytes(32)).publicKey;
  const admission = await admitDevice({
    ...{ log, admitting: laptop, newSigner: phone, newAgreementKey },
  });
  return { log: withEntries(log, [admission]), words: words.join(' '), laptop, phone };
}

async function taken(log: IdentityLog, entries: readonly LogStatement[]): Promise<number> {
  return (await newsOfRefusal(simEd25519, log, encodeStatements(entries))).length;
}

test('what a device or the words of the identity say is taken up, and nothing twice', async () => {
  const { laptop, log, phone, words } = await household();
  const device = keyOf(phone);
  const stop = await suspendDevice({ log, atMs: 1, device, deviceSigner: laptop });
  const stopped = withEntries(log, [stop]);
  const { recoveryKeys } = await loadRecovering();
  using keys = await recoveryKeys(words);
  const recoverySigner = keys.signer;
  const gone = await decideDevice({
    ...{ log: stopped, atMs: 2, device, fate: 'goes', recoverySigner },
  });
  const why = encodeRefusal(withEntries(stopped, [gone]));
  const news = await newsOfRefusal(simEd25519, log, why);
  expect(news.map(({ kind }) => kind)).toEqual(['device-suspension', 'device-revocation']);
  const now = withEntries(log, news);
  expect(lastFate(now, device)?.fate).toBe('goes');
  expect(await newsOfRefusal(simEd25519, now, why)).toEqual([]);
});

test('what others say, what is changed, and what does not follow is not', async () => {
  const { laptop, log, phone } = await household();
  const device = keyOf(phone);
  const stop = await suspendDevice({ log, atMs: 1, device, deviceSigner: laptop });
  expect(await taken(log, [stop])).toBe(1);
  // By a key that is no device of the identity, and words that are not its.
  const stranger = simSigner(rng.bytes(32));
  const strange = await suspendDevice({ log, atMs: 1, device, deviceSigner: stranger });
  expect(await taken(log, [strange])).toBe(0);
  const forged = await decideDevice({
    ...{ log, atMs: 1, device, fate: 'goes-and-wipes', recoverySigner: stranger },
  });
  expect(await taken(log, [forged])).toBe(0);
  // One that is not true makes the others of no worth.
  expect(await taken(log, [stop, strange])).toBe(0);
  expect(await taken(log, [{ ...stop, atMs: 2 }])).toBe(0);
  // Of another log, and behind an entry that is not here.
  const other = await household();
  const theirs = await suspendDevice({
    ...{ log: other.log, atMs: 1, device: keyOf(other.phone), deviceSigner: other.laptop },
  });
  expect(await taken(log, [theirs])).toBe(0);
  const later = await suspendDevice({
    ...{ log: withEntries(log, [stop]), atMs: 2, device, deviceSigner: laptop },
  });
  expect(await taken(log, [later])).toBe(0);
});

test('bytes that are none of this are nothing', async () => {
  const { log } = await household();
  for (const length of [0, 1, 40, 300, 4096, 5000]) {
    expect(await newsOfRefusal(simEd25519, log, rng.bytes(length))).toEqual([]);
  }
});

test('of a long log the newest entries are told, as many as fit', async () => {
  const { laptop, log, phone } = await household();
  let long = log;
  for (let atMs = 1; atMs <= 60; atMs++) {
    const said = await suspendDevice({
      ...{ log: long, atMs, device: keyOf(phone), deviceSigner: laptop },
    });
    long = withEntries(long, [said]);
  }
  const why = encodeRefusal(long);
  expect(why.length).toBeGreaterThan(2_000);
  expect(why.length).toBeLessThanOrEqual(4_096);
  const before: IdentityLog = { ...long, said: (long.said ?? []).slice(0, 50) };
  expect(await newsOfRefusal(simEd25519, before, why)).toHaveLength(10);
  expect(await newsOfRefusal(simEd25519, log, why)).toEqual([]);
});
