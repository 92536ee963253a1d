/** Three of the words, typed from paper. Wrong ones are named, not counted. */
import { useState, type ReactElement } from 'react';
import { WELCOME } from '../copy/welcome.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { StepForm } from '../ui/step-form.tsx';

const ASKED = 3;

interface Checking {
  readonly words: readonly string[];
  readonly onBack: () => void;
  readonly onChecked: () => void;
}

/** Checks three random words, in the first run. */
export function CheckStep(props: Checking): ReactElement {
  return (
    <>
      <div>
        <p className="meta">{WELCOME.step(3)}</p>
        <h1>{WELCOME.checkTitle}</h1>
        <p className="lead">{WELCOME.checkLead}</p>
      </div>
      <CheckForm {...props} submit={WELCOME.finish} />
    </>
  );
}

/** The fields for three random words. */
export function CheckForm(
  props: Checking & {
    /** What being right does. */
    readonly submit: string;
    readonly busy?: boolean;
  },
): ReactElement {
  const [asked] = useState(() => randomPlaces(props.words.length));
  const [typed, setTyped] = useState<Readonly<Record<number, string>>>({});
  const [wrong, setWrong] = useState<ReadonlySet<number>>(new Set());
  const isRight = (place: number): boolean =>
    (typed[place] ?? '').trim().toLowerCase() === props.words[place];
  return (
    <StepForm
      onSubmit={() => {
        const bad = asked.filter((place) => !isRight(place));
        setWrong(new Set(bad));
        if (bad.length === 0) props.onChecked();
      }}
    >
      {asked.map((place, index) => (
        <Field
          key={place}
          label={WELCOME.wordLabel(place + 1)}
          autoFocus={index === 0}
          autoCapitalize="none"
          spellCheck={false}
          value={typed[place] ?? ''}
          problem={wrong.has(place) ? WELCOME.wrongWord(place + 1) : undefined}
          onChange={(event) => {
            setTyped({ ...typed, [place]: event.target.value });
            setWrong(new Set([...wrong].filter((other) => other !== place)));
          }}
        />
      ))}
      <div className="actions">
        <Button kind="quiet" big onClick={props.onBack}>
          {WELCOME.back}
        </Button>
        <Button kind="primary" big type="submit" aria-busy={props.busy}>
          {props.submit}
        </Button>
      </div>
    </StepForm>
  );
}

function randomPlaces(count: number): readonly number[] {
  const places = new Set<number>();
  while (places.size < Math.min(ASKED, count)) places.add(Math.floor(Math.random() * count));
  return [...places].sort((a, b) => a - b);
}
