/** Recovery capsules: who can open them, what of them counts, and what many of them say together. */
import { newWords, ready } from '@atoll/crypto';
import { idFromBytes, type Signer } from '@atoll/kernel';
import { SimRng, simAgreer, simEd25519, simSigner } from '@atoll/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { changeRecovery } from '../device-statements.ts';
import { createSpaceGenesis } from '../found-space.ts';
import { admitDevice, withEntries, type IdentityLog } from '../identity.ts';
import { KeyRing } from '../key-ring.ts';
import { spaceIdOf } from '../statement-ids.ts';
import type { SpaceGenesis } from '../statements.ts';
import { person, type Person } from '../testing/people.ts';
import { CAPSULE_BYTES_MAX, type RecoveryCapsule } from './capsule-codec.ts';
import { mergeCapsules, type RecoveredIdentity } from './merge-capsules.ts';
import { recoveryKeys, type RecoveryKeys } from './recovery-key.ts';
import { capsuleSeed, openCapsule, sealCapsule } from './seal-capsule.ts';
import { wordsOf } from './words-of.ts';

beforeAll(() => ready());

/** Somebody with a private space, and how his devices seal capsules. */
class Scene {
  readonly rng = new SimRng(5);
  readonly ada: Person;
  readonly keys: RecoveryKeys;
  readonly genesis: SpaceGenesis;

  private constructor(ada: Person, keys: RecoveryKeys) {
    this.ada = ada;
    this.keys = keys;
    this.genesis = createSpaceGenesis(this.rng, ada.identity).genesis;
  }

  static async open(name = 'Ada'): Promise<Scene> {
    const ada = await person(name);
    return new Scene(ada, await recoveryKeys(ada.words.join(' ')));
  }

  capsule(changes: Partial<RecoveryCapsule> = {}): RecoveryCapsule {
    const { ada, genesis } = this;
    return {
      writtenAtMs: 1_000,
      device: ada.log.genesis.device,
      log: ada.log,
      haloGenesis: genesis,
      haloRing: ring(1),
      haloSecret: ada.haloSecret,
      displayName: 'Ada',
      kubes: ['https://kube.example'],
      tips: [],
      ...changes,
    };
  }

  seal(
    capsule: RecoveryCapsule,
    deviceSigner: Signer = this.ada.deviceSigner,
    recipients: readonly Uint8Array[] = [this.ada.log.genesis.recoveryAgreementKey],
  ): Promise<Uint8Array> {
    return sealCapsule(capsule, { rng: this.rng, deviceSigner, recipients });
  }

  async recover(records: readonly Uint8Array[]): Promise<RecoveredIdentity | undefined> {
    const opened = await Promise.all(records.map((each) => openCapsule(each, this.keys.agreer)));
    const found = opened.filter((each) => each !== undefined);
    const recoverySigningKey = this.keys.signer.publicKey;
    return mergeCapsules(simEd25519, found, { by: 'words', recoverySigningKey });
  }

  /** A second device, and the log with it. */
  async second(): Promise<{ readonly signer: Signer; readonly log: IdentityLog }> {
    const signer = simSigner(this.rng.bytes(32));
    const admission = await admitDevice({
      log: this.ada.log,
      admitting: this.ada.deviceSigner,
      newSigner: signer,
      newAgreementKey: simAgreer(this.rng.bytes(32)).publicKey,
    });
    return { signer, log: { genesis: this.ada.log.genesis, admissions: [admission] } };
  }
}

function ring(...generations: readonly number[]): KeyRing {
  const made = new KeyRing();
  for (const each of generations) {
    const bytes = new Uint8Array(32).fill(each);
    const key = bytes;
    made.add({ kind: 'membership', generation: idFromBytes('key', bytes), key, postbox: key });
  }
  return made;
}

