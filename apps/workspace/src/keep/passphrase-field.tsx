/** A passphrase that is made up or entered: covered, unless one asks to see it. */
import { useState, type ReactElement } from 'react';
import { SAVE } from '../copy/keep.ts';
import { Field } from '../ui/field.tsx';

/** The field with its switch. */
export function PassphraseField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
  readonly isNew: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const [shown, setShown] = useState(false);
  return (
    <div className="pile">
      <Field
        label={props.label}
        {...(props.hint === undefined ? {} : { hint: props.hint })}
        problem={props.problem}
        type={shown ? 'text' : 'password'}
        autoComplete={props.isNew ? 'new-password' : 'current-password'}
        spellCheck={false}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <label className="line small check">
        <input
          type="checkbox"
          checked={shown}
          onChange={(event) => setShown(event.target.checked)}
        />
        {SAVE.show}
      </label>
    </div>
  );
}
