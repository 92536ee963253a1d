/** Said on the other devices when the 24 words were changed, until somebody answers: by whom, and what to do if it was not you. */
import type { WordsChange } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { changeOwnSettings, useOwnSettings } from '../app/own-settings.ts';
import { moment } from '../copy/general.ts';
import { WORDS_CHANGED } from '../copy/words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** The notice, if there is one. Two changes that contradict each other are said everywhere, and do not go away. */
export function WordsNotice(): ReactElement | null {
  const change = useLive(useClient().halo.recovery.wordsChanged);
  const { wordsChangeSeenMs } = useOwnSettings();
  const { go } = useNavigation();
  const [asking, setAsking] = useState(false);
  if (change === undefined) return null;
  const isNews = !change.byThisDevice && change.atMs !== wordsChangeSeenMs;
  if (!isNews && !change.isContested) return null;
  return (
    <div data-testid="words-changed">
      {change.isContested ? (
        <NoteLine
          kind="danger"
          icon="key"
          what={WORDS_CHANGED.contested}
          means={WORDS_CHANGED.contestedMeans}
          live
        >
          <Button onClick={() => go({ at: 'settings' })}>{WORDS_CHANGED.checkThem}</Button>
        </NoteLine>
      ) : (
        <NoteLine
          kind="warn"
          icon="key"
          what={WORDS_CHANGED.what(change.byName, moment(change.atMs, Date.now()))}
          means={WORDS_CHANGED.means}
          live
        >
          <Button onClick={() => changeOwnSettings({ wordsChangeSeenMs: change.atMs })}>
            {WORDS_CHANGED.mine}
          </Button>
          <Button onClick={() => setAsking(true)}>{WORDS_CHANGED.notMine}</Button>
        </NoteLine>
      )}
      {asking ? <NotMine change={change} onClose={() => setAsking(false)} /> : null}
    </div>
  );
}

/** What is left to do, and what is not. */
function NotMine(props: {
  readonly change: WordsChange;
  readonly onClose: () => void;
}): ReactElement {
  const { go } = useNavigation();
  const { change, onClose } = props;
  return (
    <Dialog
      title={WORDS_CHANGED.title}
      describe={WORDS_CHANGED.lead}
      testId="words-not-mine"
      onClose={onClose}
    >
      <dl className="consequences">
        <dt>1. {WORDS_CHANGED.ask}</dt>
        <dd>{WORDS_CHANGED.askMeans}</dd>
        <dt>2. {WORDS_CHANGED.stop}</dt>
        <dd>{WORDS_CHANGED.stopMeans(change.byName)}</dd>
        <dt>3. {WORDS_CHANGED.save}</dt>
        <dd>{WORDS_CHANGED.saveMeans}</dd>
        <dt>4. {WORDS_CHANGED.anew}</dt>
        <dd>{WORDS_CHANGED.anewMeans}</dd>
      </dl>
      <div className="actions">
        <Button
          kind="primary"
          big
          onClick={() => {
            onClose();
            go({ at: 'devices' });
          }}
        >
          {WORDS_CHANGED.toDevices}
        </Button>
      </div>
    </Dialog>
  );
}
