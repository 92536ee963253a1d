/** Comparing numbers with somebody: read to each other, or the text of the other's code. */
import type { SafetyNumberView } from '@atoll/client';
import { useClient } from '@atoll/react';
import { useEffect, useState, type ReactElement } from 'react';
import { COMPARE } from '../copy/contacts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { QrCode } from './qr.tsx';

const GROUPS_A_LINE = 4;

/** The dialog. Closes by itself when the numbers are the same. */
export function CompareNumbers(props: {
  readonly person: { readonly id: string; readonly displayName: string };
  readonly onClose: () => void;
}): ReactElement {
  const { onClose, person } = props;
  const { contacts } = useClient().halo;
  const [number, setNumber] = useState<SafetyNumberView | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [isDifferent, setDifferent] = useState(false);
  const [pasted, setPasted] = useState('');
  const [scanProblem, setScanProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isHere = true;
    contacts.safetyNumber(person.id).then(
      (next) => isHere && setNumber(next),
      () => isHere && setProblem(COMPARE.failed),
    );
    return () => {
      isHere = false;
    };
  }, [contacts, person.id]);
  const confirm = async (): Promise<void> => {
    if (number === undefined) return;
    try {
      await contacts.confirm(number);
      onClose();
    } catch {
      setProblem(COMPARE.changed);
      setNumber(await contacts.safetyNumber(person.id));
    }
  };
  const scan = async (): Promise<void> => {
    const outcome = await contacts.scan(person.id, pasted);
    if (outcome === 'verified') onClose();
    else setScanProblem(COMPARE.scanned[outcome]);
  };
  return (
    <Dialog
      title={COMPARE.title(person.displayName)}
      describe={COMPARE.lead(person.displayName)}
      wide
      testId="compare-numbers"
      onClose={onClose}
    >
      {problem === undefined ? null : (
        <p className="note-line" role="alert">
          {problem}
        </p>
      )}
      {number === undefined ? null : (
        <div className="compare">
          <QrCode text={number.scan} label={COMPARE.qr} />
          <div className="pile" style={{ gap: 'var(--s4)' }}>
            <Digits groups={number.groups} />
            <div className="line">
              <Button kind="primary" icon="check" onClick={() => void confirm()}>
                {COMPARE.same}
              </Button>
              <Button onClick={() => setDifferent(true)}>{COMPARE.different}</Button>
            </div>
            {isDifferent ? (
              <p className="small" role="alert">
                {COMPARE.differentMeans(person.displayName)}
              </p>
            ) : null}
            <form
              className="line"
              style={{ alignItems: 'start' }}
              onSubmit={(event) => {
                event.preventDefault();
                void scan();
              }}
            >
              <div className="grow">
                <Field
                  label={COMPARE.paste}
                  hint={COMPARE.pasteHint}
                  problem={scanProblem}
                  value={pasted}
                  onChange={(event) => {
                    setPasted(event.target.value);
                    setScanProblem(undefined);
                  }}
                />
              </div>
              <Button type="submit" className="beside-field">
                {COMPARE.check}
              </Button>
            </form>
          </div>
        </div>
      )}
    </Dialog>
  );
}

/** Read digit by digit by screen readers; shown in three lines. */
function Digits({ groups }: { readonly groups: readonly string[] }): ReactElement {
  const lines = Array.from({ length: Math.ceil(groups.length / GROUPS_A_LINE) }, (_, line) =>
    groups.slice(line * GROUPS_A_LINE, (line + 1) * GROUPS_A_LINE),
  );
  return (
    <div className="field">
      <span className="label" id="safety-number-label">
        {COMPARE.number}
      </span>
      <output
        className="safety-number"
        data-testid="safety-number"
        aria-labelledby="safety-number-label"
      >
        {lines.map((line) => (
          <span key={line.join()}>
            {line.map((group, at) => (
              <span key={at}>{group} </span>
            ))}
          </span>
        ))}
      </output>
    </div>
  );
}
