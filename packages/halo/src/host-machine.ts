/**
 * The host's side of an invitation as a pure state machine. It judges tries of digits: a try is recorded
 * durably before anything that could confirm a guess leaves, and whatever becomes of it, its digits are used
 * up. Signatures, storage and lines are effects, run by host-invitation.ts.
 */
import { constantTimeEqual, cpaceConfirmations, cpaceFinish, cpaceStart } from '@atoll/crypto';
import { utf8, type Rng } from '@atoll/kernel';
import { newDigits } from './digits.ts';
import {
  ANSWER_TIMEOUT_MS,
  DIGIT_SETS_MAX,
  LINES_MAX,
  TRY_TIMEOUT_MS,
  activeLine,
  isEarly,
  progressOf,
  readinessOf,
  type HostEffect,
  type HostEvent,
  type HostLine,
  type HostPhase,
  type HostState,
  type SpentReason,
} from './host-state.ts';
import type { GuestMessage, HostMessage } from './pairing-messages.ts';
import type { AdmissionRequest } from './pairing-proof.ts';
import type { Bytes } from './statements.ts';
import { tryBinding } from './try-binding.ts';

type Step = [HostState, readonly HostEffect[]];

/** One step. `nowMs` is the host's clock, which alone decides about expiry. */
export function hostStep(
  { rng }: { readonly rng: Rng },
  before: HostState,
  event: HostEvent,
  nowMs: number,
): Step {
  const [state, due] = onTime(before, nowMs);
  const [after, effects] = onEvent(rng, state, event, nowMs);
  return [after, [...due, ...effects]];
}

function onTime(state: HostState, nowMs: number): Step {
  const { phase } = state;
  if (isEarly(phase) && nowMs >= state.expiresAtMs) return announce(state, { at: 'expired' });
  if (phase.at === 'confirming' && nowMs >= phase.deadlineMs) return spend(state, 'dropped');
  if (phase.at === 'offered' && nowMs >= phase.deadlineMs) return spend(state, 'dropped');
  return [state, []];
}

function onEvent(rng: Rng, state: HostState, event: HostEvent, nowMs: number): Step {
  switch (event.on) {
    case 'opened':
      return onOpened(state, event);
    case 'message':
      return onMessage(state, event, nowMs);
    case 'ended':
      return onEnded(state, event.line);
    case 'recorded':
      return onRecorded(rng, state, event.record, nowMs);
    case 'record-failed':
      return onRecordFailed(state, event.record);
    case 'judged':
      return onJudged(state, event.request);
    case 'admitted':
      return onAdmitted(state, event.ticket);
    case 'admission-failed':
      return onAdmissionFailed(state);
    case 'resumed':
      return onResumed(state, event.line);
    case 'show-new-digits':
      return onNewDigits(rng, state);
    case 'cancel':
      return onCancel(state);
    case 'tick':
      return [state, []];
  }
}

function onOpened(state: HostState, opened: HostLine): Step {
  const { line, handshakeHash } = opened;
  const effects: HostEffect[] = [];
  const lines = [...state.lines, { line, handshakeHash }];
  const idle = lines.find((own) => own.line !== activeLine(state.phase));
  if (lines.length > LINES_MAX && idle !== undefined) {
    lines.splice(lines.indexOf(idle), 1);
    effects.push({ do: 'close', line: idle.line });
  }
  const next = { ...state, lines };
  return [next, [...effects, statusTo(next, line)]];
}

function onMessage(
  state: HostState,
  { line, message }: Extract<HostEvent, { on: 'message' }>,
  nowMs: number,
): Step {
  const { phase } = state;
  const isActive = activeLine(phase) === line;
  switch (message.say) {
    case 'try':
      return onTry(state, line, message);
    case 'confirmation':
      return phase.at === 'confirming' && isActive
        ? onConfirmation(state, phase, message.confirmation, nowMs)
        : unexpected(state, line);
    case 'accept':
      return phase.at === 'offered' && isActive
        ? onAccept(state, line, message)
        : unexpected(state, line);
    case 'decline':
      return phase.at === 'offered' && isActive
        ? spend(state, 'declined')
        : unexpected(state, line);
    case 'resume':
      return onResume(state, line, message);
    case 'done':
      return [state, [{ do: 'close', line }]];
  }
}

