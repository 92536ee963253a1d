/** Both machines of an invitation by single steps: what no honest other side would make happen. */
import { cpaceConfirmations, cpaceFinish, cpaceStart } from '@atoll/crypto';
import { utf8 } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { guestState, guestStep, type GuestEvent, type GuestState } from './guest-machine.ts';
import { hostStep } from './host-machine.ts';
import {
  ANSWER_TIMEOUT_MS,
  LINES_MAX,
  hostState,
  hostWakeAtMs,
  type HostEffect,
  type HostEvent,
  type HostState,
} from './host-state.ts';
import { samples } from './testing/samples.ts';
import { tryBinding } from './try-binding.ts';

const rng = new SimRng(21);
const invitation = rng.bytes(32);
const handshakeHash = rng.bytes(32);
const DIGITS = '481903';

function host(set = 1, uses = 1): HostState {
  const progress = {
    set,
    digits: DIGITS,
    used: false,
    outcome: 'open',
    admitted: 0,
    entering: [],
  } as const;
  const fresh = hostState({ invitation, expiresAtMs: 1_000_000, uses }, progress);
  return hostStep({ rng }, fresh, { on: 'opened', line: 1, handshakeHash }, 0)[0];
}

function play(state: HostState, events: readonly HostEvent[], nowMs = 0): HostState {
  return events.reduce((at, event) => hostStep({ rng }, at, event, nowMs)[0], state);
}

/** A guest's half of a try with these digits. */
function guestTry(digits: string, set = 1) {
  const { channel, sessionId } = tryBinding(invitation, handshakeHash, set);
  const run = cpaceStart({ password: utf8(digits), channel, sessionId }, rng);
  return { run, sessionId };
}

function offeredHost(): HostState {
  const { run, sessionId } = guestTry(DIGITS);
  const tried = play(host(), [
    { on: 'message', line: 1, message: { say: 'try', set: 1, share: run.share } },
  ]);
  const [confirming, effects] = hostStep({ rng }, tried, { on: 'recorded', record: 1 }, 0);
  const [sent] = effects;
  const said = sent?.do === 'send' ? sent.message : undefined;
  if (said?.say !== 'share') throw new TypeError('the host sent no share');
  const transcript = { initiatorShare: run.share, responderShare: said.share };
  const key = cpaceFinish(run, 'initiator', transcript) ?? new Uint8Array();
  const { initiator: confirmation } = cpaceConfirmations(key, sessionId, transcript);
  return play(confirming, [
    { on: 'message', line: 1, message: { say: 'confirmation', confirmation } },
  ]);
}

