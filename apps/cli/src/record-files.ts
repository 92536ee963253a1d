/** Files of records in the forms that people have: JSON Lines, JSON, CSV, a folder of Markdown. */
import { stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatCsv, type ColumnField } from '@atoll/text-formats';
import { CliError } from './cli-error.ts';
import { usage } from './command-line.ts';
import { parseCsv } from './csv-records.ts';
import { parseJsonLines, readText, type FileRecord } from './json-lines.ts';
import { readMarkdownFolder, writeMarkdownFolder } from './markdown-folder.ts';

/** The forms. */
export const FORMATS = ['jsonl', 'json', 'csv', 'md'] as const;
/** One of them. */
export type Format = (typeof FORMATS)[number];

/** How a file is read or written. */
export interface RecordFile {
  readonly path: string;
  readonly format: Format;
  /** Field that holds the text of a Markdown file. */
  readonly body: string;
}

/** The form that was named, or that the path says. @throws CliError `CLI_USAGE`. */
export async function recordFile(
  path: string,
  options: { readonly format: string | undefined; readonly body: string | undefined },
): Promise<RecordFile> {
  const { body = 'body', format } = options;
  if (format !== undefined) {
    const known = FORMATS.find((name) => name === format);
    if (known === undefined) throw usage(`--format is one of ${FORMATS.join(', ')}`);
    return { path, format: known, body };
  }
  const extension = /\.(jsonl|ndjson|json|csv|md)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (extension === 'json' || extension === 'csv') return { path, format: extension, body };
  const isFolder = path.endsWith('/') || (await isDirectory(path));
  return { path, format: isFolder ? 'md' : 'jsonl', body };
}

/** Records of a file. `fieldOf` tells the fields that the columns of a table are known to be. */
export async function readRecords(file: RecordFile, fieldOf: ColumnField): Promise<FileRecord[]> {
  if (file.format === 'md') {
    if (!(await isDirectory(file.path))) {
      throw new CliError('CLI_FILE', `${file.path} is no folder of Markdown files`);
    }
    return readMarkdownFolder(file.path, file.body);
  }
  const text = await readText(file.path);
  if (file.format === 'csv') return parseCsv(text, fieldOf);
  return file.format === 'json' ? parseJson(text) : parseJsonLines(text);
}

/** Writes records; a path that ends in `.gz` is compressed. @throws CliError `CLI_FILE`. */
export async function writeRecords(
  file: RecordFile,
  records: readonly FileRecord[],
  fieldOf: ColumnField,
): Promise<void> {
  try {
    if (file.format === 'md') return await writeMarkdownFolder(file.path, records, file.body);
    const text = formatText(file.format, records, fieldOf);
    const isGzip = file.path.endsWith('.gz');
    await writeFile(file.path, isGzip ? await promisify(gzip)(text) : text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be written';
    throw new CliError('CLI_FILE', `${file.path}: ${why}`, { cause });
  }
}

function formatText(
  format: Exclude<Format, 'md'>,
  records: readonly FileRecord[],
  fieldOf: ColumnField,
): string {
  if (format === 'csv') return formatCsv(records, fieldOf);
  if (format === 'json') return `${JSON.stringify(records, undefined, 2)}\n`;
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function parseJson(text: string): FileRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CliError('CLI_FILE', 'the file is not JSON', { cause });
  }
  const records: unknown[] = Array.isArray(value) ? value : [value];
  return records.map((record, at) => {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      throw new CliError('CLI_FILE', `record ${at + 1} is not a JSON object`);
    }
    return record as FileRecord;
  });
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
