/** Columns of a type: which, how wide, how shown. Widths are one's own and not shared. */
import type { FieldData, TypeData } from '@atoll/schema';
import { fieldWords, titleField } from '../data/type-words.ts';

/** One column. */
export interface Column {
  readonly field: string;
  readonly label: string;
  readonly data: FieldData;
  readonly width: number;
  readonly isNumber: boolean;
  readonly canSort: boolean;
}

/** Columns that a table shows; more cannot be told apart. The panel shows all fields. */
const COLUMNS_MAX = 12;
/** No column is narrower, so that its head can be read and grabbed. */
export const COLUMN_WIDTH_MIN = 72;

/** The columns of a type: the title first, then as it lists them. The rank of a task is only for order. */
export function columnsOf(
  type: TypeData,
  widths: Readonly<Record<string, number>>,
): readonly Column[] {
  const title = titleField(type);
  const names = Object.keys(type.fields).filter(
    (name) => type.fields[name]?.kind !== 'record' && !(type.name === 'Task' && name === 'rank'),
  );
  const place = (name: string): number => (name === title ? -1 : placeOf(name, type.fields[name]));
  const ordered = [...names].sort((a, b) => place(a) - place(b));
  return ordered.slice(0, COLUMNS_MAX).flatMap((field) => {
    const data = type.fields[field];
    if (data === undefined) return [];
    return [
      {
        field,
        label: fieldWords(field),
        data,
        width: Math.max(COLUMN_WIDTH_MIN, widths[field] ?? usualWidth(data, field)),
        isNumber: data.kind === 'number' || data.kind === 'integer' || data.kind === 'counter',
        canSort: CAN_SORT.has(data.kind),
      },
    ];
  });
}

const CAN_SORT: ReadonlySet<string> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'date',
  'enum',
]);

/** Facts first, then links, then sets, then addresses, which few people read. */
function placeOf(name: string, data: FieldData | undefined): number {
  if (data === undefined || /url|link|homepage/iu.test(name)) return 3;
  if (data.kind !== 'set' && data.kind !== 'list') return 0;
  return data.of.kind === 'ref' ? 1 : 2;
}

function usualWidth(data: FieldData, field: string): number {
  if (/summary|description|title|^name$/iu.test(field)) return 240;
  switch (data.kind) {
    case 'number':
    case 'integer':
    case 'counter':
    case 'boolean':
    case 'enum':
      return 130;
    case 'set':
    case 'list':
    case 'text':
      return 300;
    default:
      return 150;
  }
}

/** Order of rows as part of an address: `field` or `-field`. */
export function parseSort(
  text: string | undefined,
): { readonly field: string; readonly direction: 'asc' | 'desc' } | undefined {
  if (text === undefined || text === '') return undefined;
  return text.startsWith('-')
    ? { field: text.slice(1), direction: 'desc' }
    : { field: text, direction: 'asc' };
}

/** The next order after a press on a head: upwards, downwards, as created. */
export function nextSort(current: string | undefined, field: string): string | undefined {
  if (current === field) return `-${field}`;
  return current === `-${field}` ? undefined : field;
}
