import { describe, expect, test } from 'vitest';
import { RANGES_MAX } from './sequence-types.ts';
import type { TextInsert, TextOp } from './text-op.ts';
import { TextSequence } from './text-sequence.ts';
import { reloaded, rowOf } from './text-world.fixture.ts';
import { PLAIN_ORDER } from './trace.fixture.ts';

function textOf(content = '', agent = 0): TextSequence {
  const text = new TextSequence(PLAIN_ORDER);
  if (content !== '') text.insert({ agent, position: 0, text: content });
  return text;
}

function insert(
  element: [number, number] | undefined,
  side: 'before' | 'after',
  text: string,
): TextInsert {
  const named = element === undefined ? undefined : { agent: element[0], counter: element[1] };
  return { kind: 'insert', element: named, side, text };
}

function op(result: { readonly op?: TextOp | undefined }): TextOp {
  if (result.op === undefined) throw new TypeError('the edit was refused');
  return result.op;
}

describe('surrogate pairs', () => {
  test('an insert into the middle of a pair goes before it', () => {
    const text = textOf('a😀b');
    const result = text.insert({ agent: 0, position: 2, text: 'x' });
    expect(text.toString()).toBe('ax😀b');
    expect(result.edits).toEqual([{ position: 1, deleted: 0, inserted: 'x' }]);
  });

  test.each([
    [1, 1],
    [2, 1],
  ])('a deletion from %i of %i unit takes the whole pair', (position, count) => {
    const text = textOf('a😀b');
    const result = text.delete({ position, count, stamp: 1 });
    expect(text.toString()).toBe('ab');
    expect(result.edits).toEqual([{ position: 1, deleted: 2, inserted: '' }]);
  });

  test.each(['\ud83d', '\ude00', 'a\ud83d', '\ude00\ud83d'])(
    'lone halves are refused: %j',
    (lone) => {
      const text = textOf('ab');
      expect(text.insert({ agent: 0, position: 1, text: lone }).refused).toBe('ill-formed');
      expect(text.apply(insert([0, 0], 'after', lone), { agent: 1, stamp: 1 }).refused).toBe(
        'ill-formed',
      );
      expect(text.toString()).toBe('ab');
    },
  );

  test('a remote insert between two halves goes behind or before them, in every order', () => {
    for (const [anchor, side, expected] of [
      [1, 'after', 'a😀xb'],
      [2, 'before', 'ax😀b'],
    ] as const) {
      const text = textOf('a😀b', 3);
      text.apply(insert([3, anchor], side, 'x'), { agent: 1, stamp: 1 });
      expect(text.toString()).toBe(expected);
      expect(reloaded(text).toString()).toBe(expected);
    }
  });

  test('remote deletions and restorations of one half take both', () => {
    const text = textOf('a😀b');
    const low = [{ agent: 0, counter: 2, count: 1 }];
    const high = [{ agent: 0, counter: 1, count: 1 }];
    text.apply({ kind: 'hide', ranges: low }, { agent: 1, stamp: 1 });
    expect(text.toString()).toBe('ab');
    text.apply({ kind: 'show', ranges: high }, { agent: 1, stamp: 2 });
    expect(text.toString()).toBe('a😀b');
    text.apply({ kind: 'hide', ranges: high }, { agent: 1, stamp: 3 });
    expect(text.toString()).toBe('ab');
  });

  test('emoji of many units, combining marks and right-to-left text are kept as they are', () => {
    const content = '👩‍👩‍👧‍👦 e\u0301 नमस्ते שלום \ufeff\u2028';
    const text = textOf(content);
    text.insert({ agent: 0, position: content.length, text: '🏳️‍🌈' });
    expect(text.toString()).toBe(`${content}🏳️‍🌈`);
    expect(reloaded(text).toString()).toBe(`${content}🏳️‍🌈`);
  });
});

