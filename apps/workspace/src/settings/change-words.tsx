/** The way to other words: what it means, the old ones, the new ones on paper, three of them checked, what is to come. */
import { useClient, useNetwork } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { changeOwnSettings } from '../app/own-settings.ts';
import { CANCEL, DONE } from '../copy/general.ts';
import { WELCOME } from '../copy/welcome.ts';
import { CHANGE_WORDS } from '../copy/words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { StepForm } from '../ui/step-form.tsx';
import { CheckForm } from '../welcome/check-step.tsx';
import { WordsField, wordsProblem } from '../welcome/words-field.tsx';
import { WordsToWrite } from '../welcome/words-step.tsx';
import { WordsStanding } from './words-standing.tsx';

type Step =
  | { readonly at: 'before' | 'old' | 'done' }
  | { readonly at: 'new' | 'check'; readonly old: string; readonly words: readonly string[] };

const TITLES: Readonly<Record<Step['at'], { readonly title: string; readonly lead?: string }>> = {
  before: { title: CHANGE_WORDS.title },
  old: { title: CHANGE_WORDS.oldTitle, lead: CHANGE_WORDS.oldLead },
  new: { title: CHANGE_WORDS.newTitle, lead: CHANGE_WORDS.newLead },
  check: { title: CHANGE_WORDS.checkTitle, lead: CHANGE_WORDS.checkLead },
  done: { title: CHANGE_WORDS.doneTitle },
};

/** The dialog. Both sets of words are forgotten when it is left. */
export function ChangeWords({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [step, setStep] = useState<Step>({ at: 'before' });
  const { lead, title } = TITLES[step.at];
  return (
    <Dialog
      keep
      wide
      title={title}
      {...(lead === undefined ? {} : { describe: lead })}
      testId="change-words"
      onClose={onClose}
    >
      <StepOf key={step.at} step={step} onStep={setStep} onClose={onClose} />
    </Dialog>
  );
}

interface Stepping {
  readonly onStep: (step: Step) => void;
  readonly onClose: () => void;
}

function StepOf({ step, ...stepping }: Stepping & { readonly step: Step }): ReactElement {
  const { onClose, onStep } = stepping;
  switch (step.at) {
    case 'before':
      return <Before {...stepping} />;
    case 'old':
      return <OldWords {...stepping} />;
    case 'new':
      return (
        <WordsToWrite words={step.words}>
          <Button kind="primary" big onClick={() => onStep({ ...step, at: 'check' })}>
            {WELCOME.wrote}
          </Button>
        </WordsToWrite>
      );
    case 'check':
      return (
        <Check
          old={step.old}
          words={step.words}
          onBack={() => onStep({ ...step, at: 'new' })}
          onDone={() => onStep({ at: 'done' })}
        />
      );
    case 'done':
      return (
        <>
          <WordsStanding always />
          <div className="actions">
            <Button kind="primary" big onClick={onClose}>
              {DONE}
            </Button>
          </div>
        </>
      );
  }
}

function Before({ onClose, onStep }: Stepping): ReactElement {
  const { kubes } = useNetwork();
  return (
    <>
      <dl className="consequences">
        <dt>{CHANGE_WORDS.before}</dt>
        <dd>{CHANGE_WORDS.beforeMeans}</dd>
        <dt>{CHANGE_WORDS.devices}</dt>
        <dd>{CHANGE_WORDS.devicesMeans}</dd>
        <dt>{CHANGE_WORDS.not}</dt>
        <dd>{CHANGE_WORDS.notMeans}</dd>
        <dt>{CHANGE_WORDS.need}</dt>
        <dd>{CHANGE_WORDS.needMeans}</dd>
      </dl>
      {kubes.length > 0 ? null : <NoteLine kind="warn" means={CHANGE_WORDS.noServer} />}
      <div className="actions">
        <Button kind="quiet" big onClick={onClose}>
          {CANCEL}
        </Button>
        <Button kind="primary" big onClick={() => onStep({ at: 'old' })}>
          {CHANGE_WORDS.next}
        </Button>
      </div>
    </>
  );
}

/** Wrong ones are refused before there is anything to write down. */
function OldWords({ onClose, onStep }: Stepping): ReactElement {
  const { recovery } = useClient().halo;
  const [old, setOld] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const check = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      if (await recovery.checkWords(old)) {
        onStep({ at: 'new', old, words: await recovery.makeWords() });
        return;
      }
      setProblem(CHANGE_WORDS.failed['CLIENT_WRONG_WORDS']);
    } catch (failure) {
      setProblem(changeProblem(failure));
    }
    setBusy(false);
  };
  return (
    <StepForm
      onSubmit={() => {
        void check();
      }}
    >
      <WordsField
        value={old}
        problem={problem}
        onChange={(value) => {
          setOld(value);
          setProblem(undefined);
        }}
      />
      <div className="actions">
        <Button kind="quiet" big onClick={onClose}>
          {CANCEL}
        </Button>
        <Button kind="primary" big type="submit" aria-busy={busy}>
          {CHANGE_WORDS.next}
        </Button>
      </div>
    </StepForm>
  );
}

function Check(props: {
  readonly old: string;
  readonly words: readonly string[];
  readonly onBack: () => void;
  readonly onDone: () => void;
}): ReactElement {
  const { recovery } = useClient().halo;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const change = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await recovery.changeWords({ words: props.old, newWords: props.words.join(' ') });
      changeOwnSettings({ words: 'written', wordsTriedAtMs: Date.now() });
      props.onDone();
    } catch (failure) {
      setProblem(changeProblem(failure));
      setBusy(false);
    }
  };
  return (
    <>
      <CheckForm
        words={props.words}
        submit={CHANGE_WORDS.submit}
        busy={busy}
        onBack={props.onBack}
        onChecked={() => void change()}
      />
      <p className="meta" role="status">
        {busy ? CHANGE_WORDS.working : null}
      </p>
      {problem === undefined ? null : <NoteLine kind="danger" means={problem} live />}
    </>
  );
}

function changeProblem(failure: unknown): string {
  const code = codeOf(failure) ?? '';
  const known = CHANGE_WORDS.failed[code];
  if (known !== undefined) return known;
  if (!code.startsWith('CRYPTO_WORDS')) return `${CHANGE_WORDS.otherFailure} ${code}`;
  return wordsProblem({ code, message: failure instanceof Error ? failure.message : '' });
}
