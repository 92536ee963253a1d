/** What is shown on a device that was stopped, and nothing else: who did it, what becomes of what is here, the way back. */
import type { DeviceLock } from '@atoll/client';
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { STOPPED } from '../copy/devices.ts';
import { moment } from '../copy/general.ts';
import { deviceProblem, useDeviceAct } from '../people/use-device-act.ts';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { StepForm } from '../ui/step-form.tsx';
import { Stage } from '../welcome/stage.tsx';
import { WordsField } from '../welcome/words-field.tsx';

/** The screen. */
export function StoppedScreen(props: {
  readonly lock: DeviceLock;
  /** After everything was deleted: this profile is to be somebody's again. */
  readonly onAnew: () => void;
}): ReactElement {
  const { lock, onAnew } = props;
  const [typing, setTyping] = useState(false);
  return (
    <Stage>
      <div className="pile" style={{ gap: 'var(--s5)' }} data-testid="stopped">
        <Mark size={40} />
        <div>
          <h1>{titleText(lock)}</h1>
          <p className="lead">{whoText(lock)}</p>
        </div>
        {lock.allStopped ? (
          <NoteLine kind="warn" what={`${STOPPED.all}.`} means={STOPPED.allMeans} />
        ) : null}
        {typing && lock.wipe !== 'done' ? (
          <Back onNotNow={() => setTyping(false)} />
        ) : (
          <What lock={lock} onWords={() => setTyping(true)} onAnew={onAnew} />
        )}
      </div>
    </Stage>
  );
}

function titleText({ byOldWords, standing, wipe }: DeviceLock): string {
  if (wipe === 'ordered') return STOPPED.titleOrdered;
  if (wipe === 'done') return STOPPED.titleWiped;
  if (byOldWords === true) return STOPPED.titleOldWords;
  return standing === 'removed' ? STOPPED.titleRemoved : STOPPED.title;
}

function whoText({ atMs, byName, byOldWords, standing, wipe }: DeviceLock): string {
  const when = moment(atMs, Date.now());
  if (byOldWords === true) return STOPPED.byOldWords(when);
  if (wipe === 'ordered') return STOPPED.ordered(when);
  if (byName === undefined) return STOPPED.byWords(when);
  const by = byName === '' ? STOPPED.byUnknown(when) : STOPPED.by(byName, when);
  return standing === 'removed' ? `${by} ${STOPPED.byDevices}` : by;
}

function What(props: {
  readonly lock: DeviceLock;
  readonly onWords: () => void;
  readonly onAnew: () => void;
}): ReactElement {
  const { lock, onAnew, onWords } = props;
  const isWiped = lock.wipe === 'done';
  const show = lock.byOldWords === true ? STOPPED.showNewer : STOPPED.show;
  const means = MEANS[lock.wipe](lock);
  return (
    <>
      <dl className="consequences">
        <dt>{STOPPED.here}</dt>
        <dd>{means.here}</dd>
        <dt>{STOPPED.unsent}</dt>
        <dd>{means.unsent}</dd>
        <dt>{STOPPED.back}</dt>
        <dd>{means.back}</dd>
        {lock.byName === undefined ? null : (
          <>
            <dt>{STOPPED.notYou}</dt>
            <dd>{STOPPED.notYouMeans}</dd>
          </>
        )}
        {lock.byOldWords === true ? (
          <>
            <dt>{STOPPED.notChanged}</dt>
            <dd>{STOPPED.notChangedMeans}</dd>
          </>
        ) : null}
      </dl>
      <div className="actions">
        {lock.wipe === 'no' && lock.by !== undefined ? (
          <StopIt by={lock.by} name={lock.byName ?? ''} />
        ) : null}
        <Button kind="primary" big onClick={isWiped ? onAnew : onWords}>
          {isWiped ? STOPPED.anew : show}
        </Button>
      </div>
    </>
  );
}

/** Whoever has another device in his hands has stopped this one by it: it is stopped from here all the same. */
function StopIt({ by, name }: { readonly by: string; readonly name: string }): ReactElement {
  const { devices } = useClient().halo;
  const act = useDeviceAct();
  const stop = async (): Promise<void> => {
    await act.run(async () => {
      await devices.suspend(by);
      return STOPPED.stoppedIt(name);
    });
  };
  return (
    <>
      <p className="meta" role="status">
        {act.busy ? STOPPED.stoppingIt : act.problem}
      </p>
      <Button
        kind="quiet"
        big
        aria-busy={act.busy}
        onClick={() => {
          void stop();
        }}
      >
        {STOPPED.stopIt(name)}
      </Button>
    </>
  );
}

interface Means {
  readonly here: string;
  readonly unsent: string;
  readonly back: string;
}

const MEANS: Readonly<Record<DeviceLock['wipe'], (lock: DeviceLock) => Means>> = {
  no: ({ byOldWords }) => ({
    here: STOPPED.hereMeans,
    unsent: STOPPED.unsentMeans,
    back: byOldWords === true ? STOPPED.backOldWords : STOPPED.backMeans,
  }),
  ordered: () => ({
    here: STOPPED.hereOrdered,
    unsent: STOPPED.unsentOrdered,
    back: STOPPED.backOrdered,
  }),
  done: ({ lostSpaces = 0 }) => ({
    here: STOPPED.hereWiped,
    unsent: lostSpaces === 0 ? STOPPED.unsentWiped : STOPPED.unsentLost(lostSpaces),
    back: STOPPED.backWiped,
  }),
};

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
