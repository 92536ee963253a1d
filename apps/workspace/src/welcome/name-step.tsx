/** One question: a name, with this device's name beside it. */
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { WELCOME } from '../copy/welcome.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { StepForm } from '../ui/step-form.tsx';

/** Characters of a name; more is not a name. */
const NAME_CHARACTERS_MAX = 60;

/** Asks for a display name. */
export function NameStep(props: {
  readonly step?: string;
  readonly title: string;
  readonly lead: string;
  readonly device: string;
  readonly onBack: () => void;
  /** Makes the identity. What it throws is shown. */
  readonly onName: (name: string, device: string) => Promise<void>;
}): ReactElement {
  const [name, setName] = useState('');
  const [device, setDevice] = useState(props.device);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const submit = async (): Promise<void> => {
    const trimmed = name.trim();
    setMissing(trimmed === '');
    if (trimmed === '' || busy) return;
    setBusy(true);
    try {
      await props.onName(trimmed, device.trim() === '' ? props.device : device.trim());
    } catch (failure) {
      setProblem(codeOf(failure) ?? '');
    }
    setBusy(false);
  };
  return (
    <StepForm
      onSubmit={() => {
        void submit();
      }}
    >
      <div>
        {props.step === undefined ? null : <p className="meta">{props.step}</p>}
        <h1>{props.title}</h1>
        <p className="lead">{props.lead}</p>
      </div>
      <Field
        label={WELCOME.nameLabel}
        name="name"
        autoComplete="name"
        autoFocus
        maxLength={NAME_CHARACTERS_MAX}
        value={name}
        problem={missing ? WELCOME.nameMissing : undefined}
        onChange={(event) => {
          setName(event.target.value);
          if (event.target.value.trim() !== '') setMissing(false);
        }}
      />
      <Field
        label={WELCOME.deviceLabel}
        maxLength={NAME_CHARACTERS_MAX}
        value={device}
        onChange={(event) => setDevice(event.target.value)}
      />
      {problem === undefined ? null : (
        <NoteLine
          kind="danger"
          what={WELCOME.failed}
          means={WELCOME.failedMeans}
          code={problem}
          live
        />
      )}
      <div className="actions">
        <Button kind="quiet" big onClick={props.onBack}>
          {WELCOME.back}
        </Button>
        <Button kind="primary" big type="submit" aria-busy={busy}>
          {WELCOME.next}
        </Button>
      </div>
    </StepForm>
  );
}
