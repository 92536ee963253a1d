/** Entries of undo come back from their stored form as they were. */
import { encodeValue, type Value } from '@atoll/codec';
import { describe, expect, test } from 'vitest';
import type { UndoEntry } from './undo-entry.ts';
import type { UndoStep } from './undo-step.ts';
import { packEntry, readStored, unpackEntry } from './undo-stored.ts';

const id = (number: number): string => number.toString(16).padStart(32, '0');
const create = (number: number): UndoStep => ({ kind: 'create', object: id(number) });
const life: UndoStep = {
  kind: 'life',
  object: id(9),
  dot: { feed: 'f', seq: 1, op: 2 },
  covered: [],
};

function entryOf(steps: readonly UndoStep[]): UndoEntry {
  return { id: 7, kind: 'added', steps, timeMs: 5, label: 'Import' };
}

describe('an entry of undo', () => {
  test.each([
    ['nothing', []],
    ['one creation', [create(1)]],
    ['many creations', [create(1), create(2), create(3)]],
    ['creations around another change', [create(1), create(2), life, create(3), life, create(4)]],
    ['other changes', [life, life]],
  ])('of %s comes back as it was', (_name, steps) => {
    expect(unpackEntry(packEntry(entryOf(steps)))).toEqual(entryOf(steps));
  });

  test('takes less than 20 bytes for each of a hundred creations', () => {
    const steps = Array.from({ length: 100 }, (_, at) => create(at));
    expect(packEntry(entryOf(steps)).length).toBeLessThan(2_000);
  });

  test('that names each creation, as they were stored before, is read', () => {
    const entry = entryOf([create(1), create(2)]);
    expect(unpackEntry(encodeValue(entry as unknown as Value))).toEqual(entry);
  });

  test.each([[null], ['text'], [Uint8Array.of(255)], [encodeValue({ id: 1 })]])(
    'of the unknown form %j is refused with a code',
    (stored) => {
      expect(() => unpackEntry(stored)).toThrow(
        expect.objectContaining({ code: 'ECHO_UNDO_MALFORMED' }),
      );
    },
  );

  test('is canonical: equal entries give equal bytes', () => {
    const steps = [create(1), create(2), life];
    expect(packEntry(entryOf(steps))).toEqual(packEntry(entryOf([...steps])));
    expect(readStored(packEntry(entryOf(steps)))).toBeTypeOf('object');
  });
});
