/** What is shown on a device that was stopped, and nothing else: who did it, what becomes of what is here, the way back. */
import type { DeviceLock } from '@atoll/client';
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { STOPPED } from '../copy/devices.ts';
import { moment } from '../copy/general.ts';
import { deviceProblem } from '../people/use-device-act.ts';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { StepForm } from '../ui/step-form.tsx';
import { Stage } from '../welcome/stage.tsx';
import { WordsField } from '../welcome/words-field.tsx';

/** The screen. */
export function StoppedScreen({ lock }: { readonly lock: DeviceLock }): ReactElement {
  const [typing, setTyping] = useState(false);
  return (
    <Stage>
      <div className="pile" style={{ gap: 'var(--s5)' }} data-testid="stopped">
        <Mark size={40} />
        <div>
          <h1>{lock.standing === 'removed' ? STOPPED.titleRemoved : STOPPED.title}</h1>
          <p className="lead">{whoText(lock)}</p>
        </div>
        {lock.allStopped ? (
          <NoteLine kind="warn" what={`${STOPPED.all}.`} means={STOPPED.allMeans} />
        ) : null}
        {typing ? (
          <Back onNotNow={() => setTyping(false)} />
        ) : (
          <What isOthers={lock.byName !== undefined} onWords={() => setTyping(true)} />
        )}
      </div>
    </Stage>
  );
}

function whoText({ atMs, byName, standing }: DeviceLock): string {
  const when = moment(atMs, Date.now());
  if (byName === undefined) return STOPPED.byWords(when);
  const by = byName === '' ? STOPPED.byUnknown(when) : STOPPED.by(byName, when);
  return standing === 'removed' ? `${by} ${STOPPED.byDevices}` : by;
}

function What(props: { readonly isOthers: boolean; readonly onWords: () => void }): ReactElement {
  return (
    <>
      <dl className="consequences">
        <dt>{STOPPED.here}</dt>
        <dd>{STOPPED.hereMeans}</dd>
        <dt>{STOPPED.unsent}</dt>
        <dd>{STOPPED.unsentMeans}</dd>
        <dt>{STOPPED.back}</dt>
        <dd>{STOPPED.backMeans}</dd>
        {props.isOthers ? (
          <>
            <dt>{STOPPED.notYou}</dt>
            <dd>{STOPPED.notYouMeans}</dd>
          </>
        ) : null}
      </dl>
      <div className="actions">
        <Button kind="primary" big onClick={props.onWords}>
          {STOPPED.show}
        </Button>
      </div>
    </>
  );
}

function Back({ onNotNow }: { readonly onNotNow: () => void }): ReactElement {
  const { devices } = useClient().halo;
  const [words, setWords] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const restore = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      // This screen goes with the lock.
      await devices.restore(words);
    } catch (failure) {
      setProblem(deviceProblem(failure));
      setBusy(false);
    }
  };
  return (
    <StepForm
      onSubmit={() => {
        void restore();
      }}
    >
      <p className="ink-2">{STOPPED.lead}</p>
      <WordsField
        value={words}
        problem={problem}
        onChange={(value) => {
          setWords(value);
          setProblem(undefined);
        }}
      />
      <p className="meta" role="status">
        {busy ? STOPPED.working : null}
      </p>
      <div className="actions">
        <Button kind="quiet" big onClick={onNotNow}>
          {STOPPED.notNow}
        </Button>
        <Button kind="primary" big type="submit" aria-busy={busy}>
          {STOPPED.submit}
        </Button>
      </div>
    </StepForm>
  );
}