describe('the host', () => {
  test('does not begin a try for digits of another set', () => {
    const { run } = guestTry(DIGITS);
    const message = { say: 'try', set: 1, share: run.share } as const;
    const before = host(2);
    const [after, effects] = hostStep({ rng }, before, { on: 'message', line: 1, message }, 0);
    expect(after.phase.at).toBe('open');
    expect(effects).toMatchObject([{ do: 'send', message: { say: 'status', set: 2 } }]);
  });

  test('lets nobody try the digits that are shown for another guest', () => {
    const { run } = guestTry(DIGITS);
    const message = { say: 'try', set: 1, share: run.share } as const;
    const before = play(host(1, 3), [{ on: 'opened', line: 2, handshakeHash: rng.bytes(32) }]);
    expect(before.turn?.line).toBe(1);
    const [after, effects] = hostStep({ rng }, before, { on: 'message', line: 2, message }, 0);
    expect(after.phase.at).toBe('open');
    expect(effects).toMatchObject([{ do: 'send', line: 2, message: { say: 'status' } }]);
    const mine = hostStep({ rng }, before, { on: 'message', line: 1, message }, 0)[0];
    expect(mine.phase.at).toBe('recording');
  });

  test('sends nothing but notices between a try and its record', () => {
    const { run } = guestTry(DIGITS);
    const message = { say: 'try', set: 1, share: run.share } as const;
    const [after, effects] = hostStep({ rng }, host(), { on: 'message', line: 1, message }, 0);
    expect(effects).toMatchObject([{ do: 'record', record: 1, progress: { used: true } }]);
    const [still, later] = hostStep({ rng }, after, { on: 'recorded', record: 0 }, 0);
    expect(still.phase.at).toBe('recording');
    expect(later).toEqual([]);
  });

  test('takes an element that is none for a wrong guess', () => {
    const share = new Uint8Array(32).fill(0xff);
    const message = { say: 'try', set: 1, share } as const;
    const after = play(host(), [
      { on: 'message', line: 1, message },
      { on: 'recorded', record: 1 },
    ]);
    expect(after.phase).toEqual({ at: 'spent', why: 'wrong' });
  });

  test('closes a line that answers what was not asked', () => {
    const confirmation = new Uint8Array(64);
    const [after, effects] = hostStep(
      { rng },
      host(),
      { on: 'message', line: 1, message: { say: 'confirmation', confirmation } },
      0,
    );
    expect(after.phase.at).toBe('open');
    expect(effects).toEqual([{ do: 'close', line: 1 }]);
  });

  test('does not take the confirmation of one line from another', () => {
    const { run } = guestTry(DIGITS);
    const message = { say: 'try', set: 1, share: run.share } as const;
    const confirmation = new Uint8Array(64);
    const after = play(host(), [
      { on: 'opened', line: 2, handshakeHash: rng.bytes(32) },
      { on: 'message', line: 1, message },
      { on: 'recorded', record: 1 },
      { on: 'message', line: 2, message: { say: 'confirmation', confirmation } },
    ]);
    expect(after.phase.at).toBe('confirming');
  });

  test('ends the oldest idle line where there would be too many, and never the one that tries', () => {
    const { run } = guestTry(DIGITS);
    const message = { say: 'try', set: 1, share: run.share } as const;
    let state = play(host(), [{ on: 'message', line: 1, message }]);
    const closed: HostEffect[] = [];
    for (let line = 2; line <= LINES_MAX + 2; line++) {
      const opened = { on: 'opened', line, handshakeHash: rng.bytes(32) } as const;
      const [next, effects] = hostStep({ rng }, state, opened, 0);
      state = next;
      closed.push(...effects.filter((effect) => effect.do === 'close'));
    }
    expect(closed).toEqual([
      { do: 'close', line: 2 },
      { do: 'close', line: 3 },
    ]);
    expect(state.lines).toHaveLength(LINES_MAX);
    expect(state.lines[0]?.line).toBe(1);
  });

  test('gives up an offer that nobody answers, and lets expiry pass while somebody reads', () => {
    const offered = offeredHost();
    expect(offered.phase.at).toBe('offered');
    expect(hostWakeAtMs(offered)).toBe(ANSWER_TIMEOUT_MS);
    expect(play(offered, [{ on: 'tick' }], ANSWER_TIMEOUT_MS - 1).phase.at).toBe('offered');
    const late = play(offered, [{ on: 'tick' }], ANSWER_TIMEOUT_MS);
    expect(late.phase).toEqual({ at: 'spent', why: 'dropped' });
  });

  test('can be cancelled until somebody is being admitted', async () => {
    const offered = offeredHost();
    expect(play(offered, [{ on: 'cancel' }]).phase.at).toBe('cancelled');
    const { messages } = await samples();
    const accept = messages.find((message) => message.say === 'accept');
    if (accept?.say !== 'accept') throw new TypeError('no sample');
    const judging = play(offered, [{ on: 'message', line: 1, message: accept }]);
    expect(judging.phase.at).toBe('judging');
    expect(play(judging, [{ on: 'cancel' }]).phase.at).toBe('cancelled');
    expect(play(judging, [{ on: 'judged', line: 1, request: undefined }]).phase.at).toBe('spent');
  });

  test('is over once others have let in as many as it may, but for who is being let in', () => {
    const used = play(offeredHost(), [{ on: 'all-in' }]);
    expect(used.phase.at).toBe('joined');
    expect(used.admitted).toBe(used.uses);
    expect(play(used, [{ on: 'cancel' }]).phase.at).toBe('joined');
  });
});

