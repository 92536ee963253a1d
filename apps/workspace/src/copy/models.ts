/** Words of fields that are a data model of their own. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** Spreadsheets, and models whose code is not here. */
export const MODELS = {
  names: {
    'org.atoll.sheet': 'Spreadsheet',
    'org.yjs.document': 'Document',
  } as Readonly<Record<string, string>>,
  noWords: 'There are no words in it yet.',
  elsewhere: 'Written with another program. Here it can be read.',
  addRow: 'Row',
  addColumn: 'Column',
  wrote: 'Changed a cell',
  size: (rows: number, columns: number): string =>
    `${counted(rows, 'row', 'rows')}, ${counted(columns, 'column', 'columns')}; the first are shown.`,
  unknown: (model: string, ops: number): string =>
    say`${counted(ops, 'change', 'changes')} of ${model}, which needs a program of its own to be read.`,
  failed: 'This cannot be shown: what is in it is more than it may be. Nothing is lost.',
} as const;
