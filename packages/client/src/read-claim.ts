/** What is in a text that somebody has sent: an attestation, a revocation, or a credential of others. */
import {
  decodeStatements,
  verifyStatements,
  type Attestation,
  type AttestationRevocation,
  type Claims,
  type Statement,
} from '@atoll/halo';
import { AtollError, type Ed25519Platform } from '@atoll/kernel';
import { fromText } from './claim-text.ts';
import { ClientError } from './client-error.ts';

/** A text, read. Whether an attestation or a credential holds is asked apart; a revocation does. */
export type ReadClaim =
  | { readonly is: 'attestation'; readonly attestation: Attestation }
  | { readonly is: 'revocation'; readonly revocation: AttestationRevocation }
  | { readonly is: 'credential' };

/** Reads a text. @throws HaloError `HALO_CLAIM_MALFORMED`; ClientError `CLIENT_ATTESTATION_VOID`. */
export async function readClaim(
  claims: Claims,
  ed25519: Ed25519Platform,
  text: string,
): Promise<ReadClaim> {
  const bytes = fromText('attestation', text);
  if (bytes !== undefined)
    return { is: 'attestation', attestation: claims.decodeAttestation(bytes) };
  const section = fromText('revocation', text);
  if (section === undefined) return { is: 'credential' };
  const statements = orNot(() => decodeStatements(section)) ?? [];
  const checked = await verifyStatements(ed25519, statements);
  const revocation = statements.find((statement) => statement.kind === 'attestation-revocation');
  if (revocation === undefined || checked.some(({ signed }) => !signed)) {
    throw isVoid('signature-wrong');
  }
  const log = logIn(statements);
  const who = { identity: revocation.issuer, device: revocation.device };
  const isIssuers = log !== undefined && (await claims.speaksFor(ed25519, log, who));
  if (!isIssuers) throw isVoid('device-unknown');
  return { is: 'revocation', revocation };
}

/** `undefined` for what cannot be read. */
export function orNot<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (failure) {
    if (failure instanceof AtollError) return undefined;
    throw failure;
  }
}

/** Something does not hold. */
export function isVoid(why: string | undefined): ClientError {
  return new ClientError('CLIENT_ATTESTATION_VOID', `it does not hold: ${why ?? 'malformed'}`);
}

function logIn(statements: readonly Statement[]): Parameters<Claims['speaksFor']>[1] | undefined {
  const genesis = statements.find((statement) => statement.kind === 'identity-genesis');
  if (genesis === undefined) return undefined;
  const admissions = statements.filter((statement) => statement.kind === 'device-admission');
  const said = statements.filter(
    (statement) =>
      statement.kind === 'device-suspension' ||
      statement.kind === 'device-revocation' ||
      statement.kind === 'device-countersignature' ||
      statement.kind === 'recovery-change',
  );
  return { genesis, admissions, said };
}
