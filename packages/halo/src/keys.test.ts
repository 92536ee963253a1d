/** Identities, logs, generations of keys, copies and rings. */
import { keyCommitment, wordsToSeed, recoverySecrets, softwareSigner } from '@atoll/crypto';
import { ROOT_ZONE, idFromBytes } from '@atoll/kernel';
import { SimRng, simAgreer, simEd25519, simSigner } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { createSpaceGenesis } from './found-space.ts';
import { admitDevice, lastEntry, logStatements } from './identity.ts';
import { checkIdentityLog } from './identity-log-check.ts';
import { KeyRing, inPart, isWhole, matchesRotation } from './key-ring.ts';
import { copyKeys, createGeneration } from './generation.ts';
import { openKeyCopy, openPrevious } from './rotation.ts';
import { identityEntryOf, identityIdOf, rotationId } from './statement-ids.ts';
import { verifyStatements } from './statement-signing.ts';
import { person } from './testing/people.ts';

const rng = new SimRng(11);

describe('an identity', () => {
  test('is signed by its words’ key and its first device, and the words lead back to it', async () => {
    const ada = await person('Ada');
    expect(ada.words).toHaveLength(24);
    const recovered = recoverySecrets(await wordsToSeed(ada.words));
    const { recoverySigningKey } = ada.log.genesis;
    expect(softwareSigner(recovered.signingSeed).publicKey).toEqual(recoverySigningKey);
    expect(recovered.locatorSecret).toEqual(ada.locatorSecret);
    const [checked] = await verifyStatements(simEd25519, [ada.log.genesis]);
    expect(checked?.signed).toBe(true);
    expect(identityIdOf(ada.log.genesis)).toBe(ada.identity);
  });

  test('admits devices one after another, and by the recovery key', async () => {
    const ada = await person('Ada');
    const [phone, tablet] = [simSigner(rng.bytes(32)), simSigner(rng.bytes(32))];
    const agreement = (): Uint8Array<ArrayBuffer> => simAgreer(rng.bytes(32)).publicKey;
    const first = await admitDevice({
      log: ada.log,
      admitting: ada.deviceSigner,
      newSigner: phone,
      newAgreementKey: agreement(),
    });
    const one = { ...ada.log, admissions: [first] };
    expect(lastEntry(one)).toBe(identityEntryOf(first));
    const recovery = softwareSigner(recoverySecrets(await wordsToSeed(ada.words)).signingSeed);
    const second = await admitDevice({
      log: one,
      admitting: recovery,
      newSigner: tablet,
      newAgreementKey: agreement(),
    });
    const two = { ...one, admissions: [first, second] };
    const devices = await checkIdentityLog(simEd25519, two);
    expect(devices?.map(({ device }) => device)).toEqual([
      ada.log.genesis.device,
      idFromBytes('device', phone.publicKey),
      idFromBytes('device', tablet.publicKey),
    ]);
    expect(await checkIdentityLog(simEd25519, { ...two, admissions: [second] })).toBeUndefined();
  });

  test('is not believed with a foreign admission, a wrong signature or another’s genesis', async () => {
    const [ada, mira] = [await person('Ada'), await person('Mira')];
    const thief = simSigner(rng.bytes(32));
    const newAgreementKey = simAgreer(rng.bytes(32)).publicKey;
    const foreign = await admitDevice({
      log: ada.log,
      admitting: thief,
      newSigner: thief,
      newAgreementKey,
    });
    expect(await checkIdentityLog(simEd25519, { ...ada.log, admissions: [foreign] })).toBe(
      undefined,
    );
    const { genesis } = ada.log;
    const forged = { ...genesis, deviceAgreementKey: newAgreementKey };
    expect(await checkIdentityLog(simEd25519, { genesis: forged, admissions: [] })).toBe(undefined);
    const others = await admitDevice({
      log: mira.log,
      admitting: mira.deviceSigner,
      newSigner: thief,
      newAgreementKey,
    });
    expect(await checkIdentityLog(simEd25519, { ...ada.log, admissions: [others] })).toBe(
      undefined,
    );
    expect(logStatements(ada.log)).toHaveLength(1);
  });
});

