/**
 * Words of a text, as search compares them: folded in case, form and accents, so that "Éclair" is found
 * by "eclair". A view of one device: see docs/decisions/0090-text-search.md.
 */

const ASCII_ONLY = /^[\x00-\x7f]*$/u;
const ASCII_WORDS = /[a-z0-9]+/gu;
const RUNS = /[\p{L}\p{M}\p{N}]+/gu;
/** Accents of Latin, Greek and Cyrillic; marks of other scripts are letters to their readers. */
const ACCENTS = /[\u0300-\u036f]/gu;
/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

let segmenter: Intl.Segmenter | undefined;

/** Words in order, repeated ones too. */
export function wordsOf(text: string): string[] {
  if (ASCII_ONLY.test(text)) return text.toLowerCase().match(ASCII_WORDS) ?? [];
  const folded = text.normalize('NFKD').replace(ACCENTS, '').toLowerCase().normalize('NFC');
  const runs = folded.match(RUNS) ?? [];
  return UNSPACED.test(folded) ? runs.flatMap(segments) : runs;
}

/** True if each word asked for begins one of the words. */
export function haveWords(words: readonly string[], asked: readonly string[]): boolean {
  return asked.every((start) => words.some((word) => word.startsWith(start)));
}

function segments(run: string): string[] {
  if (!UNSPACED.test(run)) return [run];
  // One language for all devices: the dictionaries apply whatever it is.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}
