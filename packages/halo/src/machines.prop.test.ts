/** Laws of the host's machine under any sequence of events, whoever sends them. */
import fc from 'fast-check';
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { guestState, guestStep, type GuestEvent } from './guest-machine.ts';
import { hostStep } from './host-machine.ts';
import { DIGIT_SETS_MAX, hostState, progressOf, type HostEvent } from './host-state.ts';
import type { GuestMessage, HostMessage } from './pairing-messages.ts';
import { samples } from './testing/samples.ts';

const STEPS = 60;
const RUNS = 150;

/** Events that are likely to get somewhere: mostly tries, records and new digits. */
function randomHostEvent(
  rng: SimRng,
  messages: readonly GuestMessage[],
  records: number,
): HostEvent {
  const line = 1 + rng.int(3);
  switch (rng.int(9)) {
    case 0:
      return { on: 'opened', line, handshakeHash: rng.bytes(32) };
    case 1:
    case 2: {
      const share = messages.find((message) => message.say === 'try');
      if (share?.say !== 'try') throw new TypeError('no sample');
      return { on: 'message', line, message: { ...share, set: 1 + rng.int(4) } };
    }
    case 3:
      return { on: 'message', line, message: rng.pick(messages) };
    case 4:
      return { on: 'ended', line };
    case 5:
      return { on: 'recorded', record: rng.int(records + 2) };
    case 6:
      return { on: 'recorded', record: records };
    case 7:
      return { on: 'show-new-digits' };
    default:
      if (rng.chance(0.05)) return { on: 'all-in' };
      return rng.chance(0.05) ? { on: 'cancel' } : { on: 'tick' };
  }
}

test('digits give at most one share each, never before their record is durable, and none admits by chance', async () => {
  const { messages } = await samples();
  const guestMessages = messages.filter((message): message is GuestMessage =>
    ['try', 'confirmation', 'accept', 'decline', 'resume', 'done'].includes(message.say),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1 }), (seed) => {
      const rng = new SimRng(seed);
      const progress = {
        set: 1,
        digits: '048151',
        used: false,
        outcome: 'open',
        admitted: 0,
        entering: [],
      } as const;
      let state = hostState({ invitation: rng.bytes(32), expiresAtMs: 10_000, uses: 1 }, progress);
      const durable = new Set<number>();
      const sharedSets: number[] = [];
      let nowMs = 0;
      for (let step = 0; step < STEPS; step++) {
        nowMs += rng.int(200);
        const event = randomHostEvent(rng, guestMessages, state.records);
        if (event.on === 'recorded' && event.record <= state.records) durable.add(event.record);
        const before = state;
        const [next, effects] = hostStep({ rng }, before, event, nowMs);
        for (const effect of effects) {
          if (effect.do === 'send' && effect.message.say === 'share') {
            expect(before.phase.at).toBe('recording');
            if (before.phase.at === 'recording') expect(durable).toContain(before.phase.record);
            sharedSets.push(before.set);
          }
          if (effect.do === 'record' && effect.progress.used) {
            expect(effect.progress).toEqual(progressOf(next));
          }
          expect(['offer', 'judge', 'admit']).not.toContain(effect.do);
        }
        expect(next.set).toBeGreaterThanOrEqual(before.set);
        state = next;
      }
      expect(new Set(sharedSets).size).toBe(sharedSets.length);
      expect(sharedSets.length).toBeLessThanOrEqual(DIGIT_SETS_MAX);
    }),
    { numRuns: RUNS },
  );
});

test('a guest sends its digits into one try, and never an acceptance that its user did not give', async () => {
  const { messages } = await samples();
  const hostMessages = messages.filter((message): message is HostMessage =>
    ['status', 'share', 'confirmed', 'wrong', 'offer', 'refused', 'ticket'].includes(message.say),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1 }), (seed) => {
      const rng = new SimRng(seed);
      let state = guestState(rng.bytes(32));
      let tries = 0;
      const typed = new Set<string>();
      for (let step = 0; step < STEPS; step++) {
        const digits = String(100_000 + rng.int(4));
        const events: GuestEvent[] = [
          { on: 'opened', handshakeHash: rng.bytes(32) },
          { on: 'message', message: rng.pick(hostMessages) },
          { on: 'message', message: rng.pick(hostMessages.filter(({ say }) => say === 'status')) },
          { on: 'ended' },
          { on: 'digits', digits },
          { on: 'offer-judged', isTrue: rng.chance(0.5) },
        ];
        const event = rng.pick(events);
        if (event.on === 'digits') typed.add(event.digits);
        const [next, effects] = guestStep({ rng }, state, event);
        for (const effect of effects) {
          if (effect.do === 'send' && effect.message.say === 'try') tries++;
          expect(effect.do).not.toBe('send-acceptance');
        }
        state = next;
      }
      expect(tries).toBeLessThanOrEqual(typed.size);
    }),
    { numRuns: RUNS },
  );
});
