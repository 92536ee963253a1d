/** Frames, inner headers and whole blocks: what is accepted, what is refused, what a server can see. */
import { sealingKey } from '@atoll/crypto';
import { SimRng, simSigner } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { openInner, openSection, sealBlock, splitBlock, type ParsedBlock } from './block.ts';
import {
  BLOCK_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  decodeFrame,
  encodeFrame,
  genesisPrev,
  paddedLength,
} from './frame.ts';
import { decodeInner, encodeInner } from './inner.ts';
import { membershipKey } from './membership-key.ts';
import { TestFeed, depOn, testSection, testSpace } from './testing/test-feed.ts';

function setUp(seed = 1) {
  const rng = new SimRng(seed);
  const space = testSpace(rng);
  const feed = new TestFeed(space, simSigner(rng.bytes(32)), rng);
  return { rng, space, feed };
}

function split(bytes: Uint8Array): ParsedBlock {
  const result = splitBlock(bytes);
  if (!result.ok) throw new Error(result.code);
  return result.value;
}

describe('padding', () => {
  test('every length has a step that holds it, at most a quarter larger above 256 bytes', () => {
    for (let length = 1; length < 9000; length++) {
      const padded = paddedLength(length);
      expect(padded).toBeGreaterThanOrEqual(length);
      if (length > 256) expect(padded / length).toBeLessThanOrEqual(1.25);
      else expect(padded - length).toBeLessThan(64);
      if (padded !== length) continue;
      expect(paddedLength(padded)).toBe(padded);
    }
  });

  test('the steps are the ones of the specification', () => {
    const steps = new Set(Array.from({ length: 2048 }, (_, at) => paddedLength(at + 1)));
    expect([...steps]).toEqual([
      64, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048,
    ]);
  });
});

describe('a sealed block', () => {
  test('opens to what was put in, for those who have the keys', () => {
    const { rng, space, feed } = setUp();
    const other = new TestFeed(space, simSigner(rng.bytes(32)), rng);
    const text = new TextEncoder().encode('a plain secret');
    const block = feed.write(text, [depOn(other.write())]);
    const parsed = split(block.bytes);
    expect(parsed.hash).toBe(block.hash);
    expect(parsed.frame).toEqual(block.frame);
    const inner = openInner(space.membership, space.id, parsed);
    expect(inner).toEqual({ ok: true, value: block.inner });
    if (!inner.ok) return;
    const request = { space: space.id, block: parsed, inner: inner.value, index: 0 };
    expect(openSection({ ...request, key: space.content })).toEqual({ ok: true, value: text });
    const wrong = openSection({ ...request, key: sealingKey(new Uint8Array(32)) });
    expect(wrong).toEqual({ ok: false, code: 'FEED_SECTION_SEALED' });
    const absent = openSection({ ...request, index: 1, key: space.content });
    expect(absent.ok).toBe(false);
  });

  test('does not open under another membership key, in another space or in another place', () => {
    const { rng, space, feed } = setUp();
    const first = split(feed.write().bytes);
    const second = split(feed.write().bytes);
    const strange = membershipKey(rng.bytes(32));
    const sealed = { ok: false, code: 'FEED_INNER_SEALED' };
    expect(openInner(strange, space.id, first)).toEqual(sealed);
    expect(openInner(space.membership, testSpace(rng).id, first)).toEqual(sealed);
    const moved = { ...second, sealedInner: first.sealedInner };
    expect(openInner(space.membership, space.id, moved)).toEqual(sealed);
  });

  test('shows a server neither plaintext nor the exact size nor where the padding begins', () => {
    const { feed } = setUp();
    const text = new TextEncoder().encode('Trip to the lighthouse');
    const block = feed.write(text);
    expect(Buffer.from(block.bytes).includes(Buffer.from(text))).toBe(false);
    expect(block.frame.payloadLength).toBe(paddedLength(block.frame.payloadLength));
    const used = block.inner.sections.reduce((sum, section) => sum + section.length, 0);
    const padding = block.rest.subarray(used);
    expect(padding.length).toBeGreaterThan(16);
    expect(padding.filter((byte) => byte === 0).length).toBeLessThan(padding.length / 2);
  });

  test('is refused when any byte of it is changed', () => {
    const { space, feed } = setUp();
    const { bytes, hash } = feed.write();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 0x01;
      const result = splitBlock(changed);
      // What stands in the frame beside the commitment makes another block: another hash, no signature.
      if (result.ok) expect(result.value.hash).not.toBe(hash);
      if (result.ok) expect(at).toBeLessThan(110);
      if (result.ok && at > 1)
        expect(openInner(space.membership, space.id, result.value).ok).toBe(false);
    }
  });

  test('is refused when it is cut short, extended, too large or of another version', () => {
    const { feed } = setUp();
    const { bytes } = feed.write();
    for (let length = 0; length < bytes.length; length++) {
      expect(splitBlock(bytes.slice(0, length)).ok).toBe(false);
    }
    const longer = new Uint8Array(bytes.length + 64);
    longer.set(bytes);
    expect(splitBlock(longer)).toEqual({ ok: false, code: 'FEED_BLOCK_MALFORMED' });
    const giant = splitBlock(new Uint8Array(BLOCK_BYTES_MAX + 1));
    expect(giant).toEqual({ ok: false, code: 'FEED_BLOCK_TOO_LARGE' });
    const newer = bytes.slice();
    newer[0] = 2;
    expect(splitBlock(newer)).toEqual({ ok: false, code: 'FEED_BLOCK_VERSION' });
  });

  test('may be as large as the limit and no larger', () => {
    const { feed } = setUp();
    const block = feed.write(new Uint8Array(PAYLOAD_BYTES_MAX - 700));
    expect(splitBlock(block.bytes).ok).toBe(true);
    expect(() => feed.write(new Uint8Array(PAYLOAD_BYTES_MAX))).toThrow(
      expect.objectContaining({ code: 'FEED_LIMIT' }),
    );
  });

  test('with the same input twice has different bytes only through its randomness', () => {
    const one = setUp(5).feed.write();
    const two = setUp(5).feed.write();
    const other = setUp(6).feed.write();
    expect(one.bytes).toEqual(two.bytes);
    expect(one.bytes).not.toEqual(other.bytes);
  });
});

