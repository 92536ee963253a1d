/** Mutates valid messages: whatever still decodes must encode to the very same bytes. */
import { CodecError } from '@atoll/codec';
import { equalBytes } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { decodeControl, encodeControl } from '../session-messages.ts';
import { decodeSignaling, encodeSignaling } from '../signaling.ts';
import { decodeSpaceMessage, encodeSpaceMessage } from '../space-messages.ts';
import { decodeStateMessage, encodeStateMessage } from '../state-messages.ts';
import { CONTROL_SAMPLES, SIGNALING_SAMPLES, SPACE_SAMPLES, STATE_SAMPLES } from './samples.ts';

/** A decoder with its encoder: gives the bytes again, or nothing when it refuses. */
type Again = (bytes: Uint8Array) => Uint8Array | undefined;

const PROTOCOLS: readonly { readonly again: Again; readonly samples: readonly Uint8Array[] }[] = [
  {
    again: (bytes) => {
      const message = decodeSignaling(bytes);
      return message === undefined ? undefined : encodeSignaling(message);
    },
    samples: SIGNALING_SAMPLES.map((message) => encodeSignaling(message)),
  },
  {
    again: refusing((bytes) => encodeControl(decodeControl(bytes))),
    samples: CONTROL_SAMPLES.map((message) => encodeControl(message)),
  },
  {
    again: refusing((bytes) => encodeSpaceMessage(decodeSpaceMessage(bytes))),
    samples: SPACE_SAMPLES.map((message) => encodeSpaceMessage(message)),
  },
  {
    again: refusing((bytes) => encodeStateMessage(decodeStateMessage(bytes))),
    samples: STATE_SAMPLES.map((message) => encodeStateMessage(message)),
  },
];

/** Only the codec's own refusal counts as one; anything else that is thrown is a defect. */
function refusing(again: (bytes: Uint8Array) => Uint8Array): Again {
  return (bytes) => {
    try {
      return again(bytes);
    } catch (failure) {
      if (failure instanceof CodecError) return undefined;
      throw failure;
    }
  };
}

/** Tries `inputs` mutations; `other` counts inputs that came back as other bytes, which must be none. */
export function fuzzMessages(
  rng: SimRng,
  inputs: number,
): { readonly decoded: number; readonly other: number } {
  let decoded = 0;
  let other = 0;
  for (let input = 0; input < inputs; input++) {
    const protocol = PROTOCOLS[rng.int(PROTOCOLS.length)] as (typeof PROTOCOLS)[number];
    const bytes = mutate(rng, protocol.samples[rng.int(protocol.samples.length)] as Uint8Array);
    const back = protocol.again(bytes);
    if (back === undefined) continue;
    decoded++;
    if (!equalBytes(back, bytes)) other++;
  }
  return { decoded, other };
}

function mutate(rng: SimRng, sample: Uint8Array): Uint8Array {
  let bytes = sample.slice();
  for (let count = rng.int(4); count >= 0; count--) {
    const at = rng.int(bytes.length);
    const how = rng.int(5);
    if (how === 0) bytes = bytes.slice(0, at);
    else if (how === 1) bytes = Uint8Array.of(...bytes, rng.int(256));
    else if (how === 2) bytes[at] = rng.int(256);
    else if (how === 3) bytes[at] = (bytes[at] ?? 0) ^ (1 << rng.int(8));
    else bytes.copyWithin(at, rng.int(bytes.length));
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}
