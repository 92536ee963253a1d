/**
 * What a command says: JSON values for programs, one a line, or lines for people. Only results go to
 * stdout; progress and errors go to stderr, so that a pipe gets nothing else.
 */
import { AtollError } from '@atoll/kernel';
import { columns } from './columns.ts';
import { qrLines, qrWidth } from './qr-lines.ts';

/** A stream that lines are written to. */
export interface LineSink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Where a command writes. */
export class Output {
  readonly isJson: boolean;
  readonly #stdout: LineSink;
  readonly #stderr: LineSink;

  constructor(options: {
    readonly isJson: boolean;
    readonly stdout: LineSink;
    readonly stderr: LineSink;
  }) {
    this.isJson = options.isJson;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
  }

  /** True where a person looks at stderr: progress may be drawn there. */
  get isWatched(): boolean {
    return !this.isJson && this.#stderr.isTTY === true;
  }

  /** Columns of the person's terminal. */
  get width(): number {
    // A terminal that does not know its size says 0.
    return this.#stderr.columns || 80;
  }

  /** One result: as JSON, or as the lines that people get for it. */
  result(value: object, ...lines: readonly string[]): void {
    if (this.isJson) this.#stdout.write(`${json(value)}\n`);
    else for (const line of lines) this.#stdout.write(`${this.#forStdout(line)}\n`);
  }

  /** Many results of one kind: a JSON value each, or aligned columns. */
  rows(values: readonly object[], cells: readonly (readonly string[])[]): void {
    if (this.isJson) for (const value of values) this.result(value);
    else for (const line of columns(cells)) this.#stdout.write(`${line}\n`);
  }

  /** A remark for people that is no result. */
  note(line: string): void {
    if (!this.isJson) this.#stderr.write(`${harmless(line)}\n`);
  }

  /** Draws a text as a QR code, for whoever looks at a terminal that is wide enough. */
  code(text: string): void {
    if (!this.isWatched || qrWidth(text) > this.width) return;
    for (const line of qrLines(text)) this.#stderr.write(`${line}\n`);
  }

  /** Draws over the last line of stderr; `''` clears it. */
  progress(line: string): void {
    if (this.isWatched) this.#stderr.write(`\r\u001b[2K${harmless(line).slice(0, this.width - 1)}`);
  }

  /** The error that ends the command: `CODE: sentence`, and as JSON where that was asked for. */
  error(failure: unknown): void {
    const { code, message } = errorFacts(failure);
    if (this.isJson) this.#stdout.write(`${json({ error: { code, message } })}\n`);
    this.#stderr.write(`${code}: ${harmless(message)}\n`);
  }

  /** A file gets every character as it is. */
  #forStdout(line: string): string {
    return this.#stdout.isTTY === true ? harmless(line) : line;
  }
}

/** Without what would steer a terminal or turn a line around: names and texts come from others. Lines and tabs stay. */
function harmless(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .replace(/\p{Bidi_Control}/gu, '');
}

/** All of the value; what would do something to a terminal that it is shown in is written as an escape. */
function json(value: object): string {
  return JSON.stringify(value, plain).replace(
    /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What strangers send may hold big integers, of which JSON has none. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Code and sentence of anything that was thrown. */
export function errorFacts(failure: unknown): { readonly code: string; readonly message: string } {
  if (failure instanceof AtollError)
    return { code: failure.code, message: sentence(failure.message) };
  if (failure instanceof Error) {
    const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : undefined;
    return { code: code ?? 'UNKNOWN', message: sentence(failure.message.split('\n')[0] ?? '') };
  }
  return { code: 'UNKNOWN', message: 'Something failed that has no name.' };
}

function sentence(text: string): string {
  // A path, an address or what was quoted stays as it is.
  const isWord = /^[a-z]+[ ,:;]/.test(text);
  const start = isWord ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
