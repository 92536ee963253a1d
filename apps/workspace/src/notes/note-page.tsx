/** A note as a page: title, who is here, text. */
import { deltaBetween, type AnyObject, type Space } from '@atoll/client';
import type { FieldData } from '@atoll/schema';
import { useDatabase, useLive, useObject, usePresence, useStatus, useZoneOf } from '@atoll/react';
import { lazy, Suspense, useState, type ReactElement, type ReactNode } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { COMMENTS } from '../copy/comments.ts';
import { NOTES, PANEL } from '../copy/workspace.ts';
import { hiddenBy } from '../data/notes-below.ts';
import { Note, type NoteObject } from '../data/workspace-types.ts';
import { Answers } from '../panel/answers.tsx';
import { ObjectFiles } from '../files/object-files.tsx';
import { WhoCanButton } from '../people/who-can.tsx';
import { PrivateLine } from '../private/private-line.tsx';
import { mayCommentOn, useMayAddTo, useMayChange } from '../private/private-words.ts';
import { Bar } from '../shell/bar.tsx';
import { useCommand } from '../shell/commands.tsx';
import { HiddenLine, HideButton } from '../suggest/hide-object.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';

import { useDeleteNote } from './use-delete-note.ts';

const RichNote = lazy(() => import('./rich-note.tsx').then((m) => ({ default: m.RichNote })));
const MarkdownNote = lazy(() =>
  import('./markdown-note.tsx').then((m) => ({ default: m.MarkdownNote })),
);

const TITLE = Note.data().fields['title'] as FieldData;

/** The page of a note. */
export function NotePage(props: {
  readonly space: Space;
  readonly id: string;
  readonly notices: ReactNode;
}): ReactElement {
  const { space, id } = props;
  const note = useObject(space, id) as unknown as NoteObject | undefined;
  const role = useLive(space.myRole);
  const zone = useZoneOf(space, id);
  const { go, place, beside } = useNavigation();
  const side = place.at === 'space' ? place.side : undefined;
  const isPast = place.at === 'space' && place.was !== undefined;
  const deleteNote = useDeleteNote(space);
  const canWrite = useMayChange(space, id);
  const canAdd = useMayAddTo(space, id);
  const title = useDatabase(space, () => note?.title ?? '', [note]);
  const list = { at: 'space', space: space.id, view: { on: 'notes' } } as const;
  useCommand('new', undefined);
  if (note === undefined) return <Gone space={space} id={id} />;
  const remove = (): void => {
    deleteNote(note);
    go(list);
  };
  return (
    <>
      <Bar title={title === '' ? NOTES.untitled : title} space={space} back={{ on: 'notes' }}>
        {isPast ? null : (
          <IconButton
            icon="comment"
            label={COMMENTS.open}
            aria-pressed={side !== undefined}
            data-testid="note-side"
            onClick={() => beside(side === undefined ? 'comments' : undefined)}
          />
        )}
        {canWrite ? <FormButton space={space} note={note} /> : null}
        {isPast ? null : <HideButton space={space} object={id} />}
        {canWrite ? <IconButton icon="trash" label={PANEL.delete} onClick={remove} /> : null}
      </Bar>
      {props.notices}
      <div className="scroll">
        <article className="page">
          <Hidden space={space} note={note} canWrite={canWrite} />
          <HiddenLine space={space} object={id} />
          <TitleField note={note} title={title} canWrite={canWrite} />
          <Answers space={space} object={note as unknown as AnyObject} field="title" data={TITLE} />
          <PrivateLine space={space} object={id} />
          {isPast ? null : (
            <div className="line meta note-facts">
              <Whereabouts space={space} id={id} />
              <WhoCanButton space={space} object={id} />
            </div>
          )}
          <Suspense fallback={null}>
            <NoteText
              key={note.id}
              {...{ space, note, canWrite }}
              canComment={mayCommentOn(zone, role)}
            />
          </Suspense>
          <NoteFiles space={space} note={note} canWrite={canAdd} />
        </article>
      </div>
    </>
  );
}

/** Said where a deleted note above keeps this one out of the lists. */
function Hidden(props: {
  readonly space: Space;
  readonly note: NoteObject;
  readonly canWrite: boolean;
}): ReactElement | null {
  const { space, note, canWrite } = props;
  const above = useDatabase(space, (db) => hiddenBy(db, note), [note]);
  if (above === undefined) return null;
  const { title } = above as unknown as NoteObject;
  return (
    <NoteLine
      kind="warn"
      icon="trash"
      what={NOTES.hidden(title === '' ? NOTES.untitled : title)}
      means={NOTES.hiddenMeans}
    >
      {canWrite ? <Button onClick={() => space.db.restore(above)}>{NOTES.restore}</Button> : null}
    </NoteLine>
  );
}