/** A try uses the digits up from here on: first on disk, then on the wire. */
function onTry(
  state: HostState,
  line: number,
  { set, share }: Extract<GuestMessage, { say: 'try' }>,
): Step {
  // Digits of an earlier set, or taken by another guest at this moment, cost the host nothing.
  if (state.phase.at !== 'open' || set !== state.set) return [state, [statusTo(state, line)]];
  const phase = { at: 'recording', line, share, record: state.records + 1 } as const;
  const [next, record] = recorded({ ...state, phase });
  return [next, [record, ...statusToOthers(next, line)]];
}

function onRecorded(rng: Rng, state: HostState, record: number, nowMs: number): Step {
  const { phase } = state;
  if (phase.at === 'entering' && phase.record === record) {
    const { request } = phase;
    return [{ ...state, phase: { ...phase, at: 'admitting' } }, [{ do: 'admit', request }]];
  }
  if (phase.at !== 'recording' || phase.record !== record) return [state, []];
  const { line, share } = phase;
  const own = state.lines.find((each) => each.line === line);
  if (own === undefined) return spend(state, 'dropped');
  const { channel, sessionId } = tryBinding(state.invitation, own.handshakeHash, state.set);
  const run = cpaceStart({ password: utf8(state.digits), channel, sessionId }, rng);
  const transcript = { initiatorShare: share, responderShare: run.share };
  const key = cpaceFinish(run, 'responder', transcript);
  if (key === undefined) return spend(state, 'wrong');
  const confirmations = cpaceConfirmations(key, sessionId, transcript);
  const deadlineMs = nowMs + TRY_TIMEOUT_MS;
  const next: HostState = {
    ...state,
    phase: { at: 'confirming', line, confirmations, deadlineMs },
  };
  return [next, [{ do: 'send', line, message: { say: 'share', share: run.share } }]];
}

/** Without a record no try goes on, and nobody is admitted. */
function onRecordFailed(state: HostState, record: number): Step {
  const { phase } = state;
  const isAwaited = phase.at === 'recording' || phase.at === 'entering';
  return isAwaited && phase.record === record ? spend(state, 'dropped') : [state, []];
}

/** The guest confirms first, so a guess is spent before anything tells whether it was right. */
function onConfirmation(
  state: HostState,
  phase: Extract<HostPhase, { at: 'confirming' }>,
  confirmation: Bytes,
  nowMs: number,
): Step {
  const { line, confirmations } = phase;
  const own = state.lines.find((each) => each.line === line);
  if (own === undefined || !constantTimeEqual(confirmation, confirmations.initiator)) {
    return spend(state, 'wrong');
  }
  const deadlineMs = nowMs + ANSWER_TIMEOUT_MS;
  const next: HostState = { ...state, phase: { at: 'offered', line, deadlineMs } };
  const message: HostMessage = { say: 'confirmed', confirmation: confirmations.responder };
  const offer: HostEffect = { do: 'offer', line, handshakeHash: own.handshakeHash };
  return [next, [{ do: 'send', line, message }, offer]];
}

function onAccept(
  state: HostState,
  line: number,
  { acceptance, signature }: Extract<GuestMessage, { say: 'accept' }>,
): Step {
  const own = state.lines.find((each) => each.line === line);
  if (own === undefined) return spend(state, 'dropped');
  const { handshakeHash } = own;
  const next: HostState = { ...state, phase: { at: 'judging', line } };
  return [next, [{ do: 'judge', handshakeHash, acceptance, signature }]];
}

/** The invitation is used before anybody is admitted: a crash between must not leave room for two. */
function onJudged(state: HostState, request: AdmissionRequest | undefined): Step {
  const { phase } = state;
  if (phase.at !== 'judging') return [state, []];
  if (request === undefined) return spend(state, 'refused');
  const { line } = phase;
  const record = state.records + 1;
  const [next, effect] = recorded({ ...state, phase: { at: 'entering', line, request, record } });
  return [next, [effect]];
}

function onAdmitted(state: HostState, ticket: Bytes): Step {
  const { phase } = state;
  if (phase.at !== 'admitting') return [state, []];
  const { line, request } = phase;
  const next: HostState = { ...state, phase: { at: 'joined', request, ticket } };
  const deliver: HostEffect = { do: 'send', line, message: { say: 'ticket', ticket } };
  return [next, [deliver, ...statusToOthers(next, line)]];
}

