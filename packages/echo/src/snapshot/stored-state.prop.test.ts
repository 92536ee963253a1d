/** Laws of stored states: nothing of an object is lost, whichever of its fields is asked for first. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { ObjectState } from '../object-state.ts';
import { winner } from '../shown.ts';
import { WorldReplica } from '../testing/log-world.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';
import { ownNames } from './field-stores.ts';
import { decodeState, encodeState, storedDeleted, storedRegister } from './stored-state.ts';

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 60 })(
  'a stored state reads as what it was, as a whole and field by field',
  (seed) => {
    const random = randomFrom(seed);
    const writers = [new WorldReplica('ada'), new WorldReplica('bob')] as const;
    for (let step = 0; step < 12; step++) {
      for (const writer of writers) randomEdit(writer.db, random);
      if (random(3) === 0) writers[0].pull(writers[1]);
      if (random(3) === 0) writers[1].pull(writers[0]);
    }
    const { db } = writers[0];
    writers[0].tick();
    const { fold } = db;
    const names = ownNames(fold.blocks);
    for (let row = 0; row < fold.rows.count; row++) {
      const state = fold.state(row);
      if (state === undefined) continue;
      // No field is of a kind that has to be folded again.
      const bytes = encodeState(state, names) as Uint8Array;
      expect(bytes).toBeDefined();
      const whole = decodeState(bytes, fold.blocks);
      expect([...whole.fields.keys()].sort()).toEqual([...state.fields.keys()].sort());
      expect(whole.blocks).toEqual(state.blocks);
      expect(encodeState(whole, names, false)).toHaveLength(bytes.length);
      const one = decodeState(bytes, fold.blocks);
      const field = [...state.fields.keys()][random(state.fields.size || 1)];
      if (field !== undefined) compare(one, state, field);
      expect(sorted(encodeState(one, names))).toEqual(sorted(bytes));
      expect(winner(storedDeleted(bytes))).toBe(winner(state.deleted));
      for (const [each, now] of state.fields) {
        const siblings = now.kind === 'register' ? now.siblings : undefined;
        expect(storedRegister(bytes, each)).toEqual(siblings);
      }
    }
  },
);

/** The bytes of fields may stand in another order. */
function sorted(bytes: Uint8Array | undefined): number[] {
  return [...(bytes ?? [])].sort((a, b) => a - b);
}

function compare(read: ObjectState, state: ObjectState, field: number): void {
  const now = read.fields.get(field);
  const was = state.fields.get(field);
  expect(now?.kind).toBe(was?.kind);
  if (now?.kind === 'text' && was?.kind === 'text') {
    expect(now.text.toString()).toBe(was.text.toString());
  } else if (now?.kind === 'list' && was?.kind === 'list') {
    expect(now.list.elements()).toEqual(was.list.elements());
    expect(now.values).toEqual(was.values);
  } else expect(now).toEqual(was);
}
