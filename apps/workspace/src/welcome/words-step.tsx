/** The 24 words: covered until asked for, covered again when the window is left. */
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { SHEET } from '../copy/recovery.ts';
import { WELCOME } from '../copy/welcome.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { PrintSheet } from './print-sheet.tsx';

/** How long copied words stay in the clipboard, where it can be emptied. */
const CLIPBOARD_MS = 60_000;

/** Shows the words once, in the first run. */
export function WordsStep(props: {
  readonly words: readonly string[];
  readonly onLater: () => void;
  readonly onWritten: () => void;
}): ReactElement {
  return (
    <>
      <div>
        <p className="meta">{WELCOME.step(2)}</p>
        <h1>{WELCOME.wordsTitle}</h1>
        <p className="lead">{WELCOME.wordsLead}</p>
      </div>
      <WordsToWrite words={props.words}>
        <Button kind="quiet" big onClick={props.onLater}>
          {WELCOME.later}
        </Button>
        <Button kind="primary" big onClick={props.onWritten}>
          {WELCOME.wrote}
        </Button>
      </WordsToWrite>
    </>
  );
}

/** The words with what brings them onto paper, and below them the ways on. */
export function WordsToWrite(props: {
  readonly words: readonly string[];
  readonly children: ReactNode;
}): ReactElement {
  const [shown, setShown] = useState(false);
  const [copied, setCopied] = useState<string | undefined>(undefined);
  useEffect(() => {
    const cover = (): void => setShown(false);
    addEventListener('blur', cover);
    return () => removeEventListener('blur', cover);
  }, []);
  const copy = async (): Promise<void> => {
    const text = props.words.join(' ');
    await navigator.clipboard.writeText(text);
    setCopied(WELCOME.copiedOnly);
    setTimeout(() => {
      // Only possible while the window has focus; it says so only if it did.
      navigator.clipboard.writeText('').then(
        () => setCopied(WELCOME.emptied),
        () => undefined,
      );
    }, CLIPBOARD_MS);
  };
  return (
    <>
      <Words words={props.words} shown={shown} onShow={() => setShown(true)} />
      <NoteLine icon="shield" means={WELCOME.wordsPaper} />
      {shown ? <PrintSheet words={props.words} /> : null}
      <p className="meta" role="status">
        {copied}
      </p>
      <div className="actions">
        {shown ? (
          <>
            <Button kind="quiet" big icon="copy" onClick={() => void copy()}>
              {WELCOME.copyWords}
            </Button>
            <Button kind="quiet" big onClick={() => print()}>
              {SHEET.print}
            </Button>
          </>
        ) : null}
        {props.children}
      </div>
    </>
  );
}

const PLACEHOLDER_WORD = 'covered';

/** The grid of words, or its cover. Covered words are not in the page at all. */
function Words(props: {
  readonly words: readonly string[];
  readonly shown: boolean;
  readonly onShow: () => void;
}): ReactElement {
  return (
    <div className={props.shown ? 'cover' : 'cover covered'}>
      <ol className="words" aria-label={WELCOME.wordsList} aria-hidden={!props.shown}>
        {props.words.map((word, index) => (
          <li key={index}>
            <span aria-hidden="true">{index + 1}</span>
            {props.shown ? word : PLACEHOLDER_WORD}
          </li>
        ))}
      </ol>
      {props.shown ? null : (
        <div className="uncover">
          <Button big onClick={props.onShow}>
            {WELCOME.show}
          </Button>
        </div>
      )}
    </div>
  );
}