/** The space took nobody in, so the invitation is open again, without these digits. */
function onAdmissionFailed(state: HostState): Step {
  if (state.phase.at !== 'admitting') return [state, []];
  const [spent, effects] = spend(state, 'refused');
  if (spent.phase.at === 'closed') return [spent, effects]; // Recorded already.
  const [next, record] = recorded(spent);
  return [next, [record, ...effects]];
}

/** A guest that was admitted and lost its line before the ticket came asks again on a new one. */
function onResume(
  state: HostState,
  line: number,
  message: Extract<GuestMessage, { say: 'resume' }>,
): Step {
  const own = state.lines.find((each) => each.line === line);
  const { phase } = state;
  // On its way: the news that the invitation is used will make the guest ask again.
  if (phase.at === 'admitting' || phase.at === 'entering') return [state, []];
  if (phase.at !== 'joined') return [state, [statusTo(state, line)]];
  const { request } = phase;
  if (request === undefined || own === undefined) {
    return [state, [{ do: 'send', line, message: { say: 'refused' } }]];
  }
  const { handshakeHash } = own;
  return [state, [{ do: 'judge-resume', line, handshakeHash, message, request }]];
}

function onResumed(state: HostState, line: number): Step {
  const ticket = state.phase.at === 'joined' ? state.phase.ticket : undefined;
  if (ticket === undefined) return [state, []];
  return [state, [{ do: 'send', line, message: { say: 'ticket', ticket } }]];
}

function onEnded(state: HostState, line: number): Step {
  const next = { ...state, lines: state.lines.filter((own) => own.line !== line) };
  const { at } = state.phase;
  if (activeLine(state.phase) !== line) return [next, []];
  // The try is being written down: what follows it decides. Later steps go on without the line.
  return at === 'confirming' || at === 'offered' ? spend(next, 'dropped') : [next, []];
}

function onNewDigits(rng: Rng, state: HostState): Step {
  if (state.phase.at !== 'spent') return [state, []];
  const fresh = { ...state, set: state.set + 1, digits: newDigits(rng) };
  const [open, notices] = announce(fresh, { at: 'open' });
  const [next, record] = recorded(open);
  return [next, [record, ...notices]];
}

function onCancel(state: HostState): Step {
  const { at } = state.phase;
  if (!isEarly(state.phase) && at !== 'offered' && at !== 'judging') return [state, []];
  const [cancelled, notices] = announce(state, { at: 'cancelled' });
  const [next, record] = recorded(cancelled);
  return [next, [record, ...notices]];
}

/** Digits are used up; after the third set the invitation closes. */
function spend(state: HostState, why: SpentReason): Step {
  const line = activeLine(state.phase);
  const isLast = state.set >= DIGIT_SETS_MAX;
  const phase: HostPhase = isLast ? { at: 'closed' } : { at: 'spent', why };
  const [spent, notices] = announce(state, phase);
  const [next, record] = isLast ? recorded(spent) : [spent, undefined];
  const effects: HostEffect[] = record === undefined ? [] : [record];
  const isThere = state.lines.some((own) => own.line === line);
  if (line !== undefined && isThere && (why === 'wrong' || why === 'refused')) {
    const say = why === 'wrong' ? 'wrong' : 'refused';
    effects.push({ do: 'send', line, message: { say } });
  }
  return [next, [...effects, ...notices]];
}

/** Asks the shell to make the state's progress durable. */
function recorded(state: HostState): [HostState, HostEffect] {
  const next = { ...state, records: state.records + 1 };
  return [next, { do: 'record', record: next.records, progress: progressOf(next) }];
}

/** Enters a phase and tells every guest. */
function announce(state: HostState, phase: HostPhase): Step {
  const next = { ...state, phase };
  return [next, next.lines.map(({ line }) => statusTo(next, line))];
}

function statusTo(state: HostState, line: number): HostEffect {
  const { expiresAtMs, set } = state;
  const readiness = readinessOf(state.phase);
  return { do: 'send', line, message: { say: 'status', readiness, set, expiresAtMs } };
}

function statusToOthers(state: HostState, active: number): HostEffect[] {
  return state.lines.filter(({ line }) => line !== active).map(({ line }) => statusTo(state, line));
}

/** An honest guest never says this now. */
function unexpected(state: HostState, line: number): Step {
  return [state, [{ do: 'close', line }]];
}
