/**
 * Rich texts in files: Markdown in folders of Markdown, deltas in data. A delta says all of a text; where
 * there is nothing but words, they stand for themselves.
 */
import { documentOfDelta, type AnyObject } from '@atoll/client';
import type { RichDelta, RichDocument, RichTextField, TypeData } from '@atoll/schema';
import {
  dataOfDocument,
  documentOfMarkdown,
  looksLikeDelta,
  markdownOf,
  richFieldsOf,
} from '@atoll/text-formats';
import { CliError } from './cli-error.ts';
import type { FileRecord } from './json-lines.ts';

/** How the rich texts of a type are read and written. */
export interface RichForm {
  /** Fields of a type that are rich texts. */
  readonly names: readonly string[];
  /** What stands in the file for a text. */
  write(document: RichDocument): unknown;
  /** The text that a value of a file stands for. @throws CliError `CLI_FILE`. */
  read(value: unknown): RichDocument;
}

/** The form of a kind of file. */
export function richForm(type: TypeData, isMarkdown: boolean): RichForm {
  const names = richFieldsOf(type);
  if (!isMarkdown) return { names, write: dataOfDocument, read: readDelta };
  const read = (value: unknown): RichDocument => documentOfMarkdown(textOf(value));
  return { names, write: markdownOf, read };
}

/** Puts a record's rich texts into its object; tells whether anything changed. @throws CliError. */
export function putRich(form: RichForm, object: AnyObject, record: FileRecord): boolean {
  let changed = false;
  for (const name of form.names) {
    const value = record[name];
    if (value === undefined || value === null) continue;
    const field = object[name] as RichTextField;
    const wanted = form.read(value);
    // What the file cannot say is no difference.
    if (JSON.stringify(form.write(field.toDocument())) === JSON.stringify(form.write(wanted))) {
      continue;
    }
    field.setDocument(wanted);
    changed = true;
  }
  return changed;
}

function readDelta(value: unknown): RichDocument {
  const isCell = typeof value === 'string' && looksLikeDelta(value);
  const delta: unknown = isCell ? JSON.parse(value) : value;
  if (Array.isArray(delta)) {
    const ops = delta as RichDelta;
    if (ops.every((op: unknown) => typeof op === 'object' && op !== null)) {
      return documentOfDelta(ops);
    }
  }
  return documentOfDelta([{ insert: textOf(value) }]);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CliError('CLI_FILE', 'a text with marks is a text or a list of inserts');
}
