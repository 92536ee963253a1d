/** Values of every kind as people read them, in one line or as lines; also of what JSON they become. */
import {
  isBlobField,
  type BlobRef,
  type ElementData,
  type FieldData,
  type Ref,
} from '@atoll/schema';
import { dayText, moment } from '../copy/general.ts';
import { TABLE } from '../copy/workspace.ts';
import { fieldWords } from './type-words.ts';

/** Names what a ref points to. */
export type RefName = (to: Ref<unknown>) => string;

type Entries = readonly (readonly [string, unknown])[];
type Fields = Readonly<Record<string, FieldData>>;

/** The value in one line; empty for what says nothing. */
export function valueText(data: FieldData, value: unknown, nameOf: RefName): string {
  if (value === undefined || value === null) return '';
  switch (data.kind) {
    case 'map':
    case 'records':
    case 'record':
      return valueLines(data, value, nameOf).join(', ');
    case 'set':
    case 'list':
      return listText([...(value as Iterable<unknown>)], (item) =>
        elementText(data.of, item, nameOf),
      );
    case 'counter':
      return (value as { readonly value: number }).value.toLocaleString();
    case 'text':
    case 'rich':
    case 'model':
      return String(value);
    default:
      return elementText(data, value, nameOf);
  }
}

/** The same with each entry of a record or a map in a line of its own. */
export function valueLines(data: FieldData, value: unknown, nameOf: RefName): readonly string[] {
  if (value === undefined || value === null) return [];
  switch (data.kind) {
    case 'map':
      return labelled([...(value as Iterable<readonly [string, unknown]>)], (item) =>
        elementText(data.of, item, nameOf),
      );
    case 'records':
      return labelled([...(value as Iterable<readonly [string, unknown]>)], (entry) =>
        recordText(data.fields, entry, nameOf),
      );
    case 'record':
      return recordLines(data.fields, value, nameOf);
    default: {
      const text = valueText(data, value, nameOf);
      return text === '' ? [] : [text];
    }
  }
}

function elementText(data: ElementData, value: unknown, nameOf: RefName): string {
  if (value === undefined || value === null) return '';
  if (isBlobField(data)) return fileText(value as BlobRef);
  switch (data.kind) {
    case 'ref':
    case 'tree':
      return nameOf(value as Ref<unknown>);
    case 'day':
      return dayText(String(value), Date.now());
    case 'value':
      return recordText(data.fields, value, nameOf);
    case 'union':
    case 'json':
      return plainWords(value, nameOf);
    default:
      return plainWords(value, nameOf);
  }
}

function recordText(fields: Fields, value: unknown, nameOf: RefName): string {
  return recordLines(fields, value, nameOf).join(', ');
}

function recordLines(fields: Fields, value: unknown, nameOf: RefName): readonly string[] {
  const record = value as Readonly<Record<string, unknown>>;
  const entries: Entries = Object.keys(fields).map((name) => [fieldWords(name), record[name]]);
  const kinds = Object.values(fields);
  return entries.flatMap(([label, part], at) => {
    const data = kinds[at];
    const text = data === undefined ? '' : valueText(data, part, nameOf);
    if (text === '') return [];
    return [data?.kind === 'record' ? `${label} (${text})` : `${label}: ${text}`];
  });
}

/** Plain data, whatever it is. */
export function plainWords(value: unknown, nameOf?: RefName): string {
  switch (typeof value) {
    case 'boolean':
      return value ? TABLE.yes : TABLE.no;
    case 'number':
    case 'bigint':
      return value.toLocaleString();
    case 'string':
      return value;
    case 'object':
      return value === null ? '' : objectWords(value, nameOf);
    default:
      return '';
  }
}

function objectWords(value: object, nameOf: RefName | undefined): string {
  if (value instanceof Date) return moment(value.getTime(), Date.now());
  if (value instanceof Uint8Array) return sizeText(value.length);
  if (Array.isArray(value)) return listText(value, (item) => nested(item, nameOf));
  if (nameOf !== undefined && '$id' in value) return nameOf(value as Ref<unknown>);
  const marked = unmarked(value);
  if (marked !== undefined) return plainWords(marked.value, nameOf);
  const entries: Entries = Object.entries(value).map(([key, part]) => [fieldWords(key), part]);
  return labelled(entries, (part) => nested(part, nameOf)).join(', ');
}

/** JSON marks what it has no form for with its kind: `{"$bigint": "7"}`. */
function unmarked(value: object): { readonly value: unknown } | undefined {
  const [only, ...more] = Object.entries(value);
  if (only === undefined || more.length > 0 || !/^\$[a-z]+$/u.test(only[0])) return undefined;
  return { value: only[1] };
}

function nested(value: unknown, nameOf: RefName | undefined): string {
  const text = plainWords(value, nameOf);
  const isRecord = typeof value === 'object' && value !== null && text.includes(': ');
  return isRecord ? `(${text})` : text;
}

function labelled(entries: Entries, text: (value: unknown) => string): readonly string[] {
  return entries.map(([key, value]) => {
    const words = text(value);
    return words === '' ? key : `${key}: ${words}`;
  });
}

function listText(items: readonly unknown[], text: (item: unknown) => string): string {
  return items
    .map(text)
    .filter((words) => words !== '')
    .join(', ');
}

/** "sea.png, 94.0 KiB" of a file. */
function fileText({ name, size }: BlobRef): string {
  return [name, sizeText(size)].filter((part) => part !== undefined).join(', ');
}

/** A number as people read it; sizes in KiB become the unit that fits. */
export function numberText(value: number, field: string): string {
  return /KiB$/u.test(field) ? sizeText(value * 1_024) : value.toLocaleString();
}

/** "94.0 MiB" of bytes. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1_024 && unit < units.length - 1) {
    size /= 1_024;
    unit++;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${size.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${units[unit] ?? ''}`;
}
