/** Vectors of spec/blobs.md: cuts, keys, chunks and names, which never change. */
import { readFileSync } from 'node:fs';
import { ready } from '@atoll/crypto';
import { fromHex, toHex } from '@atoll/kernel';
import { beforeAll, expect, test } from 'vitest';
import { blobSecret } from './blob-secret.ts';
import { writeBlob } from './blob-writer.ts';
import { openPiece, paddedLength, sealPiece } from './sealed-piece.ts';

interface Vectors {
  readonly content: string;
  readonly gear: readonly number[];
  readonly padded: readonly (readonly [number, number])[];
  readonly small: {
    readonly text: string;
    readonly id: string;
    readonly key: string;
    readonly chunk: string;
  };
  readonly large: {
    readonly bytes: number;
    readonly root: string;
    readonly key: string;
    readonly ids: readonly string[];
  };
}

const PATH = new URL('../../../../spec/vectors/blobs.json', import.meta.url);
const vectors = JSON.parse(readFileSync(PATH, 'utf8')) as Vectors;
const secret = (): ReturnType<typeof blobSecret> =>
  blobSecret(fromHex(vectors.content) ?? new Uint8Array(0));

/** `state = state × 1664525 + 1013904223` mod 2^32, from 1; the upper byte of each. */
function patternless(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

beforeAll(ready);

test('the table of the rolling hash follows from the content key', () => {
  expect([...secret().gear.subarray(0, vectors.gear.length)]).toEqual(vectors.gear);
});

test('lengths are padded as written', () => {
  for (const [length, padded] of vectors.padded) expect(paddedLength(length)).toBe(padded);
});

test('a small piece seals to the bytes of the vector, and opens', () => {
  const bytes = new TextEncoder().encode(vectors.small.text);
  const sealed = sealPiece(secret(), { kind: 'content', bytes });
  const { chunk, id, key } = vectors.small;
  expect([sealed.ref.id, toHex(sealed.ref.key), toHex(sealed.bytes)]).toEqual([id, key, chunk]);
  expect(openPiece(sealed.ref, sealed.bytes)).toEqual({ kind: 'content', bytes });
});

test('a piece with any bit changed does not open', () => {
  const bytes = new TextEncoder().encode(vectors.small.text);
  const { ref, bytes: sealed } = sealPiece(secret(), { kind: 'content', bytes });
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    expect(openPiece(ref, changed)).toBeUndefined();
  }
});

test('a large file is cut and listed as in the vector, in whatever parts it comes', async () => {
  const content = patternless(vectors.large.bytes);
  for (const part of [content.length, 10_007]) {
    const parts = function* (): Generator<Uint8Array> {
      for (let at = 0; at < content.length; at += part) yield content.subarray(at, at + part);
    };
    const held = new Map<string, Uint8Array>();
    const written = await writeBlob(parts(), {
      secret: secret(),
      keep: async (chunks) => {
        for (const { bytes, id } of chunks) held.set(id, bytes);
      },
    });
    expect(written.ids).toEqual(vectors.large.ids);
    expect(written.root.id).toBe(vectors.large.root);
    expect(toHex(written.root.key)).toBe(vectors.large.key);
    const root = openPiece(written.root, held.get(written.root.id) ?? new Uint8Array(0));
    const lengths = root?.kind === 'list' ? root.entries.map(({ sizeBytes }) => sizeBytes) : [];
    expect(lengths.every((length) => length <= 262_144)).toBe(true);
    expect(lengths.slice(0, -1).every((length) => length > 16_384)).toBe(true);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(content.length);
  }
});
