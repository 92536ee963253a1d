import { expect, test } from 'vitest';
import { CommandLine, parseCount, type CommandShape } from './command-line.ts';

const SHAPE: CommandShape = {
  operands: ['SPACE', 'FIELD=VALUE…'],
  options: { where: 'list', limit: 'value', count: 'switch', timeout: 'value' },
  pairs: ['insert'],
};

const refusal = expect.objectContaining({ code: 'CLI_USAGE' });

function parse(...args: string[]): CommandLine {
  return CommandLine.parse(args, SHAPE);
}

test('operands and options may stand in any order', () => {
  const line = parse('--where', 'a=1', 'Space', '--count', 'x=y z', '--where', 'b>2', '--json');
  expect(line.operands).toEqual(['Space', 'x=y z']);
  expect(line.list('where')).toEqual(['a=1', 'b>2']);
  expect(line.has('count')).toBe(true);
  expect(line.has('json')).toBe(true);
  expect(line.value('limit')).toBeUndefined();
});

test('the second of two values may begin with a dash', () => {
  const line = parse('Space', 'a=b', '--insert', '5', '--not an option');
  expect(line.pair('insert')).toEqual(['5', '--not an option']);
  expect(() => parse('Space', 'a=b', '--insert', '5')).toThrow(refusal);
});

test('a missing operand, a surplus one and an unknown option are refused', () => {
  expect(() => parse('Space')).toThrow('FIELD=VALUE… is missing');
  expect(() => parse('Space', 'a=b', '--lmit', '3')).toThrow(refusal);
  const closed = { operands: ['SPACE'], options: {} };
  expect(() => CommandLine.parse(['a', 'b'], closed)).toThrow('one operand too many');
  expect(CommandLine.parse([], { operands: ['[SPACE]'], options: {} }).operands).toEqual([]);
});

test('a refusal is one line, whatever the parser underneath says', () => {
  try {
    parse('Space', 'a=b', '--limit', '--count');
    expect.unreachable();
  } catch (failure) {
    expect((failure as Error).message).not.toContain('\n');
  }
});

test('help needs no operands', () => {
  expect(parse('--help').has('help')).toBe(true);
});

test('counts are whole and times have a bound', () => {
  expect(parseCount('0', 'N')).toBe(0);
  for (const bad of ['-1', '1.5', '', 'ten', '9'.repeat(17)]) {
    expect(() => parseCount(bad, 'N')).toThrow(refusal);
  }
  expect(parse('S', 'a=b', '--timeout', '1.5').timeMs('timeout')).toBe(1_500);
  for (const bad of ['0', '-1', 'soon', '1e9']) {
    expect(() => parse('S', 'a=b', `--timeout=${bad}`).timeMs('timeout')).toThrow(refusal);
  }
});
