import { expect, test } from 'vitest';
import { digitsOf, grouped, nextDigits } from './digits.ts';

test('a pasted code keeps its digits and loses everything else', () => {
  expect(digitsOf('481 903')).toBe('481903');
  expect(digitsOf('Digits: 481-903!')).toBe('481903');
  expect(digitsOf('４８１９０３')).toBe('481903');
});

test('a seventh digit is dropped', () => {
  expect(digitsOf('4819037')).toBe('481903');
});

test('digits are shown in two groups of three', () => {
  expect(grouped('481903')).toBe('481 903');
  expect(grouped('481')).toBe('481');
});

test('the first key after an error starts anew', () => {
  expect(nextDigits('481930', '4819307', true)).toBe('7');
  expect(nextDigits('481930', '48193', true)).toBe('');
  expect(nextDigits('481930', '555000', true)).toBe('555000');
});

test('without an error typing goes on where it was', () => {
  expect(nextDigits('48', '481', false)).toBe('481');
});
