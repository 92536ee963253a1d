/** Signing in with Atoll at a web service: the decision, and nothing else. */
import {
  HaloError,
  checkPresentation,
  loadClaims,
  parsePresentation,
  type Attestation,
  type AttestationId,
  type IdentityLog,
  type PresentationFault,
} from '@atoll/halo';
import { fromHex, type Ed25519Platform, type IdentityId } from '@atoll/kernel';
import { Challenges, type ChallengeOptions } from './challenges.ts';
import { reportOf, type AttestationReport } from './claims.ts';
import { machineMs, nodeEd25519 } from './node-world.ts';
import { VerifyError } from './verify-error.ts';

/** What a verifier is made with. */
export interface SignInOptions extends ChallengeOptions {
  /** Origin of this service as its visitors see it: `https://example.org`. */
  readonly audience: string;
  /**
   * What is kept of an identity's log from earlier, or came from elsewhere: a device that it suspends or
   * removes is refused, although the presented log does not say so.
   */
  readonly knownLog?: (identity: IdentityId) => IdentityLog | undefined;
  /** Revocations that the service has been given. */
  readonly isRevoked?: (attestation: AttestationId) => boolean;
  /** The platform's verification; that of node:crypto where it is left out. */
  readonly ed25519?: Ed25519Platform;
}

/** Why somebody may not come in. */
export type SignInRefusal =
  | PresentationFault
  | 'malformed' // Not a presentation.
  | 'nonce-unknown'; // The challenge was not given out here, was used before, or is too old.

/** Somebody has signed in, or why not. */
export type SignIn =
  | {
      readonly ok: true;
      /** The account: `did:key:…`, the same at every sign-in here, or the identity's id if it is shown. */
      readonly subject: string;
      readonly identity: IdentityId | undefined;
      /** Keep it: it is what `knownLog` is asked for the next time. */
      readonly log: IdentityLog | undefined;
      readonly attestations: readonly AttestationReport[];
    }
  | { readonly ok: false; readonly why: SignInRefusal };

/** Decides who has signed in. One for each origin. */
export class SignInVerifier {
  readonly #options: SignInOptions;
  readonly #challenges: Challenges;
  readonly #nowMs: () => number;

  private constructor(options: SignInOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? machineMs;
    this.#challenges = new Challenges(options);
  }

  /** @throws VerifyError `VERIFY_ORIGIN`. */
  static async open(options: SignInOptions): Promise<SignInVerifier> {
    const { checkedOrigin } = await loadClaims();
    try {
      checkedOrigin(options.audience);
    } catch (cause) {
      throw new VerifyError('VERIFY_ORIGIN', 'the audience is no origin', { cause });
    }
    return new SignInVerifier(options);
  }

  /** A challenge for one visitor, in hex. */
  challenge(): string {
    return this.#challenges.issue();
  }

  /**
   * Looks at what a visitor has answered to a challenge. The challenge is used up, whatever comes out. Never
   * throws for what a visitor sends.
   */
  async verify(answer: { readonly nonce: string; readonly presentation: string }): Promise<SignIn> {
    const nonce = fromHex(answer.nonce);
    if (!this.#challenges.take(answer.nonce) || nonce === undefined) {
      return { ok: false, why: 'nonce-unknown' };
    }
    const { audience, ed25519 = nodeEd25519, isRevoked, knownLog } = this.#options;
    const presentation = parsed(answer.presentation);
    if (presentation === undefined) return { ok: false, why: 'malformed' };
    const result = await checkPresentation(ed25519, presentation, {
      ...{ audience, nonce, nowMs: this.#nowMs() },
      ...(knownLog === undefined ? {} : { knownLog }),
      ...(isRevoked === undefined ? {} : { isRevoked }),
    });
    if (!result.ok) return { ok: false, why: result.why };
    const { attestations, identity, log, subject } = result.who;
    return { ok: true, subject, identity, log, attestations: reports(attestations) };
  }
}

function reports(attestations: readonly Attestation[]): readonly AttestationReport[] {
  return attestations.map(reportOf);
}

function parsed(text: string): ReturnType<typeof parsePresentation> | undefined {
  try {
    return parsePresentation(text);
  } catch (failure) {
    if (failure instanceof HaloError) return undefined;
    throw failure;
  }
}
