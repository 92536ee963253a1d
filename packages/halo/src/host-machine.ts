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
  GUESTS_KEPT,
  TURN_MS,
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
  const [state, due] = onTime(rng, before, nowMs);
  const [after, effects] = onEvent(rng, state, event, nowMs);
  return [after, [...due, ...effects]];
}

function onTime(rng: Rng, state: HostState, nowMs: number): Step {
  const { lines, phase, turn } = state;
  if (isEarly(phase) && nowMs >= state.expiresAtMs) return announce(state, { at: 'expired' });
  if (phase.at === 'confirming' && nowMs >= phase.deadlineMs) return spend(state, 'dropped');
  if (phase.at === 'offered' && nowMs >= phase.deadlineMs) return spend(state, 'dropped');
  const isLate = phase.at === 'open' && turn !== undefined && nowMs >= turn.untilMs;
  if (isLate && lines.length > 1) return nextTurn(rng, state, nowMs);
  return [state, []];
}

function onEvent(rng: Rng, state: HostState, event: HostEvent, nowMs: number): Step {
  switch (event.on) {
    case 'opened':
      return onOpened(rng, state, event, nowMs);
    case 'message':
      return onMessage(state, event, nowMs);
    case 'ended':
      return onEnded(rng, state, event.line, nowMs);
    case 'recorded':
      return onRecorded(rng, state, event.record, nowMs);
    case 'record-failed':
      return onRecordFailed(state, event.record);
    case 'judged':
      return onJudged(state, event.request);
    case 'admitted':
      return onAdmitted(rng, state, event.ticket, nowMs);
    case 'admission-failed':
      return onAdmissionFailed(state, event.isUsedUp);
    case 'resumed':
      return onResumed(state, event);
    case 'show-new-digits':
      return onNewDigits(rng, state, nowMs);
    case 'cancel':
      return onCancel(state);
    case 'all-in':
      return onAllIn(state);
    case 'introduced':
    case 'answered':
    case 'tick':
      return [state, []];
  }
}

function onOpened(rng: Rng, state: HostState, opened: HostLine, nowMs: number): Step {
  const { line, handshakeHash } = opened;
  const effects: HostEffect[] = [];
  const lines = [...state.lines, { line, handshakeHash }];
  const idle = lines.find((own) => own.line !== activeLine(state.phase));
  if (lines.length > LINES_MAX && idle !== undefined) {
    lines.splice(lines.indexOf(idle), 1);
    effects.push({ do: 'close', line: idle.line });
  }
  const next = { ...state, lines };
  const isFree = state.phase.at === 'open' && state.turn === undefined;
  const taken = isFree ? withTurn(rng, next, line, nowMs) : next;
  return [taken, [...effects, statusTo(taken, line)]];
}

/** Of an invitation for several: digits for this guest alone. */
function withTurn(rng: Rng, state: HostState, line: number, nowMs: number): HostState {
  if (state.uses <= 1) return state;
  return { ...state, digits: newDigits(rng), turn: { line, untilMs: nowMs + TURN_MS } };
}

/** The guest that has waited longest is next; digits that were not tried are forgotten. */
function nextTurn(rng: Rng, state: HostState, nowMs: number): Step {
  const { lines, turn } = state;
  const before = lines.find(({ line }) => line === turn?.line);
  const others = lines.filter((own) => own !== before);
  const [next] = others;
  const moved = { ...state, turn: undefined, lines: before ? [...others, before] : others };
  const taken = next === undefined ? moved : withTurn(rng, moved, next.line, nowMs);
  return [taken, taken.lines.map(({ line }) => statusTo(taken, line))];
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
    case 'enter':
    case 'introduce':
    case 'ask':
      return unexpected(state, line);
  }
}

/** A try uses the digits up from here on: first on disk, then on the wire. */
function onTry(
  state: HostState,
  line: number,
  { set, share }: Extract<GuestMessage, { say: 'try' }>,
): Step {
  // Digits of an earlier set, or taken by another guest at this moment, cost the host nothing.
  const isTheirs = state.uses <= 1 || state.turn?.line === line;
  if (state.phase.at !== 'open' || set !== state.set || !isTheirs) {
    return [state, [statusTo(state, line)]];
  }
  const phase = { at: 'recording', line, share, record: state.records + 1 } as const;
  const [next, record] = recorded({ ...state, phase });
  return [next, [record, ...statusToOthers(next, line)]];
}

