/** What exactly is signed for each kind of statement, by which keys, and whether the signatures are right. */
import {
  signStatement,
  verifyStatement,
  type Proof,
  type Statement as Signable,
} from '@atoll/crypto';
import { idBytes, type Ed25519Platform, type Signer } from '@atoll/kernel';
import { deviceProofs, isDeviceStatement, type UnsignedDeviceStatement } from './device-codec.ts';
import { bodyBytes, type Unsigned } from './statement-body.ts';
import { identityIdOf } from './statement-ids.ts';
import type { AttestationRevocation } from './statements-claims.ts';
import type {
  Bytes,
  DeviceAdmission,
  EpochReset,
  FeedAdmission,
  Grant,
  IdentityGenesis,
  ReadingKey,
  Statement,
} from './statements.ts';

/** Kinds that carry their own signatures; the others are signed with their block. */
type SelfSigned =
  | Unsigned<IdentityGenesis>
  | Unsigned<DeviceAdmission>
  | Unsigned<FeedAdmission>
  | Unsigned<Grant>
  | Unsigned<ReadingKey>
  | Unsigned<EpochReset>
  | Unsigned<AttestationRevocation>
  | UnsignedDeviceStatement;

/** Purpose, audience and body that the signatures of a statement cover. */
export function signableOf(statement: SelfSigned): Signable {
  const body = bodyBytes(statement);
  switch (statement.kind) {
    case 'identity-genesis':
      return { purpose: 'identity-genesis', audience: idBytes(identityIdOf(statement)), body };
    case 'device-admission':
      return { purpose: 'device-admission', audience: idBytes(statement.identity), body };
    case 'feed-admission':
      return { purpose: 'feed-admission', audience: idBytes(statement.space), body };
    case 'grant':
    case 'reading-key':
      return { purpose: 'credential', audience: idBytes(statement.space), body };
    case 'attestation-revocation':
      return { purpose: 'attestation-revocation', audience: idBytes(statement.issuer), body };
    case 'epoch-reset':
      return { purpose: 'credential', audience: idBytes(statement.terms.space), body };
    case 'device-suspension':
      return { purpose: 'device-suspension', audience: idBytes(statement.identity), body };
    case 'device-countersignature':
      return { purpose: 'device-admission', audience: idBytes(statement.identity), body };
    case 'device-revocation':
    case 'recovery-change':
      return { purpose: 'recovery', audience: idBytes(statement.identity), body };
  }
}

/** A device's (or recovery key's) signature of a statement. */
export function signBody(signer: Signer, statement: SelfSigned): Promise<Bytes> {
  return signStatement(signer, signableOf(statement));
}

/** A statement of a section and what its signatures are worth, without any context. */
export interface CheckedStatement {
  readonly statement: Statement;
  /** False when a signature that the statement must carry is not right. */
  readonly signed: boolean;
}

/**
 * Looks at the signatures of statements. That is all that waits for the platform; the fold after it is
 * synchronous. Statements without signatures of their own are covered by their block's.
 */
export function verifyStatements(
  platform: Ed25519Platform,
  statements: readonly Statement[],
): Promise<CheckedStatement[]> {
  return Promise.all(
    statements.map(async (statement) => ({
      statement,
      signed: await hasItsSignatures(platform, statement),
    })),
  );
}

async function hasItsSignatures(platform: Ed25519Platform, statement: Statement): Promise<boolean> {
  const proofs = proofsOf(statement);
  if (proofs === undefined) return true;
  const signable = signableOf(proofs.of);
  for (const proof of proofs.by) {
    if (!(await verifyStatement(platform, signable, proof))) return false;
  }
  return true;
}

function proofsOf(
  statement: Statement,
): { readonly of: SelfSigned; readonly by: readonly Proof[] } | undefined {
  switch (statement.kind) {
    case 'identity-genesis':
      return {
        of: statement,
        by: [
          { publicKey: statement.recoverySigningKey, signature: statement.recoverySignature },
          { publicKey: idBytes(statement.device), signature: statement.deviceSignature },
        ],
      };
    case 'device-admission':
      return {
        of: statement,
        by: [
          { publicKey: statement.admittedBy, signature: statement.admittingSignature },
          { publicKey: idBytes(statement.device), signature: statement.deviceSignature },
        ],
      };
    case 'feed-admission':
      return {
        of: statement,
        by: [
          { publicKey: idBytes(statement.device), signature: statement.deviceSignature },
          { publicKey: idBytes(statement.feed), signature: statement.feedSignature },
        ],
      };
    case 'grant':
    case 'attestation-revocation':
    case 'reading-key': {
      const publicKey = idBytes(statement.device);
      return { of: statement, by: [{ publicKey, signature: statement.signature }] };
    }
    case 'epoch-reset': {
      const { recoveryKey: publicKey, signature } = statement;
      return { of: statement, by: [{ publicKey, signature }] };
    }
    default:
      return isDeviceStatement(statement)
        ? { of: statement, by: deviceProofs(statement) }
        : undefined;
  }
}
