/**
 * The 24 words (BIP39, English list) from which an identity is recovered, and the three secrets that
 * follow from them. The words are shown once and never kept.
 */
import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { Rng } from '@atoll/kernel';
import { CryptoError } from './crypto-error.ts';
import { deriveKey } from './hash.ts';
import { wipe } from './secret-bytes.ts';

/** Words of a recovery phrase: 256 bits and a checksum of 8. */
export const RECOVERY_WORD_COUNT = 24;
const ENTROPY_BYTES = 32;

/** Fresh words. */
export function newWords(rng: Rng): string[] {
  const entropy = rng.bytes(ENTROPY_BYTES);
  const words = entropyToMnemonic(entropy, wordlist).split(' ');
  wipe(entropy);
  return words;
}

/**
 * What a person typed, split and lower-cased, if it is a phrase.
 * @throws CryptoError `CRYPTO_WORDS_COUNT`, `CRYPTO_WORDS_UNKNOWN` (its message tells the position),
 * `CRYPTO_WORDS_CHECKSUM`.
 */
export function parseWords(text: string): string[] {
  const words = text.normalize('NFKD').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length !== RECOVERY_WORD_COUNT) {
    const problem = `a recovery phrase has ${RECOVERY_WORD_COUNT} words, got ${words.length}`;
    throw new CryptoError('CRYPTO_WORDS_COUNT', problem);
  }
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown >= 0) {
    throw new CryptoError('CRYPTO_WORDS_UNKNOWN', `word ${unknown + 1} is not in the list`);
  }
  try {
    wipe(mnemonicToEntropy(words.join(' '), wordlist));
  } catch (cause) {
    const problem = 'the words do not belong together: one is wrong, or two are exchanged';
    throw new CryptoError('CRYPTO_WORDS_CHECKSUM', problem, { cause });
  }
  return words;
}

/** The 64-byte seed of BIP39 with an empty passphrase. Slow on purpose. @throws as {@link parseWords}. */
export function wordsToSeed(words: readonly string[]): Uint8Array<ArrayBuffer> {
  return mnemonicToSeedSync(parseWords(words.join(' ')).join(' '));
}

/** What follows from a seed. */
export interface RecoverySecrets {
  /** Ed25519 seed of the recovery signing key. */
  readonly signingSeed: Uint8Array<ArrayBuffer>;
  /** X25519 secret of the recovery sealing key. */
  readonly agreementSecret: Uint8Array<ArrayBuffer>;
  /** From it follow addresses and write keys of the recovery capsule; devices keep it. */
  readonly locatorSecret: Uint8Array<ArrayBuffer>;
}

/** The three secrets of a seed; none of them says anything of another. */
export function recoverySecrets(seed: Uint8Array): RecoverySecrets {
  return {
    signingSeed: deriveKey(seed, 'recovery/signing'),
    agreementSecret: deriveKey(seed, 'recovery/agreement'),
    locatorSecret: deriveKey(seed, 'recovery/locator'),
  };
}