/** Files of the note that do not stand in its text. */
function NoteFiles(props: {
  readonly space: Space;
  readonly note: NoteObject;
  readonly canWrite: boolean;
}): ReactElement | null {
  const { space, note, canWrite } = props;
  const inText = useDatabase(space, () => embeddedIn(note), [note]);
  const object = useObject(space, note.id);
  if (object === undefined) return null;
  return <ObjectFiles space={space} object={object} canWrite={canWrite} without={inText} />;
}

function embeddedIn(note: NoteObject): ReadonlySet<string> {
  // Written as Markdown a file is only an address: it is shown below.
  if (note.form === 'markdown') return new Set();
  const blocks = note.body.toDocument();
  return new Set(blocks.flatMap(({ block }) => (block.kind === 'embed' ? [block.object] : [])));
}

function NoteText(props: {
  readonly space: Space;
  readonly note: NoteObject;
  readonly canWrite: boolean;
  readonly canComment: boolean;
}): ReactElement {
  const { canComment, canWrite, note, space } = props;
  const form = useDatabase(space, () => note.form, [note]);
  const shared = { space, object: note.id, canWrite };
  return form === 'markdown' ? (
    <MarkdownNote {...shared} text={note.markdown} />
  ) : (
    <RichNote {...shared} text={note.body} canComment={canComment} />
  );
}

/** Goes from one form of the note to the other, with all that is written. */
function FormButton({
  space,
  note,
}: {
  readonly space: Space;
  readonly note: NoteObject;
}): ReactElement {
  const form = useDatabase(space, () => note.form, [note]);
  const change = async (): Promise<void> => {
    // The parser is as large as the rest of the page, and seldom needed.
    const { documentOfMarkdown, markdownOf } = await import('@atoll/text-formats');
    space.db.transaction(() => {
      if (note.form === 'rich') {
        note.markdown.replace(markdownOf(note.body.toDocument()));
        note.form = 'markdown';
      } else {
        note.body.applyDelta(
          deltaBetween(note.body.toDocument(), documentOfMarkdown(note.markdown.toString())),
        );
        note.form = 'rich';
      }
    });
  };
  const label = form === 'rich' ? NOTES.asMarkdown : NOTES.asRich;
  return (
    <IconButton
      icon={form === 'rich' ? 'code' : 'note'}
      label={label}
      onClick={() => void change()}
    />
  );
}

function TitleField(props: {
  readonly note: NoteObject;
  readonly title: string;
  readonly canWrite: boolean;
}): ReactElement {
  const { note, title } = props;
  // While one types, the field shows what is typed: a change of someone else must not move the caret.
  const [typed, setTyped] = useState<string | undefined>(undefined);
  return (
    <input
      className="note-title"
      aria-label={NOTES.title}
      data-testid="note-title"
      placeholder={NOTES.untitled}
      value={typed ?? title}
      readOnly={!props.canWrite}
      autoFocus={title === '' && props.canWrite}
      onChange={(event) => {
        setTyped(event.target.value);
        note.title = event.target.value;
      }}
      onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          event.preventDefault();
          document.querySelector<HTMLElement>('[data-testid=note-text]')?.focus();
        }
      }}
    />
  );
}

function Whereabouts(props: { readonly space: Space; readonly id: string }): ReactElement {
  const status = useStatus(props.space);
  const others = usePresence(props.space).filter((entry) => entry.state.object === props.id);
  const names = [...new Set(others.map((entry) => entry.displayName))];
  const saved = status.durable ? NOTES.saved : NOTES.saving;
  const list = new Intl.ListFormat(undefined, { type: 'conjunction' }).format(names);
  return <>{names.length === 0 ? saved : `${NOTES.withYou(list)} · ${saved}`}</>;
}

function Gone({ space, id }: { readonly space: Space; readonly id: string }): ReactElement {
  const deleted = space.db.getDeleted(id);
  return (
    <>
      <Bar title={NOTES.untitled} space={space} back={{ on: 'notes' }} />
      <div className="blank">
        <div>
          <h2>{deleted === undefined ? PANEL.gone : NOTES.gone}</h2>
          <p>{deleted === undefined ? PANEL.goneMeans : NOTES.goneMeans}</p>
          {deleted === undefined ? null : (
            <Button kind="primary" icon="restore" onClick={() => space.db.restore(deleted)}>
              {NOTES.restore}
            </Button>
          )}
        </div>
      </div>
    </>
  );
}
