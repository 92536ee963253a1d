/** Making identities. Pure of storage: callers keep what is returned. */
import {
  newWords,
  recoverySecrets,
  softwareAgreer,
  softwareSigner,
  wipe,
  wordsToSeed,
} from '@atoll/crypto';
import { idFromBytes, type IdentityId, type Rng, type Signer } from '@atoll/kernel';
import type { IdentityLog } from './identity.ts';
import { identityIdOf } from './statement-ids.ts';
import { signBody } from './statement-signing.ts';
import { NONCE_BYTES, type Bytes, type IdentityGenesis } from './statements.ts';

/** A new identity. The words are in no other place: show them once and let them go. */
export interface NewIdentity {
  readonly identity: IdentityId;
  readonly log: IdentityLog;
  /** 24 words. */
  readonly words: readonly string[];
  /** Finds the recovery capsule at servers; every device of the identity keeps it. 32 bytes. */
  readonly locatorSecret: Bytes;
}

/**
 * Makes an identity with this device as its first. The recovery keys are in the genesis; their secret
 * halves are overwritten before this resolves, as far as the engine lets them be.
 */
export async function createIdentity(input: {
  readonly rng: Rng;
  readonly deviceSigner: Signer;
  /** X25519 public key of the device. */
  readonly deviceAgreementKey: Bytes;
}): Promise<NewIdentity> {
  const { rng, deviceSigner, deviceAgreementKey } = input;
  const words = await newWords(rng);
  const seed = await wordsToSeed(words);
  const secrets = recoverySecrets(seed);
  using recovery = softwareSigner(secrets.signingSeed);
  using agreer = softwareAgreer(secrets.agreementSecret);
  try {
    const body = {
      kind: 'identity-genesis',
      recoverySigningKey: recovery.publicKey,
      recoveryAgreementKey: agreer.publicKey,
      device: idFromBytes('device', deviceSigner.publicKey),
      deviceAgreementKey,
      nonce: rng.bytes(NONCE_BYTES),
    } as const;
    const [recoverySignature, deviceSignature] = await Promise.all([
      signBody(recovery, body),
      signBody(deviceSigner, body),
    ]);
    const genesis: IdentityGenesis = { ...body, recoverySignature, deviceSignature };
    const { locatorSecret } = secrets;
    return {
      identity: identityIdOf(genesis),
      log: { genesis, admissions: [] },
      words,
      locatorSecret,
    };
  } finally {
    wipe(seed, secrets.signingSeed, secrets.agreementSecret);
  }
}
