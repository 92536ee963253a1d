import { expect, test } from 'vitest';
import { keyName, keysText, SHORTCUTS, type Shortcut } from './shortcuts.ts';

const press = { key: '', metaKey: false, ctrlKey: false, altKey: false, shiftKey: false };

test('Ctrl and Command are the same key', () => {
  expect(keyName({ ...press, key: 'k', ctrlKey: true })).toBe('mod+k');
  expect(keyName({ ...press, key: 'k', metaKey: true })).toBe('mod+k');
});

test('a sign keeps no Shift, a letter does', () => {
  expect(keyName({ ...press, key: '?', shiftKey: true })).toBe('?');
  expect(keyName({ ...press, key: 'N', shiftKey: true })).toBe('shift+n');
});

test('Alt on a Mac still means the letter on the key', () => {
  expect(keyName({ ...press, key: 'Ω', code: 'KeyZ', altKey: true, metaKey: true })).toBe(
    'alt+mod+z',
  );
});

test('keys are written as each system writes them', () => {
  expect(keysText('shift+mod+z', true)).toBe('⇧⌘Z');
  expect(keysText('shift+mod+z', false)).toBe('Shift Ctrl Z');
  expect(keysText('g t', true)).toBe('G then T');
});

test('no keys mean two things in one place', () => {
  const clashes = SHORTCUTS.filter((one, at) =>
    SHORTCUTS.slice(0, at).some((other) => other.keys === one.keys && meet(one, other)),
  );
  expect(clashes).toEqual([]);
});

/** Lists and notes are never in front together; what holds everywhere is with both. */
function meet(one: Shortcut, other: Shortcut): boolean {
  return one.where === other.where || one.where === 'everywhere' || other.where === 'everywhere';
}
