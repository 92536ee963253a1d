/** One quiet line for those who put the 24 words off. Never a dialog of its own accord. */
import { useClient, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { changeOwnSettings, useOwnSettings } from '../app/own-settings.ts';
import { DONE } from '../copy/general.ts';
import { WELCOME, WORDS_REMINDER } from '../copy/welcome.ts';
import type { WordsState } from '../shell/workspace.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Button } from '../ui/button.tsx';
import { CheckForm } from '../welcome/check-step.tsx';
import { WordsToWrite } from '../welcome/words-step.tsx';

/** The line, and the words as long as this window still has them. */
export function WordsReminder({ words, onWords }: WordsState): ReactElement | null {
  const settings = useOwnSettings();
  const [step, setStep] = useState<'closed' | 'words' | 'check'>('closed');
  const change = useLive(useClient().halo.recovery.wordsChanged);
  // Words that were changed are worth nothing: there is nothing to write down.
  if (settings.words !== 'later' || change !== undefined) return null;
  if (words === undefined) {
    return <NoteLine icon="key" what={WORDS_REMINDER.gone} means={WORDS_REMINDER.goneMeans} />;
  }
  const done = (): void => {
    changeOwnSettings({ words: 'written', wordsTriedAtMs: Date.now() });
    onWords(undefined);
  };
  return (
    <>
      <NoteLine icon="key" what={WORDS_REMINDER.waiting} means={WORDS_REMINDER.waitingMeans}>
        <Button onClick={() => setStep('words')}>{WORDS_REMINDER.show}</Button>
      </NoteLine>
      {step === 'closed' ? null : (
        <Dialog
          wide
          keep
          title={step === 'words' ? WELCOME.wordsTitle : WELCOME.checkTitle}
          describe={step === 'words' ? WELCOME.wordsLead : WELCOME.checkLead}
          onClose={() => setStep('closed')}
        >
          {step === 'words' ? (
            <WordsToWrite words={words}>
              <Button kind="primary" big onClick={() => setStep('check')}>
                {WELCOME.wrote}
              </Button>
            </WordsToWrite>
          ) : (
            <CheckForm
              words={words}
              submit={DONE}
              onBack={() => setStep('words')}
              onChecked={done}
            />
          )}
        </Dialog>
      )}
    </>
  );
}
