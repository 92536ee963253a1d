/** One quiet line for those who put the 24 words off. Never a dialog of its own accord. */
import { useState, type ReactElement } from 'react';
import { changeOwnSettings, useOwnSettings } from '../app/own-settings.ts';
import { WELCOME, WORDS_REMINDER } from '../copy/welcome.ts';
import type { WordsState } from '../shell/workspace.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { CheckStep } from '../welcome/check-step.tsx';
import { Words } from '../welcome/words-step.tsx';

/** The line, and the words as long as this window still has them. */
export function WordsReminder({ words, onWords }: WordsState): ReactElement | null {
  const settings = useOwnSettings();
  const [step, setStep] = useState<'closed' | 'words' | 'check'>('closed');
  const [shown, setShown] = useState(false);
  if (settings.words !== 'later') return null;
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
          title={WELCOME.wordsTitle}
          describe={WELCOME.wordsLead}
          onClose={() => setStep('closed')}
        >
          {step === 'words' ? (
            <>
              <Words words={words} shown={shown} onShow={() => setShown(true)} />
              <div className="line" style={{ justifyContent: 'flex-end' }}>
                <Button kind="primary" onClick={() => setStep('check')}>
                  {WELCOME.wrote}
                </Button>
              </div>
            </>
          ) : (
            <CheckStep words={words} onBack={() => setStep('words')} onChecked={done} />
          )}
        </Dialog>
      )}
    </>
  );
}
