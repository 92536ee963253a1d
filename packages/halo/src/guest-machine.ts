/**
 * The guest's side of an invitation as a pure state machine. Digits that were typed are sent into at most
 * one try, whatever becomes of it. Nothing of the guest is told before the host has proved the digits, and
 * nobody is named before its user has agreed.
 */
import { constantTimeEqual, cpaceConfirmations, cpaceFinish, cpaceStart } from '@atoll/crypto';
import type { CpaceConfirmations, CpaceRun } from '@atoll/crypto';
import { utf8, type Rng } from '@atoll/kernel';
import { tryBinding } from './try-binding.ts';
import type { GuestMessage, HostMessage, Offer, OverReason } from './pairing-messages.ts';
import type { InvitationWay } from './statements-invitations.ts';
import type { Bytes } from './statements.ts';

/** How the last digits ended, until new ones are tried. */
export type GuestNote =
  | 'wrong' // The host compared them: they were not the ones.
  | 'old' // They belonged to an earlier set, or were typed before.
  | 'interrupted'; // The line ended in the middle: they are used up all the same.

/** Why a guest gives up. */
export type GuestOver =
  | OverReason
  | 'declined' // The guest's own user said no.
  | 'turned-away' // A member said no to who asked.
  | 'not-for-you' // The invitation is for somebody else.
  | 'refused' // The host found that the guest does not prove what it says.
  | 'wrong-host' // The other side has the code and did not make it.
  | 'broken'; // The host said something impossible.

/** Where the guest stands. */
export type GuestPhase =
  | { readonly at: 'seeking' }
  | { readonly at: 'ready' }
  | { readonly at: 'no-digits' }
  | { readonly at: 'busy' }
  | { readonly at: 'entering' }
  | { readonly at: 'trying'; readonly run: CpaceRun }
  | { readonly at: 'confirming'; readonly confirmations: CpaceConfirmations }
  | { readonly at: 'confirmed' }
  | { readonly at: 'checking'; readonly offer: Offer }
  | { readonly at: 'offered'; readonly offer: Offer }
  | {
      readonly at: 'awaiting-ticket';
      /** On a further line than that of the acceptance. */
      readonly isResuming: boolean;
      /** The ticket was asked for on this line. */
      readonly isAsked: boolean;
    }
  /** A member has to agree. `isTold`: the host of this line knows that we have asked. */
  | { readonly at: 'asked'; readonly isTold: boolean }
  | { readonly at: 'joined'; readonly ticket: Bytes }
  | { readonly at: 'over'; readonly why: GuestOver };

/** The whole state. */
export interface GuestState {
  readonly invitation: Bytes;
  readonly phase: GuestPhase;
  /** Line to the host, while there is one. */
  readonly handshakeHash: Bytes | undefined;
  /** What the host wants of its guests. */
  readonly way: InvitationWay;
  /** Set that the host announced last; 0 before. */
  readonly set: number;
  /** Digits typed while there was no line. */
  readonly typed: string | undefined;
  /** Digits that went into a try; they are never used again. */
  readonly usedDigits: readonly string[];
  /**
   * Digits of the last try, if its line ended before the host had answered it. A host that wants digits of the same
   * set on the next line has never begun that try, and has told nobody anything: they can be tried there.
   */
  readonly unanswered: { readonly set: number; readonly digits: string } | undefined;
  readonly note: GuestNote | undefined;
  /** As the host says; 0 before. */
  readonly expiresAtMs: number;
}

/** What happens to the guest. */
export type GuestEvent =
  | { readonly on: 'opened'; readonly handshakeHash: Bytes }
  | { readonly on: 'wrong-host' }
  | { readonly on: 'message'; readonly message: HostMessage }
  | { readonly on: 'ended' }
  | { readonly on: 'digits'; readonly digits: string }
  | { readonly on: 'offer-judged'; readonly isTrue: boolean }
  | { readonly on: 'not-named' }
  | { readonly on: 'accept'; readonly text: string }
  | { readonly on: 'decline' };

