/** Who is refused before anything is written. */
import type { Space } from '@atoll/client';
import { expect, test } from 'vitest';
import { requireWriterIn } from './find-zone.ts';

test('a device that is just coming back is told so, and not that it may only read', () => {
  const parts = { get: () => [] };
  const space = (status: object): Space =>
    ({
      status: { get: () => status },
      myRole: { get: () => 'reader' },
      members: parts,
      rights: { teams: parts, parts },
    }) as unknown as Space;
  const code = (status: object): unknown => {
    try {
      return requireWriterIn(space(status), undefined);
    } catch (failure) {
      return (failure as { readonly code?: string }).code;
    }
  };
  expect(code({ comingBack: true })).toBe('CLI_COMING_BACK');
  expect(code({})).toBe('CLI_READER');
});
