/**
 * The host's side of an invitation without digits as a pure state machine. A link lets in to read; one for somebody
 * known lets in who proves to be that one; one by which people ask lets in whom a member agrees to. What is
 * recorded is who was let in; nothing that a stranger does uses anything up.
 */
import {
  ANSWER_TIMEOUT_MS,
  GUESTS_KEPT,
  LINES_MAX,
  type AskAnswer,
  type HostEffect,
  type HostEvent,
} from './host-state.ts';
import {
  doorProgress,
  doorReadiness,
  type DoorLine,
  type DoorPhase,
  type DoorState,
} from './door-state.ts';
import type { GuestMessage, HostMessage } from './pairing-messages.ts';
import type { AdmissionRequest } from './pairing-proof.ts';
import type { Bytes } from './statements.ts';

type Step = [DoorState, readonly HostEffect[]];

/** One step. `nowMs` is the host's clock, which alone decides about expiry. */
export function doorStep(before: DoorState, event: HostEvent, nowMs: number): Step {
  const [state, due] = onTime(before, nowMs);
  const [after, effects] = onEvent(state, event, nowMs);
  return [after, [...due, ...effects]];
}

function onTime(state: DoorState, nowMs: number): Step {
  if (state.at === 'open' && nowMs >= state.expiresAtMs)
    return announce({ ...state, at: 'expired' });
  const late = state.lines.filter(
    ({ phase }) => phase.at === 'offered' && nowMs >= phase.deadlineMs,
  );
  return [state, late.map(({ line }) => ({ do: 'close', line }))];
}

function onEvent(state: DoorState, event: HostEvent, nowMs: number): Step {
  switch (event.on) {
    case 'opened':
      return onOpened(state, event);
    case 'message':
      return onMessage(state, event, nowMs);
    case 'ended':
      return onEnded(state, event.line);
    case 'introduced':
      return onIntroduced(state, event, nowMs);
    case 'judged':
      return onJudged(state, event);
    case 'recorded':
      return onRecorded(state, event.record);
    case 'record-failed':
      return onRecordFailed(state, event.record);
    case 'admitted':
      return onAdmitted(state, event);
    case 'admission-failed':
      return onAdmissionFailed(state, event);
    case 'answered':
      return onAnswered(state, event);
    case 'resumed':
      return onResumed(state, event);
    case 'cancel':
      return onCancel(state);
    case 'all-in':
      return onAllIn(state);
    default:
      return [state, []];
  }
}

function onOpened(
  state: DoorState,
  { handshakeHash, line }: Extract<HostEvent, { on: 'opened' }>,
): Step {
  const lines: DoorLine[] = [...state.lines, { line, handshakeHash, phase: { at: 'greeted' } }];
  const effects: HostEffect[] = [];
  const idle = lines.find(({ phase }) => phase.at === 'greeted' || phase.at === 'done');
  if (lines.length > LINES_MAX && idle !== undefined) {
    lines.splice(lines.indexOf(idle), 1);
    effects.push({ do: 'close', line: idle.line });
  }
  const next = { ...state, lines };
  return [next, [...effects, statusTo(next, line, handshakeHash)]];
}

function onMessage(
  state: DoorState,
  { line, message }: Extract<HostEvent, { on: 'message' }>,
  nowMs: number,
): Step {
  const own = state.lines.find((each) => each.line === line);
  if (own === undefined) return [state, []];
  const { handshakeHash, phase } = own;
  switch (message.say) {
    case 'enter':
    case 'introduce':
      return onKnock(state, own, message, nowMs);
    case 'accept':
      return state.way !== 'ask' && phase.at === 'offered'
        ? judge(state, own, { ...message, text: undefined })
        : unexpected(state, line);
    case 'ask':
      return state.way === 'ask' && phase.at === 'offered'
        ? judge(state, own, message)
        : unexpected(state, line);
    case 'resume': {
      const guest = state.guests.find(({ request }) => request.device === message.device);
      return [state, [{ do: 'judge-resume', line, handshakeHash, message, guest }]];
    }
    case 'decline':
    case 'done':
      return [state, [{ do: 'close', line }]];
    default:
      return unexpected(state, line); // There are no digits to try.
  }
}