describe('a generation of keys', () => {
  const { space } = createSpaceGenesis(rng, idFromBytes('identity', rng.bytes(32)));
  const identity = idFromBytes('identity', rng.bytes(32));
  const agreer = simAgreer(rng.bytes(32));
  const readers = [{ identity, key: agreer.publicKey }];
  const make = (previous: Parameters<typeof createGeneration>[0]['previous'] = []) =>
    createGeneration({ rng, space, of: ROOT_ZONE, readers, previous });

  test('opens for its readers, and a copy of other keys does not', async () => {
    const { copies, rotation, secret } = make();
    const [copy] = copies;
    if (copy === undefined) throw new TypeError('there is no copy');
    expect(await openKeyCopy(agreer, copy, rotation)).toEqual(secret);
    const other = make();
    expect(await openKeyCopy(agreer, copy, other.rotation)).toBeUndefined();
    // A poisoned copy: sealed to the right reader for the right name, with other keys in it.
    const { generation } = secret;
    const poison = { ...other.secret, generation };
    const [reader] = readers;
    if (reader === undefined) throw new TypeError('there is no reader');
    const poisoned = copyKeys({ rng, space, secret: poison, reader });
    expect(poisoned.generation).toBe(copy.generation);
    expect(await openKeyCopy(agreer, poisoned, rotation)).toBeUndefined();
  });

  test('leads back to its predecessors with the history key, and not without', () => {
    const first = make();
    const second = make([first.secret]);
    const third = make([second.secret]);
    if (third.secret.kind !== 'zone' || second.secret.kind !== 'zone') {
      throw new TypeError('not the keys of a zone');
    }
    const opened = openPrevious(third.secret, third.rotation);
    expect(opened).toEqual([second.secret]);
    expect(openPrevious(second.secret, second.rotation)).toEqual([first.secret]);
    const { content, generation, kind, zone } = third.secret;
    expect(openPrevious({ content, generation, kind, zone }, third.rotation)).toEqual([]);
    expect(openPrevious(third.secret, second.rotation)).toEqual([]);
  });

  test('of the membership brings those before it for reading alone, whoever made them', () => {
    const ofMembers = { rng, space, of: 'membership', readers } as const;
    const first = createGeneration(ofMembers);
    const second = createGeneration({ ...ofMembers, previous: [first.secret] });
    const [earlier] = openPrevious(second.secret, second.rotation);
    expect(earlier).toEqual(inPart(first.secret));
    expect(isWhole(earlier)).toBe(false);
    if (earlier === undefined) throw new TypeError('there is no earlier one');
    expect(matchesRotation(earlier, first.rotation)).toBe(true);
  });

  test('of the membership is none whose posting key is not that of its postbox', async () => {
    const { rotation, secret } = createGeneration({ rng, space, of: 'membership', readers });
    if (secret.kind !== 'membership' || secret.posting === undefined) throw new TypeError('none');
    const ring = new KeyRing();
    ring.add(inPart(secret));
    expect(ring.add(secret)).toBe(true);
    expect(ring.add(inPart(secret))).toBe(false);
    expect(ring.get(secret.generation)).toEqual(secret);
    // Made by somebody who names another key than follows: nobody could write that mailbox.
    const postbox = simSigner(rng.bytes(32)).publicKey;
    const commitments = [secret.key, postbox, secret.posting].map((key) => keyCommitment(key));
    const forged = { ...rotation, commitments };
    const generation = rotationId(forged);
    const [reader] = readers;
    if (reader === undefined) throw new TypeError('there is no reader');
    const copy = copyKeys({ rng, space, secret: { ...secret, generation, postbox }, reader });
    expect(await openKeyCopy(agreer, copy, forged)).toBeUndefined();
    const partly = copyKeys({
      ...{ rng, space, reader },
      secret: inPart({ ...secret, generation, postbox }),
    });
    expect(isWhole(await openKeyCopy(agreer, partly, forged))).toBe(false);
  });

  test('lists its readers in one order', () => {
    const more = Array.from({ length: 5 }, () => ({
      identity: idFromBytes('identity', rng.bytes(32)),
      key: simAgreer(rng.bytes(32)).publicKey,
    }));
    const { rotation } = createGeneration({ rng, space, of: 'membership', readers: more });
    const names = rotation.readers.map((reader) => reader.identity);
    expect(names).toEqual([...names].sort());
  });
});

