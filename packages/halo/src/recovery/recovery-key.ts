/**
 * The keys of the 24 words while they are needed: to open capsules, and to admit one device. They are
 * overwritten when disposed of, as far as the engine lets them be.
 */
import {
  parseWords,
  recoverySecrets,
  softwareAgreer,
  softwareSigner,
  wipe,
  wordsToSeed,
} from '@atoll/crypto';
import type { Agreer, Signer } from '@atoll/kernel';
import type { Bytes } from '../statements.ts';

/** What follows from the words. Dispose of it as soon as it is not needed. */
export interface RecoveryKeys extends Disposable {
  readonly signer: Signer;
  readonly agreer: Agreer;
  /** 32 bytes; devices keep it, so it is not overwritten. */
  readonly locatorSecret: Bytes;
}

/**
 * Keys of what somebody typed.
 * @throws CryptoError `CRYPTO_WORDS_COUNT`, `CRYPTO_WORDS_UNKNOWN`, `CRYPTO_WORDS_CHECKSUM`.
 */
export async function recoveryKeys(words: string): Promise<RecoveryKeys> {
  const seed = await wordsToSeed(await parseWords(words));
  const { agreementSecret, locatorSecret, signingSeed } = recoverySecrets(seed);
  const signer = softwareSigner(signingSeed);
  const agreer = softwareAgreer(agreementSecret);
  wipe(seed, signingSeed, agreementSecret);
  return {
    signer,
    agreer,
    locatorSecret,
    [Symbol.dispose]: () => {
      signer[Symbol.dispose]();
      agreer[Symbol.dispose]();
    },
  };
}
