/** What went wrong with history, in a sentence. */
import { VERSIONS } from '../copy/time.ts';

const WORDS: Readonly<Record<string, string>> = {
  HISTORY_DROPPED: VERSIONS.dropped,
  HISTORY_FORK: VERSIONS.fork,
  HISTORY_VERSION: VERSIONS.unknown,
};

/** The sentence of a code; `otherwise` for one that is not expected. */
export function failureWords(code: string | undefined, otherwise: string): string {
  const known = code === undefined ? undefined : WORDS[code];
  if (known !== undefined) return known;
  return code === undefined ? otherwise : `${otherwise} ${code}`;
}
