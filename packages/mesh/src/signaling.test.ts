// Signaling messages: one encoding each, and nothing else is one.
import { toHex } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { decodeSignaling, encodeSignaling, type SignalingMessage } from './signaling.ts';

const peer = 'ab'.repeat(16);
const room = 'cd'.repeat(32);
const MESSAGES: readonly SignalingMessage[] = [
  { kind: 'hello', version: 1 },
  { kind: 'welcome', self: peer, kubeName: 'kube.example', nowMs: 1_767_225_600_000 },
  { kind: 'join', room },
  { kind: 'leave', room },
  { kind: 'peers', room, peers: [peer, '00'.repeat(16)] },
  { kind: 'joined', room, peer },
  { kind: 'left', room, peer },
  { kind: 'relay', peer, channel: 300, bytes: Uint8Array.of(1, 2, 3) },
  { kind: 'relay-end', peer, channel: 0 },
  { kind: 'credit', peer, bytes: 262_144 },
  { kind: 'ping', nonce: 77 },
  { kind: 'pong', nonce: 77 },
  { kind: 'refused', refusal: 'SIGNALING_RATE' },
  { kind: 'refused', refusal: 'SIGNALING_ROOM_FULL', room },
];

describe('signaling messages', () => {
  test.each(MESSAGES)('a $kind comes back as it went', (message) => {
    expect(decodeSignaling(encodeSignaling(message))).toEqual(message);
  });

  test('whatever decodes encodes to the same bytes, and garbage never throws', () => {
    const rng = new SimRng(5);
    const originals = MESSAGES.map((message) => encodeSignaling(message));
    let decoded = 0;
    for (let round = 0; round < 20_000; round++) {
      const bytes = (originals[rng.int(originals.length)] as Uint8Array).slice();
      bytes[rng.int(bytes.length)] = rng.int(256);
      const cut = bytes.subarray(0, rng.chance(0.3) ? rng.int(bytes.length + 1) : bytes.length);
      const message = decodeSignaling(cut);
      if (message === undefined) continue;
      decoded++;
      expect(toHex(encodeSignaling(message))).toBe(toHex(cut));
    }
    expect(decoded).toBeGreaterThan(1000);
  });
});
