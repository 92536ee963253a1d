// Moments as others write them, against the platform's own calendar.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TIME_MS_MAX, isoOfMs, msOfIso } from './iso-time.ts';

test('every moment from 1970 to 9999 is written as the platform writes it, and read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: TIME_MS_MAX }), (ms) => {
      expect(isoOfMs(ms)).toBe(new Date(ms).toISOString());
      expect(msOfIso(isoOfMs(ms))).toBe(ms);
    }),
  );
  for (const ms of [0, 951_782_400_000, 1_709_164_800_000, TIME_MS_MAX]) {
    expect(isoOfMs(ms)).toBe(new Date(ms).toISOString());
  }
});

test('zones and fractions count', () => {
  expect(msOfIso('2026-05-01T10:00:00+02:00')).toBe(Date.UTC(2026, 4, 1, 8));
  expect(msOfIso('2026-05-01T06:30:00-01:30')).toBe(Date.UTC(2026, 4, 1, 8));
  expect(msOfIso('2026-05-01T08:00:00.5Z')).toBe(Date.UTC(2026, 4, 1, 8) + 500);
  expect(msOfIso('2026-05-01T08:00:00.123456789Z')).toBe(Date.UTC(2026, 4, 1, 8) + 123);
});

test.each([
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-05-01T24:00:00Z',
  '2026-05-01T08:60:00Z',
  '2026-05-01',
  '2026-05-01T08:00:00',
  '',
])('%s is no moment', (text) => {
  expect(msOfIso(text)).toBeUndefined();
});
