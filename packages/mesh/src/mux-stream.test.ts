/** One stream against peers that pay no attention to credit. */
import { Writer } from '@atoll/codec';
import { expect, test } from 'vitest';
import { MuxStream, STREAM_WINDOW_BYTES } from './mux-stream.ts';

const MESSAGE_BYTES = 1_000;

/** A message as it stands on the stream. */
function wire(): Uint8Array {
  return new Writer(1_024).bytes(new Uint8Array(MESSAGE_BYTES)).finish();
}

function streamTo(receiver: () => void | Promise<void>): {
  readonly stream: MuxStream;
  readonly violations: string[];
} {
  const violations: string[] = [];
  const stream = new MuxStream({
    number: 1,
    priority: 'bulk',
    messageBytesMax: 2 * MESSAGE_BYTES,
    receiver,
    carrier: {
      wake: () => undefined,
      credit: () => undefined,
      violated: (end) => violations.push(end),
    },
  });
  return { stream, violations };
}

test('good messages beyond the window of a receiver that is busy end in a flood', () => {
  const { stream, violations } = streamTo(() => new Promise<void>(() => undefined));
  let sentBytes = 0;
  while (violations.length === 0 && sentBytes < 4 * STREAM_WINDOW_BYTES) {
    stream.arrive(wire());
    sentBytes += wire().length;
  }
  expect(violations).toEqual(['SESSION_FLOOD']);
  expect(sentBytes).toBeLessThanOrEqual(STREAM_WINDOW_BYTES + wire().length);
});

test('a receiver that keeps up takes any number of messages', async () => {
  let taken = 0;
  const { stream, violations } = streamTo(() => void taken++);
  const count = Math.ceil((4 * STREAM_WINDOW_BYTES) / MESSAGE_BYTES);
  for (let sent = 0; sent < count; sent++) {
    stream.arrive(wire());
    await Promise.resolve();
  }
  expect(violations).toEqual([]);
  expect(taken).toBe(count);
});

test('credit that was never used up cannot be granted', () => {
  const { stream, violations } = streamTo(() => undefined);
  stream.grant(1);
  expect(violations).toEqual(['SESSION_MALFORMED']);
});
