/** Golden bytes of recovery capsules: `spec/recovery.md`. They are only added to. */
import { ready, recoverySecrets, softwareSigner, wordsToSeed } from '@atoll/crypto';
import { fromHex, idFromBytes, toHex } from '@atoll/kernel';
import { simEd25519, SimRng } from '@atoll/testkit';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { createSpaceGenesis } from '../found-space.ts';
import { KeyRing } from '../key-ring.ts';
import { person } from '../testing/people.ts';
import { capsuleBody, type RecoveryCapsule } from './capsule-codec.ts';
import { mergeCapsules } from './merge-capsules.ts';
import { recoveryKeys } from './recovery-key.ts';
import { capsuleSeed, openCapsule, sealCapsule } from './seal-capsule.ts';

interface Vectors {
  readonly words: string;
  readonly signingSeed: string;
  readonly agreementSecret: string;
  readonly locatorSecret: string;
  readonly accessKey: string;
  readonly body: string;
  readonly record: string;
}

const path = new URL('../../../../spec/vectors/recovery.json', import.meta.url);
const fill = (value: number, size = 32): Uint8Array<ArrayBuffer> =>
  new Uint8Array(size).fill(value);

beforeAll(() => ready());

async function sample(): Promise<{
  readonly vectors: Vectors;
  readonly capsule: RecoveryCapsule;
  readonly identity: string;
}> {
  const ada = await person('Ada');
  const rng = new SimRng(2026);
  const { genesis } = createSpaceGenesis(rng, ada.identity);
  const haloRing = new KeyRing();
  haloRing.add({
    ...{ kind: 'membership', generation: idFromBytes('key', fill(1)), key: fill(2) },
    ...{ postbox: fill(9), posting: fill(10) },
  });
  const capsule: RecoveryCapsule = {
    writtenAtMs: 1_767_312_000_000,
    device: ada.log.genesis.device,
    log: ada.log,
    haloGenesis: genesis,
    haloRing,
    haloSecret: ada.haloSecret,
    displayName: 'Ada',
    kubes: ['https://kube.example'],
    tips: [{ feed: idFromBytes('feed', fill(3)), seq: 7, hash: idFromBytes('block', fill(4)) }],
  };
  const secrets = recoverySecrets(await wordsToSeed(ada.words));
  const record = await sealCapsule(capsule, {
    rng,
    deviceSigner: ada.deviceSigner,
    recipients: [ada.log.genesis.recoveryAgreementKey],
  });
  const vectors = {
    words: ada.words.join(' '),
    signingSeed: toHex(secrets.signingSeed),
    agreementSecret: toHex(secrets.agreementSecret),
    locatorSecret: toHex(secrets.locatorSecret),
    accessKey: toHex(softwareSigner(capsuleSeed(secrets.locatorSecret)).publicKey),
    body: toHex(capsuleBody(capsule)),
    record: toHex(record),
  };
  return { vectors, capsule, identity: ada.identity };
}

test('this program still writes the golden bytes of capsules', async () => {
  const { vectors } = await sample();
  expect(vectors).toEqual(JSON.parse(readFileSync(path, 'utf8')));
});

test('the golden record opens with its words and says what it says', async () => {
  const { capsule, identity } = await sample();
  const { record, words } = JSON.parse(readFileSync(path, 'utf8')) as Vectors;
  using keys = await recoveryKeys(words);
  const signed = await openCapsule(fromHex(record) ?? fill(0), keys.agreer);
  expect(signed?.capsule).toEqual(capsule);
  const target = { by: 'words', recoverySigningKey: keys.signer.publicKey } as const;
  const merged = await mergeCapsules(simEd25519, signed === undefined ? [] : [signed], target);
  expect(merged?.identity).toBe(identity);
});
