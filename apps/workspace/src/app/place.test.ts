import { fc, test } from '@fast-check/vitest';
import { expect, test as example } from 'vitest';
import { formatPlace, parsePlace, type Place } from './place.ts';

const id = fc.string({ minLength: 1, maxLength: 40 });
const view = fc.oneof(
  fc.record({ on: fc.constant('tasks' as const), as: fc.constantFrom('list', 'board', 'table') }),
  fc.record({ on: fc.constant('notes' as const), note: id }),
  fc.record({ on: fc.constant('table' as const), type: id, filters: id, sort: id }),
  fc.record({
    on: fc.constantFrom('members' as const, 'suggestions' as const, 'deleted' as const),
  }),
);
const place = fc.oneof(
  fc.record({ at: fc.constantFrom('home' as const, 'devices' as const, 'settings' as const) }),
  fc.record({ at: fc.constant('space' as const), space: id, view, open: id }),
  fc.record({
    at: fc.constant('space' as const),
    space: id,
    view: fc.record({ on: fc.constant('notes' as const), note: id }),
    side: fc.constantFrom('comments' as const, 'history' as const),
  }),
  fc.record({ at: fc.constant('join' as const), code: id, over: fc.constant('keys' as const) }),
);

test.prop([place])('every place is found again at its address', (there) => {
  expect(parsePlace(formatPlace(there as Place))).toEqual(there);
});

test.prop([fc.string()])('no address of nothing throws', (hash) => {
  expect(parsePlace(hash).at).toBeTypeOf('string');
});

example('an invitation link is a place that knows its code', () => {
  expect(parsePlace('#/join/a1-B2_c3')).toEqual({ at: 'join', code: 'a1-B2_c3' });
});

example('a space opens with its tasks as a list', () => {
  expect(parsePlace('#/space/ab')).toEqual({
    at: 'space',
    space: 'ab',
    view: { on: 'tasks', as: 'list' },
  });
});