/** Wants to know what this leads to: said to everybody, or to the one named alone. */
function onKnock(
  state: DoorState,
  own: DoorLine,
  message: Extract<GuestMessage, { say: 'enter' | 'introduce' }>,
  nowMs: number,
): Step {
  const { handshakeHash, line, phase } = own;
  const isExpected = (state.way === 'known') === (message.say === 'introduce');
  if (!isExpected || phase.at !== 'greeted' || state.at !== 'open') {
    return [state, [statusTo(state, line, handshakeHash)]];
  }
  if (message.say === 'enter') return offer(state, own, nowMs);
  const next = inPhase(state, line, { at: 'introducing' });
  return [next, [{ do: 'judge-introduction', line, handshakeHash, message }]];
}

function offer(state: DoorState, { handshakeHash, line }: DoorLine, nowMs: number): Step {
  const phase = { at: 'offered', deadlineMs: nowMs + ANSWER_TIMEOUT_MS } as const;
  return [inPhase(state, line, phase), [{ do: 'offer', line, handshakeHash }]];
}

/** Nobody but the one named hears what this leads to; and nothing is used up by others. */
function onIntroduced(
  state: DoorState,
  { isThem, line }: Extract<HostEvent, { on: 'introduced' }>,
  nowMs: number,
): Step {
  const own = state.lines.find((each) => each.line === line);
  if (own?.phase.at !== 'introducing') return [state, []];
  if (isThem) return offer(state, own, nowMs);
  const no: HostEffect = { do: 'send', line, message: { say: 'no', why: 'not-for-you' } };
  return [inPhase(state, line, { at: 'done' }), [no]];
}

function judge(
  state: DoorState,
  { handshakeHash, line }: DoorLine,
  said: Pick<Extract<GuestMessage, { say: 'accept' }>, 'acceptance' | 'signature'> & {
    readonly text: string | undefined;
  },
): Step {
  const { acceptance, signature, text } = said;
  const next = inPhase(state, line, { at: 'judging', text });
  return [next, [{ do: 'judge', line, handshakeHash, acceptance, signature }]];
}

function onJudged(state: DoorState, { line, request }: Extract<HostEvent, { on: 'judged' }>): Step {
  const phase = state.lines.find((each) => each.line === line)?.phase;
  if (phase?.at !== 'judging') return [state, []];
  if (request === undefined) {
    const refused: HostEffect = { do: 'send', line, message: { say: 'refused' } };
    return [inPhase(state, line, { at: 'done' }), [refused]];
  }
  if (phase.text !== undefined) {
    const { text } = phase;
    return [inPhase(state, line, { at: 'waiting' }), [{ do: 'ask', line, request, text }]];
  }
  if (state.admitted >= state.uses) return usedUp(state, line);
  // The place is taken before anybody is let in: a crash between must not leave room for two.
  const record = state.records + 1;
  const entering = inPhase(state, line, { at: 'entering', request, record });
  const [next, effect] = recorded({ ...entering, admitted: state.admitted + 1 });
  return [next, [effect]];
}

function onRecorded(state: DoorState, record: number): Step {
  const own = state.lines.find(({ phase }) => phase.at === 'entering' && phase.record === record);
  if (own?.phase.at !== 'entering') return [state, []];
  const { line, phase } = own;
  const { request } = phase;
  const next = inPhase(state, line, { at: 'admitting', request });
  return [next, [{ do: 'admit', line, request }]];
}

/** Without a record nobody is let in. */
function onRecordFailed(state: DoorState, record: number): Step {
  const own = state.lines.find(({ phase }) => phase.at === 'entering' && phase.record === record);
  if (own === undefined) return [state, []];
  const next = { ...inPhase(state, own.line, { at: 'done' }), admitted: state.admitted - 1 };
  return [next, [{ do: 'close', line: own.line }]];
}

function onAdmitted(
  state: DoorState,
  { line, ticket }: Extract<HostEvent, { on: 'admitted' }>,
): Step {
  const request = admitting(state, line);
  if (request === undefined) return [state, []];
  const guests = [...state.guests, { request, ticket }].slice(-GUESTS_KEPT);
  const isLast = state.admitted >= state.uses;
  const done = { ...without(state, line, request), guests };
  const [next, record] = recorded(isLast && done.at === 'open' ? { ...done, at: 'joined' } : done);
  const deliver: HostEffect = { do: 'send', line, message: { say: 'ticket', ticket } };
  return [next, [deliver, record, ...(next.at === state.at ? [] : statusToIdle(next))]];
}

function onAdmissionFailed(
  state: DoorState,
  { isUsedUp, line }: Extract<HostEvent, { on: 'admission-failed' }>,
): Step {
  const request = admitting(state, line);
  if (request === undefined) return [state, []];
  const done = without(state, line, request);
  if (isUsedUp) {
    const [used, effects] = usedUp(done, line);
    const [next, record] = recorded({ ...used, admitted: used.uses, at: 'joined' });
    return [next, [...effects, record]];
  }
  const [next, record] = recorded({ ...done, admitted: state.admitted - 1 });
  return [next, [record, { do: 'send', line, message: { say: 'refused' } }]];
}