/** What the shell has to do. */
export type GuestEffect =
  | { readonly do: 'send'; readonly message: GuestMessage }
  | {
      readonly do: 'judge-offer';
      readonly message: Extract<HostMessage, { say: 'offer' }>;
      readonly handshakeHash: Bytes;
    }
  | {
      readonly do: 'send-acceptance';
      readonly offer: Offer;
      readonly handshakeHash: Bytes;
      /** For an invitation by which people ask: a word to who decides. */
      readonly text: string | undefined;
    }
  | { readonly do: 'introduce'; readonly known: Bytes; readonly handshakeHash: Bytes }
  | { readonly do: 'send-resume'; readonly handshakeHash: Bytes }
  | { readonly do: 'close' };

type Step = [GuestState, readonly GuestEffect[]];

/** Digits that a guest remembers to have used; more than an invitation can have sets. */
const USED_MAX = 16;

/** A guest that holds a code and nothing else yet, or has asked or accepted before it was started again. */
export function guestState(invitation: Bytes, before?: 'asked' | 'accepted'): GuestState {
  return {
    invitation,
    phase: begun(before),
    way: 'digits',
    handshakeHash: undefined,
    set: 0,
    typed: undefined,
    usedDigits: [],
    unanswered: undefined,
    note: undefined,
    expiresAtMs: 0,
  };
}

function begun(before: 'asked' | 'accepted' | undefined): GuestPhase {
  if (before === 'asked') return { at: 'asked', isTold: false };
  if (before === undefined) return { at: 'seeking' };
  return { at: 'awaiting-ticket', isResuming: true, isAsked: false };
}

/** One step. */
export function guestStep(
  { rng }: { readonly rng: Rng },
  state: GuestState,
  event: GuestEvent,
): Step {
  const { at } = state.phase;
  if (at === 'over' || at === 'joined') return [state, []]; // Late news change nothing.
  switch (event.on) {
    case 'opened':
      return [{ ...state, handshakeHash: event.handshakeHash }, []];
    case 'wrong-host':
      return over(state, 'wrong-host');
    case 'message':
      return onMessage(rng, state, event.message);
    case 'ended':
      return onEnded(state);
    case 'digits':
      return onDigits(rng, state, event.digits);
    case 'offer-judged':
      return onOfferJudged(state, event.isTrue);
    case 'not-named':
      return over(state, 'not-for-you');
    case 'accept':
      return onAccept(state, event.text);
    case 'decline':
      return onDecline(state);
  }
}

function onMessage(rng: Rng, state: GuestState, message: HostMessage): Step {
  switch (message.say) {
    case 'status':
      return onStatus(rng, state, message);
    case 'share':
      return onShare(state, message.share);
    case 'confirmed':
      return onConfirmed(state, message.confirmation);
    case 'wrong':
      return onWrong(state);
    case 'offer':
      return onOffer(state, message);
    case 'refused':
      return over(state, isResuming(state) ? 'used' : 'refused');
    case 'ticket':
      return onTicket(state, message.ticket);
    case 'pending':
      return onPending(state);
    case 'no':
      return over(state, message.why);
  }
}

/** Who comes back for a ticket and gets none was not let in: somebody else was. */
function isResuming({ phase }: GuestState): boolean {
  return phase.at === 'awaiting-ticket' && phase.isResuming;
}

type Status = Extract<HostMessage, { say: 'status' }>;

function onStatus(rng: Rng, before: GuestState, status: Status): Step {
  const { expiresAtMs, readiness, set, way } = status;
  const state: GuestState = { ...before, expiresAtMs, set, way };
  const { phase } = state;
  if (phase.at === 'awaiting-ticket') return onStatusWhileWaiting(rng, state, phase, status);
  if (phase.at === 'asked' && !phase.isTold) {
    return resume(state, { at: 'asked', isTold: true });
  }
  // Sent before our try arrived there: a try that the host refuses is answered by another set, or none.
  const isSame = readiness === 'ready' && set === before.set;
  if (isSame && (phase.at === 'trying' || phase.at === 'entering')) return [state, []];
  return toward(rng, { ...state, note: noteAfter(state) }, status);
}

