/** Settings about coming back: what lies at the servers for it, and the drill. */
import { useClient, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { changeOwnSettings, useOwnSettings } from '../app/own-settings.ts';
import { dayOf } from '../copy/general.ts';
import { RECOVERY } from '../copy/recovery.ts';
import { CHANGE_WORDS } from '../copy/words.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { WordsField, wordsProblem } from '../welcome/words-field.tsx';
import { ChangeWords } from './change-words.tsx';
import { WordsStanding } from './words-standing.tsx';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Long enough not to be a nuisance, short enough that one still knows where the sheet is. */
const DRILL_EVERY_MS: number = 182 * DAY_MS;

/** The section. */
export function RecoverySection(): ReactElement {
  const { recovery } = useClient().halo;
  const copies = useLive(recovery.copies);
  const recovered = useLive(recovery.recovered);
  const changed = useLive(recovery.wordsChanged);
  const { wordsTriedAtMs } = useTried(changed?.atMs);
  const [drilling, setDrilling] = useState(false);
  const [changing, setChanging] = useState(false);
  const isDue = wordsTriedAtMs !== undefined && Date.now() - wordsTriedAtMs > DRILL_EVERY_MS;
  return (
    <>
      <p className="ink-2">{RECOVERY.intro}</p>
      {recovered === undefined ? null : (
        <NoteLine
          icon="clock"
          what={RECOVERY.back(dayOf(recovered.asOfMs))}
          means={recovered.complete ? RECOVERY.backComplete : RECOVERY.backWaiting}
        />
      )}
      {isDue ? (
        <NoteLine icon="key" what={RECOVERY.drillDue} means={RECOVERY.drillDueMeans} />
      ) : null}
      <WordsStanding />
      <div className="rows">
        {copies.length === 0 ? <div className="ink-2">{RECOVERY.none}</div> : null}
        {copies.map(({ at, keptAtMs, kube, wasLost }) => (
          <div key={kube} data-testid="recovery-copy" data-at={at}>
            <Icon name="shield" />
            <div className="grow">
              <div className="cut">{kube}</div>
              <div className="meta">{copyWords(at, keptAtMs)}</div>
              {wasLost ? <div className="meta">{RECOVERY.lost}</div> : null}
            </div>
          </div>
        ))}
        <div>
          <Icon name="key" />
          <div className="grow">
            <div>{RECOVERY.drill}</div>
            <div className="meta">
              {RECOVERY.drillHint(wordsTriedAtMs === undefined ? undefined : dayOf(wordsTriedAtMs))}
            </div>
          </div>
          <Button onClick={() => setDrilling(true)}>{RECOVERY.drill}</Button>
        </div>
        <div>
          <Icon name="refresh" />
          <div className="grow">
            <div>{CHANGE_WORDS.row}</div>
            <div className="meta">
              {changed === undefined
                ? CHANGE_WORDS.hint
                : CHANGE_WORDS.changed(
                    dayOf(changed.atMs),
                    changed.byThisDevice ? '' : changed.byName,
                  )}
            </div>
          </div>
          <Button onClick={() => setChanging(true)}>{CHANGE_WORDS.row}</Button>
        </div>
      </div>
      {changing ? <ChangeWords onClose={() => setChanging(false)} /> : null}
      {drilling ? <Drill onClose={() => setDrilling(false)} /> : null}
    </>
  );
}

/** When the words of now were last tried here; trying those before says nothing of them. */
function useTried(changedAtMs: number | undefined): { readonly wordsTriedAtMs?: number } {
  const { wordsTriedAtMs } = useOwnSettings();
  if (wordsTriedAtMs === undefined || wordsTriedAtMs < (changedAtMs ?? 0)) return {};
  return { wordsTriedAtMs };
}

function Drill({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { recovery } = useClient().halo;
  const [words, setWords] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [right, setRight] = useState(false);
  const check = async (): Promise<void> => {
    if (right) {
      onClose();
      return;
    }
    try {
      const isRight = await recovery.checkWords(words);
      if (!isRight) setProblem(RECOVERY.other);
      else {
        setRight(true);
        setWords('');
        changeOwnSettings({ wordsTriedAtMs: Date.now() });
      }
    } catch (failure) {
      const message = failure instanceof Error ? failure.message : '';
      setProblem(wordsProblem({ code: codeOf(failure) ?? '', message }));
    }
  };
  return (
    <FormDialog
      keep
      title={RECOVERY.drillTitle}
      describe={RECOVERY.drillLead}
      submit={right ? RECOVERY.done : RECOVERY.check}
      onSubmit={() => void check()}
      onClose={onClose}
    >
      {right ? (
        <NoteLine icon="check" what={RECOVERY.right} live />
      ) : (
        <WordsField
          value={words}
          problem={problem}
          onChange={(value) => {
            setWords(value);
            setProblem(undefined);
          }}
        />
      )}
    </FormDialog>
  );
}

function copyWords(at: 'kept' | 'waiting' | 'refused', keptAtMs: number | undefined): string {
  if (at === 'refused') return `${RECOVERY.refused}. ${RECOVERY.refusedMeans}`;
  if (at === 'kept' && keptAtMs !== undefined) return RECOVERY.kept(dayOf(keptAtMs));
  return `${RECOVERY.waiting}. ${RECOVERY.waitingMeans}`;
}
