/** Files of plain records: JSON Lines, also compressed. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CliError } from './cli-error.ts';

/** A record of a file. */
export type FileRecord = Readonly<Record<string, unknown>>;

/** The id that a record had where it comes from. */
export function idOf({ id }: FileRecord): string | undefined {
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}

/** Uncompressed size: what fits into one string, and a small file cannot grow without bound. */
const FILE_BYTES_MAX: number = 256 * 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Text of a file, uncompressed where it is gzip. @throws CliError `CLI_FILE`. */
export async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    const isGzip = bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1];
    const plain = isGzip
      ? await promisify(gunzip)(bytes, { maxOutputLength: FILE_BYTES_MAX })
      : bytes;
    if (plain.length > FILE_BYTES_MAX) throw new CliError('CLI_FILE', `"${path}" is too large`);
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('CLI_FILE', `"${path}" ${whyUnreadable(cause)}`, { cause });
  }
}

/** Records of a JSON Lines text; empty lines are skipped. @throws CliError `CLI_FILE` with the line. */
export function parseJsonLines(text: string): FileRecord[] {
  const records: FileRecord[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new CliError('CLI_FILE', `line ${number} is not JSON`, { cause });
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new CliError('CLI_FILE', `line ${number} is not a JSON object`);
    }
    records.push(value as FileRecord);
  }
  return records;
}

function whyUnreadable(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'is not there';
  if (code === 'EACCES') return 'may not be read';
  if (code === 'EISDIR') return 'is a folder';
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'is too large when uncompressed';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text';
  return 'cannot be read, or is damaged';
}