describe('a key ring', () => {
  const { space } = createSpaceGenesis(rng, idFromBytes('identity', rng.bytes(32)));
  const { secret } = createGeneration({ rng, space, of: ROOT_ZONE, readers: [] });
  const membership = createGeneration({ rng, space, of: 'membership', readers: [] }).secret;

  test('comes back from its bytes as it was, in its order', () => {
    const ring = new KeyRing();
    for (const one of [secret, membership]) ring.add(one);
    const again = KeyRing.import(ring.export());
    expect(again.all()).toEqual([secret, membership]);
    expect(again.memberships()).toEqual([membership]);
    again.arrange([membership.generation, secret.generation]);
    expect(again.all()).toEqual([membership, secret]);
    expect(KeyRing.import(again.export()).all()).toEqual([membership, secret]);
    const bytes = again.export();
    const twice = new Uint8Array([1, 2, ...bytes.slice(2, 67), ...bytes.slice(2, 67)]);
    expect(() => KeyRing.import(twice)).toThrow(
      expect.objectContaining({ code: 'HALO_KEYS_MALFORMED' }),
    );
  });

  test('tells by its version that it has changed', () => {
    const ring = new KeyRing();
    ring.add(secret);
    const { version } = ring;
    ring.add(secret);
    ring.arrange([secret.generation]);
    expect(ring.version).toBe(version);
    ring.add(membership);
    expect(ring.version).toBeGreaterThan(version);
  });

  test('gives somebody without history the keys in use and nothing that opens what was before', () => {
    const next = createGeneration({ rng, space, of: ROOT_ZONE, readers: [], previous: [secret] });
    const ring = new KeyRing();
    for (const one of [secret, membership, next.secret]) ring.add(one);
    const current = [next.secret.generation];
    const without = ring.share({ withHistory: false, current });
    expect(without.all().map(({ generation }) => generation)).toEqual([
      membership.generation,
      next.secret.generation,
    ]);
    expect(without.zone(next.secret.generation)?.history).toBeUndefined();
    expect(ring.share({ withHistory: true, current }).all()).toEqual(ring.all());
  });

  test('wiped holds nothing, and its bytes are zero', () => {
    const made = createGeneration({ rng, space, of: ROOT_ZONE, readers: [] }).secret;
    if (made.kind !== 'zone') throw new TypeError('not the keys of a zone');
    const ring = new KeyRing();
    ring.add(made);
    ring.wipe();
    expect(ring.all()).toEqual([]);
    expect([...made.content, ...(made.history ?? [])].every((byte) => byte === 0)).toBe(true);
  });

  test('completes a generation by its history key and replaces nothing', () => {
    if (secret.kind !== 'zone') throw new TypeError('not the keys of a zone');
    const { content, generation, kind, zone } = secret;
    const ring = new KeyRing();
    expect(ring.add({ content, generation, kind, zone })).toBe(true);
    expect(ring.add(secret)).toBe(true);
    expect(ring.add({ ...secret, content: rng.bytes(32) })).toBe(false);
    expect(ring.zone(generation)).toEqual(secret);
    expect(ring.membership(generation)).toBeUndefined();
  });
});
