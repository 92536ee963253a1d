/** What is shown while the keys are locked: it asks for the passphrase. */
import { useState, type ReactElement } from 'react';
import { LOCK } from '../copy/lock.ts';
import { PassphraseField } from '../keep/passphrase-field.tsx';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { Stage } from '../welcome/stage.tsx';

/** Asks for the passphrase. */
export function LockScreen(props: {
  readonly wrong: boolean;
  readonly busy: boolean;
  readonly onPassphrase: (passphrase: string) => void;
}): ReactElement {
  const [passphrase, setPassphrase] = useState('');
  const [touched, setTouched] = useState(false);
  return (
    <Stage>
      <form
        className="pile"
        style={{ gap: 'var(--s5)' }}
        onSubmit={(event) => {
          event.preventDefault();
          if (props.busy) return;
          setTouched(false);
          props.onPassphrase(passphrase);
        }}
      >
        <Mark size={40} />
        <div>
          <h1>{LOCK.title}</h1>
          <p className="lead">{LOCK.lead}</p>
        </div>
        <PassphraseField
          label={LOCK.passphrase}
          isNew={false}
          value={passphrase}
          problem={props.wrong && !touched ? LOCK.wrong : undefined}
          onChange={(value) => {
            setPassphrase(value);
            setTouched(true);
          }}
        />
        <p className="meta">{LOCK.forgotten}</p>
        <div className="actions">
          <Button kind="primary" big type="submit" aria-busy={props.busy}>
            {LOCK.unlock}
          </Button>
        </div>
      </form>
    </Stage>
  );
}