function usedUp(state: DoorState, line: number): Step {
  const no: HostEffect = { do: 'send', line, message: { say: 'no', why: 'used' } };
  return [inPhase(state, line, { at: 'done' }), [no]];
}

function onAnswered(
  state: DoorState,
  { answer, line }: Extract<HostEvent, { on: 'answered' }>,
): Step {
  if (!state.lines.some((own) => own.line === line)) return [state, []];
  const message = answerMessage(answer);
  const at = answer === 'pending' ? 'waiting' : 'done';
  return [inPhase(state, line, { at }), [{ do: 'send', line, message }]];
}

function answerMessage(answer: AskAnswer): HostMessage {
  if (answer === 'pending') return { say: 'pending' };
  return answer === 'refused'
    ? { say: 'no', why: 'turned-away' }
    : { say: 'ticket', ticket: answer };
}

function onResumed(
  state: DoorState,
  { line, ticket }: Extract<HostEvent, { on: 'resumed' }>,
): Step {
  const own = state.lines.find((each) => each.line === line);
  if (own === undefined) return [state, []];
  if (ticket !== undefined)
    return [state, [{ do: 'send', line, message: { say: 'ticket', ticket } }]];
  // Guests ask again for as long as they hear that it is used.
  if (state.at === 'joined') return usedUp(state, line);
  return [state, [statusTo(state, line, own.handshakeHash)]];
}

function onEnded(state: DoorState, line: number): Step {
  const own = state.lines.find((each) => each.line === line);
  const lines = state.lines.filter((each) => each !== own);
  // Who is being let in is let in without the line, and asks for the ticket on the next.
  const isMoving = own?.phase.at === 'entering' || own?.phase.at === 'admitting';
  return isMoving ? [state, []] : [{ ...state, lines }, []];
}

function onCancel(state: DoorState): Step {
  if (state.at !== 'open') return [state, []];
  const [cancelled, notices] = announce({ ...state, at: 'cancelled' });
  const [next, record] = recorded(cancelled);
  return [next, [record, ...notices]];
}

/** Others have let in as many as it may: whoever knocks hears that it is used, whom this host let in goes on. */
function onAllIn(state: DoorState): Step {
  if (state.at !== 'open') return [state, []];
  const [used, notices] = announce({ ...state, admitted: state.uses, at: 'joined' });
  const [next, record] = recorded(used);
  return [next, [record, ...notices]];
}

/** Who is being let in on a line; of those without a line, the first. */
function admitting(state: DoorState, line: number): AdmissionRequest | undefined {
  const own = state.lines.find((each) => each.line === line);
  if (own !== undefined) return own.phase.at === 'admitting' ? own.phase.request : undefined;
  return state.entering[0];
}

function without(state: DoorState, line: number, request: AdmissionRequest): DoorState {
  const next = inPhase(state, line, { at: 'done' });
  return { ...next, entering: next.entering.filter((other) => other !== request) };
}

function inPhase(state: DoorState, line: number, phase: DoorPhase): DoorState {
  const lines = state.lines.map((own) => (own.line === line ? { ...own, phase } : own));
  return { ...state, lines };
}

function recorded(state: DoorState): [DoorState, HostEffect] {
  const next = { ...state, records: state.records + 1 };
  return [next, { do: 'record', record: next.records, progress: doorProgress(next) }];
}

function announce(state: DoorState): Step {
  return [state, statusToIdle(state)];
}

/** Those who wait outside. Whoever was offered something goes on. */
function statusToIdle(state: DoorState): HostEffect[] {
  const idle = state.lines.filter(({ phase }) => phase.at === 'greeted');
  return idle.map(({ handshakeHash, line }) => statusTo(state, line, handshakeHash));
}

function statusTo(state: DoorState, line: number, handshakeHash: Bytes): HostEffect {
  const { expiresAtMs, known, way } = state;
  const about = { readiness: doorReadiness(state), set: 1, expiresAtMs, way } as const;
  const message: HostMessage = {
    say: 'status',
    ...about,
    ...(known === undefined ? {} : { known: known(handshakeHash) }),
  };
  return { do: 'send', line, message };
}

/** An honest guest never says this now. */
function unexpected(state: DoorState, line: number): Step {
  return [state, [{ do: 'close', line }]];
}
