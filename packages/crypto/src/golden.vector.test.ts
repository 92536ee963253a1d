/** Bytes that other programs and older versions rely on; they never change, they are only added to. */
import { toHex, type Rng } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { cpaceConfirmations } from './cpace.ts';
import { deriveKey, hash, keyedHash } from './hash.ts';
import { newWords, recoverySecrets, wordsToSeed } from './recovery-words.ts';
import { open, seal, sealingKey } from './seal.ts';
import { sealTo } from './seal-to.ts';
import { openSealed } from './sealed-box.ts';
import { softwareAgreer, softwareSigner } from './software-keys.ts';
import { signStatement, statementBytes, type StatementPurpose } from './statement.ts';
import { hex, readVectors } from './testing/vectors.ts';

type Fields<Names extends string> = Readonly<Record<Names, string>>;
type Tagged<Names extends string> = Fields<Names> & { readonly parts: readonly string[] };

interface Golden {
  readonly hash: readonly Tagged<'tag' | 'digest'>[];
  readonly keyedHash: readonly Tagged<'key' | 'tag' | 'digest'>[];
  readonly deriveKey: readonly Tagged<'secret' | 'purpose' | 'key'>[];
  readonly statements: readonly (Fields<'seed' | 'publicKey' | 'body' | 'bytes' | 'signature'> & {
    readonly purpose: StatementPurpose;
    readonly audience: { readonly name: string } | { readonly id: string };
  })[];
  readonly seal: readonly Fields<
    'secret' | 'commitment' | 'random' | 'associated' | 'plaintext' | 'sealed'
  >[];
  readonly sealTo: readonly Fields<
    'recipientSecret' | 'recipient' | 'random' | 'info' | 'plaintext' | 'sealed'
  >[];
  readonly recovery: readonly Fields<
    'entropy' | 'words' | 'seed' | 'signingSeed' | 'agreementSecret' | 'locatorSecret'
  >[];
  readonly cpaceConfirmations: readonly Fields<
    | 'key'
    | 'sessionId'
    | 'initiatorShare'
    | 'initiatorData'
    | 'responderShare'
    | 'responderData'
    | 'initiator'
    | 'responder'
  >[];
}

const golden = readVectors<Golden>('golden');
const fixed = (bytes: string): Rng => ({ bytes: () => hex(bytes) });

test.each(golden.hash)('the digest under $tag is that of the vector', ({ tag, parts, digest }) => {
  expect(toHex(hash(tag, ...parts.map(hex)))).toBe(digest);
});

test.each(golden.keyedHash)(
  'the keyed digest under $tag is that of the vector',
  ({ key, tag, parts, digest }) => {
    expect(toHex(keyedHash(hex(key), tag, ...parts.map(hex)))).toBe(digest);
  },
);

test.each(golden.deriveKey)(
  'the key derived for $purpose is that of the vector',
  ({ secret, purpose, parts, key }) => {
    expect(toHex(deriveKey(hex(secret), purpose, ...parts.map(hex)))).toBe(key);
  },
);

test.each(golden.statements)(
  'a statement of $purpose has the bytes and signature of the vector',
  async (one) => {
    const audience = 'name' in one.audience ? one.audience.name : hex(one.audience.id);
    const statement = { purpose: one.purpose, audience, body: hex(one.body) };
    const signer = softwareSigner(hex(one.seed));
    expect(toHex(signer.publicKey)).toBe(one.publicKey);
    expect(toHex(statementBytes(statement))).toBe(one.bytes);
    expect(toHex(await signStatement(signer, statement))).toBe(one.signature);
  },
);

test.each(golden.seal)('text $plaintext seals to the bytes of the vector, which open', (one) => {
  const key = sealingKey(hex(one.secret));
  const place = { associated: hex(one.associated) };
  expect(toHex(key.commitment)).toBe(one.commitment);
  const input = { ...place, rng: fixed(one.random), plaintext: hex(one.plaintext) };
  expect(toHex(seal(key, input))).toBe(one.sealed);
  expect(open(key, { ...place, sealed: hex(one.sealed) })).toEqual(hex(one.plaintext));
});

test.each(golden.sealTo)(
  'text $plaintext makes the box of the vector, which opens',
  async (one) => {
    const input = { recipient: hex(one.recipient), info: hex(one.info), rng: fixed(one.random) };
    expect(toHex(sealTo({ ...input, plaintext: hex(one.plaintext) }))).toBe(one.sealed);
    const reader = softwareAgreer(hex(one.recipientSecret));
    expect(await openSealed(reader, hex(one.sealed), hex(one.info))).toEqual(hex(one.plaintext));
  },
);

test.each(golden.recovery)('the secrets of $words are those of the vector', async (one) => {
  const words = await newWords(fixed(one.entropy));
  expect(words.join(' ')).toBe(one.words);
  const seed = await wordsToSeed(words);
  const secrets = recoverySecrets(seed);
  expect(toHex(seed)).toBe(one.seed);
  expect(toHex(secrets.signingSeed)).toBe(one.signingSeed);
  expect(toHex(secrets.agreementSecret)).toBe(one.agreementSecret);
  expect(toHex(secrets.locatorSecret)).toBe(one.locatorSecret);
});

test.each(golden.cpaceConfirmations)(
  'the CPace confirmations under $key are those of the vector',
  (one) => {
    const both = cpaceConfirmations(hex(one.key), hex(one.sessionId), {
      initiatorShare: hex(one.initiatorShare),
      initiatorData: hex(one.initiatorData),
      responderShare: hex(one.responderShare),
      responderData: hex(one.responderData),
    });
    expect(toHex(both.initiator)).toBe(one.initiator);
    expect(toHex(both.responder)).toBe(one.responder);
  },
);
