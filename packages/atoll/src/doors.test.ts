import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What a door passes on, from its text: most of it is types, which do not exist at run time. */
function passedOn(door: string): string {
  const text = readFileSync(new URL(door, import.meta.url), 'utf8');
  return text.slice(text.indexOf('export {'));
}

test('a program that moves from Node to a browser finds the same names', () => {
  expect(passedOn('browser.ts')).toBe(passedOn('node.ts'));
  expect(passedOn('node.ts')).toContain('ClientError');
});
