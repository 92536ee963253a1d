/** What the host's machine of an invitation knows, hears and asks for; and what of it survives a restart. */
import type { CpaceConfirmations } from '@atoll/crypto';
import type { AdmissionRequest } from './pairing-proof.ts';
import type { Acceptance, GuestMessage, HostMessage, HostReadiness } from './pairing-messages.ts';
import type { Bytes } from './statements.ts';

/** Sets of digits of one invitation: in all, three guesses in a million. */
export const DIGIT_SETS_MAX = 3;
/** A try that takes longer than this has failed: several round trips over a bad mobile line. */
export const TRY_TIMEOUT_MS = 30_000;
/** Time for a person to read who invites, and to agree. */
export const ANSWER_TIMEOUT_MS = 600_000;
/** Lines at once. A holder of the link can open more; then the oldest idle one goes. */
export const LINES_MAX = 8;

/** What became of an invitation, as far as it must survive a restart. */
export type HostOutcome = 'open' | 'joined' | 'cancelled' | 'closed';

/** The durable part of the machine. */
export interface HostProgress {
  /** 1 to 3. */
  readonly set: number;
  readonly digits: string;
  /** True from the moment a try with these digits began. */
  readonly used: boolean;
  readonly outcome: HostOutcome;
}

/** Why digits that were used up did not lead to a member. */
export type SpentReason = 'wrong' | 'dropped' | 'declined' | 'refused';

/** A guest's line, by the number that the shell gave it. */
export interface HostLine {
  readonly line: number;
  readonly handshakeHash: Bytes;
}

/** Where the invitation stands. */
export type HostPhase =
  | { readonly at: 'open' }
  | {
      readonly at: 'recording';
      readonly line: number;
      readonly share: Bytes;
      readonly record: number;
    }
  | {
      readonly at: 'confirming';
      readonly line: number;
      readonly confirmations: CpaceConfirmations;
      readonly deadlineMs: number;
    }
  | { readonly at: 'offered'; readonly line: number; readonly deadlineMs: number }
  | { readonly at: 'judging'; readonly line: number }
  | {
      readonly at: 'entering' | 'admitting';
      readonly line: number;
      readonly request: AdmissionRequest;
      readonly record: number;
    }
  | {
      readonly at: 'joined';
      readonly request: AdmissionRequest | undefined;
      readonly ticket: Bytes | undefined;
    }
  | { readonly at: 'spent'; readonly why: SpentReason }
  | { readonly at: 'closed' | 'expired' | 'cancelled' };

/** The whole state. */
export interface HostState {
  readonly invitation: Bytes;
  readonly expiresAtMs: number;
  readonly set: number;
  readonly digits: string;
  readonly phase: HostPhase;
  /** Oldest first. */
  readonly lines: readonly HostLine[];
  /** Records asked for so far: an answer to an earlier one is no answer to a later. */
  readonly records: number;
}

/** What happens to the host. */
export type HostEvent =
  | { readonly on: 'opened'; readonly line: number; readonly handshakeHash: Bytes }
  | { readonly on: 'message'; readonly line: number; readonly message: GuestMessage }
  | { readonly on: 'ended'; readonly line: number }
  | { readonly on: 'recorded'; readonly record: number }
  | { readonly on: 'record-failed'; readonly record: number }
  | { readonly on: 'judged'; readonly request: AdmissionRequest | undefined }
  | { readonly on: 'admitted'; readonly ticket: Bytes }
  | { readonly on: 'admission-failed' }
  | { readonly on: 'resumed'; readonly line: number }
  | { readonly on: 'show-new-digits' }
  | { readonly on: 'cancel' }
  | { readonly on: 'tick' };

/** What the shell has to do. Each `record` is answered by `recorded`, once it is durable. */
export type HostEffect =
  | { readonly do: 'record'; readonly record: number; readonly progress: HostProgress }
  | { readonly do: 'send'; readonly line: number; readonly message: HostMessage }
  | { readonly do: 'offer'; readonly line: number; readonly handshakeHash: Bytes }
  | {
      readonly do: 'judge';
      readonly handshakeHash: Bytes;
      readonly acceptance: Acceptance;
      readonly signature: Bytes;
    }
  | { readonly do: 'admit'; readonly request: AdmissionRequest }
  | {
      readonly do: 'judge-resume';
      readonly line: number;
      readonly handshakeHash: Bytes;
      readonly message: Extract<GuestMessage, { say: 'resume' }>;
      readonly request: AdmissionRequest;
    }
  | { readonly do: 'close'; readonly line: number };

/** A machine from what was recorded. Digits whose try had begun when the program ended are used up. */
export function hostState(
  terms: { readonly invitation: Bytes; readonly expiresAtMs: number },
  progress: HostProgress,
): HostState {
  const { digits, outcome, set, used } = progress;
  const base = { ...terms, set, digits, lines: [], records: 0 };
  if (outcome === 'joined') {
    return { ...base, phase: { at: 'joined', request: undefined, ticket: undefined } };
  }
  if (outcome !== 'open') return { ...base, phase: { at: outcome } };
  if (!used) return { ...base, phase: { at: 'open' } };
  if (set >= DIGIT_SETS_MAX) return { ...base, phase: { at: 'closed' } };
  return { ...base, phase: { at: 'spent', why: 'dropped' } };
}

/** What must survive a restart at this point. */
export function progressOf({ digits, phase, set }: HostState): HostProgress {
  const base = { set, digits };
  switch (phase.at) {
    case 'open':
    case 'expired':
      return { ...base, used: false, outcome: 'open' };
    case 'entering':
    case 'admitting':
    case 'joined':
      return { ...base, used: true, outcome: 'joined' };
    case 'closed':
    case 'cancelled':
      return { ...base, used: true, outcome: phase.at };
    default:
      return { ...base, used: true, outcome: 'open' };
  }
}

/** When the machine wants a `tick` at the latest; `undefined` when time changes nothing. */
export function hostWakeAtMs(state: HostState): number | undefined {
  const { phase } = state;
  if (phase.at === 'confirming') return Math.min(phase.deadlineMs, state.expiresAtMs);
  if (phase.at === 'offered') return phase.deadlineMs;
  return isEarly(phase) ? state.expiresAtMs : undefined;
}

/** Readiness that guests are told. */
export function readinessOf({ at }: HostPhase): HostReadiness {
  if (at === 'open') return 'ready';
  if (at === 'joined' || at === 'entering' || at === 'admitting') return 'used';
  if (at === 'closed' || at === 'expired' || at === 'cancelled') return at;
  return 'no-digits';
}

/** Before the digits were confirmed: expiry and cancelling still end it all. */
export function isEarly({ at }: HostPhase): boolean {
  return at === 'open' || at === 'spent' || at === 'recording' || at === 'confirming';
}

/** The line that a phase is about. */
export function activeLine(phase: HostPhase): number | undefined {
  return 'line' in phase ? phase.line : undefined;
}
