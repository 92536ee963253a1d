/** Whether a presentation is good for a service: what a sign-in is decided by. */
import { didKeyOf, verifyStatement } from '@atoll/crypto';
import { equalBytes, idBytes, type Ed25519Platform, type IdentityId } from '@atoll/kernel';
import type { IdentityLog } from '../identity.ts';
import {
  CLOCK_SKEW_MS,
  attestationFault,
  type AttestationContext,
  type AttestationFault,
} from './attestation-check.ts';
import type { Attestation } from './attestation.ts';
import { mergedLog, standingOf, type StandingFault } from './device-standing.ts';
import { PRESENTATION_MS_MAX, presentationSignable, type Presentation } from './presentation.ts';

/** Why a presentation is refused. */
export type PresentationFault =
  | 'wrong-audience' // It was made for another service.
  | 'wrong-nonce' // It does not answer the challenge.
  | 'wrong-channel' // It was made on another connection.
  | 'not-yet' // It was made later than now, by the clock of who made it.
  | 'expired' // Its time is over, or it was made to last longer than it may.
  | 'signature-wrong'
  | 'attestation-wrong' // An attestation does not hold, or is about somebody else.
  | StandingFault;

/** What the service expects and knows. */
export interface PresentationContext {
  readonly audience: string;
  readonly nonce: Uint8Array;
  readonly nowMs: number;
  /** Hash of the connection, for services that ask for one. */
  readonly channel?: Uint8Array | undefined;
  /** A copy of an identity's log that may be newer than the presented one. */
  readonly knownLog?: (identity: IdentityId) => IdentityLog | undefined;
  readonly isRevoked?: AttestationContext['isRevoked'];
}

/** Who has signed in. */
export interface Presented {
  /** Stable name of the subject at this service: `did:key:…` for pairwise ones, else the identity's id. */
  readonly subject: string;
  /** Only if its user has agreed to be known. */
  readonly identity: IdentityId | undefined;
  /** Everything known of the identity's log now: keep it for the next time. */
  readonly log: IdentityLog | undefined;
  readonly attestations: readonly Attestation[];
}

/** The outcome of looking at a presentation. */
export type PresentationResult =
  | { readonly ok: true; readonly who: Presented }
  | {
      readonly ok: false;
      readonly why: PresentationFault;
      /** Of the attestation that does not hold. */
      readonly attestation?: AttestationFault | 'other-subject';
    };

/** Looks at a presentation. Whether its nonce was used before is the service's to know. Never throws. */
export async function checkPresentation(
  platform: Ed25519Platform,
  presentation: Presentation,
  context: PresentationContext,
): Promise<PresentationResult> {
  const { body, signature } = presentation;
  const early = faultOfFacts(presentation, context);
  if (early !== undefined) return { ok: false, why: early };
  const { subject } = body;
  const signable = presentationSignable(body);
  if (subject.as === 'pairwise') {
    const proof = { publicKey: subject.key, signature };
    if (!(await verifyStatement(platform, signable, proof))) return refused('signature-wrong');
    const who = { subject: didKeyOf(subject.key), identity: undefined, log: undefined };
    return { ok: true, who: { ...who, attestations: [] } };
  }
  const known = context.knownLog?.(subject.identity);
  const log = known === undefined ? subject.log : mergedLog(subject.log, known);
  if (log === undefined) return refused('log-wrong');
  const standing = await standingOf(platform, log, subject.device);
  if (standing !== undefined) return refused(standing);
  const proof = { publicKey: idBytes(subject.device), signature };
  if (!(await verifyStatement(platform, signable, proof))) return refused('signature-wrong');
  const { identity } = subject;
  const wrong = await faultOfAttestations(platform, { ...context, identity }, body.attestations);
  if (wrong !== undefined) return { ok: false, why: 'attestation-wrong', attestation: wrong };
  const who = { subject: identity, identity, log, attestations: body.attestations };
  return { ok: true, who };
}

function refused(why: PresentationFault): PresentationResult {
  return { ok: false, why };
}

function faultOfFacts(
  { body }: Presentation,
  context: PresentationContext,
): PresentationFault | undefined {
  const { nowMs } = context;
  if (body.audience !== context.audience) return 'wrong-audience';
  if (!equalBytes(body.nonce, context.nonce)) return 'wrong-nonce';
  if (context.channel !== undefined) {
    if (body.channel === undefined) return 'wrong-channel';
    if (!equalBytes(body.channel, context.channel)) return 'wrong-channel';
  }
  if (body.issuedMs > nowMs + CLOCK_SKEW_MS) return 'not-yet';
  const lasts = body.expiresMs - body.issuedMs;
  if (lasts <= 0 || lasts > PRESENTATION_MS_MAX) return 'expired';
  return body.expiresMs <= nowMs ? 'expired' : undefined;
}

async function faultOfAttestations(
  platform: Ed25519Platform,
  context: PresentationContext & { readonly identity: IdentityId },
  attestations: readonly Attestation[],
): Promise<AttestationFault | 'other-subject' | undefined> {
  for (const attestation of attestations) {
    const { issuer, subject } = attestation.body;
    if (subject !== context.identity) return 'other-subject';
    const { isRevoked, nowMs } = context;
    const fault = await attestationFault(platform, attestation, {
      nowMs,
      known: context.knownLog?.(issuer),
      ...(isRevoked === undefined ? {} : { isRevoked }),
    });
    if (fault !== undefined) return fault;
  }
  return undefined;
}
