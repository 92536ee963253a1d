/** Something that can be chosen, with what it means beneath. */
import { useId, type ReactElement } from 'react';

/** A checkbox with its sentence. */
export function ChoiceLine(props: {
  readonly label: string;
  readonly means: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}): ReactElement {
  const id = useId();
  return (
    <div className="line" style={{ alignItems: 'flex-start' }}>
      <input
        id={id}
        type="checkbox"
        checked={props.value}
        aria-describedby={`${id}-means`}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <label htmlFor={id} className="grow">
        {props.label}
        <span id={`${id}-means`} className="meta detail">
          {props.means}
        </span>
      </label>
    </div>
  );
}