/** What a host that is there makes of a guest that has not begun. */
function toward(rng: Rng, state: GuestState, { known, readiness, way }: Status): Step {
  const { handshakeHash } = state;
  switch (readiness) {
    case 'ready':
      break;
    case 'busy':
    case 'no-digits':
      return [{ ...state, phase: { at: readiness } }, []];
    default:
      return over(state, readiness);
  }
  if (way === 'digits' || handshakeHash === undefined) {
    const ready: GuestState = { ...state, phase: { at: 'ready' } };
    const { typed } = state;
    if (typed === undefined || handshakeHash === undefined) return [ready, []];
    return tryDigits(rng, ready, typed, handshakeHash);
  }
  const entering: GuestState = { ...state, phase: { at: 'entering' } };
  if (way !== 'known') return [entering, [{ do: 'send', message: { say: 'enter' } }]];
  return known === undefined
    ? over(state, 'broken')
    : [entering, [{ do: 'introduce', known, handshakeHash }]];
}

/** What a status says of digits that were under way: not begun by the host, or given up by it. */
function noteAfter({ note, phase, way }: GuestState): GuestNote | undefined {
  if (way !== 'digits') return undefined;
  if (phase.at === 'trying') return 'old';
  return isEarly(phase) ? note : 'interrupted';
}

function isEarly({ at }: GuestPhase): boolean {
  const early: readonly GuestPhase['at'][] = ['seeking', 'ready', 'no-digits', 'busy', 'entering'];
  return early.includes(at);
}

/** Admitted or about to be: on a new line the ticket is asked for, whatever the host says of others. */
function onStatusWhileWaiting(
  rng: Rng,
  state: GuestState,
  phase: Extract<GuestPhase, { at: 'awaiting-ticket' }>,
  status: Status,
): Step {
  if (!phase.isResuming) return [state, []];
  // Told before that it is used, and now that somebody has been let in: that was us, most likely.
  if (!phase.isAsked || status.readiness === 'used') {
    return resume(state, { ...phase, isAsked: true });
  }
  return toward(rng, { ...state, note: noteAfter(state) }, status);
}

function resume(state: GuestState, phase: GuestPhase): Step {
  const { handshakeHash } = state;
  if (handshakeHash === undefined) return [state, []];
  return [{ ...state, phase }, [{ do: 'send-resume', handshakeHash }]];
}

function onDigits(rng: Rng, state: GuestState, digits: string): Step {
  if (isUsed(state, digits)) return [{ ...state, note: 'old' }, []];
  const { handshakeHash, phase } = state;
  if (phase.at === 'ready' && handshakeHash !== undefined) {
    return tryDigits(rng, state, digits, handshakeHash);
  }
  if (phase.at === 'seeking') return [{ ...state, typed: digits, note: undefined }, []];
  const isWaiting = phase.at === 'no-digits' || phase.at === 'busy';
  return isWaiting ? [{ ...state, note: 'old' }, []] : [state, []];
}

function isUsed({ phase, set, unanswered, usedDigits }: GuestState, digits: string): boolean {
  if (!usedDigits.includes(digits)) return false;
  return !(phase.at === 'ready' && unanswered?.set === set && unanswered.digits === digits);
}

function tryDigits(rng: Rng, state: GuestState, digits: string, handshakeHash: Bytes): Step {
  const { channel, sessionId } = tryBinding(state.invitation, handshakeHash, state.set);
  const run = cpaceStart({ password: utf8(digits), channel, sessionId }, rng);
  const next: GuestState = {
    ...state,
    phase: { at: 'trying', run },
    typed: undefined,
    usedDigits: [...state.usedDigits, digits].slice(-USED_MAX),
    unanswered: undefined,
    note: undefined,
  };
  const message: GuestMessage = { say: 'try', set: state.set, share: run.share };
  return [next, [{ do: 'send', message }]];
}

