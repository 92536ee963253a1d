import { expect, test } from 'vitest';
import { parseRefs } from './commands/import.ts';
import { parseJsonLines } from './json-lines.ts';
import { parseTrace } from './trace.ts';

const refusal = expect.objectContaining({ code: 'CLI_FILE' });

test('a damaged line is named by its number', () => {
  expect(parseJsonLines('{"a":1}\n\n  \n{"a":2}')).toEqual([{ a: 1 }, { a: 2 }]);
  expect(() => parseJsonLines('{"a":1}\n{"a":')).toThrow('line 2 is not JSON');
  expect(() => parseJsonLines('[1]')).toThrow('line 1 is not a JSON object');
});

test('a recording is read with all its edits, and what is none is refused', () => {
  const trace = {
    startContent: '',
    endContent: 'b',
    txns: [{ patches: [[0, 0, 'a']] }, { patches: [[0, 1, 'b']] }],
  };
  expect(parseTrace(JSON.stringify(trace), 'x').patches).toEqual([
    [0, 0, 'a'],
    [0, 1, 'b'],
  ]);
  expect(() => parseTrace('{', 'x')).toThrow(refusal);
  expect(() => parseTrace('null', 'x')).toThrow(refusal);
  expect(() => parseTrace(JSON.stringify({ ...trace, kind: 'concurrent' }), 'x')).toThrow(refusal);
  const negative = { ...trace, txns: [{ patches: [[-1, 0, 'a']] }] };
  expect(() => parseTrace(JSON.stringify(negative), 'x')).toThrow(refusal);
});

test('a ref says field, type and key; types may have dots', () => {
  expect(parseRefs(['depends=org.debian.Package.name'])).toEqual({
    depends: { type: 'org.debian.Package', by: 'name' },
  });
  expect(() => parseRefs(['depends=Package'])).toThrow(
    expect.objectContaining({ code: 'CLI_USAGE' }),
  );
});
