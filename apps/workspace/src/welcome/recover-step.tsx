/** Coming back: words and server, and what went wrong in words. */
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { deviceName } from '../app/open-client.ts';
import { changeOwnSettings, ownSettings } from '../app/own-settings.ts';
import { PASSKEYS, passkeyProblem } from '../copy/passkeys.ts';
import { RECOVER } from '../copy/recovery.ts';
import { WELCOME } from '../copy/welcome.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { StepForm } from '../ui/step-form.tsx';
import { usePasskeys } from '../settings/passkey-section.tsx';
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
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const hasPasskeys = usePasskeys() === true;
  const recover = async (by: 'words' | 'passkey'): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    setRefusal(undefined);
    try {
      const kube = server.trim();
      const options = { kubes: [kube], deviceName: deviceName(navigator.userAgent) };
      if (by === 'words') await halo.recovery.recover({ words, ...options });
      else await halo.recovery.recoverByPasskey(options);
      setWords('');
      const { kubes } = ownSettings();
      if (URL.canParse(kube) && new URL(kube).origin !== location.origin) {
        changeOwnSettings({ kubes: [...new Set([...kubes, new URL(kube).origin])] });
      }
      changeOwnSettings({
        words: 'none',
        ...(by === 'words' ? { wordsTriedAtMs: Date.now() } : {}),
      });
      props.onDone();
    } catch (failure) {
      const message = failure instanceof Error ? failure.message : '';
      if (by === 'passkey') setRefusal(passkeyProblem(codeOf(failure)));
      else setProblem(wordsProblem({ code: codeOf(failure) ?? '', message }));
      setBusy(false);
    }
  };
  return (
    <StepForm
      onSubmit={() => {
        void recover('words');
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
      {refusal === undefined ? null : <NoteLine kind="danger" what={refusal} live />}
      <p className="meta" role="status">
        {busy ? RECOVER.working : null}
      </p>
      {hasPasskeys ? (
        <Button icon="key" big aria-busy={busy} onClick={() => void recover('passkey')}>
          {PASSKEYS.comeBack}
        </Button>
      ) : null}
      <div className="actions">
        <Button kind="quiet" big onClick={props.onBack}>
          {WELCOME.back}
        </Button>
        <Button kind="primary" big type="submit" aria-busy={busy}>
          {RECOVER.go}
        </Button>
      </div>
    </StepForm>
  );
}
