/** One thread: what it is about, what was said by whom, the way to answer and to settle it. */
import type { Hue, Picture, Role, Space } from '@atoll/client';
import { useDatabase, useMembers } from '@atoll/react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { COMMENTS } from '../copy/comments.ts';
import { moment, UNDO } from '../copy/general.ts';
import { OBJECT_HISTORY } from '../copy/history.ts';
import { mayComment, mayWrite } from '../data/may.ts';
import { Comment, type CommentObject, type NoteObject } from '../data/workspace-types.ts';
import { placeOfComment } from '../private/private-words.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Person } from '../ui/person.tsx';
import { useToast } from '../ui/toast.tsx';
import { usePhone } from '../ui/use-media.ts';
import { CommentField } from './comment-field.tsx';
import { removeThread, writtenBy, type Thread } from './comment-threads.ts';
import { noteFocus, scrollToUnit, setNoteFocus, useNoteFocus } from './open-editor.ts';

/** A card. */
export function CommentThread(props: {
  readonly space: Space;
  readonly note: NoteObject;
  readonly thread: Thread;
  readonly role: Role;
  /** Oneself: a commenter may change what is his, and nothing else. */
  readonly mine: string | undefined;
}): ReactElement {
  const { mine, note, role, space, thread } = props;
  const { first, answers, stretch } = thread;
  const focus = useNoteFocus();
  const phone = usePhone();
  const { beside } = useNavigation();
  const card = useRef<HTMLElement>(null);
  const [fields, setFields] = useState(0);
  const isActive = focus.thread === first.id;
  const author = useAuthor(space, first);
  useEffect(() => {
    if (isActive) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  const isMine = (comment: CommentObject): boolean =>
    mayWrite(role) || (mine !== undefined && writtenBy(space.db, comment)?.author === mine);
  const look = (): void => {
    setNoteFocus({ ...noteFocus(), thread: first.id });
    const { editor } = focus;
    if (editor === undefined || stretch === undefined) return;
    // On a phone the comments lie over the note.
    if (phone) beside(undefined);
    requestAnimationFrame(() => scrollToUnit(editor, stretch.from));
  };
  const answer = (text: string): void => {
    const said = { about: note, first, text };
    space.undo.run(() => space.db.add(Comment, said, placeOfComment(space, note.id)), {
      label: COMMENTS.answered,
    });
    setFields(fields + 1);
  };
  return (
    <section
      className={isActive ? 'thread active' : 'thread'}
      aria-label={COMMENTS.threadOf(author.displayName)}
      data-testid="thread"
      ref={card}
    >
      {stretch === undefined ? (
        <p className="quote gone">{COMMENTS.gone}</p>
      ) : (
        <button
          type="button"
          className="quote cut"
          aria-label={COMMENTS.jump(stretch.quote)}
          onClick={look}
        >
          {stretch.quote}
        </button>
      )}
      <Said space={space} comment={first}>
        {isMine(first) ? (
          <Tools space={space} thread={thread} who={author.displayName} isMine={isMine} />
        ) : null}
      </Said>
      {answers.map((each) => (
        <Said key={each.id} space={space} comment={each} />
      ))}
      {mayComment(role) && !first.resolved ? (
        <CommentField
          key={fields}
          label={COMMENTS.answer}
          onSend={answer}
          onCancel={() => setFields(fields + 1)}
        />
      ) : null}
    </section>
  );
}

function Tools(props: {
  readonly space: Space;
  readonly thread: Thread;
  readonly who: string;
  readonly isMine: (comment: CommentObject) => boolean;
}): ReactElement {
  const { isMine, space, thread } = props;
  const { first } = thread;
  const toast = useToast();
  const remove = (): void => {
    removeThread(space, thread, { label: COMMENTS.removed, isMine });
    toast({ text: COMMENTS.removed, action: { label: UNDO, run: () => void space.undo.undo() } });
  };
  return (
    <>
      <IconButton
        icon={first.resolved ? 'restore' : 'check'}
        label={first.resolved ? COMMENTS.reopen : COMMENTS.resolve}
        onClick={() => {
          first.resolved = !first.resolved;
        }}
      />
      <Menu
        align="end"
        trigger={<IconButton icon="more" label={COMMENTS.more(props.who)} />}
        entries={[{ label: COMMENTS.delete, icon: 'trash', onSelect: remove }]}
      />
    </>
  );
}

function Said(props: {
  readonly space: Space;
  readonly comment: CommentObject;
  readonly children?: ReactElement | null;
}): ReactElement {
  const { space, comment } = props;
  const author = useAuthor(space, comment);
  const text = useDatabase(space, () => comment.text, [comment]);
  return (
    <div className="said">
      <div className="line">
        <Person person={author} size="tiny" />
        <span className="strong cut">{author.displayName}</span>
        <span className="meta grow numbers">{author.when}</span>
        {props.children}
      </div>
      <p>{text}</p>
    </div>
  );
}

function useAuthor(
  space: Space,
  comment: CommentObject,
): {
  readonly displayName: string;
  readonly hue: Hue;
  readonly picture?: Picture;
  readonly when: string;
} {
  const members = useMembers(space);
  const written = useDatabase(space, (db) => writtenBy(db, comment), [comment]);
  const member = members.find(({ id }) => id === written?.author);
  return {
    displayName: member?.displayName ?? OBJECT_HISTORY.somebody,
    hue: member?.hue ?? 1,
    ...(member?.picture === undefined ? {} : { picture: member.picture }),
    when: written === undefined ? '' : moment(written.timeMs, Date.now()),
  };
}