describe('order', () => {
  test('passages typed at one place at the same time are not mixed, forward or backward', () => {
    for (const backward of [false, true]) {
      const ops: TextOp[][] = ['hello', 'WORLD'].map((word, agent) => {
        const text = textOf('[]', 2);
        return [...word].map((letter, at) => {
          const position = backward ? 1 : 1 + at;
          return op(text.insert({ agent, position, text: letter }));
        });
      });
      const text = textOf('[]', 2);
      // Letter by letter in turn, as a network may bring them.
      for (let at = 0; at < 5; at++) {
        for (const agent of [0, 1]) text.apply(ops[agent]?.[at] as TextOp, { agent, stamp: 0 });
      }
      const words = backward ? ['olleh', 'DLROW'] : ['hello', 'WORLD'];
      expect([`[${words.join('')}]`, `[${words.reverse().join('')}]`]).toContain(text.toString());
    }
  });

  test('the greater stamp decides visibility whatever comes first', () => {
    const hide: TextOp = { kind: 'hide', ranges: [{ agent: 0, counter: 0, count: 2 }] };
    const show: TextOp = { kind: 'show', ranges: [{ agent: 0, counter: 1, count: 2 }] };
    const one = textOf('abc');
    one.apply(hide, { agent: 1, stamp: 5 });
    one.apply(show, { agent: 2, stamp: 4 });
    const other = textOf('abc');
    other.apply(show, { agent: 2, stamp: 4 });
    other.apply(hide, { agent: 1, stamp: 5 });
    expect(one.toString()).toBe('c');
    expect(other.toString()).toBe('c');
    expect(rowOf(one)).toEqual(rowOf(other));
  });

  test('a deletion with a stamp that is not the greatest leaves what others have shown', () => {
    const text = textOf('abcdef');
    for (const counter of [1, 3]) {
      const ranges = [{ agent: 0, counter, count: 1 }];
      text.apply({ kind: 'show', ranges }, { agent: 1, stamp: 9 });
    }
    const result = text.delete({ position: 0, count: 5, stamp: 3 });
    expect(text.toString()).toBe('bdf');
    expect(result.edits).toEqual([
      { position: 0, deleted: 1, inserted: '' },
      { position: 1, deleted: 1, inserted: '' },
      { position: 2, deleted: 1, inserted: '' },
    ]);
  });

  test('inserts and deletions at random places, over many leaves, equal those of a plain string', () => {
    const text = textOf();
    let plain = '';
    let state = 7;
    const below = (end: number): number => (state = (state * 48_271) % 2_147_483_647) % end;
    for (let step = 0; step < 20_000; step++) {
      const position = below(plain.length + 1);
      if (step % 3 === 2 && plain.length > position) {
        text.delete({ position, count: 1, stamp: step });
        plain = `${plain.slice(0, position)}${plain.slice(position + 1)}`;
      } else {
        text.insert({ agent: step & 1, position, text: 'abc' });
        plain = `${plain.slice(0, position)}abc${plain.slice(position)}`;
      }
    }
    expect(text.toString() === plain).toBe(true);
    expect(reloaded(text).toString() === plain).toBe(true);
  });
});

describe('void changes', () => {
  const context = { agent: 1, stamp: 1, isVoid: true };

  test('a void insert is never seen, but what others anchored on it stands in its place', () => {
    const text = textOf('ab');
    expect(text.apply(insert([0, 1], 'before', 'void'), context).edits).toEqual([]);
    text.apply(insert([1, 1], 'after', 'X'), { agent: 2, stamp: 2 });
    text.setVisible({ ranges: [{ agent: 1, counter: 0, count: 4 }], visible: true, stamp: 9 });
    expect(text.toString()).toBe('aXb');
    expect(reloaded(text).toString()).toBe('aXb');
  });

  test('a void insert on which nothing hangs leaves no trace in the canonical row', () => {
    const text = textOf('ab');
    const before = rowOf(text);
    text.apply(insert([0, 0], 'after', 'void'), context);
    text.apply({ kind: 'hide', ranges: [{ agent: 0, counter: 0, count: 1 }] }, context);
    expect(rowOf(text)).toEqual(before);
    expect(text.nextCounter(1)).toBe(4);
    expect(reloaded(text).nextCounter(1)).toBe(4);
  });

  test('a void insert that names what its author cannot have seen stands at the start', () => {
    const text = textOf('ab');
    text.apply(insert([0, 1], 'before', 'void'), { ...context, unitsInPast: () => 0 });
    text.apply(insert([1, 0], 'after', 'X'), { agent: 2, stamp: 2 });
    expect(text.toString()).toBe('abX');
  });

  test('a void insert at an unknown place still takes its counters', () => {
    const text = textOf('ab');
    expect(text.apply(insert([7, 7], 'before', 'void'), context).refused).toBeUndefined();
    expect(text.nextCounter(1)).toBe(4);
  });
});