describe('the guest', () => {
  const step = (state: GuestState, event: GuestEvent): GuestState =>
    guestStep({ rng }, state, event)[0];
  const ready = (): GuestState =>
    [
      { on: 'opened', handshakeHash } as const,
      {
        on: 'message',
        message: { say: 'status', readiness: 'ready', set: 1, expiresAtMs: 5, way: 'digits' },
      } as const,
    ].reduce<GuestState>(step, guestState(invitation));

  /** A guest that has confirmed, and the confirmation that an honest host would send. */
  function confirming(): { readonly state: GuestState; readonly answer: Uint8Array<ArrayBuffer> } {
    const [trying, effects] = guestStep({ rng }, ready(), { on: 'digits', digits: DIGITS });
    const [sent] = effects;
    const said = sent?.do === 'send' ? sent.message : undefined;
    if (said?.say !== 'try') throw new TypeError('the guest tried nothing');
    const { run, sessionId } = guestTry(DIGITS);
    const transcript = { initiatorShare: said.share, responderShare: run.share };
    const key = cpaceFinish(run, 'responder', transcript) ?? new Uint8Array();
    const { responder: answer } = cpaceConfirmations(key, sessionId, transcript);
    const message = { say: 'share', share: run.share } as const;
    return { state: step(trying, { on: 'message', message }), answer };
  }

  test('believes a host only with the right confirmation', () => {
    const { answer, state } = confirming();
    const good = step(state, {
      on: 'message',
      message: { say: 'confirmed', confirmation: answer },
    });
    expect(good.phase.at).toBe('confirmed');
    const confirmation = answer.slice();
    confirmation[9] = (confirmation[9] ?? 0) ^ 1;
    const bad = step(state, { on: 'message', message: { say: 'confirmed', confirmation } });
    expect(bad.phase).toEqual({ at: 'over', why: 'broken' });
  });

  test('shows no offer before the confirmation, and none that was not judged true', async () => {
    const { messages } = await samples();
    const offer = messages.find((message) => message.say === 'offer');
    if (offer?.say !== 'offer') throw new TypeError('no sample');
    const { answer, state } = confirming();
    const early = step(state, { on: 'message', message: offer });
    expect(early.phase).toEqual({ at: 'over', why: 'broken' });
    const confirmed = { say: 'confirmed', confirmation: answer } as const;
    const checking = [confirmed, offer].reduce<GuestState>(
      (at, message) => step(at, { on: 'message', message }),
      state,
    );
    expect(checking.phase.at).toBe('checking');
    expect(step(checking, { on: 'offer-judged', isTrue: false }).phase.at).toBe('over');
    expect(step(checking, { on: 'offer-judged', isTrue: true }).phase.at).toBe('offered');
  });

  test('is not confused by a status that crossed its try', () => {
    const trying = step(ready(), { on: 'digits', digits: DIGITS });
    const status = {
      say: 'status',
      readiness: 'ready',
      set: 1,
      expiresAtMs: 5,
      way: 'digits',
    } as const;
    expect(step(trying, { on: 'message', message: status }).phase.at).toBe('trying');
    const next = { ...status, set: 2 };
    const old = step(trying, { on: 'message', message: next });
    expect(old).toMatchObject({ phase: { at: 'ready' }, note: 'old' });
  });

  test('tries digits again that a host has never begun to judge, and no others', () => {
    const status = (set: number): GuestEvent => ({
      on: 'message',
      message: { say: 'status', readiness: 'ready', set, expiresAtMs: 5, way: 'digits' },
    });
    const back = (from: GuestState, set: number): GuestState =>
      [{ on: 'ended' } as const, { on: 'opened', handshakeHash } as const, status(set)].reduce(
        step,
        from,
      );
    const again = (from: GuestState): GuestState => step(from, { on: 'digits', digits: DIGITS });
    const trying = again(ready());
    // Its power failed before it had written the try down.
    expect(again(back(trying, 1))).toMatchObject({ phase: { at: 'trying' }, note: undefined });
    expect(again(back(trying, 2))).toMatchObject({ phase: { at: 'ready' }, note: 'old' });
    // It has answered: the guest has confirmed, and a false host could test that.
    expect(again(back(confirming().state, 1))).toMatchObject({ note: 'old' });
  });

  test('takes no ticket that it did not ask for', () => {
    const ticket = rng.bytes(10);
    const after = step(ready(), { on: 'message', message: { say: 'ticket', ticket } });
    expect(after.phase).toEqual({ at: 'over', why: 'broken' });
  });

  test('hears nothing more once it is over', () => {
    const over = step(ready(), { on: 'decline' });
    const share = rng.bytes(32);
    expect(step(over, { on: 'message', message: { say: 'share', share } })).toBe(over);
  });
});
