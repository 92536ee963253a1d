import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formOfName,
  isCalled,
  isMarked,
  markedName,
  NAME_SHOWN_MAX,
  shownName,
  shownWords,
} from './shown-name.ts';

/** Characters that steer what is around them, hide, or draw over it, among some that do not. */
const NASTY = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...['\u202e', '\u202d', '\u2066', '\u2067', '\u2068', '\u2069', '\u200e', '\u061c', '\u200b'],
      ...['\u200d', '\u200c', '\ufeff', '\u00ad', '\u034f', '\u3164', '\u115f', '\u2800', '\ufe0f'],
      ...['\u0000', '\u001b', '\u009b', '\n', '\r', '\t', '\u0085', '\u2028', '\u00a0', '\u3000'],
      ...['\u0301', '\u0489', '\u20dd', '\ue000', '\uffff', '\ud800', '\u{e0041}', '\u{e0101}'],
      ...['A', 'b', ' ', '1', 'é', 'ا', 'م', 'ש', 'क', '्', '葛', '👩', '💻', '🇩', '🇪', '\u{1f3fd}'],
    ),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
  maxLength: 200,
});
const STEERS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Co}\p{Cs}]/v;
const UNSEEN =
  /[\u00ad\u034f\u115f\u1160\u200b\u2060-\u2065\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]/v;

test('whatever a name is written of, it is shown in one short line that steers and hides nothing', () => {
  fc.assert(
    fc.property(NASTY, (written) => {
      const name = shownName(written);
      expect([...name].length).toBeLessThanOrEqual(NAME_SHOWN_MAX);
      expect(name).not.toMatch(STEERS);
      expect(name).not.toMatch(UNSEEN);
      expect(name).not.toMatch(/^\p{M}|^ | {2}| $|[\p{Mn}\p{Me}]{5}/v);
      expect(name === '' || /[\p{L}\p{N}\p{P}\p{S}\p{M}\p{Cn}]/v.test(name)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a name that can be shown stays as it is', () => {
  fc.assert(
    fc.property(NASTY, (written) => {
      const name = shownName(written);
      expect(shownName(name)).toBe(name);
    }),
    { numRuns: 2000 },
  );
  for (const name of [
    ...['Ada', 'Zoë Müller-Łukasz', 'O’Neil, jr.', '张伟', '葛\u{e0100}城', 'さくら', '박지민'],
    ...['محمد رضا', 'می\u200cخواهم', 'שרה', 'क्\u200dष', 'ශ්\u200dරී', 'Nguyễn Thị Hường', '𝒜da'],
    ...[
      '👩\u200d💻 Ada',
      '🏳\ufe0f\u200d🌈',
      '🇩🇪',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    ],
  ]) {
    expect(shownName(name)).toBe(name.normalize('NFC'));
  }
});

test('what hides in a name is gone, and what is drawn over others is bounded', () => {
  expect(shownName('Ada\u202egnp.exe')).toBe('Adagnp.exe');
  expect(shownName('A\u200bd\u2060a\u00ad')).toBe('Ada');
  expect(shownName('Ada\r\nCODE: all is well\u2028.')).toBe('Ada CODE: all is well .');
  expect(shownName('\u001b[2J\u001b]0;x\u0007Ada')).toBe('[2J]0;xAda');
  expect(shownName('\u3164\u2800\u200b \u202e')).toBe('');
  expect(shownName(`a${'\u0301\u0302'.repeat(50)}`).length).toBeLessThan(7);
  expect(shownName('\u0336x')).toBe('\u25cc\u0336x');
  expect(shownName('\ue000Ada\ud800')).toBe('\ufffdAda\ufffd');
  expect(shownName('x'.repeat(1_000_000))).toBe(`${'x'.repeat(NAME_SHOWN_MAX - 1)}…`);
  expect(shownWords('Hello\u202e\n\n\n\n\u200b\nthere\u001b[0m')).toBe('Hello\nthere[0m');
});

test('names that look the same have one form, and others have two', () => {
  const same = [
    ...[
      ['Ada', 'ada'],
      ['Ada', 'Аdа'],
      ['Ada', 'A\u200bd a'],
      ['Paul', 'PauI'],
      ['Bill', 'Bi1l'],
    ],
    ...[
      ['Zoe', 'Zoë'],
      ['Omar', '0mаr'],
      ['Anna', 'Αnnα'],
      ['Ada', 'Ada · 3fa9 21bc 77e0'],
    ],
    ...[
      ['modern', 'modem'],
      ['ﬁn', 'fin'],
      ['Ａｄａ', 'Ada'],
    ],
  ] as const;
  for (const [a, b] of same) expect(formOfName(shownName(b))).toBe(formOfName(shownName(a)));
  const other = [
    ['Ada', 'Ida B'],
    ['Jun', 'June'],
    ['Kim', 'Tim'],
    ['שרה', 'שרית'],
    ['张伟', '张炜'],
  ] as const;
  for (const [a, b] of other) expect(formOfName(b)).not.toBe(formOfName(a));
});

test('who has a mark behind the name is found by the name alone', () => {
  const shown = markedName('Ada', '3fa921bc77e0ffff');
  expect(shown).toBe('Ada · 3fa9 21bc 77e0');
  expect([isCalled(shown, 'Ada'), isCalled(shown, shown), isCalled(shown, 'Ad')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(isCalled('Ada · of Rome', 'Ada')).toBe(false);
  expect([isMarked(shown), isMarked('Ada'), isMarked('Ada · of Rome')]).toEqual([
    true,
    false,
    false,
  ]);
});
