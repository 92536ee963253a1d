/** Rich texts to and from Markdown and HTML, objects to records and tables. Knows nothing of pages on a screen. @packageDocumentation */
export { CSV_NULL, formatCsv, type ColumnField } from './csv-write.ts';
export { documentOfHtml } from './html-read.ts';
export { htmlOf } from './html-write.ts';
export { documentOfMarkdown } from './markdown-read.ts';
export { markdownOf } from './markdown-write.ts';
export {
  TYPE_OF,
  dataOfDocument,
  looksLikeDelta,
  recordsOf,
  richFieldsOf,
  spaceRecords,
  type PlainRecord,
  type SpaceRecords,
} from './records.ts';
export { TextFormatError, type TextFormatErrorCode } from './text-format-error.ts';
