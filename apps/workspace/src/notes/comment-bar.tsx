/** The bar over the text of a note for whoever may comment on it and not change it. */
import type { ReactElement } from 'react';
import { COMMENTS } from '../copy/comments.ts';
import { Button } from '../ui/button.tsx';

/** Says what can be done, and does it once words are selected. */
export function CommentBar(props: {
  readonly isEmpty: boolean;
  readonly onComment: () => void;
}): ReactElement {
  const { isEmpty, onComment } = props;
  return (
    <div className="line comment-bar" role="toolbar" aria-label={COMMENTS.bar}>
      <Button
        icon="comment"
        disabled={isEmpty}
        // What is selected stays selected.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onComment}
      >
        {COMMENTS.comment}
      </Button>
      {isEmpty ? <span className="small ink-2">{COMMENTS.barHow}</span> : null}
    </div>
  );
}