describe('refusals', () => {
  const context = { agent: 1, stamp: 1 };

  test.each([
    ['an unknown anchor', insert([0, 9], 'after', 'x'), 'unknown-element'],
    ['an unknown agent', insert([9, 0], 'after', 'x'), 'unknown-element'],
    ['a fractional counter', insert([0, 0.5], 'after', 'x'), 'unknown-element'],
    ['a place before the start', insert(undefined, 'before', 'x'), 'unknown-element'],
    ['no text', insert([0, 0], 'after', ''), 'out-of-range'],
    ['a range beyond the end', hide(0, 1, 9), 'unknown-element'],
    ['an absurd range', hide(0, 0, Number.MAX_SAFE_INTEGER), 'unknown-element'],
    ['an infinite range', hide(0, 0, Infinity), 'out-of-range'],
    ['a negative range', hide(0, -1, 2), 'out-of-range'],
  ] as const)('%s is refused and changes nothing', (_what, refusedOp, refused) => {
    const text = textOf('abc');
    const before = rowOf(text, true);
    expect(text.apply(refusedOp, context)).toEqual({ refused });
    expect(rowOf(text, true)).toEqual(before);
  });

  test('a change of which one part is refused is refused as a whole', () => {
    const text = textOf('abc');
    const change = {
      inserts: [
        insert([0, 1], 'before', 'x'),
        insert([1, 0], 'after', 'y'),
        insert([1, 2], 'after', 'z'),
      ],
      hidden: [],
      shown: [],
    };
    expect(text.applyChange(change, context).refused).toBe('unknown-element');
    expect(text.toString()).toBe('abc');
    expect(
      text.applyChange({ ...change, inserts: change.inserts.slice(0, 2) }, context).refused,
    ).toBeUndefined();
    expect(text.toString()).toBe('axybc');
  });

  test('an element that the author cannot have seen is refused, though it is known here', () => {
    const text = textOf('abc');
    const past = { ...context, unitsInPast: () => 2 };
    expect(text.apply(insert([0, 2], 'after', 'x'), past).refused).toBe('unknown-element');
    expect(text.apply(hide(0, 0, 3), past).refused).toBe('unknown-element');
    expect(text.apply(insert([0, 1], 'after', 'x'), past).refused).toBeUndefined();
  });

  test('more ranges than the limit are refused', () => {
    const ranges = Array.from({ length: RANGES_MAX + 1 }, () => ({
      agent: 0,
      counter: 0,
      count: 1,
    }));
    const edit = { ranges, visible: false, stamp: 1 };
    expect(textOf('abc').setVisible(edit).refused).toBe('too-large');
  });

  test('local edits outside of the text are refused', () => {
    const text = textOf('abc');
    expect(text.insert({ agent: 0, position: 4, text: 'x' }).refused).toBe('out-of-range');
    expect(text.delete({ position: 2, count: 2, stamp: 0 }).refused).toBe('out-of-range');
    expect(text.delete({ position: 0, count: 0, stamp: 0 }).refused).toBe('out-of-range');
  });
});

describe('stable positions', () => {
  test('a cursor stays with its neighbour while others type and delete', () => {
    const text = textOf('hello world');
    const after = text.stableAt(5, 'after');
    const before = text.stableAt(5, 'before');
    text.apply(insert([0, 5], 'before', ','), { agent: 1, stamp: 1 });
    expect(text.positionOf(after)).toBe(5);
    expect(text.positionOf(before)).toBe(6);
    text.delete({ position: 0, count: 5, stamp: 2 });
    expect(text.positionOf(after)).toBe(0);
    expect(text.positionOf(before)).toBe(1);
    expect(reloaded(text).positionOf(before)).toBe(1);
  });

  test('the ends are places too, and an unknown element is none', () => {
    const text = textOf('ab');
    expect(text.positionOf(text.stableAt(0, 'after'))).toBe(0);
    const end = text.stableAt(2, 'before');
    text.insert({ agent: 0, position: 2, text: 'cd' });
    expect(text.positionOf(end)).toBe(4);
    expect(text.positionOf({ element: { agent: 3, counter: 0 }, side: 'after' })).toBeUndefined();
  });
});

test('undoing a deletion shows the same elements, unless somebody has deleted them since', () => {
  const text = textOf('abcdef');
  const deleted = op(text.delete({ position: 1, count: 4, stamp: 3 }));
  text.apply(hide(0, 2, 1), { agent: 1, stamp: 4 });
  const ranges = deleted.kind === 'hide' ? text.stampedBy(deleted.ranges, 3) : [];
  expect(ranges).toEqual([
    { agent: 0, counter: 1, count: 1 },
    { agent: 0, counter: 3, count: 2 },
  ]);
  const result = text.setVisible({ ranges, visible: true, stamp: 5 });
  expect(text.toString()).toBe('abdef');
  expect(result.edits).toEqual([
    { position: 1, deleted: 0, inserted: 'b' },
    { position: 2, deleted: 0, inserted: 'de' },
  ]);
});

function hide(agent: number, counter: number, count: number): TextOp {
  return { kind: 'hide', ranges: [{ agent, counter, count }] };
}
