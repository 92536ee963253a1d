/**
 * What the host's machine of an invitation without digits knows: a link, one for somebody known, one by which
 * people ask. No guess has to be counted, so guests come and go side by side.
 */
import type { AdmissionRequest } from './pairing-proof.ts';
import type { HostReadiness } from './pairing-messages.ts';
import type { AdmittedGuest, HostOutcome, HostProgress } from './host-state.ts';
import type { InvitationWay } from './statements-invitations.ts';
import type { Bytes } from './statements.ts';

/** What a guest at the door is doing. */
export type DoorPhase =
  | { readonly at: 'greeted' | 'introducing' | 'waiting' | 'done' }
  | { readonly at: 'offered'; readonly deadlineMs: number }
  | { readonly at: 'judging'; readonly text: string | undefined }
  | { readonly at: 'entering'; readonly request: AdmissionRequest; readonly record: number }
  | { readonly at: 'admitting'; readonly request: AdmissionRequest };

/** A guest's line. */
export interface DoorLine {
  readonly line: number;
  readonly handshakeHash: Bytes;
  readonly phase: DoorPhase;
}

/** The whole state. */
export interface DoorState {
  readonly way: Exclude<InvitationWay, 'digits'>;
  readonly expiresAtMs: number;
  readonly uses: number;
  readonly admitted: number;
  readonly at: 'open' | 'expired' | Exclude<HostOutcome, 'open'>;
  /** Tells on a line for whom the invitation is. */
  readonly known: ((handshakeHash: Bytes) => Bytes) | undefined;
  readonly guests: readonly AdmittedGuest[];
  /** Oldest first. */
  readonly lines: readonly DoorLine[];
  readonly records: number;
  /** Being let in since before the program began, without a line. */
  readonly entering: readonly AdmissionRequest[];
}

/** A machine from what was recorded. */
export function doorState(
  terms: Pick<DoorState, 'way' | 'expiresAtMs' | 'uses' | 'known'>,
  { admitted, entering, outcome }: HostProgress,
): DoorState {
  const none = { lines: [], guests: [], records: 0 };
  return { ...terms, admitted, entering, at: outcome, ...none };
}

/** What must survive a restart. Digits are none, and there are some in every record. */
export function doorProgress({ admitted, at, entering, lines }: DoorState): HostProgress {
  const now = lines.flatMap(({ phase }) => ('request' in phase ? [phase.request] : []));
  const outcome = at === 'expired' ? 'open' : at;
  const nothing = { set: 1, digits: '000000', used: false };
  return { ...nothing, outcome, admitted, entering: [...entering, ...now] };
}

/** When the machine wants a `tick` at the latest. */
export function doorWakeAtMs({ at, expiresAtMs, lines }: DoorState): number | undefined {
  const deadlines = lines.flatMap(({ phase }) => ('deadlineMs' in phase ? [phase.deadlineMs] : []));
  const all = at === 'open' ? [expiresAtMs, ...deadlines] : deadlines;
  return all.length === 0 ? undefined : Math.min(...all);
}

/** Readiness that a guest is told. */
export function doorReadiness({ at }: DoorState): HostReadiness {
  if (at === 'open') return 'ready';
  return at === 'joined' ? 'used' : at;
}
