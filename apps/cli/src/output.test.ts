import { AtollError } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { columns, shown } from './columns.ts';
import { Output, errorFacts } from './output.ts';
import { progressBar } from './progress-bar.ts';

function streams(isJson: boolean): { out: Output; stdout: string[]; stderr: string[] } {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const out = new Output({
    isJson,
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text), isTTY: true, columns: 40 },
  });
  return { out, stdout, stderr };
}

test('with JSON, stdout has a value a line and nothing else', () => {
  const { out, stdout, stderr } = streams(true);
  out.result({ a: 'x\ny' }, 'for people');
  out.rows([{ n: 1 }, { n: 2 }], [['one'], ['two']]);
  out.note('a remark');
  out.progress('half');
  expect(
    stdout
      .join('')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([{ a: 'x\ny' }, { n: 1 }, { n: 2 }]);
  expect(stderr).toEqual([]);
});

test('an error is a code and a sentence, and a JSON value where that was asked for', () => {
  const { out, stdout, stderr } = streams(true);
  out.error(new AtollError('STORE_FULL', 'the disk is full'));
  expect(stderr.join('')).toBe('STORE_FULL: The disk is full.\n');
  expect(JSON.parse(stdout.join(''))).toEqual({
    error: { code: 'STORE_FULL', message: 'The disk is full.' },
  });
  const plain = streams(false);
  plain.out.error(new AtollError('STORE_FULL', 'the disk is full'));
  expect(plain.stdout).toEqual([]);
});

test('whatever was thrown, no trace and no second line is shown', () => {
  expect(errorFacts(new TypeError('x is not a function\n    at y'))).toEqual({
    code: 'UNKNOWN',
    message: 'X is not a function.',
  });
  expect(errorFacts(Object.assign(new Error('no space'), { code: 'ENOSPC' })).code).toBe('ENOSPC');
  expect(errorFacts('text').code).toBe('UNKNOWN');
});

test('columns are aligned and what others wrote cannot steer the terminal', () => {
  expect(columns([['a', 'long', 'x'], ['wide', '', 'y'], ['\u001b[2J\u0007b']])).toEqual([
    'a       long  x',
    'wide          y',
    ' [2J b',
  ]);
});

test('values are shown as people write them', () => {
  expect(shown(['a', 'b'])).toBe('a, b');
  expect(shown(undefined)).toBe('');
  expect(shown(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  expect(shown({ a: 1 })).toBe('{"a":1}');
});

test('a bar says how much of how much, and never more than all', () => {
  expect(progressBar(9_800, 21_296, 'objects')).toContain('46 %  9,800 of 21,296 objects');
  expect(progressBar(5, 4, 'blocks')).toContain('100 %');
  expect(progressBar(0, 0, 'blocks')).toContain('100 %');
});

test('names and texts of others cannot steer a terminal, and reach a file as they are', () => {
  const lines: string[] = [];
  const write = (text: string): number => lines.push(text);
  const name = 'Eve\u001b]0;owned\u0007\n\tx';
  for (const isTTY of [true, false]) {
    const out = new Output({ isJson: false, stdout: { write, isTTY }, stderr: { write } });
    out.result({}, name);
    out.note(name);
  }
  const clean = 'Eve ]0;owned \n\tx\n';
  expect(lines).toEqual([clean, clean, `${name}\n`, clean]);
});

test('what others wrote steers no terminal and turns no line, and JSON keeps all of it as escapes', () => {
  const written = 'Ada\u001b[2J\u202egnp\u2069\u009b1m\u2028\u061c';
  const stdout: string[] = [];
  const terminal = { write: (text: string): unknown => stdout.push(text), isTTY: true };
  const shows = new Output({ isJson: false, stdout: terminal, stderr: terminal });
  shows.result({}, written);
  shows.rows([{}], [[written]]);
  shows.note(written);
  shows.error(new AtollError('STORE_FULL', `no room for ${written}`));
  expect(stdout.join('')).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\p{Bidi_Control}]/u,
  );
  stdout.length = 0;
  new Output({ isJson: true, stdout: terminal, stderr: terminal }).result({ name: written });
  expect(stdout.join('').trimEnd()).toMatch(/^[ -~]+$/u);
  expect(JSON.parse(stdout.join(''))).toEqual({ name: written });
});
