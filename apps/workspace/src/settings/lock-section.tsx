/** Settings of the passphrase: set, change, remove, lock now, lock by itself. */
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useLock } from '../app/locking.ts';
import { changeOwnSettings, useOwnSettings } from '../app/own-settings.ts';
import { LOCK } from '../copy/lock.ts';
import { PassphraseField } from '../keep/passphrase-field.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useToast } from '../ui/toast.tsx';

const CHARACTERS_MIN = 8;
const AFTER = [
  { value: '0', label: LOCK.never },
  { value: '5', label: LOCK.minutes(5) },
  { value: '30', label: LOCK.minutes(30) },
] as const;

/** The section. */
export function LockSection(): ReactElement {
  const client = useClient();
  const toast = useToast();
  const lock = useLock();
  const { lockAfterMinutes = 0 } = useOwnSettings();
  const [isProtected, setProtected] = useState(client.isProtected);
  const [setting, setSetting] = useState(false);
  const remove = async (): Promise<void> => {
    await client.protect(undefined);
    setProtected(false);
    toast({ text: LOCK.removed });
  };
  return (
    <>
      <p className="ink-2">{LOCK.intro}</p>
      <div className="rows">
        <div>
          <Icon name="shield" />
          <span className="grow">{isProtected ? LOCK.on : LOCK.off}</span>
          {isProtected ? <Button onClick={() => void remove()}>{LOCK.remove}</Button> : null}
          <Button onClick={() => setSetting(true)}>{isProtected ? LOCK.change : LOCK.set}</Button>
        </div>
        {isProtected ? (
          <>
            <div>
              <div className="grow">
                <div>{LOCK.after}</div>
                <div className="meta">{LOCK.afterHint}</div>
              </div>
              <Segmented
                label={LOCK.after}
                value={String(lockAfterMinutes)}
                parts={AFTER}
                onChange={(value) => changeOwnSettings({ lockAfterMinutes: Number(value) })}
              />
            </div>
            <div>
              <span className="grow">{LOCK.now}</span>
              <Button onClick={lock}>{LOCK.now}</Button>
            </div>
          </>
        ) : null}
      </div>
      {setting ? (
        <SetPassphrase
          onClose={() => setSetting(false)}
          onSet={async (passphrase) => {
            await client.protect(passphrase);
            setProtected(true);
            setSetting(false);
            toast({ text: LOCK.done });
          }}
        />
      ) : null}
    </>
  );
}

function SetPassphrase(props: {
  readonly onSet: (passphrase: string) => Promise<void>;
  readonly onClose: () => void;
}): ReactElement {
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [problem, setProblem] = useState<'short' | 'differs' | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    const wrong =
      first.length < CHARACTERS_MIN ? 'short' : first === second ? undefined : 'differs';
    setProblem(wrong);
    if (wrong !== undefined || busy) return;
    setBusy(true);
    await props.onSet(first);
  };
  return (
    <FormDialog
      keep
      title={LOCK.set}
      describe={LOCK.intro}
      submit={LOCK.set}
      busy={busy}
      onSubmit={() => void submit()}
      onClose={props.onClose}
    >
      <PassphraseField
        label={LOCK.field}
        hint={LOCK.fieldHint}
        problem={problem === 'short' ? LOCK.tooShort : undefined}
        isNew
        value={first}
        onChange={setFirst}
      />
      <Field
        label={LOCK.again}
        type="password"
        autoComplete="new-password"
        problem={problem === 'differs' ? LOCK.differs : undefined}
        value={second}
        onChange={(event) => setSecond(event.target.value)}
      />
    </FormDialog>
  );
}
