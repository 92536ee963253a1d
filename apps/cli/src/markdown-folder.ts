/** A folder of Markdown files, one an object: fields in the front matter (YAML), the text below it. */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { CliError } from './cli-error.ts';
import { idOf, type FileRecord } from './json-lines.ts';

/** One file; larger ones are no notes. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const NAME_CHARACTERS_MAX = 60;
const FRONT = /^---\r?\n([^]*?)\r?\n---(?:\r?\n|$)/;

/** Records of a folder: front matter, `title` (else the file's name), and the text under `body`. */
export async function readMarkdownFolder(dir: string, body: string): Promise<FileRecord[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.md')).sort();
  const records: FileRecord[] = [];
  for (const name of names) {
    const bytes = await readFile(join(dir, name));
    if (bytes.length > FILE_BYTES_MAX) throw new CliError('CLI_FILE', `${name} is too large`);
    records.push(parseMarkdown(name, bytes.toString('utf8'), body));
  }
  return records;
}

/** One file as a record. @throws CliError `CLI_FILE`. */
export function parseMarkdown(name: string, text: string, body: string): FileRecord {
  const front = FRONT.exec(text);
  const fields = front === null ? {} : frontOf(name, front[1] ?? '');
  // What was exported has the name of its file from its fields, if from any.
  const title = idOf(fields) === undefined ? { title: basename(name, '.md') } : {};
  return { ...title, ...fields, [body]: front === null ? text : text.slice(front[0].length) };
}

/** Writes one file for each record, named after its title; what else is in the folder stays. */
export async function writeMarkdownFolder(
  dir: string,
  records: readonly FileRecord[],
  body: string,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const record of records) {
    await writeFile(join(dir, fileName(record)), formatMarkdown(record, body));
  }
}

/** One record as a file's text. */
export function formatMarkdown(record: FileRecord, body: string): string {
  const { [body]: text, ...fields } = record;
  return `---\n${stringify(fields)}---\n${typeof text === 'string' ? text : ''}`;
}

function fileName(record: FileRecord): string {
  const { id, name, title } = record;
  const words = [title, name].find((value) => typeof value === 'string' && value !== '');
  const slug = String(words ?? 'untitled')
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, NAME_CHARACTERS_MAX)
    .replaceAll(/^-+|-+$/g, '');
  // The id keeps two things of one name apart, and finds the file again.
  return `${slug === '' ? 'untitled' : slug}-${String(id).slice(0, 8)}.md`;
}

function frontOf(name: string, yaml: string): FileRecord {
  let value: unknown;
  try {
    // Without aliases a small file cannot become a large value.
    value = parse(yaml, { maxAliasCount: 0 });
  } catch (cause) {
    throw new CliError('CLI_FILE', `${name}: what stands between the lines --- is not YAML`, {
      cause,
    });
  }
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new CliError('CLI_FILE', `${name}: what stands between the lines --- are no fields`);
  }
  return value as FileRecord;
}
