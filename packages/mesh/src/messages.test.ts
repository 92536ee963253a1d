// Every message of the mesh has one encoding, and nothing else decodes.
import { SimRng } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { decodeControl, encodeControl } from './session-messages.ts';
import { decodeSignaling, encodeSignaling } from './signaling.ts';
import { decodeSpaceMessage, encodeSpaceMessage } from './space-messages.ts';
import { decodeStateMessage, encodeStateMessage } from './state-messages.ts';
import { fuzzMessages } from './testing/fuzz.ts';
import {
  CONTROL_SAMPLES,
  SIGNALING_SAMPLES,
  SPACE_SAMPLES,
  STATE_SAMPLES,
} from './testing/samples.ts';

describe('messages', () => {
  test('come back as they went', () => {
    for (const message of SIGNALING_SAMPLES) {
      expect(decodeSignaling(encodeSignaling(message))).toEqual(message);
    }
    for (const message of CONTROL_SAMPLES) {
      expect(decodeControl(encodeControl(message))).toEqual(message);
    }
    for (const message of SPACE_SAMPLES) {
      expect(decodeSpaceMessage(encodeSpaceMessage(message))).toEqual(message);
    }
    for (const message of STATE_SAMPLES) {
      expect(decodeStateMessage(encodeStateMessage(message))).toEqual(message);
    }
  });

  test('that are mutated are refused, or are the one encoding of another message', () => {
    const { decoded, other } = fuzzMessages(new SimRng(3), 30_000);
    expect(other).toBe(0);
    expect(decoded).toBeGreaterThan(3_000);
  });
});
