/** One's own changes, newest first: choosing a row marks the range that would be taken back. */
import type { Space, UndoOutcome } from '@atoll/client';
import { useUndo } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { moment } from '../copy/general.ts';
import { FRAME, HISTORY } from '../copy/workspace.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { useToast } from '../ui/toast.tsx';
import { keysOf } from './shortcuts.ts';

/** Rows shown; older changes stay undoable by repeating. */
const ROWS_MAX = 60;

/** The undo history on its button. */
export function History(props: {
  readonly space: Space;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}): ReactElement {
  return (
    <Popover
      title={HISTORY.title}
      open={props.open}
      onOpen={props.onOpen}
      testId="undo-history"
      trigger={<IconButton icon="clock" label={FRAME.history} keys={keysOf('history') ?? ''} />}
    >
      <Changes space={props.space} />
    </Popover>
  );
}

/** Said beforehand: what others have changed since is left alone. */
function Left({ outcome }: { readonly outcome: UndoOutcome }): ReactElement | null {
  if (outcome.skipped === 0) return null;
  return <span className="meta"> {outcome.done === 0 ? HISTORY.leftAll : HISTORY.leftSome}</span>;
}

function Changes({ space }: { readonly space: Space }): ReactElement {
  const undo = useUndo(space);
  const toast = useToast();
  const [marked, setMarked] = useState(0);
  const now = Date.now();
  const entries = undo.entries.slice(0, ROWS_MAX);
  const undone = entries.filter((entry) => entry.undone);
  const standing = entries.filter((entry) => !entry.undone);
  const count = Math.min(marked, standing.length);
  const takeBack = (): void => {
    let skipped = 0;
    for (let turn = 0; turn < count; turn++) skipped += undo.undo().skipped;
    setMarked(0);
    toast({ text: skipped > 0 ? HISTORY.skipped : HISTORY.undone(count) });
  };
  return (
    <>
      <div className="part">
        <h2>{HISTORY.title}</h2>
        {entries.length === 0 ? <p className="small ink-2">{HISTORY.empty}</p> : null}
        {undone.map((entry) => (
          <div key={entry.id} className="undo-row undone">
            <Icon name="redo" />
            <span>
              {entry.label} <span className="meta">{HISTORY.undoneRow}</span>
            </span>
            <time className="meta numbers">{moment(entry.atMs, now)}</time>
          </div>
        ))}
        {undone.length === 0 ? null : <p className="here-line">{HISTORY.here}</p>}
        {standing.map((entry, index) => (
          <button
            type="button"
            key={entry.id}
            className={index < count ? 'undo-row marked' : 'undo-row'}
            aria-pressed={index < count}
            onClick={() => setMarked(index + 1)}
          >
            <Icon name="edit" />
            <span>
              {entry.label}
              <Left outcome={undo.preview(entry.id)} />
            </span>
            <time className="meta numbers">{moment(entry.atMs, now)}</time>
          </button>
        ))}
      </div>
      <div className="foot">
        <span className="grow meta">{HISTORY.onlyOwn}</span>
        {count === 0 ? null : (
          <Button kind="primary" onClick={takeBack}>
            {HISTORY.undoCount(count)}
          </Button>
        )}
      </div>
    </>
  );
}