function onRecorded(rng: Rng, state: HostState, record: number, nowMs: number): Step {
  const { phase } = state;
  if (phase.at === 'entering' && phase.record === record) {
    const { line, request } = phase;
    const admit = { do: 'admit', line, request } as const;
    return [{ ...state, phase: { at: 'admitting', line, request } }, [admit]];
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
  return [next, [{ do: 'judge', line, handshakeHash, acceptance, signature }]];
}

/** The invitation is used before anybody is admitted: a crash between must not leave room for two. */
function onJudged(state: HostState, request: AdmissionRequest | undefined): Step {
  const { phase } = state;
  if (phase.at !== 'judging') return [state, []];
  if (request === undefined) return spend(state, 'refused');
  const { line } = phase;
  const record = state.records + 1;
  const entering = { at: 'entering', line, request, record } as const;
  const [next, effect] = recorded({ ...state, admitted: state.admitted + 1, phase: entering });
  return [next, [effect]];
}

function onAdmitted(rng: Rng, state: HostState, ticket: Bytes, nowMs: number): Step {
  const { phase } = state;
  if (phase.at !== 'admitting') return [state, []];
  const { line, request } = phase;
  const deliver: HostEffect = { do: 'send', line, message: { say: 'ticket', ticket } };
  const guests = [...state.guests, { request, ticket }].slice(-GUESTS_KEPT);
  const [after, record] =
    state.admitted >= state.uses
      ? recorded({ ...state, guests, phase: { at: 'joined', request, ticket } })
      : recorded(reopened(rng, { ...state, guests }, line, nowMs));
  return [after, [deliver, record, ...statusToOthers(after, line)]];
}

/** An invitation for several is open for the next guest, with as many tries as for the first. */
function reopened(rng: Rng, state: HostState, done: number, nowMs: number): HostState {
  const next = state.lines.find(({ line }) => line !== done);
  const fresh: HostState = { ...state, set: 1, turn: undefined, phase: { at: 'open' } };
  return next === undefined
    ? { ...fresh, digits: newDigits(rng) }
    : withTurn(rng, fresh, next.line, nowMs);
}

/** The space took nobody in, so the invitation is open again, without these digits; or it is used up. */
function onAdmissionFailed(before: HostState, isUsedUp: boolean): Step {
  const { phase } = before;
  if (phase.at !== 'admitting') return [before, []];
  if (isUsedUp) {
    const joined = { at: 'joined', request: undefined, ticket: undefined } as const;
    const [used, record] = recorded({ ...before, admitted: before.uses, phase: joined });
    const no: HostEffect = { do: 'send', line: phase.line, message: { say: 'no', why: 'used' } };
    return [used, [no, record, ...statusToOthers(used, phase.line)]];
  }
  const [spent, effects] = spend({ ...before, admitted: before.admitted - 1 }, 'refused');
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
  const isBusy = phase.at === 'admitting' || phase.at === 'entering';
  // On its way: the news that the invitation is used will make the guest ask again.
  if (isBusy && phase.request.device === message.device) {
    return [{ ...state, phase: { ...phase, line } }, []];
  }
  if (own === undefined) return [state, []];
  const guest = state.guests.find(({ request }) => request.device === message.device);
  const { handshakeHash } = own;
  return [state, [{ do: 'judge-resume', line, handshakeHash, message, guest }]];
}

function onResumed(
  state: HostState,
  { line, ticket }: Extract<HostEvent, { on: 'resumed' }>,
): Step {
  if (ticket !== undefined)
    return [state, [{ do: 'send', line, message: { say: 'ticket', ticket } }]];
  if (state.phase.at !== 'joined') return [state, [statusTo(state, line)]];
  return [state, [{ do: 'send', line, message: { say: 'refused' } }]];
}

function onEnded(rng: Rng, state: HostState, line: number, nowMs: number): Step {
  const next = { ...state, lines: state.lines.filter((own) => own.line !== line) };
  const { at } = state.phase;
  if (at === 'open' && state.turn?.line === line) return nextTurn(rng, next, nowMs);
  if (activeLine(state.phase) !== line) return [next, []];
  // The try is being written down: what follows it decides. Later steps go on without the line.
  return at === 'confirming' || at === 'offered' ? spend(next, 'dropped') : [next, []];
}

function onNewDigits(rng: Rng, state: HostState, nowMs: number): Step {
  if (state.phase.at !== 'spent') return [state, []];
  const fresh = { ...state, set: state.set + 1, digits: newDigits(rng) };
  const own = state.lines.find(({ line }) => line === state.turn?.line) ?? state.lines[0];
  const turned = { ...fresh, turn: undefined };
  const mine = own === undefined ? turned : withTurn(rng, turned, own.line, nowMs);
  const [open, notices] = announce(mine, { at: 'open' });
  const [next, record] = recorded(open);
  return [next, [record, ...notices]];
}

function onCancel(state: HostState): Step {
  return isOver(state) ? [state, []] : over(state, { at: 'cancelled' });
}

/** Others have let in as many as it may. Who is being let in here hears what the space says of it. */
function onAllIn(state: HostState): Step {
  if (isOver(state)) return [state, []];
  const joined = { at: 'joined', request: undefined, ticket: undefined } as const;
  return over({ ...state, admitted: state.uses }, joined);
}

/** Nobody is let in any more but who is being let in. */
function isOver({ phase }: HostState): boolean {
  return !isEarly(phase) && phase.at !== 'offered' && phase.at !== 'judging';
}

function over(state: HostState, phase: HostPhase): Step {
  const [ended, notices] = announce(state, phase);
  const [next, record] = recorded(ended);
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
  const readiness = readinessOf(state, line);
  return {
    do: 'send',
    line,
    message: { say: 'status', readiness, set, expiresAtMs, way: 'digits' },
  };
}

function statusToOthers(state: HostState, active: number): HostEffect[] {
  return state.lines.filter(({ line }) => line !== active).map(({ line }) => statusTo(state, line));
}

/** An honest guest never says this now. */
function unexpected(state: HostState, line: number): Step {
  return [state, [{ do: 'close', line }]];
}
