/** The public keys of an identity's words as its log has them now: those of the genesis, or of the last change. */
import { recoveryKeys } from '../devices/recovery-keys.ts';
import { logStatements, type IdentityLog } from '../identity.ts';
import { identityEntryOf } from '../statement-ids.ts';
import type { Bytes } from '../statements.ts';

/** Ed25519 and X25519 key of the words. */
export interface WordKeys {
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
}

/** Keys of the words of now. */
export function wordsOf(log: IdentityLog): WordKeys {
  const { recoveryAgreementKey: agreementKey, recoverySigningKey: signingKey } = log.genesis;
  const changes = logStatements(log).flatMap((statement, depth) =>
    statement.kind === 'recovery-change'
      ? [{ entry: identityEntryOf(statement), depth, statement }]
      : [],
  );
  return recoveryKeys({ signingKey, agreementKey }, changes, () => true);
}
