/** Everything that is published about the algorithms in use, against what a platform and this project make of it. */
import {
  agreeNow,
  hkdf,
  hmac,
  isCanonicalKey,
  isCanonicalSignature,
  isWeakAgreementKey,
  newWords,
  passphraseKey,
  softwareAgreer,
  softwareSigner,
  wordsToSeed,
  NoiseHandshake,
  type NoiseRole,
} from '@atoll/crypto';
import { decodeStatements, encodeStatements, verifyStatements } from '@atoll/halo';
import { concatBytes, toHex, utf8, type Ed25519Platform, type KeyPlatform } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { aeadOpen, extendedNonce, prepareXKey } from '../../packages/crypto/src/aead.ts';
import {
  cpaceFinish,
  cpaceGenerator,
  cpaceStartWith,
  littleEndian,
} from '../../packages/crypto/src/cpace.ts';
import { argon2Reference } from '../../packages/crypto/src/testing/argon2-reference.ts';
import { hex, readVectors } from '../../packages/crypto/src/testing/vectors.ts';
import {
  BIP39,
  PASSPHRASE,
  RFC_5869,
  RFC_7748,
  RFC_7748_AGAIN,
  RFC_8032,
  RFC_9106,
} from './published.ts';

/** What is asked of a platform. */
export interface VectorPlatform {
  readonly ed25519: Ed25519Platform;
  readonly keys: KeyPlatform;
  /** Opens what AES-256-GCM sealed, with the tag behind it, as the keystore of the platform does. */
  openGcm(input: {
    readonly key: Uint8Array<ArrayBuffer>;
    readonly nonce: Uint8Array<ArrayBuffer>;
    readonly associated: Uint8Array<ArrayBuffer>;
    readonly sealed: Uint8Array<ArrayBuffer>;
  }): Promise<Uint8Array | undefined>;
}

type Fields<Names extends string> = Readonly<Record<Names, string>> & { readonly tcId: number };

/** Registers the tests. */
export function vectorSuites(platform: VectorPlatform): void {
  signatures(platform);
  agreements(platform);
  ciphers(platform);
  derivations();
  handshakes(platform);
  credentials(platform);
}

function signatures({ ed25519, keys }: VectorPlatform): void {
  const accepts = async (key: string, message: string, signature: string): Promise<boolean> => {
    if (!(await isCanonicalKey(hex(key))) || !isCanonicalSignature(hex(signature))) return false;
    return (await ed25519.verify(hex(key), hex(message), hex(signature))) === true;
  };

  test('RFC 8032: keys and signatures, by our code and by the platform', async () => {
    for (const { message, publicKey, seed, signature } of RFC_8032) {
      for (const signer of [softwareSigner(hex(seed)), await keys.signer(hex(seed))]) {
        expect(toHex(signer.publicKey)).toBe(publicKey);
        expect(toHex(await signer.sign(hex(message)))).toBe(signature);
      }
      expect(await accepts(publicKey, message, signature)).toBe(true);
    }
  });

  test('Wycheproof Ed25519: filter and platform give every verdict', async () => {
    const { tests } = readVectors<{ tests: Fields<'key' | 'msg' | 'sig' | 'result'>[] }>(
      'wycheproof-ed25519',
    );
    for (const { key, msg, result, sig, tcId } of tests) {
      const verdict = await accepts(key, msg, sig);
      expect({ tcId, verdict }).toEqual({ tcId, verdict: result === 'valid' });
    }
    expect(tests.length).toBeGreaterThan(140);
  });

  test('keys and signatures about which libraries disagree are refused, all of them', async () => {
    const { cases } = readVectors<{ cases: Fields<'message' | 'pub_key' | 'signature'>[] }>(
      'ed25519-speccheck',
    );
    for (const one of cases) {
      expect(await accepts(one.pub_key, one.message, one.signature)).toBe(false);
    }
    expect(cases).toHaveLength(10);
  });
}

function agreements({ keys }: VectorPlatform): void {
  test('RFC 7748: secrets, by our code and by the platform', async () => {
    for (const { publicKey, secret, shared } of RFC_7748) {
      expect(toHex(agreeNow(hex(secret), hex(publicKey)) ?? new Uint8Array(0))).toBe(shared);
      const agreer = await keys.agreer(hex(secret));
      expect(toHex(await agreer.agree(hex(publicKey)))).toBe(shared);
    }
    let [secret, point] = [hex(RFC_7748_AGAIN.begin), hex(RFC_7748_AGAIN.begin)];
    for (let times = 1; times <= 1_000; times++) {
      [point, secret] = [secret, agreeNow(secret, point) ?? new Uint8Array(0)];
      if (times === 1) expect(toHex(secret)).toBe(RFC_7748_AGAIN.once);
    }
    expect(toHex(secret)).toBe(RFC_7748_AGAIN.thousand);
  });

  test('Wycheproof X25519: every secret, and nothing where it would be all zero', async () => {
    const { tests } = readVectors<{ tests: Fields<'public' | 'private' | 'shared'>[] }>(
      'wycheproof-x25519',
    );
    for (const { private: secret, public: key, shared, tcId } of tests) {
      const isZero = /^0+$/.test(shared);
      const ours = agreeNow(hex(secret), hex(key));
      const agreer = await keys.agreer(hex(secret));
      const theirs = toHex(await agreer.agree(hex(key)));
      expect({ tcId, ours: ours && toHex(ours), theirs }).toEqual({
        tcId,
        ours: isZero ? undefined : shared,
        theirs: shared,
      });
      expect({ tcId, isWeak: isWeakAgreementKey(hex(key)) }).toEqual({ tcId, isWeak: isZero });
    }
    expect(tests).toHaveLength(518);
  });
}

