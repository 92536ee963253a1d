import { expect, test } from 'vitest';
import { Scope } from './scope.ts';

test('a scope aborts first, then releases in reverse order, once', async () => {
  const seen: string[] = [];
  const scope = new Scope();
  scope.signal.addEventListener('abort', () => seen.push('abort'));
  scope.defer(() => void seen.push('first'));
  await scope.use({ [Symbol.asyncDispose]: async () => void seen.push('second') });
  await Promise.all([scope[Symbol.asyncDispose](), scope[Symbol.asyncDispose]()]);
  expect(seen).toEqual(['abort', 'second', 'first']);
});
