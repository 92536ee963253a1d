import { expect, test } from 'vitest';
import { say } from './say.ts';

test('a name of a right-to-left script stands apart from the sentence around it', () => {
  expect(say`Remove ${'שרה'} from ${3} spaces`).toBe('Remove \u2068שרה\u2069 from 3 spaces');
  expect(say`${'محمد'}: ${'Ada'}`).toBe('\u2068محمد\u2069: Ada');
});

test('nothing in a name ends its isolation or turns the sentence', () => {
  expect(say`${'a\u202eb'}!`).toBe('ab!');
  expect(say`${'ש\u2069\u202e'} joined`).toBe('\u2068ש\u2069 joined');
  expect(say`${'Ada'} joined`).toBe('Ada joined');
});