describe('a capsule', () => {
  test('opens with the words and gives everything back', async () => {
    const scene = await Scene.open();
    const recovered = await scene.recover([await scene.seal(scene.capsule())]);
    expect(recovered?.identity).toBe(scene.ada.identity);
    expect(recovered?.haloSpace).toBe(spaceIdOf(scene.genesis));
    expect(recovered?.haloRing.export()).toEqual(ring(1).export());
    expect(recovered?.haloSecret).toEqual(scene.ada.haloSecret);
    expect(recovered?.kubes).toEqual(['https://kube.example']);
    expect(recovered?.asOfMs).toBe(1_000);
    expect(scene.keys.locatorSecret).toEqual(scene.ada.locatorSecret);
  });

  test('opens with a passkey that it was sealed to, and with nobody else’s words', async () => {
    const scene = await Scene.open();
    const passkey = simAgreer(scene.rng.bytes(32));
    const { recoveryAgreementKey } = scene.ada.log.genesis;
    const both = [recoveryAgreementKey, passkey.publicKey];
    const record = await scene.seal(scene.capsule(), scene.ada.deviceSigner, both);
    expect(await openCapsule(record, passkey)).toBeDefined();
    expect(await openCapsule(record, scene.keys.agreer)).toBeDefined();
    const mira = await Scene.open('Mira');
    expect(await openCapsule(record, mira.keys.agreer)).toBeUndefined();
  });

  test('has the same length whoever may open it and however little it says, and hides its content', async () => {
    const scene = await Scene.open();
    const alone = await scene.seal(scene.capsule());
    const passkey = simAgreer(scene.rng.bytes(32)).publicKey;
    const { recoveryAgreementKey } = scene.ada.log.genesis;
    const more = scene.capsule({ displayName: 'Ada Lovelace of the Analytical Engine' });
    const shared = await scene.seal(more, scene.ada.deviceSigner, [recoveryAgreementKey, passkey]);
    expect(shared.length).toBe(alone.length);
    const text = Buffer.from(shared).toString('latin1');
    expect(text).not.toContain('Lovelace');
    expect(text).not.toContain(Buffer.from(scene.ada.haloSecret).toString('latin1'));
  });

  test('that is too large for a server is refused before it is sent', async () => {
    const scene = await Scene.open();
    const haloRing = new KeyRing();
    for (let at = 0; at < 1_200; at++) {
      const generation = idFromBytes('key', scene.rng.bytes(32));
      const [key, postbox] = [scene.rng.bytes(32), scene.rng.bytes(32)];
      haloRing.add({ kind: 'membership', generation, key, postbox });
    }
    await expect(scene.seal(scene.capsule({ haloRing }))).rejects.toMatchObject({
      code: 'HALO_CAPSULE_TOO_LARGE',
    });
  });

  test('changed in any byte is nothing, and never throws', async () => {
    const scene = await Scene.open();
    const record = await scene.seal(scene.capsule());
    for (const at of [0, 1, 40, 80, 700, record.length - 1]) {
      const changed = record.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      // A changed box of nobody changes nothing.
      const recovered = await scene.recover([changed]);
      expect(recovered === undefined || (at > 82 && at < 650)).toBe(true);
    }
    const hostile = [
      new Uint8Array(0),
      scene.rng.bytes(700),
      scene.rng.bytes(CAPSULE_BYTES_MAX + 1),
    ];
    expect(await scene.recover(hostile)).toBeUndefined();
  });
});

