/** Coming back: words and server, and what went wrong in words. */
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { deviceName } from '../app/open-client.ts';
import { changeOwnSettings, ownSettings } from '../app/own-settings.ts';
import { RECOVER } from '../copy/recovery.ts';
import { WELCOME } from '../copy/welcome.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { WordsField, wordsProblem } from './words-field.tsx';

/** Asks for the words and brings the identity back. */
export function RecoverStep(props: {
  readonly onBack: () => void;
  readonly onDone: () => void;
}): ReactElement {
  const { halo } = useClient();
  const [words, setWords] = useState('');
  const [server, setServer] = useState(location.origin);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const recover = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const kube = server.trim();
      const options = { words, kubes: [kube], deviceName: deviceName(navigator.userAgent) };
      await halo.recovery.recover(options);
      setWords('');
      const { kubes } = ownSettings();
      if (URL.canParse(kube) && new URL(kube).origin !== location.origin) {
        changeOwnSettings({ kubes: [...new Set([...kubes, new URL(kube).origin])] });
      }
      changeOwnSettings({ words: 'none', wordsTriedAtMs: Date.now() });
      props.onDone();
    } catch (failure) {
      const message = failure instanceof Error ? failure.message : '';
      setProblem(wordsProblem({ code: codeOf(failure) ?? '', message }));
      setBusy(false);
    }
  };
  return (
    <form
      className="pile"
      style={{ gap: 'var(--s5)' }}
      onSubmit={(event) => {
        event.preventDefault();
        void recover();
      }}
    >
      <div>
        <h1>{RECOVER.title}</h1>
        <p className="lead">{RECOVER.lead}</p>
      </div>
      <WordsField
        value={words}
        problem={problem}
        onChange={(value) => {
          setWords(value);
          setProblem(undefined);
        }}
      />
      <Field
        label={RECOVER.server}
        hint={RECOVER.serverHint}
        inputMode="url"
        value={server}
        onChange={(event) => setServer(event.target.value)}
      />
      <p className="meta" role="status">
        {busy ? RECOVER.working : null}
      </p>
      <div className="actions">
        <Button kind="quiet" big onClick={props.onBack}>
          {WELCOME.back}
        </Button>
        <Button kind="primary" big type="submit" aria-busy={busy}>
          {RECOVER.go}
        </Button>
      </div>
    </form>
  );
}
