/** A form that asks one question on a page of its own, or in a pane. */
import type { ReactElement, ReactNode } from 'react';

/** What is sent stays on the page: `onSubmit` decides what becomes of it. */
export function StepForm(props: {
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <form
      className="pile"
      style={{ gap: 'var(--s5)' }}
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      {props.children}
    </form>
  );
}
