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
/**
 * A guest for whom digits are shown gives the turn to the next after so long, if somebody waits: time to be told six
 * digits on the telephone.
 */
export const TURN_MS = 180_000;
/** Guests of an invitation for several whose ticket is kept, should their line have ended before it came. */
export const GUESTS_KEPT = 16;
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
  /** Guests that were let in, or are being. */
  readonly admitted: number;
  /** Those that are being let in: what was interrupted is done again, since it may not have been done. */
  readonly entering: readonly AdmissionRequest[];
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
      readonly at: 'entering';
      readonly line: number;
      readonly request: AdmissionRequest;
      readonly record: number;
    }
  | { readonly at: 'admitting'; readonly line: number; readonly request: AdmissionRequest }
  | {
      readonly at: 'joined';
      readonly request: AdmissionRequest | undefined;
      readonly ticket: Bytes | undefined;
    }
  | { readonly at: 'spent'; readonly why: SpentReason }
  | { readonly at: 'closed' | 'expired' | 'cancelled' };

/** A guest that was let in, and what it gets. */
export interface AdmittedGuest {
  readonly request: AdmissionRequest;
  readonly ticket: Bytes;
}

/** The whole state. */
export interface HostState {
  readonly invitation: Bytes;
  readonly expiresAtMs: number;
  readonly set: number;
  readonly digits: string;
  readonly phase: HostPhase;
  /** Guests that it lets in; of more than one, each has digits of its own. */
  readonly uses: number;
  readonly admitted: number;
  /** Of an invitation for several: the guest to whom the digits belong. */
  readonly turn: { readonly line: number; readonly untilMs: number } | undefined;
  /** Those that were let in, the last ones. */
  readonly guests: readonly AdmittedGuest[];
  /** Oldest first. */
  readonly lines: readonly HostLine[];
  /** Records asked for so far: an answer to an earlier one is no answer to a later. */
  readonly records: number;
}

/** What becomes of who asks to be let in: nobody has said yet, no, or the ticket. */
export type AskAnswer = 'pending' | 'refused' | Bytes;

/** What happens to the host. */
export type HostEvent =
  | { readonly on: 'opened'; readonly line: number; readonly handshakeHash: Bytes }
  | { readonly on: 'message'; readonly line: number; readonly message: GuestMessage }
  | { readonly on: 'ended'; readonly line: number }
  | { readonly on: 'recorded'; readonly record: number }
  | { readonly on: 'record-failed'; readonly record: number }
  | {
      readonly on: 'judged';
      readonly line: number;
      readonly request: AdmissionRequest | undefined;
    }
  | { readonly on: 'admitted'; readonly line: number; readonly ticket: Bytes }
  /** `isUsedUp`: others were let in before, by somebody else. */
  | { readonly on: 'admission-failed'; readonly line: number; readonly isUsedUp: boolean }
  | { readonly on: 'introduced'; readonly line: number; readonly isThem: boolean }
  | { readonly on: 'answered'; readonly line: number; readonly answer: AskAnswer }
  /** Who asks on a new line is the one whom this ticket is for; without one nobody knows him. */
  | { readonly on: 'resumed'; readonly line: number; readonly ticket: Bytes | undefined }
  | { readonly on: 'show-new-digits' }
  | { readonly on: 'cancel' }
  | { readonly on: 'all-in' }
  | { readonly on: 'tick' };

/** What the shell has to do. Each `record` is answered by `recorded`, once it is durable. */
export type HostEffect =
  | { readonly do: 'record'; readonly record: number; readonly progress: HostProgress }
  | { readonly do: 'send'; readonly line: number; readonly message: HostMessage }
  | { readonly do: 'offer'; readonly line: number; readonly handshakeHash: Bytes }
  | {
      readonly do: 'judge';
      readonly line: number;
      readonly handshakeHash: Bytes;
      readonly acceptance: Acceptance;
      readonly signature: Bytes;
    }
  | { readonly do: 'admit'; readonly line: number; readonly request: AdmissionRequest }
  | {
      readonly do: 'ask';
      readonly line: number;
      readonly request: AdmissionRequest;
      readonly text: string;
    }
  | {
      readonly do: 'judge-introduction';
      readonly line: number;
      readonly handshakeHash: Bytes;
      readonly message: Extract<GuestMessage, { say: 'introduce' }>;
    }
  | {
      readonly do: 'judge-resume';
      readonly line: number;
      readonly handshakeHash: Bytes;
      readonly message: Extract<GuestMessage, { say: 'resume' }>;
      /** Of somebody who was let in since the program began. */
      readonly guest: AdmittedGuest | undefined;
    }
  | { readonly do: 'close'; readonly line: number };

/** Line of a guest whose line has ended. */
export const NO_LINE = 0;

/** A machine from what was recorded. Digits whose try had begun when the program ended are used up. */
export function hostState(
  terms: { readonly invitation: Bytes; readonly expiresAtMs: number; readonly uses: number },
  progress: HostProgress,
): HostState {
  const { admitted, digits, entering, outcome, set, used } = progress;
  const counts = { set, digits, admitted, turn: undefined, guests: [] };
  const base = { ...terms, ...counts, lines: [], records: 0 };
  const [request] = entering;
  // It may have been let in or not: letting in once more is the same as once.
  if (request !== undefined) return { ...base, phase: { at: 'admitting', line: NO_LINE, request } };
  if (outcome === 'joined') {
    return { ...base, phase: { at: 'joined', request: undefined, ticket: undefined } };
  }
  if (outcome !== 'open') return { ...base, phase: { at: outcome } };
  if (!used) return { ...base, phase: { at: 'open' } };
  if (set >= DIGIT_SETS_MAX) return { ...base, phase: { at: 'closed' } };
  return { ...base, phase: { at: 'spent', why: 'dropped' } };
}

/** What must survive a restart at this point. */
export function progressOf({ admitted, digits, phase, set, uses }: HostState): HostProgress {
  const base = { set, digits, admitted, entering: [] };
  const after = admitted < uses ? 'open' : 'joined';
  switch (phase.at) {
    case 'open':
    case 'expired':
      return { ...base, used: false, outcome: 'open' };
    case 'entering':
    case 'admitting':
      return { ...base, used: true, outcome: after, entering: [phase.request] };
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
  const { expiresAtMs, lines, phase, turn } = state;
  if (phase.at === 'confirming') return Math.min(phase.deadlineMs, expiresAtMs);
  if (phase.at === 'offered') return phase.deadlineMs;
  if (phase.at === 'open' && turn !== undefined && lines.length > 1) {
    return Math.min(turn.untilMs, expiresAtMs);
  }
  return isEarly(phase) ? expiresAtMs : undefined;
}

/** Readiness that a guest is told. */
export function readinessOf(state: HostState, line: number): HostReadiness {
  const { admitted, phase, turn, uses } = state;
  const isOthers = uses > 1 && turn?.line !== line;
  switch (phase.at) {
    case 'open':
      return isOthers ? 'busy' : 'ready';
    case 'joined':
      return 'used';
    case 'entering':
    case 'admitting':
      return admitted < uses ? 'busy' : 'used';
    case 'closed':
    case 'expired':
    case 'cancelled':
      return phase.at;
    default:
      return isOthers ? 'busy' : 'no-digits';
  }
}

/** Before the digits were confirmed: expiry and cancelling still end it all. */
export function isEarly({ at }: HostPhase): boolean {
  return at === 'open' || at === 'spent' || at === 'recording' || at === 'confirming';
}

/** The line that a phase is about. */
export function activeLine(phase: HostPhase): number | undefined {
  return 'line' in phase ? phase.line : undefined;
}
