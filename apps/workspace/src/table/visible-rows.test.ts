import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { visibleRows } from './visible-rows.ts';

test.prop([
  fc.integer({ min: 0, max: 30_000 }),
  fc.integer({ min: 50, max: 2_000 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
])('every row in view is drawn, and few others', (count, height, part) => {
  const rowHeight = 36;
  const scrollTop = Math.max(0, count * rowHeight - height) * part;
  const range = visibleRows({ scrollTop, height, rowHeight, count });
  const firstInView = Math.floor(scrollTop / rowHeight);
  const lastInView = Math.min(count, Math.ceil((scrollTop + height) / rowHeight));
  if (count > 0) expect(range.start).toBeLessThanOrEqual(firstInView);
  expect(range.end).toBeGreaterThanOrEqual(Math.min(count, lastInView));
  expect(range.end - range.start).toBeLessThanOrEqual(height / rowHeight + 40);
  // Rows are used again by their place modulo this: no two at once may share one.
  expect(range.end - range.start).toBeLessThanOrEqual(range.most);
});
