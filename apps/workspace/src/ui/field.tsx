/** A labelled text field: label above, hint below, an error replaces the hint. */
import { useId, type ComponentProps, type ReactElement, type Ref } from 'react';

/** A text field. */
export function Field({
  label,
  hint,
  problem,
  ref,
  ...rest
}: ComponentProps<'input'> & {
  readonly label: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
  readonly ref?: Ref<HTMLInputElement>;
}): ReactElement {
  const id = useId();
  const below = problem ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        className="input"
        autoComplete="off"
        {...rest}
        ref={ref}
        id={id}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={below === undefined ? undefined : `${id}-below`}
      />
      {below === undefined ? null : (
        <span
          id={`${id}-below`}
          className={problem === undefined ? 'hint' : 'hint bad'}
          role={problem === undefined ? undefined : 'alert'}
        >
          {below}
        </span>
      )}
    </div>
  );
}
