/**
 * The 24 words (BIP39, English list) from which an identity is recovered, and the three secrets that
 * follow from them. The words are shown once and never kept.
 */
import type * as Bip39 from '@scure/bip39';
import type { Rng } from '@atoll/kernel';
import { CryptoError } from './crypto-error.ts';
import { deriveKey } from './hash.ts';
import { wipe } from './secret-bytes.ts';

/** Words of a recovery phrase: 256 bits and a checksum of 8. */
export const RECOVERY_WORD_COUNT = 24;
const ENTROPY_BYTES = 32;

/** The list and its library, loaded when they are needed: most runs of a program never ask. */
async function wordLibrary(): Promise<{
  readonly bip39: typeof Bip39;
  readonly wordlist: string[];
}> {
  const [bip39, { wordlist }] = await Promise.all([
    import('@scure/bip39'),
    import('@scure/bip39/wordlists/english.js'),
  ]);
  return { bip39, wordlist };
}

/** Fresh words. */
export async function newWords(rng: Rng): Promise<string[]> {
  const { bip39, wordlist } = await wordLibrary();
  const entropy = rng.bytes(ENTROPY_BYTES);
  const words = bip39.entropyToMnemonic(entropy, wordlist).split(' ');
  wipe(entropy);
  return words;
}

/**
 * What a person typed, split and lower-cased, if it is a phrase.
 * @throws CryptoError `CRYPTO_WORDS_COUNT`, `CRYPTO_WORDS_UNKNOWN` (its message tells the position),
 * `CRYPTO_WORDS_CHECKSUM`.
 */
export async function parseWords(text: string): Promise<string[]> {
  const { bip39, wordlist } = await wordLibrary();
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
    wipe(bip39.mnemonicToEntropy(words.join(' '), wordlist));
  } catch (cause) {
    const problem = 'the words do not belong together: one is wrong, or two are exchanged';
    throw new CryptoError('CRYPTO_WORDS_CHECKSUM', problem, { cause });
  }
  return words;
}

/** The 64-byte seed of BIP39 with an empty passphrase. Slow on purpose. @throws as {@link parseWords}. */
export async function wordsToSeed(words: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { bip39 } = await wordLibrary();
  return bip39.mnemonicToSeedSync((await parseWords(words.join(' '))).join(' '));
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