type CipherTest = Fields<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag' | 'result'>;

function ciphers({ openGcm }: VectorPlatform): void {
  test.each([
    ['xchacha20-poly1305', 24, 280],
    ['chacha20-poly1305', 12, 290],
  ])('Wycheproof %s', (name, nonceBytes, least) => {
    const { tests } = readVectors<{ tests: CipherTest[] }>(`wycheproof-${name}`);
    const own = tests.filter(({ iv }) => hex(iv).length === nonceBytes);
    for (const { aad, ct, iv, key, msg, result, tag, tcId } of own) {
      const [associated, nonce] = [hex(aad), hex(iv)];
      const input =
        nonceBytes === 24
          ? extendedNonce(prepareXKey(hex(key)), nonce, associated)
          : { key: hex(key), nonce, associated };
      const opened = aeadOpen(input, concatBytes(hex(ct), hex(tag)));
      const expected = result === 'valid' ? msg : undefined;
      expect({ tcId, text: opened && toHex(opened) }).toEqual({ tcId, text: expected });
    }
    expect(own.length).toBeGreaterThan(least);
  });

  test('Wycheproof AES-256-GCM, by which profiles seal what lies beside their keys', async () => {
    const { tests } = readVectors<{ tests: CipherTest[] }>('wycheproof-aes-256-gcm');
    for (const { aad, ct, iv, key, msg, result, tag, tcId } of tests) {
      const sealed = concatBytes(hex(ct), hex(tag));
      const opened = await openGcm({ key: hex(key), nonce: hex(iv), associated: hex(aad), sealed });
      const expected = result === 'valid' ? msg : undefined;
      expect({ tcId, text: opened && toHex(opened) }).toEqual({ tcId, text: expected });
    }
    expect(tests).toHaveLength(66);
  });
}

function derivations(): void {
  test('RFC 5869: HKDF with SHA-256', () => {
    for (const { info, key, salt, secret } of RFC_5869) {
      const input = { secret: hex(secret), salt: hex(salt), info: hex(info) };
      expect(toHex(hkdf({ ...input, sizeBytes: key.length / 2 }))).toBe(key);
    }
  });

  test('Wycheproof HKDF and HMAC with SHA-256', () => {
    type HkdfTest = Fields<'ikm' | 'salt' | 'info' | 'okm' | 'result'> & { readonly size: number };
    const { tests } = readVectors<{ tests: HkdfTest[] }>('wycheproof-hkdf-sha256');
    for (const { ikm, info, okm, result, salt, size } of tests) {
      const input = { secret: hex(ikm), salt: hex(salt), info: hex(info), sizeBytes: size };
      if (result === 'valid') expect(toHex(hkdf(input))).toBe(okm);
      else expect(() => hkdf(input)).toThrow();
    }
    type MacTest = Fields<'key' | 'msg' | 'tag' | 'result'> & { readonly tagSize: number };
    const macs = readVectors<{ tests: MacTest[] }>('wycheproof-hmac-sha256').tests;
    for (const { key, msg, result, tag, tagSize, tcId } of macs) {
      const isSame = toHex(hmac(hex(key), hex(msg))).slice(0, tagSize / 4) === tag;
      expect({ tcId, isSame }).toEqual({ tcId, isSame: result === 'valid' });
    }
    expect(tests.length + macs.length).toBeGreaterThan(240);
  });

  test('Argon2id: RFC 9106, and the key of a passphrase is that of an implementation that gives its tag', async () => {
    const { associated, password, salt, secret, tag, ...costs } = RFC_9106;
    const input = { password: hex(password), salt: hex(salt), ...costs };
    const besides = { secret: hex(secret), associated: hex(associated) };
    expect(toHex(argon2Reference({ ...input, ...besides }))).toBe(tag);
    expect(toHex(argon2Reference(input))).not.toBe(tag);
    expect(toHex(await passphraseKey(PASSPHRASE.passphrase, hex(PASSPHRASE.salt)))).toBe(
      PASSPHRASE.key,
    );
    for (const passphrase of [PASSPHRASE.passphrase, 'šest křížků 🌊']) {
      const own = { password: utf8(passphrase.normalize('NFKC')), salt: hex(PASSPHRASE.salt) };
      const reference = argon2Reference({ ...own, memoryKiB: 65_536, passes: 3, lanes: 4 });
      expect(toHex(await passphraseKey(passphrase, own.salt))).toBe(toHex(reference));
    }
  });

  test('BIP39: words of the reference vectors', async () => {
    for (const [entropy, words] of BIP39) {
      expect((await newWords({ bytes: () => hex(entropy) })).join(' ')).toBe(words);
    }
    // The same that the reference implementation gives for these words and no passphrase.
    const seed = await wordsToSeed((BIP39[0]?.[1] ?? '').split(' '));
    expect(toHex(seed).slice(0, 32)).toBe('408b285c123836004f4b8842c89324c1');
  });
}