describe('what counts', () => {
  test('nothing that no device of the identity has signed', async () => {
    const scene = await Scene.open();
    const stranger = simSigner(scene.rng.bytes(32));
    const asDevice = idFromBytes('device', stranger.publicKey);
    const lie = await scene.seal(scene.capsule({ device: asDevice }), stranger);
    const forged = await scene.seal(scene.capsule(), stranger);
    expect(await scene.recover([lie, forged])).toBeUndefined();
  });

  test('no private space whose root is somebody else, and no log of another recovery key', async () => {
    const scene = await Scene.open();
    const mira = await person('Mira');
    const { genesis } = createSpaceGenesis(scene.rng, mira.identity);
    const foreign = await scene.seal(scene.capsule({ haloGenesis: genesis }));
    const other = await scene.seal(
      scene.capsule({ log: mira.log, device: mira.log.genesis.device, haloGenesis: genesis }),
      mira.deviceSigner,
    );
    expect(await scene.recover([foreign, other])).toBeUndefined();
  });

  test('an old capsule beside a new one takes nothing away', async () => {
    const scene = await Scene.open();
    const second = await scene.second();
    const old = await scene.seal(scene.capsule());
    const renewed = await scene.seal(
      scene.capsule({
        writtenAtMs: 2_000,
        device: idFromBytes('device', second.signer.publicKey),
        log: second.log,
        haloRing: ring(2),
        kubes: ['https://new.example'],
      }),
      second.signer,
    );
    for (const records of [
      [old, renewed],
      [renewed, old],
    ]) {
      const recovered = await scene.recover(records);
      expect(recovered?.asOfMs).toBe(2_000);
      expect(recovered?.log.admissions).toHaveLength(1);
      expect(recovered?.haloRing.export()).toEqual(ring(1, 2).export());
      expect(recovered?.kubes).toEqual(['https://new.example', 'https://kube.example']);
    }
    expect((await scene.recover([old]))?.asOfMs).toBe(1_000);
  });

  test('one device that names another private space does not outvote two, however often it says so', async () => {
    const scene = await Scene.open();
    const { log, signer } = await scene.second();
    const trap = createSpaceGenesis(scene.rng, scene.ada.identity).genesis;
    const device = idFromBytes('device', signer.publicKey);
    const lies = await Promise.all(
      [9_000, 9_001, 9_002].map((writtenAtMs) =>
        scene.seal(scene.capsule({ writtenAtMs, device, log, haloGenesis: trap }), signer),
      ),
    );
    const third = await scene.second();
    const other = idFromBytes('device', third.signer.publicKey);
    const honest = [
      await scene.seal(scene.capsule()),
      await scene.seal(scene.capsule({ device: other, log: third.log }), third.signer),
    ];
    const recovered = await scene.recover([...lies, ...honest]);
    expect(recovered?.haloSpace).toBe(spaceIdOf(scene.genesis));
    expect(recovered?.asOfMs).toBe(1_000);
  });

  test('words that were changed find no capsule any more, open none, and recover from none', async () => {
    const scene = await Scene.open();
    const { deviceSigner, log: before } = scene.ada;
    const keys = await recoveryKeys((await newWords(scene.rng)).join(' '));
    const change = await changeRecovery({
      ...{ log: before, atMs: 1, oldSigner: scene.keys.signer, deviceSigner },
      ...{ newSigner: keys.signer, agreementKey: keys.agreer.publicKey.slice() },
    });
    const log = withEntries(before, [change]);
    const { agreementKey } = wordsOf(log);
    const record = await scene.seal(scene.capsule({ log }), deviceSigner, [agreementKey]);
    // Nowhere near: another mailbox, and other keys.
    expect(capsuleSeed(keys.locatorSecret)).not.toEqual(capsuleSeed(scene.keys.locatorSecret));
    expect(await openCapsule(record, scene.keys.agreer)).toBeUndefined();
    expect(await scene.recover([record])).toBeUndefined();
    // Even where somebody seals to the old key what a device knows now, the words are not those of its log.
    const both = [scene.keys.agreer.publicKey, agreementKey];
    const leaked = await scene.seal(scene.capsule({ log }), deviceSigner, both);
    expect(await openCapsule(leaked, scene.keys.agreer)).toBeDefined();
    expect(await scene.recover([leaked])).toBeUndefined();
    const opened = await openCapsule(record, keys.agreer);
    const target = { by: 'words', recoverySigningKey: keys.signer.publicKey } as const;
    const found = await mergeCapsules(simEd25519, opened === undefined ? [] : [opened], target);
    expect(found?.identity).toBe(scene.ada.identity);
  });
});