describe('a frame', () => {
  test('has one encoding', () => {
    const { frame } = setUp().feed.write();
    const bytes = encodeFrame(frame);
    expect(decodeFrame(bytes)).toEqual(frame);
    expect(() => decodeFrame(new Uint8Array([...bytes, 0]))).toThrow();
    const unpadded = encodeFrame({ ...frame, payloadLength: frame.payloadLength - 1 });
    expect(() => decodeFrame(unpadded)).toThrow(
      expect.objectContaining({ code: 'CODEC_NOT_CANONICAL' }),
    );
  });

  test('of a genesis depends on the space, the feed and the nonce', () => {
    const { rng, space, feed } = setUp();
    const nonce = rng.bytes(16);
    const prev = genesisPrev(space.id, feed.key, nonce);
    expect(genesisPrev(space.id, feed.key, nonce)).toBe(prev);
    expect(genesisPrev(testSpace(rng).id, feed.key, nonce)).not.toBe(prev);
    expect(genesisPrev(space.id, feed.key, rng.bytes(16))).not.toBe(prev);
  });
});

describe('an inner header', () => {
  test('sorts its deps when sealed, and refuses any other order when decoded', () => {
    const { rng, space, feed } = setUp();
    const deps = Array.from({ length: 5 }, () =>
      depOn(new TestFeed(space, simSigner(rng.bytes(32)), rng).write()),
    );
    const { inner } = feed.write(new Uint8Array(3), deps);
    expect(inner.deps.map((dep) => dep.feed)).toEqual(deps.map((dep) => dep.feed).sort());
    expect(decodeInner(encodeInner(inner))).toEqual(inner);
    const backwards = encodeInner({ ...inner, deps: [...inner.deps].reverse() });
    expect(() => decodeInner(backwards)).toThrow();
    const [first] = inner.deps;
    if (first === undefined) throw new Error('no dep');
    expect(() => decodeInner(encodeInner({ ...inner, deps: [first, first] }))).toThrow();
  });

  test('has a length that is a multiple of 64 and padding that must be zero', () => {
    const { inner } = setUp().feed.write();
    const bytes = encodeInner(inner);
    expect(bytes.length % 64).toBe(0);
    bytes[bytes.length - 1] = 1;
    expect(() => decodeInner(bytes)).toThrow(
      expect.objectContaining({ code: 'CODEC_NOT_CANONICAL' }),
    );
  });

  test('beyond a limit is not made', () => {
    const { inner } = setUp().feed.write();
    expect(() => encodeInner({ ...inner, lamport: 2 ** 48 + 1 })).toThrow();
    expect(() => encodeInner({ ...inner, nonce: new Uint8Array(15) })).toThrow();
    const [section] = inner.sections;
    if (section === undefined) throw new Error('no section');
    const many = Array.from({ length: 65 }, () => section);
    expect(() => encodeInner({ ...inner, sections: many })).toThrow();
  });

  test('whose sections do not fill the payload is refused', () => {
    const { rng, space, feed } = setUp();
    const block = feed.write(new Uint8Array(10));
    const large = sealBlock({
      space: space.id,
      feed: feed.key,
      seq: 1,
      prev: block.hash,
      membershipKey: space.membership,
      nonce: rng.bytes(16),
      deps: [],
      lamport: 2,
      timeMs: 0,
      sections: [testSection(space, new Uint8Array(5000))],
      rng,
    });
    const halves = { ...large, frame: { ...large.frame, payloadLength: 320 } };
    const opened = openInner(space.membership, space.id, halves);
    expect(opened).toEqual({ ok: false, code: 'FEED_INNER_MALFORMED' });
  });
});
