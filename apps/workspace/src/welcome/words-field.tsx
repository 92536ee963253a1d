/** 24 words typed from paper. Nothing of it is kept, corrected or suggested. */
import { useId, type ReactElement } from 'react';
import { RECOVER } from '../copy/recovery.ts';

/** The words of a text. */
function wordsIn(text: string): readonly string[] {
  return text.trim().split(/\s+/u).filter(Boolean);
}

/** What a refusal of words means to a person. `message` tells the place of a word that is none. */
export function wordsProblem(failure: { readonly code: string; readonly message: string }): string {
  if (failure.code === 'CRYPTO_WORDS_UNKNOWN') {
    return RECOVER.unknownWord(/word (\d+)/u.exec(failure.message)?.[1] ?? '');
  }
  return RECOVER.failed[failure.code] ?? `${RECOVER.otherFailure} (${failure.code})`;
}

/** The field. */
export function WordsField(props: {
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const id = useId();
  const { problem, value } = props;
  return (
    <div className="field">
      <label htmlFor={id}>{RECOVER.words}</label>
      <textarea
        id={id}
        className="input words-typed"
        rows={5}
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        value={value}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={`${id}-below`}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <span
        id={`${id}-below`}
        className={problem === undefined ? 'hint' : 'hint bad'}
        role={problem === undefined ? undefined : 'alert'}
      >
        {problem ?? RECOVER.wordsHint(wordsIn(value).length)}
      </span>
    </div>
  );
}
