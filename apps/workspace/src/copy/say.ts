/**
 * Sentences with names in them. A name of a right-to-left script turns around what stands beside it, digits and
 * punctuation foremost (UAX #9): "Remove X from 3 spaces" could say something else with an X that was chosen for it. So
 * each is isolated where it stands: the sentence reads as it was written, and the name within itself.
 */

/** First strong isolate, and its end. */
const [ISOLATE, END] = ['\u2068', '\u2069'] as const;
/** Letters and digits that are written from right to left; all blocks that are set aside for them. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** What turns direction by itself; ours are put again. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A sentence, from a template: say`${name} joined`. */
export function say(words: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return words.reduce((said, word, at) => `${said}${isolated(values[at - 1] ?? '')}${word}`);
}

/** A name within a sentence. */
function isolated(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const plain = value.replace(TURNS, '');
  return RIGHT_TO_LEFT.test(plain) ? `${ISOLATE}${plain}${END}` : plain;
}
