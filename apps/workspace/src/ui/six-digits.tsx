/** Six boxes over one input, so that paste, one-time codes and screen readers see a single field. */
import { useId, useState, type ReactElement } from 'react';
import { DIGITS, nextDigits } from './digits.ts';

/** The field for an authorization code. Submits with the sixth digit. */
export function SixDigits(props: {
  readonly label: string;
  readonly state: 'open' | 'bad' | 'ok';
  readonly describedBy?: string;
  readonly onComplete: (digits: string) => void;
}): ReactElement {
  const id = useId();
  const [digits, setDigits] = useState('');
  // What was wrong stays in view until the first key.
  const [rejected, setRejected] = useState('');
  const afterError = props.state === 'bad' && digits === rejected;
  const type = (typed: string): void => {
    const next = nextDigits(digits, typed, afterError);
    setDigits(next);
    if (next.length === DIGITS && next !== digits) {
      setRejected(next);
      props.onComplete(next);
    }
  };
  const look = props.state === 'bad' && !afterError ? 'open' : props.state;
  return (
    <div>
      <label className="for-readers" htmlFor={id}>
        {props.label}
      </label>
      <div className={`digits ${look}`}>
        <input
          id={id}
          data-testid="six-digits"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          value={digits}
          aria-invalid={look === 'bad' ? true : undefined}
          aria-describedby={props.describedBy}
          readOnly={props.state === 'ok'}
          onChange={(event) => type(event.target.value)}
        />
        {Array.from({ length: DIGITS }, (_, index) => (
          <Box key={index} index={index} digits={digits} />
        ))}
      </div>
    </div>
  );
}

function Box({ index, digits }: { readonly index: number; readonly digits: string }): ReactElement {
  return (
    <>
      {index === DIGITS / 2 ? <i aria-hidden="true" /> : null}
      <span aria-hidden="true" className={index === digits.length ? 'at' : undefined}>
        {digits[index]}
      </span>
    </>
  );
}
