/** Codes in a terminal: each module is where the code has it. */
import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { Output } from './output.ts';
import { qrLines, qrWidth } from './qr-lines.ts';

const ADDRESS = 'https://kube.example/#/join/A5x2kJ0cJv9nYq3m8sT4uW6zB1dE7gH9';

test('half blocks hold the modules of the code, two rows a line, dark on white', () => {
  const { data, size } = encode(ADDRESS, { ecc: 'L', border: 2 });
  const lines = qrLines(ADDRESS);
  expect(qrWidth(ADDRESS)).toBe(size);
  const rows = lines.flatMap((line) => {
    expect(line.startsWith('\u001b[30;107m')).toBe(true);
    expect(line.endsWith('\u001b[0m')).toBe(true);
    const cells = [...line.slice('\u001b[30;107m'.length, -'\u001b[0m'.length)];
    expect(cells).toHaveLength(size);
    return [
      cells.map((cell) => cell === '█' || cell === '▀'),
      cells.map((cell) => cell === '█' || cell === '▄'),
    ];
  });
  expect(rows.slice(0, size)).toEqual(data);
  expect(rows.slice(size).flat()).not.toContain(true);
});

test('a code is drawn for somebody who looks, where it fits, and never into results', () => {
  const said = { out: '', err: '' };
  const output = (isTTY: boolean, columns: number, isJson = false): Output =>
    new Output({
      isJson,
      stdout: { write: (text: string) => (said.out += text) },
      stderr: { isTTY, columns, write: (text: string) => (said.err += text) },
    });
  for (const unseen of [output(false, 80), output(true, 20), output(true, 80, true)]) {
    unseen.code(ADDRESS);
  }
  expect(said).toEqual({ out: '', err: '' });
  output(true, 80).code(ADDRESS);
  expect(said.out).toBe('');
  expect(said.err.split('\n')).toHaveLength(qrLines(ADDRESS).length + 1);
});
