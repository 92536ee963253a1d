/** Where one writes a comment. Ctrl or ⌘ with Enter sends it, Escape gives it up. */
import { useState, type ReactElement } from 'react';
import { COMMENTS } from '../copy/comments.ts';
import { Button } from '../ui/button.tsx';

/** The field with its buttons. */
export function CommentField(props: {
  readonly label: string;
  readonly autoFocus?: boolean;
  readonly onSend: (text: string) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const [text, setText] = useState('');
  const [rows, setRows] = useState(1);
  const send = (): void => {
    const said = text.trim();
    if (said === '') return;
    setText('');
    props.onSend(said);
  };
  const isEmpty = text.trim() === '';
  return (
    <div className="comment-field">
      <textarea
        aria-label={props.label}
        placeholder={props.label}
        rows={Math.max(rows, props.autoFocus === true ? 2 : 1)}
        value={text}
        autoFocus={props.autoFocus}
        onChange={(event) => {
          setText(event.target.value);
          setRows(Math.min(event.target.value.split('\n').length, 8));
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            event.stopPropagation();
            setText('');
            props.onCancel();
          }
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            send();
          }
        }}
      />
      {isEmpty && props.autoFocus !== true ? null : (
        <div className="line end">
          <Button kind="quiet" onClick={props.onCancel}>
            {COMMENTS.cancel}
          </Button>
          <Button kind="primary" disabled={isEmpty} onClick={send}>
            {COMMENTS.send}
          </Button>
        </div>
      )}
    </div>
  );
}
