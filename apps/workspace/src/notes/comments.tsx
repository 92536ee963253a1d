/** Comments beside a note: threads about stretches of it, in its order; resolved ones fold. */
import type { Role, Space } from '@atoll/client';
import { useDatabase, useLive, useMembers, useZoneOf } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { COMMENTS } from '../copy/comments.ts';
import { mayComment } from '../data/may.ts';
import type { NoteObject } from '../data/workspace-types.ts';
import { writesIn } from '../private/private-words.ts';
import { Button } from '../ui/button.tsx';
import { useToast } from '../ui/toast.tsx';
import { CommentField } from './comment-field.tsx';
import { CommentThread } from './comment-thread.tsx';
import { beginThread, stretchOf, threadsOf } from './comment-threads.ts';
import { noteFocus, setNoteFocus, useNoteFocus, type Stretch } from './open-editor.ts';

/** The list of threads, with the one that is being begun. */
export function Comments(props: {
  readonly space: Space;
  readonly note: NoteObject;
}): ReactElement {
  const { space, note } = props;
  const { draft, editor } = useNoteFocus();
  const role = useRoleOn(space, note.id);
  const [withResolved, setWithResolved] = useState(false);
  const threads = useDatabase(space, (db) => threadsOf(db, note), [note]);
  const form = useDatabase(space, () => note.form, [note]);
  const mine = useOwnId(space);
  const open = threads.filter(({ first }) => !first.resolved);
  const resolved = threads.filter(({ first }) => first.resolved);
  return (
    <div className="comments" data-testid="comments">
      {form === 'markdown' ? <p className="small ink-2">{COMMENTS.markdown}</p> : null}
      {draft !== undefined && editor?.object === note.id ? (
        <Draft space={space} note={note} stretch={draft} />
      ) : null}
      {open.length === 0 && draft === undefined ? (
        <div className="small ink-2" data-testid="no-comments">
          <p>{COMMENTS.none}</p>
          {mayComment(role) && form !== 'markdown' ? <p>{COMMENTS.noneHow}</p> : null}
        </div>
      ) : null}
      {open.map((thread) => (
        <CommentThread key={thread.first.id} {...{ space, note, thread, role, mine }} />
      ))}
      {resolved.length === 0 ? null : (
        <Button
          kind="quiet"
          aria-expanded={withResolved}
          onClick={() => setWithResolved(!withResolved)}
        >
          {COMMENTS.resolved(resolved.length)}
        </Button>
      )}
      {withResolved
        ? resolved.map((thread) => (
            <CommentThread key={thread.first.id} {...{ space, note, thread, role, mine }} />
          ))
        : null}
    </div>
  );
}

/** A private note has roles of its own. */
function useRoleOn(space: Space, note: string): Role {
  const role = useLive(space.myRole);
  const zone = useZoneOf(space, note);
  if (zone === undefined) return role;
  return writesIn(zone) ? 'writer' : 'reader';
}

/** Which of the members oneself is. */
function useOwnId(space: Space): string | undefined {
  return useMembers(space).find(({ me }) => me)?.id;
}

/** A comment that is being begun about what was selected. */
function Draft(props: {
  readonly space: Space;
  readonly note: NoteObject;
  readonly stretch: Stretch;
}): ReactElement {
  const { space, note, stretch } = props;
  const toast = useToast();
  const quote = useDatabase(space, () => stretchOf(note.body, stretch)?.quote, [note, stretch]);
  const { draft: _, ...rest } = noteFocus();
  const end = (thread?: string): void =>
    setNoteFocus({ ...rest, ...(thread === undefined ? {} : { thread }) });
  const send = (text: string): void => {
    if (stretchOf(note.body, stretch) === undefined) {
      toast({ text: COMMENTS.goneNow });
      return;
    }
    end(beginThread(space, note, { stretch, text, label: COMMENTS.made }).id);
  };
  return (
    <section className="thread active" aria-label={COMMENTS.write}>
      <p className="quote cut">{quote}</p>
      <CommentField label={COMMENTS.write} autoFocus onSend={send} onCancel={() => end()} />
    </section>
  );
}