/** The guest confirms first: the host learns of a wrong guess, and a false host learns nothing. */
function onShare(state: GuestState, share: Bytes): Step {
  if (state.phase.at !== 'trying') return over(state, 'broken');
  const { run } = state.phase;
  const transcript = { initiatorShare: run.share, responderShare: share };
  const key = cpaceFinish(run, 'initiator', transcript);
  if (key === undefined) return over(state, 'broken');
  const confirmations = cpaceConfirmations(key, run.sessionId, transcript);
  const message: GuestMessage = { say: 'confirmation', confirmation: confirmations.initiator };
  const next: GuestState = { ...state, phase: { at: 'confirming', confirmations } };
  return [next, [{ do: 'send', message }]];
}

function onConfirmed(state: GuestState, confirmation: Bytes): Step {
  const { phase } = state;
  if (phase.at !== 'confirming') return over(state, 'broken');
  if (!constantTimeEqual(confirmation, phase.confirmations.responder)) return over(state, 'broken');
  return [{ ...state, phase: { at: 'confirmed' } }, []];
}

function onWrong(state: GuestState): Step {
  const { at } = state.phase;
  if (at !== 'confirming' && at !== 'trying') return over(state, 'broken');
  return [{ ...state, note: 'wrong', phase: { at: 'no-digits' } }, []];
}

function onOffer(state: GuestState, message: Extract<HostMessage, { say: 'offer' }>): Step {
  const { handshakeHash, phase } = state;
  const isExpected = phase.at === 'confirmed' || phase.at === 'entering';
  if (!isExpected || handshakeHash === undefined) return over(state, 'broken');
  const next: GuestState = { ...state, phase: { at: 'checking', offer: message.offer } };
  return [next, [{ do: 'judge-offer', message, handshakeHash }]];
}

function onOfferJudged(state: GuestState, isTrue: boolean): Step {
  const { phase } = state;
  if (phase.at !== 'checking') return [state, []];
  if (!isTrue) return over(state, 'broken');
  return [{ ...state, phase: { at: 'offered', offer: phase.offer } }, []];
}

function onAccept(state: GuestState, text: string): Step {
  const { handshakeHash, phase, way } = state;
  if (phase.at !== 'offered' || handshakeHash === undefined) return [state, []];
  const { offer } = phase;
  const isAsking = way === 'ask';
  const waiting: GuestPhase = isAsking
    ? { at: 'asked', isTold: true }
    : { at: 'awaiting-ticket', isResuming: false, isAsked: false };
  const said = { offer, handshakeHash, text: isAsking ? text : undefined };
  return [{ ...state, phase: waiting }, [{ do: 'send-acceptance', ...said }]];
}

function onPending(state: GuestState): Step {
  return state.phase.at === 'asked' ? [state, []] : over(state, 'broken');
}

function onDecline(state: GuestState): Step {
  if (state.phase.at !== 'offered') return over(state, 'declined');
  const [next, effects] = over(state, 'declined');
  return [next, [{ do: 'send', message: { say: 'decline' } }, ...effects]];
}

function onTicket(state: GuestState, ticket: Bytes): Step {
  const { at } = state.phase;
  if (at !== 'awaiting-ticket' && at !== 'asked') return over(state, 'broken');
  const next: GuestState = { ...state, phase: { at: 'joined', ticket } };
  return [next, [{ do: 'send', message: { say: 'done' } }]];
}

function onEnded(state: GuestState): Step {
  const { phase, set, usedDigits } = state;
  const digits = phase.at === 'trying' ? usedDigits.at(-1) : undefined;
  const unanswered = digits === undefined ? state.unanswered : { set, digits };
  const base: GuestState = { ...state, unanswered, handshakeHash: undefined };
  if (phase.at === 'awaiting-ticket') {
    return [{ ...base, phase: { at: 'awaiting-ticket', isResuming: true, isAsked: false } }, []];
  }
  if (phase.at === 'asked') return [{ ...base, phase: { at: 'asked', isTold: false } }, []];
  const isQuiet = isEarly(phase) || state.way !== 'digits';
  const note = isQuiet ? state.note : 'interrupted';
  return [{ ...base, note, phase: { at: 'seeking' } }, []];
}

function over(state: GuestState, why: GuestOver): Step {
  return [{ ...state, phase: { at: 'over', why } }, [{ do: 'close' }]];
}
