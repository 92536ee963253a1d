/** What is shown while the keys are locked: it asks for a passkey, where one opens them, or for the passphrase. */
import { useEffect, useState, type ReactElement } from 'react';
import { LOCK } from '../copy/lock.ts';
import { PASSKEYS, passkeyProblem } from '../copy/passkeys.ts';
import { PassphraseField } from '../keep/passphrase-field.tsx';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { StepForm } from '../ui/step-form.tsx';
import { Stage } from '../welcome/stage.tsx';
import type { Unlocking } from './open-client.ts';

/** Asks for what opens the keys. */
export function LockScreen(props: {
  /** Why it did not open before. */
  readonly code: string | undefined;
  readonly busy: boolean;
  readonly hasPasskey: () => Promise<boolean>;
  readonly onUnlock: (unlocking: Unlocking) => void;
}): ReactElement {
  const { busy, code, hasPasskey } = props;
  const [passphrase, setPassphrase] = useState('');
  const [touched, setTouched] = useState(false);
  const [byPasskey, setByPasskey] = useState(false);
  useEffect(() => {
    // Without an answer there is the passphrase.
    hasPasskey().then(setByPasskey, () => setByPasskey(false));
  }, [hasPasskey]);
  const isWrong = code === 'STORE_PASSPHRASE' && !touched;
  const problem = code === undefined || code === 'STORE_PASSPHRASE' ? undefined : code;
  return (
    <Stage>
      <StepForm
        onSubmit={() => {
          if (busy) return;
          setTouched(false);
          props.onUnlock({ passphrase });
        }}
      >
        <Mark size={40} />
        <div>
          <h1>{LOCK.title}</h1>
          <p className="lead">{LOCK.lead}</p>
        </div>
        {problem === undefined ? null : (
          <NoteLine kind="danger" what={passkeyProblem(problem)} live />
        )}
        {byPasskey ? (
          <Button
            kind="primary"
            big
            icon="key"
            aria-busy={busy}
            onClick={() => {
              if (!busy) props.onUnlock({ passkey: true });
            }}
          >
            {PASSKEYS.unlock}
          </Button>
        ) : null}
        <PassphraseField
          label={byPasskey ? PASSKEYS.orPassphrase : LOCK.passphrase}
          isNew={false}
          value={passphrase}
          problem={isWrong ? LOCK.wrong : undefined}
          onChange={(value) => {
            setPassphrase(value);
            setTouched(true);
          }}
        />
        <p className="meta">{LOCK.forgotten}</p>
        <div className="actions">
          <Button kind={byPasskey ? 'plain' : 'primary'} big type="submit" aria-busy={busy}>
            {LOCK.unlock}
          </Button>
        </div>
      </StepForm>
    </Stage>
  );
}
