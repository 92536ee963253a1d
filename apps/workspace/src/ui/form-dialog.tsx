/** A dialog that asks for something: its fields, and below them the way out and the one button that goes on. */
import type { ReactElement, ReactNode } from 'react';
import { CANCEL } from '../copy/general.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import type { IconName } from './icon.tsx';

/** The dialog. Enter in a field submits too. */
export function FormDialog(props: {
  readonly title: string;
  readonly describe?: string;
  readonly testId?: string;
  /** See {@link Dialog}. */
  readonly keep?: boolean;
  readonly wide?: boolean;
  /** The button that submits; none as long as there is nothing to submit. */
  readonly submit: string | undefined;
  readonly submitIcon?: IconName;
  /** What is submitted cannot be undone. */
  readonly danger?: boolean;
  /** What was submitted is being done. */
  readonly busy?: boolean;
  /** How far it is, beside the buttons; empty where there is nothing to say yet. */
  readonly status?: string;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { busy, children, danger, onSubmit, status, submit, submitIcon, ...dialog } = props;
  return (
    <Dialog {...dialog}>
      <form
        className="pile"
        style={{ gap: 'var(--s4)' }}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <div className="line" style={{ justifyContent: 'flex-end' }}>
          {status === undefined ? null : (
            <span className="grow small ink-2" role="status">
              {status}
            </span>
          )}
          <Button kind="quiet" onClick={dialog.onClose}>
            {CANCEL}
          </Button>
          {submit === undefined ? null : (
            <Button
              kind="primary"
              type="submit"
              aria-busy={busy}
              className={danger === true ? 'danger' : ''}
              {...(submitIcon === undefined ? {} : { icon: submitIcon })}
            >
              {submit}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
