/** Rich texts to and from Markdown and HTML. Knows nothing of spaces or of pages on a screen. @packageDocumentation */
export { documentOfHtml } from './html-read.ts';
export { htmlOf } from './html-write.ts';
export { documentOfMarkdown } from './markdown-read.ts';
export { markdownOf } from './markdown-write.ts';
export { TextFormatError, type TextFormatErrorCode } from './text-format-error.ts';
