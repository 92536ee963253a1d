/** Proving to be the one whom an invitation names: what others could show in his place. */
import { SimRng, simEd25519, simSigner } from '@atoll/testkit';
import { idFromBytes } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { judgeIntroduction, knownTag, signIntroduction } from './introduction.ts';
import type { GuestMessage } from './pairing-messages.ts';
import { person } from './testing/people.ts';

const rng = new SimRng(31);
const handshakeHash = rng.bytes(32);

type Introduction = Extract<GuestMessage, { say: 'introduce' }>;

async function introduced(line = handshakeHash): Promise<Introduction> {
  const said = await signIntroduction(await person('Mira'), line);
  if (said.say !== 'introduce') throw new TypeError(said.say);
  return said;
}

async function judged(said: Introduction): Promise<boolean> {
  const { identity } = await person('Mira');
  return judgeIntroduction(simEd25519, said, { identity, handshakeHash });
}

test('who is named proves it by a device of his own, on this line alone', async () => {
  expect(await judged(await introduced())).toBe(true);
  expect(await judged(await introduced(rng.bytes(32)))).toBe(false);
});

test('his log and the name of his device prove nothing, nor does another device', async () => {
  const said = await introduced();
  expect(await judged({ ...said, signature: rng.bytes(64) })).toBe(false);
  const { log } = await person('Mira');
  const stranger = simSigner(rng.bytes(32));
  const by = await signIntroduction({ log, deviceSigner: stranger }, handshakeHash);
  if (by.say !== 'introduce') throw new TypeError(by.say);
  expect(await judged(by)).toBe(false);
  expect(await judged({ ...by, device: said.device })).toBe(false);
  expect(await judged({ ...said, device: idFromBytes('device', stranger.publicKey) })).toBe(false);
  const ada = await signIntroduction(await person('Ada'), handshakeHash);
  expect(ada.say === 'introduce' && (await judged(ada))).toBe(false);
});

test('on the line only who knows him sees for whom an invitation is', async () => {
  const [mira, ada] = [await person('Mira'), await person('Ada')];
  const tag = knownTag(handshakeHash, mira.identity);
  expect(knownTag(handshakeHash, ada.identity)).not.toEqual(tag);
  expect(knownTag(rng.bytes(32), mira.identity)).not.toEqual(tag);
});