interface NoiseVector extends Readonly<
  Record<
    'prologue' | 'init_psk' | 'init_static' | 'resp_static' | 'init_ephemeral' | 'resp_ephemeral',
    string
  >
> {
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

function handshakes({ keys }: VectorPlatform): void {
  test('Noise_XXpsk0: every message of the published vectors, with keys of both kinds', async () => {
    const { vectors } = readVectors<{ vectors: NoiseVector[] }>('noise-xxpsk0');
    const own = (secret: string): Promise<Awaited<ReturnType<KeyPlatform['agreer']>>> =>
      Promise.resolve(softwareAgreer(hex(secret)));
    for (const agreerOf of [own, (secret: string) => keys.agreer(hex(secret))]) {
      for (const one of vectors) {
        const side = async (
          role: NoiseRole,
          fixed: string,
          ephemeral: string,
        ): Promise<NoiseHandshake> =>
          new NoiseHandshake({
            ...{ role, psk: hex(one.init_psk), prologue: hex(one.prologue) },
            ...{ agreer: await agreerOf(fixed), ephemeral: await agreerOf(ephemeral) },
          });
        const alice = await side('initiator', one.init_static, one.init_ephemeral);
        const bob = await side('responder', one.resp_static, one.resp_ephemeral);
        for (const [at, { ciphertext, payload }] of one.messages.slice(0, 3).entries()) {
          const [from, to] = at % 2 === 0 ? [alice, bob] : [bob, alice];
          const written = await from.writeMessage(hex(payload));
          expect(toHex(written)).toBe(ciphertext);
          expect(toHex((await to.readMessage(written)) ?? Uint8Array.of(1))).toBe(payload);
        }
        const sessions = [alice.split(), bob.split()] as const;
        for (const [at, { ciphertext, payload }] of one.messages.slice(3).entries()) {
          const [from, to] = at % 2 === 0 ? sessions : [sessions[1], sessions[0]];
          const written = from.send.encrypt(hex(payload));
          expect(toHex(written)).toBe(ciphertext);
          expect(toHex(to.receive.decrypt(written) ?? Uint8Array.of(1))).toBe(payload);
        }
      }
    }
    expect(vectors.length).toBeGreaterThan(0);
  });

  test('CPace: generator, shares and key of the draft', () => {
    const vector = readVectors<Fields<CpaceField>>('cpace');
    const input = {
      password: hex(vector.PRS),
      channel: hex(vector.CI),
      sessionId: hex(vector.sid),
    };
    expect(cpaceGenerator(input)).toEqual(hex(vector.g));
    const initiator = cpaceStartWith(input, littleEndian(hex(vector.ya)));
    const responder = cpaceStartWith(input, littleEndian(hex(vector.yb)));
    expect(initiator.share).toEqual(hex(vector.Ya));
    expect(responder.share).toEqual(hex(vector.Yb));
    const transcript = {
      ...{ initiatorShare: initiator.share, initiatorData: hex(vector.ADa) },
      ...{ responderShare: responder.share, responderData: hex(vector.ADb) },
    };
    for (const [run, role] of [
      [initiator, 'initiator'],
      [responder, 'responder'],
    ] as const) {
      expect(cpaceFinish(run, role, transcript)).toEqual(hex(vector.ISK_IR));
    }
  });
}

type CpaceField = 'PRS' | 'CI' | 'sid' | 'g' | 'ya' | 'ADa' | 'Ya' | 'yb' | 'ADb' | 'Yb' | 'ISK_IR';

function credentials({ ed25519 }: VectorPlatform): void {
  test('golden credentials are read, written again the same, and signed', async () => {
    const { statements } = GOLDEN;
    for (const { section } of statements) {
      const read = decodeStatements(hex(section));
      expect(toHex(encodeStatements(read))).toBe(section);
      const checked = await verifyStatements(ed25519, read);
      expect(checked.every(({ signed }) => signed)).toBe(true);
    }
    expect(statements.length).toBeGreaterThan(20);
  });
}

const GOLDEN: { readonly statements: readonly { readonly section: string }[] } = JSON.parse(
  import.meta.glob('../../spec/vectors/credentials.json', {
    query: '?raw',
    import: 'default',
    eager: true,
  })['../../spec/vectors/credentials.json'] ?? '{}',
) as typeof GOLDEN;
